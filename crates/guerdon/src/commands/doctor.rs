//! `doctor`: whether everything that a command would lean on stands.

use guerdon_chain::{Chain, Deployment, Role};
use guerdon_store::Store;
use jiff::Timestamp;
use serde_json::json;

use super::{job, store};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Listing;
use crate::words::{length, time};

/// A chain may run this far from the machine's clock before it is worth a word.
const CLOCK_SECONDS: u64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    Note,
    Ill,
}

#[derive(Debug, Default)]
struct Checkup {
    found: Vec<(&'static str, Health, String)>,
}

impl Checkup {
    fn add(&mut self, what: &'static str, health: Health, words: impl Into<String>) {
        self.found.push((what, health, words.into()));
    }

    fn result<T>(&mut self, what: &'static str, result: Outcome<T>, words: impl Fn(&T) -> String) {
        match result {
            Ok(value) => self.add(what, Health::Well, words(&value)),
            Err(failure) => self.add(what, Health::Ill, failure.sentence),
        }
    }
}

pub(crate) async fn run(context: &Context) -> Outcome {
    let mut checkup = Checkup::default();
    checkup.add(
        "data directory",
        Health::Well,
        context.data.0.display().to_string(),
    );
    match context.connect().await {
        Ok(node) => {
            chain(context, &node.chain, &mut checkup).await;
            node.close().await?;
        }
        Err(failure) => checkup.add("node", Health::Ill, failure.sentence),
    }
    finish(context, &checkup)
}

async fn chain(context: &Context, chain: &Chain, checkup: &mut Checkup) {
    let id = chain.chain_id();
    checkup.add(
        "node",
        Health::Well,
        format!("{} serves chain {id}", chain.shown_url()),
    );
    clock(chain, checkup).await;
    let deployment = match context.deployment(id) {
        Ok(deployment) => deployment,
        Err(failure) => return checkup.add("deployment", Health::Note, failure.sentence),
    };
    let check = deployment.check(chain).await.map_err(Failure::from);
    checkup.result("contracts", check, |()| {
        format!(
            "{}: genesis and the code of every contract are the deployed ones",
            deployment.name
        )
    });
    let artifacts = chain
        .code_against_artifacts(&deployment)
        .await
        .map_err(Failure::from);
    match artifacts {
        Ok(found) => {
            let differing: Vec<String> = found
                .into_iter()
                .filter_map(|(name, why)| Some(format!("{name}: {}", why?)))
                .collect();
            match differing.is_empty() {
                true => checkup.add(
                    "artifacts",
                    Health::Well,
                    "the code is that of this program",
                ),
                false => checkup.add("artifacts", Health::Ill, differing.join("; ")),
            }
        }
        Err(failure) => checkup.add("artifacts", Health::Ill, failure.sentence),
    }
    roles(context, chain, &deployment, checkup).await;
    members(chain, &deployment, checkup).await;
    database(context, chain, &deployment, checkup).await;
}

async fn clock(chain: &Chain, checkup: &mut Checkup) {
    let head = match chain.head().await {
        Ok(head) => head,
        Err(error) => return checkup.add("clock", Health::Ill, error.to_string()),
    };
    let machine = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
    let apart = machine.abs_diff(head.time);
    let words = format!("block {} at {}", head.number, time(head.time));
    if apart <= CLOCK_SECONDS {
        checkup.add("clock", Health::Well, words);
    } else {
        let words = format!(
            "{words}; the machine says {}: the chain's clock decides",
            time(machine)
        );
        checkup.add("clock", Health::Note, words);
    }
}

async fn roles(context: &Context, chain: &Chain, deployment: &Deployment, checkup: &mut Checkup) {
    let signer = match context.signer(Some(super::money::COMPANY)) {
        Ok(signer) => signer,
        Err(failure) => return checkup.add("roles", Health::Note, failure.sentence),
    };
    let manager = deployment.contracts.access_manager.address;
    let mut held = Vec::new();
    for role in Role::ALL {
        match chain.has_role(manager, role.id(), signer.address()).await {
            Ok(true) => held.push(role.label()),
            Ok(false) => {}
            Err(error) => return checkup.add("roles", Health::Ill, error.to_string()),
        }
    }
    let words = match held.is_empty() {
        true => format!("{} has no role of the company", signer.address()),
        false => format!("{} has {}", signer.address(), held.join(", ")),
    };
    let coin = chain.coin_of(signer.address()).await.unwrap_or_default();
    checkup.add(
        "roles",
        if held.is_empty() {
            Health::Note
        } else {
            Health::Well
        },
        words,
    );
    if coin == 0 {
        let words = format!("{} has none of the chain's coin for gas", signer.address());
        checkup.add("gas", Health::Note, words);
    }
}

/// Who has which role, as the AccessManager's events say.
async fn members(chain: &Chain, deployment: &Deployment, checkup: &mut Checkup) {
    let (head, records) = match job::records(chain, deployment).await {
        Ok(found) => found,
        Err(failure) => return checkup.add("members", Health::Ill, failure.sentence),
    };
    let mut roles = vec![("ADMIN", 0)];
    roles.extend(Role::ALL.map(|role| (role.label(), role.id())));
    for (label, role) in roles {
        let members = records.members.values();
        let members = members.filter(|one| one.role == role && one.is_member(head.time));
        let members: Vec<String> = members
            .map(|one| match one.delay_at(head.time) {
                0 => one.account.to_string(),
                delay => format!("{} after {}", one.account, length(delay.into())),
            })
            .collect();
        match members.is_empty() {
            true => checkup.add("members", Health::Note, format!("{label}: nobody")),
            false => {
                let words = format!("{label}: {}", members.join(", "));
                checkup.add("members", Health::Well, words);
            }
        }
    }
}

async fn database(
    context: &Context,
    chain: &Chain,
    deployment: &Deployment,
    checkup: &mut Checkup,
) {
    let store = match store::open(context, deployment).await {
        Ok(store) => store,
        Err(failure) => return checkup.add("database", Health::Ill, failure.sentence),
    };
    let state = behind(&store, chain).await;
    store.close().await;
    checkup.result("database", state, Clone::clone);
}

async fn behind(store: &Store, chain: &Chain) -> Outcome<String> {
    let head = chain.head().await?.number;
    let checkpoint = store.read().await?.checkpoint().await?;
    Ok(match checkpoint {
        None => format!("{:?}, nothing indexed yet", store.engine()),
        Some(at) if at.block >= head => format!("{:?}, up to date at block {head}", store.engine()),
        Some(at) => format!("{:?}, {} blocks behind", store.engine(), head - at.block),
    })
}

fn finish(context: &Context, checkup: &Checkup) -> Outcome {
    let word = |health: Health| match health {
        Health::Well => "well",
        Health::Note => "note",
        Health::Ill => "ill",
    };
    let items = checkup.found.iter().map(
        |(what, health, words)| json!({"check": what, "state": word(*health), "found": words}),
    );
    let rows = checkup.found.iter().map(|(what, health, words)| {
        vec![(*what).to_owned(), word(*health).to_owned(), words.clone()]
    });
    context.global.output.listing(&Listing {
        columns: vec!["check", "state", "found"],
        rows: rows.collect(),
        items: items.collect(),
        empty: String::new(),
    })?;
    let ill = checkup
        .found
        .iter()
        .filter(|(_, health, _)| *health == Health::Ill)
        .count();
    match ill {
        0 => Ok(()),
        _ => Err(Failure::failed(format!(
            "{ill} of {} checks failed",
            checkup.found.len()
        ))),
    }
}

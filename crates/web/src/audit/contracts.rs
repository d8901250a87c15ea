//! `/audit/contracts`: what runs, against what was deployed and built; and who had which role.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use guerdon_chain::{Chain, ChainError, plan};
use guerdon_core::ledger::MemberRecord;
use serde_json::json;

use super::pin::Asked;
use super::register::pinned;
use super::view::Head;
use crate::access::AuditorReader;
use crate::dates;
use crate::html::{Hex, When};
use crate::load;
use crate::pages::{Answer, Form, html};
use crate::state::{AppState, DeploymentView};
use crate::strings::audit as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/audit_contracts.html")]
struct ContractsPage {
    shell: Shell,
    head: Head,
    rows: Vec<CodeRow>,
    roles: Vec<RoleRow>,
    nobody: &'static str,
}

#[derive(Debug)]
struct CodeRow {
    name: String,
    address: Hex,
    want: Hex,
    found: Option<Hex>,
    judged: String,
}

#[derive(Debug)]
struct RoleRow {
    role: String,
    account: Hex,
    since: When,
    delay: String,
}

/// The code at an address: as deployed, as found, and whether it is that of this program.
#[derive(Clone, Debug)]
struct Code {
    name: String,
    address: Address,
    want: B256,
    found: Option<B256>,
    judged: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(asked): Query<Asked>,
    form: Form,
) -> Answer {
    let at = asked.at(&state).await?;
    let codes = codes(&state).await;
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let now = at.block.time;
    let members = at.past.ledger.access.members.values();
    let members: Vec<_> = members.filter(|one| one.is_member(now)).collect();
    let context = load::context(&state, as_of, Some(&viewer));
    match form {
        Form::Html => {}
        Form::Json => {
            let roles = members.iter().map(|one| {
                json!({
                    "role": plan::role_name(one.role),
                    "account": one.account.to_checksum(None),
                    "since": dates::machine(one.since),
                    "delay_seconds": one.delay_at(now),
                })
            });
            return Ok(Json(json!({
                "as_of": pinned(&at),
                "contracts": code_table(&codes).table().to_json(),
                "roles": roles.collect::<Vec<_>>(),
            }))
            .into_response());
        }
        Form::Csv | Form::Xlsx => return table::answer(form, code_table(&codes)).await,
    }
    html(&ContractsPage {
        shell: Shell::new(&context, "Contracts", Place::Audit),
        head: Head::new(&at, "/audit/contracts"),
        rows: codes.iter().map(CodeRow::new).collect(),
        roles: members.iter().map(|one| RoleRow::new(one, now)).collect(),
        nobody: words::NOBODY,
    })
}

fn code_table(codes: &[Code]) -> Rows {
    let mut rows = Rows::new(&[
        "name",
        "address",
        "code_hash_deployed",
        "code_hash",
        "judged",
    ]);
    for code in codes {
        rows.row(&[
            &code.name,
            &code.address,
            &code.want,
            &code.found,
            &code.judged,
        ]);
    }
    rows
}

/// The code of every contract now, and whether the contracts name each other.
async fn codes(state: &AppState) -> Vec<Code> {
    let mut codes = Vec::new();
    for contract in &state.deployment.contracts {
        let (found, judged) = match &state.chain {
            None => (None, words::NO_NODE.to_owned()),
            Some(chain) => match judge(chain, &state.deployment, &contract.name).await {
                Ok(judged) => judged,
                Err(error) => (None, words::node_failed(&error.to_string())),
            },
        };
        codes.push(Code {
            name: contract.name.clone(),
            address: contract.address,
            want: contract.code_hash,
            found,
            judged,
        });
    }
    codes
}

async fn judge(
    chain: &Chain,
    deployment: &DeploymentView,
    name: &str,
) -> Result<(Option<B256>, String), ChainError> {
    let Some(contract) = deployment.contracts.iter().find(|it| it.name == name) else {
        return Ok((None, String::new()));
    };
    let found = chain.code_hash(contract.address).await?;
    if found != contract.code_hash {
        return Ok((Some(found), words::OTHER_CODE.to_owned()));
    }
    let differs = chain.artifact_difference(name, contract.address).await?;
    if let Some(difference) = differs {
        return Ok((Some(found), words::other_artifact(&difference)));
    }
    let names = matches!(name, "Grants" | "Succession");
    let judged = match wrong_name(chain, deployment, name).await? {
        None if names => words::SAME_NAMES.to_owned(),
        None => words::SAME_CODE.to_owned(),
        Some((function, found)) => words::wrong_name(function, &found.to_checksum(None)),
    };
    Ok((Some(found), judged))
}

/// Code alone does not tell: whom a contract names is an immutable value of it.
async fn wrong_name(
    chain: &Chain,
    deployment: &DeploymentView,
    name: &str,
) -> Result<Option<(&'static str, Address)>, ChainError> {
    let of = |name: &str| {
        let contract = deployment.contracts.iter().find(|it| it.name == name);
        contract.map(|it| it.address).unwrap_or_default()
    };
    let grants = deployment.grants;
    let named = match name {
        "Grants" => vec![
            ("TOKEN", chain.token_of(grants).await?, of("AccessToken")),
            ("GOALS", chain.goals_of(grants).await?, deployment.goals),
            (
                "SUCCESSION",
                chain.succession_of(grants).await?.unwrap_or_default(),
                of("Succession"),
            ),
        ],
        "Succession" => vec![("GRANTS", chain.grants_of(of(name)).await?, grants)],
        _ => Vec::new(),
    };
    let mut named = named.into_iter();
    let wrong = named.find(|(_, found, want)| found != want);
    Ok(wrong.map(|(function, found, _)| (function, found)))
}

impl CodeRow {
    fn new(code: &Code) -> Self {
        Self {
            name: code.name.clone(),
            address: Hex::address(&code.address),
            want: Hex::hash(&code.want),
            found: code.found.as_ref().map(Hex::hash),
            judged: code.judged.clone(),
        }
    }
}

impl RoleRow {
    fn new(one: &MemberRecord, now: u64) -> Self {
        Self {
            role: plan::role_name(one.role),
            account: Hex::address(&one.account),
            since: When::date(one.since, &jiff::tz::TimeZone::UTC),
            delay: match one.delay_at(now) {
                0 => "none".to_owned(),
                delay => dates::length(delay.into()),
            },
        }
    }
}

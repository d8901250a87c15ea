//! `grant claim`: pays a grant's holder from its file alone, on any node, with or without us.
//!
//! Safe to repeat at any time: what was paid is in the grant's word on chain, which the contract
//! reads before it pays and we read before we send.

use alloy_primitives::{Address, U256};
use guerdon_chain::{Chain, ChainError, Receipt, Signer, decode, plan};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::holder;
use guerdon_core::state::{Flags, State};
use serde_json::{Value, json};

use super::files::{Grant, find};
use crate::cli::GrantArgs;
use crate::commands::goal::KEEPER;
use crate::context::{Context, Node};
use crate::error::{Failure, Kind, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::output::Record;
use crate::session::Session;
use crate::words::{Unit, time};

/// What a claim came to.
#[derive(Debug)]
pub(crate) enum Claimed {
    /// It was paid now.
    Paid {
        to: Address,
        gross: u128,
        withheld: u128,
        receipt: Box<Receipt>,
    },
    /// It was paid before, and nothing has vested since.
    Before { released: u128 },
    /// A dry run.
    Dry,
}

pub(crate) async fn run(context: &Context, arguments: &GrantArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let signer = context.signer(Some(KEEPER))?;
            let unit = unit_of(&node.chain, &grant).await?;
            let claimed = claim(context, &node.chain, &signer, &grant, &unit).await?;
            let last = match claimed {
                Claimed::Before { .. } => last_payment(context, node, &grant).await?,
                _ => None,
            };
            show(context, &grant, &unit, (&claimed, last))
        })
        .await
}

/// A grant file belongs to one chain.
pub(crate) fn require_chain(chain: &Chain, grant: &Grant) -> Outcome {
    let (file, node) = (grant.file.chain_id, chain.chain_id());
    if file == node {
        return Ok(());
    }
    Err(Failure::precondition(format!(
        "the grant is on chain {file}, and the node serves {node}"
    ))
    .hint("give a node of that chain with --rpc-url"))
}

/// How amounts of the grant's token are written, asked of the chain: the file does not say.
pub(crate) async fn unit_of(chain: &Chain, grant: &Grant) -> Outcome<Unit> {
    let token = chain.token_of(grant.file.contract).await?;
    Ok(chain.unit_of(token).await?.into())
}

/// Pays what is payable now; opens the grant first if nobody has.
pub(crate) async fn claim(
    context: &Context,
    chain: &Chain,
    signer: &Signer,
    grant: &Grant,
    unit: &Unit,
) -> Outcome<Claimed> {
    let contract = grant.file.contract;
    let state = chain.words(contract, grant.id, None).await?;
    refuse_state(chain, &state, (grant, signer)).await?;
    let plan = if state.has(Flags::OPENED) {
        plan::claim(contract, &grant.encoded)
    } else {
        plan::claim_first(contract, &grant.encoded, &grant.place()?)
    };
    let payable = match chain.simulate(&plan, signer.address()).await {
        Ok(simulation) => gross(&simulation.output),
        Err(ChainError::Reverted(why)) if why.name == "NothingClaimable" => {
            return nothing(grant, &state);
        }
        Err(error) => return Err(error.into()),
    };
    let plan = match state.has(Flags::MOVED) {
        true => grant.held_by(plan, holder_of(chain, &state, grant).await?),
        false => plan,
    };
    let intent = Intent::new(plan, "nobody: what is paid stays paid")
        .fact("grant", format!("{} ({})", grant.name, grant.id))
        .fact("claimable", unit.exact(payable))
        .fact("paid before", unit.exact(state.released));
    let receipt = match execute(context, chain, signer, intent).await {
        Ok(Some(receipt)) => receipt,
        Ok(None) => return Ok(Claimed::Dry),
        // Somebody else's claim came between the look and the call.
        Err(failure) if failure.kind == Kind::Reverted => {
            let now = chain.words(contract, grant.id, None).await?;
            if now.released > state.released {
                return Ok(Claimed::Before {
                    released: now.released,
                });
            }
            return Err(failure);
        }
        Err(failure) => return Err(failure),
    };
    paid(grant, receipt)
}

async fn refuse_state(chain: &Chain, state: &State, (grant, signer): (&Grant, &Signer)) -> Outcome {
    if state.has(Flags::CLOSED) {
        let name = &grant.name;
        return Err(
            Failure::precondition(format!("{name} is closed: it pays nothing")).hint(format!(
                "guerdon grant show {name} says what replaced it; claim that with its own file"
            )),
        );
    }
    let held = state.has(Flags::HOLDER_ONLY) || state.has(Flags::RECOVERING);
    if !held {
        return Ok(());
    }
    if signer.address() != holder_of(chain, state, grant).await? {
        let text = format!("only the holder of {} may claim it now", grant.name);
        return Err(Failure::new(Kind::NotPermitted, text).hint("sign with the holder's account"));
    }
    Ok(())
}

async fn holder_of(chain: &Chain, state: &State, grant: &Grant) -> Outcome<Address> {
    let moved = chain.holders(grant.file.contract, grant.id, None).await?;
    Ok(holder(&grant.file.terms, state, Some(moved)))
}

/// What a claim would release: the number that it returns.
fn gross(output: &[u8]) -> u128 {
    U256::try_from_be_slice(output)
        .and_then(|gross| u128::try_from(gross).ok())
        .unwrap_or_default()
}

fn nothing(grant: &Grant, state: &State) -> Outcome<Claimed> {
    if state.released > 0 {
        return Ok(Claimed::Before {
            released: state.released,
        });
    }
    Err(
        Failure::precondition(format!("nothing of {} is claimable yet", grant.name)).hint(format!(
            "guerdon grant show {} says why and until when",
            grant.name
        )),
    )
}

fn paid(grant: &Grant, receipt: Receipt) -> Outcome<Claimed> {
    let found = receipt.logs.iter().find_map(|log| match decode(log) {
        Ok(Some(Fact::Claimed {
            id,
            to,
            gross,
            withheld,
        })) if id == grant.id => Some((to, gross, withheld)),
        _ => None,
    });
    match found {
        Some((to, gross, withheld)) => Ok(Claimed::Paid {
            to,
            gross,
            withheld,
            receipt: Box::new(receipt),
        }),
        None => Err(Failure::precondition(format!(
            "{} was closed by this call: its terms are invalid, and it pays nothing",
            grant.name
        ))),
    }
}

/// The payment that an earlier run, or somebody else, made; looked up where it is cheap to find.
async fn last_payment(context: &Context, node: &Node, grant: &Grant) -> Outcome<Option<Origin>> {
    let session = Session::of_grant(context, node, grant).await?;
    if session.deployment.start_block == 0 {
        return Ok(None);
    }
    let facts = session.history().await?.facts;
    let of_grant = |fact: &Fact| matches!(fact, Fact::Claimed { id, .. } if *id == grant.id);
    Ok(facts
        .into_iter()
        .rev()
        .find(|(_, fact)| of_grant(fact))
        .map(|(origin, _)| origin))
}

fn show(
    context: &Context,
    grant: &Grant,
    unit: &Unit,
    (claimed, last): (&Claimed, Option<Origin>),
) -> Outcome {
    let mut value = json!({"grant": grant.id, "name": grant.name});
    let record = match claimed {
        Claimed::Dry => return Ok(()),
        Claimed::Before { released } => {
            merge(&mut value, before_value(*released, last));
            Record::new(value)
                .line("grant", &grant.name)
                .line("paid now", "nothing: all that is claimable was paid before")
                .line("released so far", unit.show(*released))
                .line_if("last payment", last.map(|at| time(at.block_time)))
                .line_if("transaction", last.map(|at| at.tx.to_string()))
        }
        Claimed::Paid {
            to,
            gross,
            withheld,
            receipt,
        } => {
            let net = gross - withheld;
            merge(
                &mut value,
                json!({
                    "paid": net.to_string(),
                    "gross": gross.to_string(),
                    "withheld": withheld.to_string(),
                    "to": to,
                    "already": false,
                }),
            );
            merge(&mut value, receipt_value(receipt));
            Record::new(value)
                .line("grant", &grant.name)
                .line("paid now", unit.exact(net))
                .line("withheld", unit.exact(*withheld))
                .line("to", to.to_string())
                .line("transaction", receipt.tx.to_string())
        }
    };
    context.global.output.record(&record)
}

fn before_value(released: u128, last: Option<Origin>) -> Value {
    json!({
        "paid": "0",
        "gross": "0",
        "released": released.to_string(),
        "already": true,
        "tx": last.map(|at| at.tx),
        "block": last.map(|at| at.block),
    })
}

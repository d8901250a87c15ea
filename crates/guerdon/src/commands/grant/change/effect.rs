//! What a change means to the holder: what is vested, when all of it is earned, what an end could
//! take back, each before and after.

use alloy_primitives::Address;
use guerdon_chain::{DEV_ACCOUNTS, Signer};
use guerdon_core::act::{Effect, Standing};
use guerdon_core::grant::{self, Desk};
use guerdon_core::id::Domain;
use guerdon_core::state::State;
use guerdon_core::succession::Recovery;
use guerdon_core::terms::Terms;
use serde_json::{Value, json};

use super::refusal::{self, Words};
use crate::commands::grant::files::Grant;
use crate::error::Outcome;
use crate::session::{History, Session};
use crate::words::{Unit, time};

/// A grant as it stands, and who holds it.
pub(crate) struct Subject<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) grant: &'a Grant,
    pub(crate) history: History,
    pub(crate) state: State,
    pub(crate) holder: Address,
    pub(crate) now: u64,
}

impl<'a> Subject<'a> {
    /// Reads an opened grant; times are the next block's.
    pub(crate) async fn load(session: &'a Session<'a>, grant: &'a Grant) -> Outcome<Self> {
        let history = session.history().await?;
        let Some(record) = history.ledger.grants.get(&grant.id) else {
            return Err(refusal::not_opened(grant));
        };
        let state = record.state;
        let moved = record.moved_to;
        Ok(Self {
            holder: grant::holder(&grant.file.terms, &state, moved),
            now: session.chain.now().await?,
            session,
            grant,
            history,
            state,
        })
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.grant.file.terms
    }

    pub(crate) fn unit(&self) -> Unit {
        self.session.unit()
    }

    /// Funded and not promised, in base units.
    pub(crate) fn free(&self) -> u128 {
        self.history.ledger.pool.free()
    }

    /// The account of the embedded chain that is the holder's; nobody elsewhere.
    pub(crate) fn holders_account(&self) -> Outcome<Option<u32>> {
        let global = &self.session.context.global;
        let is_named = global.from.is_some() || global.account.is_some();
        if is_named || global.rpc_url.is_some() {
            return Ok(None);
        }
        for index in 0..DEV_ACCOUNTS {
            if Signer::embedded(index)?.address() == self.holder {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The contracts and the moment.
    pub(crate) fn desk(&self) -> Desk {
        let session = self.session;
        Desk {
            domain: Domain::new(session.deployment.chain_id_at_deployment, session.grants()),
            grants: session.grants(),
            token: session.token(),
            now: self.now,
        }
    }

    /// What stands around the grant.
    pub(crate) fn standing<'b>(&'b self, recovery: &'b Recovery) -> Standing<'b> {
        Standing {
            desk: self.desk(),
            terms: self.terms(),
            state: &self.state,
            recovery,
            holder: self.holder,
            results: &self.history.ledger,
            free: self.free(),
        }
    }

    /// Its recovery, as its events tell it.
    pub(crate) fn recovery(&self) -> Recovery {
        let record = self.history.ledger.grants.get(&self.grant.id);
        record.map_or_else(Recovery::default, |record| record.recovery)
    }

    /// What refusals are told with.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.session, self.grant, &self.history, Some(self.holder))
    }
}

/// What a change means, labelled.
pub(super) fn facts(effect: &Effect, unit: &Unit) -> Vec<(&'static str, String)> {
    let amount = |base_units| unit.exact(base_units);
    let (before, after) = (&effect.before, &effect.after);
    let vested = (before.amounts.vested, after.amounts.vested);
    let mut facts = vec![("vested", both(vested, amount))];
    let day = |at: Option<u64>| at.map_or_else(|| "nothing left to earn".to_owned(), time);
    let full_at = (before.full_at, after.full_at);
    if full_at != (None, None) {
        facts.push(("all earned on", both(full_at, day)));
    }
    let at_stake = (before.at_stake, after.at_stake);
    facts.push(("an end could take", both(at_stake, amount)));
    match u128::try_from(effect.freed) {
        Ok(0) => {}
        Ok(freed) => facts.push(("frees", unit.exact(freed))),
        Err(_) => facts.push((
            "needs",
            format!(
                "{} of the free money",
                unit.exact(effect.freed.unsigned_abs())
            ),
        )),
    }
    facts
}

/// The same as data.
pub(super) fn value(effect: &Effect) -> Value {
    let (before, after) = (&effect.before, &effect.after);
    json!({
        "vested_before": before.amounts.vested.to_string(),
        "vested_after": after.amounts.vested.to_string(),
        "end_takes_before": before.at_stake.to_string(),
        "end_takes_after": after.at_stake.to_string(),
        "full_at_before": before.full_at,
        "full_at_after": after.full_at,
        "freed": effect.freed.to_string(),
    })
}

pub(crate) fn both<T: Copy + PartialEq>(
    (before, after): (T, T),
    show: impl Fn(T) -> String,
) -> String {
    if before == after {
        format!("{}, as before", show(after))
    } else {
        format!("{} before, {} after", show(before), show(after))
    }
}

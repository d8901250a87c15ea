//! What a change means to the holder: what is vested, when all of it is earned, what an end could
//! take back, each before and after.

use alloy_primitives::Address;
use guerdon_chain::{DEV_ACCOUNTS, Signer};
use guerdon_core::grant::{
    self, Change, EndOrder, GateResult, Reason, amounts, payment, why_locked,
};
use guerdon_core::state::State;
use guerdon_core::terms::Terms;
use serde_json::{Value, json};

use super::refusal::{self, Words};
use crate::commands::grant::files::Grant;
use crate::error::{Failure, Outcome};
use crate::session::{History, Session, results_at};
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

    /// What the gates read if the grant stood so.
    pub(crate) fn gates(&self, state: &State) -> Vec<GateResult> {
        let stop_at = Some(state.clock().stop_at).filter(|time| *time != 0);
        results_at(&self.history.ledger, self.terms(), stop_at)
    }

    fn vested(&self, state: &State) -> Outcome<u128> {
        amounts(self.terms(), state, &self.gates(state), self.now)
            .map(|amounts| amounts.vested)
            .map_err(|refused| Failure::failed(refused.to_string()))
    }

    /// What a claim would bring, net.
    pub(crate) fn claimable(&self, state: &State) -> Outcome<u128> {
        amounts(self.terms(), state, &self.gates(state), self.now)
            .map(|amounts| payment(amounts.payable, state.withhold_bps).net)
            .map_err(|refused| Failure::failed(refused.to_string()))
    }

    /// The most that an end sent now could take back of what is vested, without grace.
    fn at_stake(&self, state: &State) -> Outcome<u128> {
        let terms = self.terms();
        let earliest = self.now.saturating_sub(terms.backdate_seconds.into());
        let lapsing = terms.gates.iter().zip(self.gates(state));
        let under_way = lapsing
            .filter(|(gate, _)| gate.rule.lapse)
            .map(|(_, result)| result.last_registered_at)
            .max();
        let stop_at = earliest.max(under_way.unwrap_or(0)).max(1);
        let order = EndOrder {
            stop_at,
            grace: false,
            now: self.now,
            free: self.free(),
        };
        let gates = results_at(&self.history.ledger, terms, Some(stop_at));
        match grant::end(terms, state, &gates, &order) {
            Ok(ended) => {
                let kept = self.vested(&ended.state)?;
                Ok(self.vested(state)?.saturating_sub(kept))
            }
            // The terms allow no end, or it has ended: nothing can be taken back.
            Err(_) => Ok(0),
        }
    }

    /// When all that time can earn is earned; `None`: it is, or the amount is final.
    fn full_at(&self, state: &State) -> Outcome<Option<u64>> {
        let reasons = why_locked(self.terms(), state, &self.gates(state), self.now)
            .map_err(|refused| Failure::failed(refused.to_string()))?;
        Ok(reasons.iter().find_map(|reason| match reason {
            Reason::WaitsForTime { full_at, .. } => Some(*full_at),
            _ => None,
        }))
    }

    pub(super) fn effect(&self, change: &Change) -> Outcome<Effect> {
        let (before, after) = (&self.state, &change.state);
        Ok(Effect {
            vested: (self.vested(before)?, self.vested(after)?),
            at_stake: (self.at_stake(before)?, self.at_stake(after)?),
            full_at: (self.full_at(before)?, self.full_at(after)?),
            freed: change.freed,
        })
    }

    /// What refusals are told with.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.session, self.grant, &self.history, Some(self.holder))
    }
}

/// Before and after a change; amounts in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    vested: (u128, u128),
    at_stake: (u128, u128),
    full_at: (Option<u64>, Option<u64>),
    freed: i128,
}

impl Effect {
    pub(super) fn facts(&self, unit: &Unit) -> Vec<(&'static str, String)> {
        let amount = |base_units| unit.exact(base_units);
        let mut facts = vec![("vested", both(self.vested, amount))];
        let day = |at: Option<u64>| at.map_or_else(|| "nothing left to earn".to_owned(), time);
        if self.full_at != (None, None) {
            facts.push(("all earned on", both(self.full_at, day)));
        }
        facts.push(("an end could take", both(self.at_stake, amount)));
        match u128::try_from(self.freed) {
            Ok(0) => {}
            Ok(freed) => facts.push(("frees", unit.exact(freed))),
            Err(_) => facts.push((
                "needs",
                format!(
                    "{} of the free money",
                    unit.exact(self.freed.unsigned_abs())
                ),
            )),
        }
        facts
    }

    pub(super) fn value(&self) -> Value {
        json!({
            "vested_before": self.vested.0.to_string(),
            "vested_after": self.vested.1.to_string(),
            "end_takes_before": self.at_stake.0.to_string(),
            "end_takes_after": self.at_stake.1.to_string(),
            "full_at_before": self.full_at.0,
            "full_at_after": self.full_at.1,
            "freed": self.freed.to_string(),
        })
    }
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

use super::{Act, After, Results, Standing};
use crate::grant::{self, Amounts, EndOrder, Reason, Refused, amounts, payment, why_locked};
use crate::state::{Flags, State};
use crate::succession::SuccessionRefused;
use crate::terms::Terms;

/// What a grant comes to with a word, at the moment of the standing. Amounts in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What the chain would answer.
    pub amounts: Amounts,
    /// What a claim would bring, net of withholding.
    pub claimable: u128,
    /// The most that an end sent now could take back of what is vested, without grace.
    pub at_stake: u128,
    /// When all that time can earn is earned, in unix seconds; `None`: it is, or the amount is
    /// final.
    pub full_at: Option<u64>,
}

impl Figures {
    /// The most that it can still pay, in base units: with every gate open and all time over.
    pub const fn outstanding(&self) -> u128 {
        self.amounts.held.saturating_sub(self.amounts.released)
    }
}

/// A grant before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// As it stands.
    pub before: Figures,
    /// With the change.
    pub after: Figures,
    /// What it holds less than before, in base units (below 0: more).
    pub freed: i128,
}

impl Standing<'_> {
    /// What the grant would come to if its word were `state`.
    pub fn figures(&self, state: &State) -> Result<Figures, Refused> {
        let found = self.amounts_at(state, self.desk.now)?;
        Ok(Figures {
            amounts: found,
            claimable: payment(found.payable, state.withhold_bps).net,
            at_stake: at_stake(self.terms, state, self.results, self.desk.now)?,
            full_at: self.full_at(state)?,
        })
    }

    /// What the grant would come to at another time, in unix seconds, if its word were `state` and
    /// no result changed until then.
    pub fn amounts_at(&self, state: &State, at: u64) -> Result<Amounts, Refused> {
        amounts(self.terms, state, &self.gates(state), at)
    }

    /// What a change leaves of the grant, and what it means.
    pub fn weigh(&self, act: Act, by_holder: bool) -> Result<(After, Effect), SuccessionRefused> {
        let after = act.apply(self, by_holder)?;
        let effect = Effect {
            before: self.figures(self.state)?,
            after: self.figures(&after.state)?,
            freed: after.freed,
        };
        Ok((after, effect))
    }

    fn full_at(&self, state: &State) -> Result<Option<u64>, Refused> {
        let reasons = why_locked(self.terms, state, &self.gates(state), self.desk.now)?;
        Ok(reasons.iter().find_map(|reason| match reason {
            Reason::WaitsForTime { full_at, .. } => Some(*full_at),
            _ => None,
        }))
    }
}

/// The most that an end sent at `now` (unix seconds) could take back of what is vested, without
/// grace, in base units; 0 where the terms allow no end or it has ended. A grant that is not opened
/// counts as opened: whoever ends it opens it first.
pub fn at_stake(
    terms: &Terms,
    state: &State,
    results: &dyn Results,
    now: u64,
) -> Result<u128, Refused> {
    let state = State {
        flags: state.flags.with(Flags::OPENED),
        ..*state
    };
    let gates = |state: &State| {
        let stop_at = Some(state.clock().stop_at).filter(|time| *time != 0);
        results.gates(terms, stop_at)
    };
    let read = gates(&state);
    let lapsing = terms.gates.iter().zip(&read);
    let under_way = lapsing
        .filter(|(gate, _)| gate.rule.lapse)
        .map(|(_, result)| result.last_registered_at)
        .max();
    let earliest = now.saturating_sub(terms.backdate_seconds.into());
    let order = EndOrder {
        stop_at: earliest.max(under_way.unwrap_or(0)).max(1),
        grace: false,
        now,
        // An end at the earliest moment holds no more than before: it needs no free money.
        free: 0,
    };
    let vested = amounts(terms, &state, &read, now)?.vested;
    let at_stop = results.gates(terms, Some(order.stop_at));
    match grant::end(terms, &state, &at_stop, &order) {
        Ok(ended) => {
            let kept = amounts(terms, &ended.state, &gates(&ended.state), now)?.vested;
            Ok(vested.saturating_sub(kept))
        }
        // The terms allow no end, or it has ended: nothing can be taken back.
        Err(_) => Ok(0),
    }
}

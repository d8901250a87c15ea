use alloy_primitives::{Address, B256};

use super::{Found, Lookup, Recovery, SuccessionRefused, require_open};
use crate::grant::{Desk, GateResult, amounts, held};
use crate::state::State;
use crate::terms::Terms;

/// Grants that can take the place of one.
pub const SUCCESSORS_MAX: usize = 8;

/// What stands around a grant when it is replaced.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The contracts and the moment.
    pub desk: &'a Desk,
    /// What the chain would look up.
    pub lookup: &'a dyn Lookup,
    /// Funded and not promised, in base units.
    pub free: u128,
}

/// Whose signature is needed, and whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who holds the grant.
    pub holder: Address,
    /// Whether the signature is theirs, for exactly this replacement.
    pub is_good: bool,
}

/// What company and holder agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement<'a> {
    /// The bytes of the new terms; the first takes over what was released.
    pub successors: &'a [Vec<u8>],
    /// Last second of the signature, in unix seconds.
    pub deadline: u64,
    /// The holder's signature.
    pub signed: Signed,
}

/// A grant that took the place of an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Born {
    /// Its id.
    pub id: B256,
    /// Its terms.
    pub terms: Terms,
    /// Its first word.
    pub state: State,
    /// What this part of the replacement frees, in base units (below 0: what it takes): for the
    /// first successor what the old grant held less its own amount, for others less their amount.
    pub freed: i128,
}

/// Replaces a grant with the holder's signature. The old word is closed afterwards; a standing
/// recovery is cancelled. `gates`: what Goals says about the old grant's goals.
pub fn replace(
    around: &Around<'_>,
    found: &Found<'_>,
    gates: &[GateResult],
    order: &Replacement<'_>,
) -> Result<(Recovery, Vec<Born>), SuccessionRefused> {
    let now = around.desk.now;
    let until = order.deadline;
    if now > until {
        return Err(SuccessionRefused::TooLate { until });
    }
    let count = order.successors.len();
    if !(1..=SUCCESSORS_MAX).contains(&count) {
        return Err(SuccessionRefused::Count { count });
    }
    require_open(found.state)?;
    // Bytes without the form of terms have no message that anybody could sign.
    if let Some(refused) = without_form(order.successors) {
        return Err(refused);
    }
    let Signed { holder, is_good } = order.signed;
    if !is_good {
        return Err(SuccessionRefused::BadSignature { holder });
    }
    let recovery = found.recovery.cancel(now).unwrap_or(*found.recovery);
    let born = succeed(around, found, gates, order.successors, holder)?;
    Ok((recovery, born))
}

/// What Grants does when a grant is replaced: opens others in its place, in whatever state it is.
/// Together they have earned at least what it had, but for less than one base unit of rounding for
/// each; the first covers what was released, and is its `holder`'s if anything was; and what they
/// hold beyond it must be free.
pub fn succeed(
    around: &Around<'_>,
    old: &Found<'_>,
    gates: &[GateResult],
    successors: &[Vec<u8>],
    holder: Address,
) -> Result<Vec<Born>, SuccessionRefused> {
    require_open(old.state)?;
    let before = amounts(old.terms, old.state, gates, around.desk.now)?.vested;
    let mut had = held(old.terms, old.state);
    let (mut sum, mut after) = (0_u128, 0_u128);
    let mut born: Vec<Born> = Vec::with_capacity(successors.len());
    for (place, bytes) in successors.iter().enumerate() {
        let released = if place == 0 { old.state.released } else { 0 };
        let inherited = State {
            released,
            ..State::opened(0, old.state.since)
        };
        let (mut one, vested) = succeed_one(around, &born, inherited, bytes)
            .map_err(|refused| at_place(refused, place))?;
        one.freed = signed(had).saturating_sub(signed(one.terms.amount));
        had = 0;
        sum = sum.saturating_add(one.terms.amount);
        after = after.saturating_add(vested);
        born.push(one);
    }
    if before.saturating_sub(after) >= successors.len().try_into().unwrap_or(u128::MAX) {
        return Err(SuccessionRefused::VestedFalls { before, after });
    }
    let heir = born.first().map(|first| first.terms.recipient);
    if let Some(heir) = heir.filter(|heir| old.state.released != 0 && *heir != holder) {
        return Err(SuccessionRefused::NotHeir { heir, holder });
    }
    let wanted = sum.saturating_sub(held(old.terms, old.state));
    if wanted > 0 && old.state.since != 0 {
        return Err(SuccessionRefused::RevenueRises);
    }
    let free = around.free;
    if wanted > free {
        return Err(SuccessionRefused::NotFreeEnough { wanted, free });
    }
    Ok(born)
}

/// One successor with what it inherits, and what it has earned by now in base units.
fn succeed_one(
    around: &Around<'_>,
    earlier: &[Born],
    inherited: State,
    bytes: &[u8],
) -> Result<(Born, u128), SuccessionRefused> {
    let desk = around.desk;
    let id = desk.domain.id(bytes);
    let terms = Terms::decode(bytes)
        .and_then(|terms| terms.check(desk.grants, desk.token).map(|()| terms))
        .map_err(|reason| SuccessionRefused::BadTerms { place: 0, reason })?;
    let result = |goal: B256| {
        let found = around.lookup.goal(goal);
        found.ok_or(SuccessionRefused::GoalNotDefined { goal })
    };
    let gates = terms.gates.iter().map(|gate| result(gate.goal));
    let gates = gates.collect::<Result<Vec<_>, _>>()?;
    if around.lookup.is_taken(id) || earlier.iter().any(|one| one.id == id) {
        return Err(SuccessionRefused::AlreadyOpened { id });
    }
    let (amount, released) = (terms.amount, inherited.released);
    if amount < released {
        return Err(SuccessionRefused::BelowReleased { amount, released });
    }
    let state = State {
        withhold_bps: terms.withhold_bps,
        ..inherited
    };
    let vested = amounts(&terms, &state, &gates, desk.now)?.vested;
    let born = Born {
        id,
        terms,
        state,
        freed: 0,
    };
    Ok((born, vested))
}

fn at_place(refused: SuccessionRefused, place: usize) -> SuccessionRefused {
    match refused {
        SuccessionRefused::BadTerms { reason, .. } => SuccessionRefused::BadTerms { place, reason },
        other => other,
    }
}

/// The first successor whose bytes are not laid out as terms.
fn without_form(successors: &[Vec<u8>]) -> Option<SuccessionRefused> {
    let place = successors
        .iter()
        .position(|bytes| !Terms::has_form(bytes))?;
    let reason = Terms::decode(successors.get(place)?).err()?;
    Some(SuccessionRefused::BadTerms { place, reason })
}

fn signed(amount: u128) -> i128 {
    i128::try_from(amount).unwrap_or(i128::MAX)
}

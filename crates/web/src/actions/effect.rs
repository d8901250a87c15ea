//! A grant now and after a change, line by line.

use guerdon_core::act::{Act, After, Effect};
use guerdon_core::grant::{Reason, why_locked};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::{Stage, SuccessionRefused};

use super::subject::Subject;
use crate::dates;
use crate::html::{Markup, Money};
use crate::strings::actions::{Names, Told, consequences, refused};
use crate::views::round::state_word;
use crate::views::{Context, Why, markup};
use crate::{numbers::Token, strings::reasons::Teller};

/// One figure, now and after.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) what: String,
    pub(super) now: Markup,
    pub(super) after: Markup,
    /// Whether the two differ.
    pub(super) changes: bool,
}

/// All that a page says of a change that the contracts would carry out.
#[derive(Debug)]
pub(super) struct EffectView {
    pub(super) lines: Vec<Line>,
    pub(super) said: Vec<String>,
    pub(super) undo: &'static str,
}

/// Weighs an act; why the contracts would refuse it, in words.
pub(super) fn weigh(subject: &Subject, act: Act, token: &Token) -> Result<(After, Effect), String> {
    let weighed = subject.standing().weigh(act, true);
    weighed.map_err(|why| refusal(subject, token, &why))
}

/// A refusal of the contracts, in words.
pub(super) fn refusal(subject: &Subject, token: &Token, why: &SuccessionRefused) -> String {
    let state = state_word(&subject.data.record, subject.now);
    let names = Names {
        token,
        zone: &subject.zone,
        state,
        goal: &|id| subject.goals().title(id),
    };
    refused(names, why)
}

impl EffectView {
    pub(super) fn new(
        subject: &Subject,
        act: Act,
        (after, effect): (&After, &Effect),
        token: &Token,
    ) -> Self {
        let record = &subject.data.record;
        let told = Told {
            token,
            zone: &subject.zone,
            now: subject.now,
            terms: &subject.terms,
            before: &record.state,
            recovery: &record.recovery,
        };
        Self {
            lines: lines(subject, (after, effect), token),
            said: consequences(told, act, after, effect),
            undo: crate::strings::actions::undo(act, subject.now),
        }
    }
}

fn lines(subject: &Subject, (after, effect): (&After, &Effect), token: &Token) -> Vec<Line> {
    let (old, new) = (&effect.before, &effect.after);
    let money = |what: &str, now: u128, after: u128| Line {
        what: what.to_owned(),
        now: markup(Money::words(now, token)),
        after: markup(Money::words(after, token)),
        changes: now != after,
    };
    let text = |what: &str, now: String, after: String| Line {
        what: what.to_owned(),
        changes: now != after,
        now: markup(crate::charts::svg::Escaped(&now)),
        after: markup(crate::charts::svg::Escaped(&after)),
    };
    let day = |at: Option<u64>| {
        at.map_or_else(
            || "nothing left to earn".to_owned(),
            |at| dates::day(at, &subject.zone),
        )
    };
    let before = subject.standing();
    let mut lines = vec![
        text(
            "State",
            word(subject, before.state),
            word(subject, &after.state),
        ),
        money("Vested", old.amounts.vested, new.amounts.vested),
        money("A claim would bring", old.claimable, new.claimable),
        money(
            "Paid or withheld so far",
            old.amounts.released,
            new.amounts.released,
        ),
        money(
            "The most it can still pay",
            old.outstanding(),
            new.outstanding(),
        ),
        money("An end could take back", old.at_stake, new.at_stake),
    ];
    if (old.full_at, new.full_at) != (None, None) {
        lines.push(text(
            "All of it earned by time",
            day(old.full_at),
            day(new.full_at),
        ));
    }
    if before.holder != after.holder {
        let short =
            |to: alloy_primitives::Address| crate::numbers::shortened(&to.to_checksum(None));
        lines.push(text("Held by", short(before.holder), short(after.holder)));
    }
    if before.state.withhold_bps != after.state.withhold_bps {
        let rate = crate::strings::actions::rate;
        let (now, then) = (before.state.withhold_bps, after.state.withhold_bps);
        lines.push(text("Withheld of each payment", rate(now), rate(then)));
    }
    lines
}

/// The state in a word or two, as lists say it.
fn word(subject: &Subject, state: &State) -> String {
    let record = guerdon_core::ledger::GrantRecord {
        state: *state,
        ..subject.data.record
    };
    state_word(&record, subject.now).to_owned()
}

/// Where every unit is once an end has run its course, by today's results: at the end and its
/// grace, or now if that is over.
pub(super) fn outlook(
    subject: &Subject,
    (stop_at, after): (u64, &After),
    context: &Context<'_>,
) -> Result<(Vec<Reason>, Vec<Why>), SuccessionRefused> {
    let grace = match after.state.has(Flags::GRACED) {
        true => u64::from(subject.terms.grace_seconds),
        false => 0,
    };
    let at = stop_at.saturating_add(grace).max(subject.now);
    let standing = subject.standing();
    let gates = standing.gates(&after.state);
    let reasons = why_locked(&subject.terms, &after.state, &gates, at)?;
    let record = &subject.data.record;
    let teller = Teller {
        token: context.token(),
        goals: subject.goals(),
        zone: &subject.zone,
        now: subject.now,
        withheld: record.withheld,
        inherited: record.inherited,
        recovery: Stage::None,
        was_replaced: false,
        binding_at: 0,
    };
    let waits = |reason: &&Reason| {
        matches!(
            reason,
            Reason::WaitsForResult { .. } | Reason::NotReached { .. } | Reason::UnlockClock { .. }
        )
    };
    let waiting: Vec<Reason> = reasons.iter().filter(waits).copied().collect();
    let whys = teller.whys(&waiting);
    Ok((reasons, whys))
}

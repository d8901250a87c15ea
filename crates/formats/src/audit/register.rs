use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::grant::{self, GateResult, Refused};
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::state::Flags;
use guerdon_core::terms::Terms;

use crate::words::state_word;

/// Everything at one block, as the events up to it add up.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The records.
    pub ledger: &'a Ledger,
    /// Terms of grants, as far as they are known.
    pub terms: &'a BTreeMap<B256, Terms>,
    /// The block's time, in unix seconds.
    pub now: u64,
}

/// A grant of the register. Amounts in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: B256,
    /// Root of its round.
    pub root: B256,
    /// Its leaf; a grant that replaced another has none.
    pub leaf: Option<u32>,
    /// What it replaced.
    pub replaces: Option<B256>,
    /// In the glossary's word.
    pub state: &'static str,
    /// The most it can ever pay.
    pub granted: u128,
    /// Earned by time and results; `None` where its terms are not known.
    pub vested: Option<u128>,
    /// Paid to its holder.
    pub claimed: u128,
    /// Kept back for tax.
    pub withheld: u128,
    /// Promised to it, paid or not.
    pub held: u128,
    /// What it holds less than its amount.
    pub freed: i128,
    /// Payments made.
    pub payments: u32,
}

/// A round, and what its grants add up to. Amounts in base units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundLine {
    /// Its root; zero for all rounds together.
    pub root: B256,
    /// Hash of the document it refers to.
    pub document: B256,
    /// Sum of its leaves as committed; 0 once it was taken back.
    pub total: u128,
    /// Leaves that were opened.
    pub opened: u64,
    /// Amount of leaves that nobody opened yet.
    pub unopened: u128,
    /// Amount of the grants that stand, opened or not.
    pub granted: u128,
    /// Vested of opened grants.
    pub vested: u128,
    /// Opened grants whose terms are not known, so that nobody can say what vested.
    pub unknown: u64,
    /// Paid to holders.
    pub claimed: u128,
    /// Kept back for tax.
    pub withheld: u128,
    /// What it holds of everything promised.
    pub promised: u128,
}

impl RoundLine {
    /// What went back to free money, less what replacements took of it.
    #[must_use]
    pub fn freed(&self) -> i128 {
        let of = |amount: u128| i128::try_from(amount).unwrap_or(i128::MAX);
        of(self.total).saturating_sub(of(self.promised))
    }

    fn add(&mut self, grant: &GrantRecord, vested: Option<u128>) {
        if grant.descent.is_none() {
            self.opened = self.opened.saturating_add(1);
            self.unopened = self.unopened.saturating_sub(grant.amount);
        }
        let stands = !grant.state.has(Flags::CLOSED);
        match vested {
            Some(vested) => self.vested = self.vested.saturating_add(vested),
            None if stands => self.unknown = self.unknown.saturating_add(1),
            None => {}
        }
        if stands {
            self.granted = self.granted.saturating_add(grant.amount);
        }
        self.claimed = self.claimed.saturating_add(grant.paid_net);
        self.withheld = self.withheld.saturating_add(grant.withheld);
        self.promised = self.promised.saturating_add(grant.held());
    }

    fn join(&mut self, other: &Self) {
        for (sum, part) in [
            (&mut self.total, other.total),
            (&mut self.unopened, other.unopened),
            (&mut self.granted, other.granted),
            (&mut self.vested, other.vested),
            (&mut self.claimed, other.claimed),
            (&mut self.withheld, other.withheld),
            (&mut self.promised, other.promised),
        ] {
            *sum = sum.saturating_add(part);
        }
        self.opened = self.opened.saturating_add(other.opened);
        self.unknown = self.unknown.saturating_add(other.unknown);
    }
}

impl Standing<'_> {
    /// Every opened grant, by id.
    ///
    /// # Errors
    /// Terms and state of a grant do not fit together.
    pub fn register(&self) -> Result<Vec<Line>, Refused> {
        let grants = self.ledger.grants.values();
        grants.map(|record| self.line(record)).collect()
    }

    /// Every round by root, and last all of them together.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub fn rounds(&self) -> Result<Vec<RoundLine>, Refused> {
        let begin = |round: &guerdon_core::ledger::RoundRecord| RoundLine {
            root: round.root,
            document: round.document,
            total: round.total,
            unopened: round.total,
            ..RoundLine::default()
        };
        let rounds = self.ledger.rounds.iter();
        let mut lines: BTreeMap<_, _> = rounds.map(|(root, round)| (*root, begin(round))).collect();
        for record in self.ledger.grants.values() {
            let vested = self.vested(record)?;
            lines.entry(record.root).or_default().add(record, vested);
        }
        let mut all = RoundLine::default();
        let mut rounds: Vec<_> = lines.into_values().collect();
        for line in &mut rounds {
            line.granted = line.granted.saturating_add(line.unopened);
            line.promised = line.promised.saturating_add(line.unopened);
            all.join(line);
        }
        rounds.push(all);
        Ok(rounds)
    }

    fn line(&self, record: &GrantRecord) -> Result<Line, Refused> {
        Ok(Line {
            id: record.id,
            root: record.root,
            leaf: record.descent.is_none().then_some(record.index),
            replaces: record.descent.map(|descent| descent.old),
            state: state_word(record, self.now),
            granted: record.amount,
            vested: self.vested(record)?,
            claimed: record.paid_net,
            withheld: record.withheld,
            held: record.held(),
            freed: record.freed,
            payments: record.payments,
        })
    }

    /// What vested of a grant; nothing of one that is closed.
    fn vested(&self, record: &GrantRecord) -> Result<Option<u128>, Refused> {
        if record.state.has(Flags::CLOSED) {
            return Ok(Some(0));
        }
        let Some(terms) = self.terms.get(&record.id) else {
            return Ok(None);
        };
        let results = self.results(terms, record);
        let amounts = grant::amounts(terms, &record.state, &results, self.now)?;
        Ok(Some(amounts.vested))
    }

    /// What the gates of a grant read, with the results at its stop if it has one.
    fn results(&self, terms: &Terms, record: &GrantRecord) -> Vec<GateResult> {
        let stop_at = record.state.clock().stop_at;
        let stop_at = (stop_at != 0).then_some(stop_at);
        let of = |goal: B256| {
            let goal = self.ledger.goals.get(&goal);
            goal.map(|goal| goal.gate_result(stop_at))
                .unwrap_or_default()
        };
        terms.gates.iter().map(|gate| of(gate.goal)).collect()
    }
}

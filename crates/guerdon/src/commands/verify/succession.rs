//! Replacing, moving and recovering recomputed: each event must be what `core` says.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::{amounts, holder};
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GrantRecord, Ledger};
use guerdon_core::state::State;
use guerdon_core::succession::{self, Found};
use guerdon_core::terms::Terms;

use super::replay::{Known, Step, gate_results};

const KIND: &str = "successions";

/// A replacement whose successors the next events bring.
#[derive(Debug, Clone)]
pub(super) struct Replacing {
    old: B256,
    count: u64,
    holder: Address,
    /// What the old grant held, had released and, if its terms are known, had vested.
    held: u128,
    released: u128,
    vested: Option<u128>,
    /// What the successors so far have vested.
    found: u128,
    next: u64,
}

/// The terms of grants that replaced others, which the chain published: those whose id they make.
pub(super) fn published(known: &Known<'_>, facts: &[(Origin, Fact)]) -> BTreeMap<B256, Terms> {
    let domain = Domain::new(known.chain_id, known.grants);
    let terms = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Succeeded { id, terms, .. } if domain.id(terms) == *id => {
            Some((*id, Terms::decode(terms).ok()?))
        }
        _ => None,
    });
    terms.collect()
}

impl Step<'_, '_> {
    pub(super) fn check_succession(&mut self, fact: &Fact) {
        match fact {
            Fact::Replaced { old, holder, count } => {
                self.replaced(*old, *holder, count.saturating_to());
            }
            Fact::Succeeded {
                old,
                id,
                place,
                terms,
                freed,
            } => self.succeeded((*old, *id), u64::from(*place), terms, *freed),
            Fact::Moved { id, from, to } => self.moved(*id, (*from, *to)),
            Fact::RecoveryAnnounced { id, to, at } => self.announced(*id, *to, *at),
            Fact::RecoveryExecuted { id, to } => self.executed(*id, *to),
            Fact::RecoveryVetoed { id, at } => self.vetoed(*id, *at),
            Fact::RecoveryLapsed { id } => self.lapsed(*id),
            _ => {}
        }
    }

    fn replaced(&mut self, old: B256, signer: Address, count: u64) {
        let name = format!("replacement of grant {old}");
        let Some((terms, record)) = self.grant(KIND, old) else {
            return;
        };
        let want = holder(&terms, &record.state, record.moved_to);
        self.report.equal((KIND, &name), "holder", signer, want);
        *self.replacing = Some(Replacing {
            old,
            count,
            holder: signer,
            held: record.held(),
            released: record.state.released,
            vested: self.vested(&terms, &record),
            found: 0,
            next: 0,
        });
    }

    fn vested(&self, terms: &Terms, record: &GrantRecord) -> Option<u128> {
        let gates = gate_results(self.ledger, terms, record);
        let found = amounts(terms, &record.state, &gates, self.origin.block_time);
        found.ok().map(|amounts| amounts.vested)
    }

    fn succeeded(&mut self, (old, id): (B256, B256), place: u64, bytes: &[u8], freed: i128) {
        let name = format!("grant {id}, which replaces {old}");
        let want = Domain::new(self.known.chain_id, self.known.grants).id(bytes);
        self.report.equal((KIND, &name), "id", id, want);
        let Ok(terms) = Terms::decode(bytes) else {
            self.report
                .fail(KIND, &name, "terms", "they are not canonical");
            return;
        };
        let replacing = self.replacing.take().filter(|it| it.old == old);
        let Some(mut replacing) = replacing else {
            // Somebody else's grant was replaced, whose terms are not known here.
            if !self.known.partial {
                let message = "no replacement of the old grant came before it";
                self.report.fail(KIND, &name, "old", message);
            }
            return;
        };
        self.report
            .equal((KIND, &name), "place", place, replacing.next);
        let had = std::mem::take(&mut replacing.held);
        let amount = i128::try_from(terms.amount).unwrap_or(i128::MAX);
        let want = i128::try_from(had)
            .unwrap_or(i128::MAX)
            .saturating_sub(amount);
        self.report.equal((KIND, &name), "freed", freed, want);
        let released = std::mem::take(&mut replacing.released);
        if released > 0 && terms.recipient != replacing.holder {
            let message = "what was paid to the holder counts for somebody else";
            self.report.fail(KIND, &name, "recipient", message);
        }
        if terms.amount < released {
            let message = "its amount does not cover what was released";
            self.report.fail(KIND, &name, "amount", message);
        }
        self.count_vested(&mut replacing, (&terms, released), &name);
        replacing.next += 1;
        if replacing.next < replacing.count {
            *self.replacing = Some(replacing);
        }
    }

    /// Adds up what the successors have vested; together it is what the old grant had, or more.
    fn count_vested(
        &mut self,
        replacing: &mut Replacing,
        (terms, released): (&Terms, u128),
        name: &str,
    ) {
        let result = |goal: B256| {
            let goal = self.ledger.goals.get(&goal);
            goal.map(|goal| goal.gate_result(None)).unwrap_or_default()
        };
        let gates: Vec<_> = terms.gates.iter().map(|gate| result(gate.goal)).collect();
        let state = State {
            released,
            ..State::opened(terms.withhold_bps, 0)
        };
        match amounts(terms, &state, &gates, self.origin.block_time) {
            Ok(amounts) => replacing.found = replacing.found.saturating_add(amounts.vested),
            Err(refused) => self.refused(KIND, name, refused),
        }
        let is_last = replacing.next + 1 == replacing.count;
        let Some(before) = replacing.vested.filter(|_| is_last) else {
            return;
        };
        self.report.count(KIND);
        // Each successor's part may be rounded down by less than one base unit.
        if before.saturating_sub(replacing.found) >= u128::from(replacing.count) {
            let after = replacing.found;
            let message =
                format!("the successors have {after} vested and the old one had {before}");
            self.report.fail(KIND, name, "vested", message);
        }
    }

    fn moved(&mut self, id: B256, (from, to): (Address, Address)) {
        let name = format!("move of grant {id}");
        let Some((terms, record)) = self.grant(KIND, id) else {
            return;
        };
        let want = holder(&terms, &record.state, record.moved_to);
        self.report.equal((KIND, &name), "from", from, want);
        if !terms.powers.r#move || to.is_zero() {
            self.refused(KIND, &name, "the terms do not let it move there");
        }
    }

    fn announced(&mut self, id: B256, to: Address, at: u64) {
        let name = format!("recovery of grant {id}");
        let Some((terms, record)) = self.grant(KIND, id) else {
            return;
        };
        self.report
            .equal((KIND, &name), "at", at, self.origin.block_time);
        let desk = guerdon_core::grant::Desk {
            domain: Domain::new(self.known.chain_id, self.known.grants),
            grants: self.known.grants,
            token: Address::ZERO,
            now: at,
        };
        if let Err(refused) = succession::announce(&desk, &found(&terms, &record), to) {
            self.refused(KIND, &name, refused);
        }
        self.report.count(KIND);
    }

    fn executed(&mut self, id: B256, to: Address) {
        let name = format!("recovery of grant {id}");
        let Some((terms, record)) = self.grant(KIND, id) else {
            return;
        };
        self.report.count(KIND);
        let now = self.origin.block_time;
        if let Err(refused) = succession::execute(&found(&terms, &record), to, now) {
            self.refused(KIND, &name, refused);
        }
    }

    fn vetoed(&mut self, id: B256, at: u64) {
        let name = format!("veto of the recovery of grant {id}");
        let Some((_, record)) = self.grant(KIND, id) else {
            return;
        };
        self.report
            .equal((KIND, &name), "at", at, self.origin.block_time);
        if !record.recovery.stands() {
            self.refused(KIND, &name, "none was announced");
        }
    }

    fn lapsed(&mut self, id: B256) {
        let name = format!("recovery of grant {id}");
        let Some((terms, record)) = self.grant(KIND, id) else {
            return;
        };
        self.report.count(KIND);
        let now = self.origin.block_time;
        if let Err(refused) = succession::clear(&found(&terms, &record), now) {
            self.refused(KIND, &name, refused);
        }
    }
}

fn found<'a>(terms: &'a Terms, record: &'a GrantRecord) -> Found<'a> {
    Found {
        terms,
        state: &record.state,
        recovery: &record.recovery,
    }
}

/// Amounts of grants that were opened from their rounds: those of successors are no round's.
pub(super) fn of_rounds(ledger: &Ledger) -> impl Iterator<Item = &GrantRecord> {
    let grants = ledger.grants.values();
    grants.filter(|grant| grant.descent.is_none())
}

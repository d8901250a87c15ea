//! All grants of one reader, with what core says of each at the block that was read.

use guerdon_core::grant::{self, Payment, Reason, Refused};
use guerdon_core::state::Flags;
use jiff::tz::TimeZone;

use crate::charts::bar::Part;
use crate::numbers::shortened;
use crate::views::Context;
use crate::views::grant::GrantData;

/// One grant with its amounts of now.
#[derive(Clone, Debug)]
pub(crate) struct Mine {
    pub(crate) data: GrantData,
    pub(crate) reasons: Vec<Reason>,
    /// What a claim would pay now.
    pub(crate) payment: Payment,
    /// Vested, what was claimed included.
    pub(crate) vested: u128,
    /// The most it can still come to, what was claimed included.
    pub(crate) reachable: u128,
}

/// The grants of a reader, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Portfolio {
    pub(crate) grants: Vec<Mine>,
    /// Whether there are more than are read for one page.
    pub(crate) more: bool,
}

impl Mine {
    pub(crate) fn new(data: GrantData, now: u64) -> Result<Self, Refused> {
        let reasons = data.reasons(now)?;
        let claimable = reasons.iter().find_map(|reason| match reason {
            Reason::Claimable { amount } => Some(*amount),
            _ => None,
        });
        // Nothing opens before the round binds.
        let claimable = claimable.filter(|_| data.binding_at <= now);
        let payment = grant::payment(claimable.unwrap_or(0), data.record.state.withhold_bps);
        let state = &data.record.state;
        let (vested, reachable) = match &data.terms {
            Some(terms) => {
                let results = data.goals().results(terms, state);
                (
                    grant::amounts(terms, state, &results, now)?.vested,
                    grant::reachable(terms, state, &results, now)?,
                )
            }
            // Unknown terms: what it holds is the most that it can come to.
            None => (state.released, data.record.held()),
        };
        Ok(Self {
            data,
            reasons,
            payment,
            vested,
            reachable,
        })
    }

    /// The company's name for it, else its id.
    pub(crate) fn name(&self) -> String {
        self.data.title()
    }

    pub(crate) fn href(&self) -> String {
        format!("/grants/{}", self.data.record.id)
    }

    /// Whether it can pay anything, now or later: it was neither closed nor replaced.
    pub(crate) fn stands(&self) -> bool {
        !self.data.record.state.has(Flags::CLOSED)
    }
}

impl GrantData {
    /// The company's name for it, where the reader may see that; else its id.
    pub(crate) fn title(&self) -> String {
        let named = self.named.as_ref().map(|named| named.sheet_id.as_str());
        match named.filter(|sheet_id| !sheet_id.is_empty()) {
            Some(sheet_id) => sheet_id.to_owned(),
            None => shortened(&self.record.id.to_string()),
        }
    }
}

impl Portfolio {
    /// Grants that were neither closed nor replaced: those that sums speak of.
    pub(crate) fn standing(&self) -> impl Iterator<Item = &Mine> {
        self.grants.iter().filter(|mine| mine.stands())
    }

    /// The zone of a page about all of them, and its name: the reader's, else the first grant's.
    pub(crate) fn zone(&self, context: &Context<'_>) -> (TimeZone, String) {
        let mut zones = self.grants.iter().map(|mine| mine.data.zone.as_deref());
        context.zone_of(zones.find_map(|zone| zone))
    }

    /// Grants that a claim would pay now.
    pub(crate) fn claimable(&self) -> impl Iterator<Item = &Mine> {
        self.standing().filter(|mine| mine.payment.net > 0)
    }

    pub(crate) fn net(&self) -> u128 {
        self.sum(|mine| mine.payment.net)
    }

    pub(crate) fn withheld(&self) -> u128 {
        self.sum(|mine| mine.payment.withheld)
    }

    pub(crate) fn granted(&self) -> u128 {
        self.sum(|mine| mine.data.record.amount)
    }

    pub(crate) fn sum(&self, of: impl Fn(&Mine) -> u128) -> u128 {
        self.standing().map(of).fold(0, u128::saturating_add)
    }

    /// The parts of the bar over all grants that stand, each with its word.
    pub(crate) fn parts(&self, context: &Context<'_>) -> Vec<(Part, u128, String)> {
        let mut all: Vec<(Part, u128, String)> = Vec::new();
        for mine in self.standing() {
            let zone = context.zone_of(mine.data.zone.as_deref()).0;
            let parts = mine.data.parts(&mine.reasons, context, &zone);
            for (part, amount, word) in parts {
                match all.iter_mut().find(|(have, _, _)| *have == part) {
                    Some(have) => {
                        have.1 = have.1.saturating_add(amount);
                        if have.2 != word {
                            have.2 = general(part).to_owned();
                        }
                    }
                    None => all.push((part, amount, word)),
                }
            }
        }
        all.sort_by_key(|(part, _, _)| *part);
        all
    }
}

/// The word of a part that several grants have for different reasons.
const fn general(part: Part) -> &'static str {
    match part {
        Part::Claimed => "claimed",
        Part::Withheld => "withheld for tax",
        Part::Claimable => "claimable now",
        Part::Clock => "vested, not unlocked yet",
        Part::Waiting => "earned by time, waits for a result",
        Part::Unvested => "not earned yet",
        Part::Freed => "freed or not reached",
    }
}

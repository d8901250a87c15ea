//! Events of Grants.

use guerdon_core::fact::Fact;

use crate::bindings::IGrants::IGrantsEvents as Event;

impl From<Event> for Fact {
    fn from(event: Event) -> Self {
        match event {
            Event::Funded(e) => Self::Funded {
                from: e.from,
                amount: e.amount,
            },
            Event::FreeWithdrawn(e) => Self::FreeWithdrawn {
                to: e.to,
                amount: e.amount,
            },
            Event::RoundCommitted(e) => Self::RoundCommitted {
                root: e.root,
                total: e.total,
                document: e.document,
                binding_at: e.bindingAt.to(),
                since: e.since,
            },
            Event::RoundRescinded(e) => Self::RoundRescinded {
                root: e.root,
                freed: e.freed,
            },
            Event::Opened(e) => Self::Opened {
                id: e.id,
                root: e.root,
                index: e.index,
                recipient: e.recipient,
                amount: e.amount,
                withhold_bps: e.withholdBps,
            },
            Event::Invalid(e) => Self::Invalid {
                id: e.id,
                root: e.root,
                index: e.index,
                freed: e.freed,
            },
            Event::Claimed(e) => Self::Claimed {
                id: e.id,
                to: e.to,
                gross: e.gross,
                withheld: e.withheld,
            },
            Event::ClaimFailed(e) => Self::ClaimFailed {
                id: e.id,
                to: e.to,
                gross: e.gross,
                reason: e.reason,
            },
            Event::Ended(e) => Self::Ended {
                id: e.id,
                stop_at: e.stopAt.to(),
                grace: e.grace,
                freed: e.freed,
                lost: e.lost,
            },
            Event::EndWithdrawn(e) => Self::EndWithdrawn {
                id: e.id,
                freed: e.freed,
            },
            Event::Paused(e) => Self::Paused {
                id: e.id,
                stop_at: e.stopAt.to(),
            },
            Event::Resumed(e) => Self::Resumed {
                id: e.id,
                lost: e.lost,
            },
            Event::Accelerated(e) => Self::Accelerated {
                id: e.id,
                credit: e.credit,
                freed: e.freed,
            },
            Event::Settled(e) => Self::Settled {
                id: e.id,
                value: e.value,
                freed: e.freed,
            },
            Event::Waived(e) => Self::Waived {
                id: e.id,
                value: e.value,
                freed: e.freed,
            },
            Event::WithholdingLowered(e) => Self::WithholdingLowered {
                id: e.id,
                withhold_bps: e.withholdBps,
            },
            Event::ClaimsHeld(e) => Self::ClaimsHeld { id: e.id, on: e.on },
        }
    }
}

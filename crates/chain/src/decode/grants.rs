//! Events of Grants.

use guerdon_core::fact::Fact;

use super::convert::facts;
use crate::bindings::IGrants::{self, IGrantsEvents as Event};

pub(super) fn fact(event: Event) -> Fact {
    match event {
        Event::Funded(e) => e.into(),
        Event::FreeWithdrawn(e) => e.into(),
        Event::RoundCommitted(e) => e.into(),
        Event::RoundRescinded(e) => e.into(),
        Event::Opened(e) => e.into(),
        Event::Invalid(e) => e.into(),
        Event::Claimed(e) => e.into(),
        Event::ClaimFailed(e) => e.into(),
        Event::Ended(e) => e.into(),
        Event::EndWithdrawn(e) => e.into(),
        Event::Paused(e) => e.into(),
        Event::Resumed(e) => e.into(),
        Event::Accelerated(e) => e.into(),
        Event::Settled(e) => e.into(),
        Event::Waived(e) => e.into(),
        Event::WithholdingLowered(e) => e.into(),
        Event::ClaimsHeld(e) => e.into(),
        Event::Succeeded(e) => e.into(),
        Event::HolderChanged(e) => e.into(),
        Event::RecoveringSet(e) => e.into(),
    }
}

facts! { IGrants:
    Funded { from => from, amount => amount }
    FreeWithdrawn { to => to, amount => amount }
    RoundCommitted {
        root => root, total => total, document => document, bindingAt => binding_at,
        since => since,
    }
    RoundRescinded { root => root, freed => freed }
    Opened {
        id => id, root => root, index => index, recipient => recipient, amount => amount,
        withholdBps => withhold_bps,
    }
    Invalid { id => id, root => root, index => index, freed => freed }
    Claimed { id => id, to => to, gross => gross, withheld => withheld }
    ClaimFailed { id => id, to => to, gross => gross, reason => reason }
    Ended { id => id, stopAt => stop_at, grace => grace, freed => freed, lost => lost }
    EndWithdrawn { id => id, freed => freed }
    Paused { id => id, stopAt => stop_at }
    Resumed { id => id, lost => lost }
    Accelerated { id => id, credit => credit, freed => freed }
    Settled { id => id, value => value, freed => freed }
    Waived { id => id, value => value, freed => freed }
    WithholdingLowered { id => id, withholdBps => withhold_bps }
    ClaimsHeld { id => id, on => on }
    Succeeded { oldId => old, newId => id, place => place, terms => terms, freed => freed }
    HolderChanged { id => id, holder => holder }
    RecoveringSet { id => id, on => on }
}

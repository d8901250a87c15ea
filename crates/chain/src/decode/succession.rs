//! Events of Succession.

use guerdon_core::fact::Fact;

use super::convert::facts;
use crate::bindings::ISuccession::{self, ISuccessionEvents as Event};

pub(super) fn fact(event: Event) -> Fact {
    match event {
        Event::Replaced(e) => e.into(),
        Event::Moved(e) => e.into(),
        Event::RecoveryAnnounced(e) => e.into(),
        Event::RecoveryExecuted(e) => e.into(),
        Event::RecoveryVetoed(e) => e.into(),
        Event::RecoveryLapsed(e) => e.into(),
    }
}

facts! { ISuccession:
    Replaced { oldId => old, holder => holder, count => count }
    Moved { id => id, from => from, to => to }
    RecoveryAnnounced { id => id, to => to, announcedAt => at }
    RecoveryExecuted { id => id, to => to }
    RecoveryVetoed { id => id, cancelledAt => at }
    RecoveryLapsed { id => id }
}

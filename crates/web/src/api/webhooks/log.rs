//! The delivery log of a webhook as data.

use guerdon_store::Delivery;

use crate::dates;
use crate::strings::webhooks as words;
use crate::table::Rows;

/// Deliveries, a row each; what was sent is not among it.
pub(super) fn log(deliveries: &[Delivery]) -> Rows {
    let mut rows = Rows::new(&[
        "number", "event", "kind", "happened", "tries", "outcome", "tried", "status", "failure",
        "arrived", "next_try",
    ]);
    for it in deliveries {
        let time = |at: Option<u64>| at.map_or_else(String::new, dates::machine);
        rows.row(&[
            &it.event.seq,
            &it.event.event.id,
            &it.event.event.kind,
            &dates::machine(it.event.event.at),
            &it.attempts,
            &words::outcome_word(it.tried_at.is_some(), it.failure.is_some()),
            &time(it.tried_at),
            &it.status,
            &it.failure,
            &time(it.done_at),
            &time(it.next_at),
        ]);
    }
    rows
}

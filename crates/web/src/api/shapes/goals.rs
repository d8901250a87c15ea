//! Goals and attempts.

use serde_json::json;

use super::{MOST, Named, PPB, account, id, one, page};
use crate::api::schema::{UNITS, list, maybe, moment, number, object, pattern, text};

pub(super) fn goals() -> Vec<Named> {
    let goal = object(
        "A goal: what is measured, by whom, and what it must reach.",
        &[
            ("id", id("Hash of its definition.")),
            ("name", maybe(text("What grant sheets call it."))),
            ("measures", text("What is measured, in words.")),
            ("state", text("How it stands, in words.")),
            ("who_acts_next", text("In words.")),
            ("result", text("In words.")),
            (
                "fraction_ppb",
                number(0, PPB, "Share that it lets through."),
            ),
            ("final", json!({"type": "boolean"})),
            ("opens", moment("")),
            ("closes", moment("")),
            ("sponsor", account("")),
            ("arbiter", account("")),
            ("panel", list(account(""))),
            ("signatures_needed", number(0, 255, "")),
            ("attempts", number(0, MOST, "")),
        ],
    );
    let step = object(
        "A status and when it was reached.",
        &[
            ("status", text("")),
            ("time", moment("")),
            ("transaction", id("")),
        ],
    );
    let attempt = object(
        "An attempt at a goal.",
        &[
            ("attempt", number(0, 65_535, "Its number, from 0.")),
            ("status", text("")),
            ("model", id("Hash of the model's manifest.")),
            ("registered_at", moment("")),
            ("has_result", json!({"type": "boolean"})),
            (
                "x",
                pattern(UNITS, "Right answers, wins, sum of scores, or the count."),
            ),
            ("y", pattern(UNITS, "Losses, for a paired comparison.")),
            ("samples", number(0, MOST, "")),
            ("guards", number(0, MOST, "")),
            ("evidence", id("Hash of the evidence.")),
            (
                "lower_bound_ppb",
                maybe(number(i64::MIN, MOST, "What decides.")),
            ),
            ("fraction_ppb", number(0, PPB, "")),
            ("history", list(step)),
        ],
    );
    vec![
        ("Goal", goal),
        ("GoalPage", page("Goal")),
        ("GoalAnswer", one("goal", "Goal")),
        ("Attempt", attempt),
        ("AttemptPage", page("Attempt")),
    ]
}

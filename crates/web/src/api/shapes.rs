//! The schemas of everything that is taken and answered.

mod bodies;
mod company;
mod goals;
mod grants;
mod imports;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::schema::{
    ADDRESS, CURSOR, ID, UNITS, list, maybe, moment, number, object, optional, part, pattern, text,
};
use super::{events, webhooks};

/// Shares are parts of a billion.
const PPB: i64 = 1_000_000_000;
const MOST: i64 = i64::MAX;

type Named = (&'static str, Value);

/// All of them by name.
pub(super) fn all() -> &'static Map<String, Value> {
    static ALL: LazyLock<Map<String, Value>> = LazyLock::new(|| {
        let parts = [
            general(),
            grants::pool(),
            grants::grants(),
            goals::goals(),
            company::people(),
            company::jobs(),
            company::plans(),
            imports::imports(),
            bodies::bodies(),
            webhooks::shapes(),
        ];
        let parts = parts.into_iter().flatten();
        let parts = parts.map(|(name, it)| (name.to_owned(), it));
        parts.chain(events::shapes()).collect()
    });
    &ALL
}

fn account(says: &str) -> Value {
    pattern(ADDRESS, says)
}

fn id(says: &str) -> Value {
    pattern(ID, says)
}

fn money() -> Value {
    part("Money")
}

fn general() -> Vec<Named> {
    let mut problem = optional(
        "Why a request failed.",
        &[
            ("type", text("Where the code is explained; stable.")),
            ("code", text("One word for it; stable.")),
            ("title", text("What kind of failure it is.")),
            ("status", number(400, 599, "The status of the answer.")),
            (
                "detail",
                text("What is wrong and what to do, in sentences."),
            ),
            (
                "errors",
                list(object(
                    "One wrong value.",
                    &[
                        (
                            "at",
                            text("Pointer into the body, or the parameter's name."),
                        ),
                        ("detail", text("What is wrong with it.")),
                    ],
                )),
            ),
        ],
        &["type", "code", "title", "status", "detail"],
    );
    problem["title"] = Value::from("Problem");
    let as_of = object(
        "The block that an answer speaks of.",
        &[
            ("chain_id", number(1, MOST, "The chain.")),
            ("block", number(0, MOST, "Its number.")),
            ("hash", id("Its hash.")),
            ("time", moment("Its time: money's clock.")),
            (
                "day",
                maybe(json!({"type": "string", "format": "date", "description": "as_of."})),
            ),
        ],
    );
    let money = object(
        "An amount.",
        &[
            (
                "raw",
                pattern(UNITS, "Whole base units: reckon with these."),
            ),
            ("decimals", number(0, 255, "Decimal places of one token.")),
            ("display", text("For people, rounded down.")),
            ("symbol", text("The token.")),
        ],
    );
    vec![("Problem", problem), ("AsOf", as_of), ("Money", money)]
}

/// A page of a list.
fn page(of: &str) -> Value {
    object(
        "A page of a list.",
        &[
            ("as_of", part("AsOf")),
            ("data", list(part(of))),
            ("has_more", json!({"type": "boolean"})),
            (
                "next_cursor",
                maybe(pattern(CURSOR, "Asks for the next page.")),
            ),
        ],
    )
}

/// One thing with the block that it was read at.
fn one(name: &str, of: &str) -> Value {
    object("", &[("as_of", part("AsOf")), (name, part(of))])
}

//! The pool, rounds and grants.

use serde_json::{Value, json};

use super::{MOST, Named, PPB, account, id, money, one, page};
use crate::api::endpoint::STATES;
use crate::api::schema::{list, maybe, moment, number, object, optional, part, text};

pub(super) fn pool() -> Vec<Named> {
    let contract = object(
        "A contract.",
        &[
            ("name", text("`Grants`, `Goals`, …")),
            ("address", account("Where it is.")),
            ("code_hash", id("keccak256 of its code.")),
        ],
    );
    let overview = object(
        "The whole of a deployment.",
        &[
            ("as_of", part("AsOf")),
            ("company", text("Whose it is.")),
            (
                "token",
                object(
                    "What grants pay.",
                    &[
                        ("symbol", text("")),
                        ("name", text("")),
                        ("decimals", number(0, 255, "")),
                    ],
                ),
            ),
            ("funded", money()),
            ("promised", money()),
            ("free", money()),
            ("released", money()),
            ("withheld", money()),
            ("paid", money()),
            ("rounds", number(0, MOST, "")),
            ("opened_grants", number(0, MOST, "")),
            ("goals", number(0, MOST, "")),
            ("contracts", list(contract)),
        ],
    );
    vec![
        ("Overview", overview),
        ("Round", round()),
        ("RoundPage", page("Round")),
        ("RoundAnswer", one("round", "Round")),
    ]
}

fn round() -> Value {
    object(
        "A round: grants promised in one transaction.",
        &[
            ("root", id("Its root.")),
            (
                "name",
                text("What the company calls it, else its root in short."),
            ),
            ("total", money()),
            ("committed_at", moment("")),
            (
                "binding_at",
                moment("From when on it cannot be taken back."),
            ),
            ("rescinded", json!({"type": "boolean"})),
            ("document", id("Hash of what it refers to.")),
            ("transaction", id("The commitment.")),
            (
                "imported_grants",
                maybe(number(
                    0,
                    MOST,
                    "Leaves, where the round was imported here.",
                )),
            ),
            ("opened", number(0, MOST, "Leaves that were opened.")),
            ("payments", number(0, MOST, "")),
            ("paid", money()),
        ],
    )
}

pub(super) fn grants() -> Vec<Named> {
    let amounts = object(
        "What the chain would say at the block's time.",
        &[
            (
                "earned_by_time_ppb",
                number(0, PPB, "Share earned by time."),
            ),
            (
                "open_ppb",
                number(0, PPB, "Share that results let through."),
            ),
            ("vested", money()),
            ("unlocked", money()),
            ("payable", money()),
            ("claimable", money()),
        ],
    );
    vec![
        ("Amounts", amounts),
        ("Grant", grant()),
        ("GrantPage", page("Grant")),
        ("GrantAnswer", one("grant", "Grant")),
        ("Event", event()),
        ("EventPage", page("Event")),
    ]
}

fn grant() -> Value {
    object(
        "A grant.",
        &[
            ("id", id("Hash of its terms.")),
            ("name", maybe(text("What its sheet calls it."))),
            (
                "person",
                maybe(text("Whom it is for; for keys with `read:people` alone.")),
            ),
            ("round", id("Root of its round.")),
            (
                "leaf",
                maybe(number(
                    0,
                    MOST,
                    "Its place in the round; none if it replaced another.",
                )),
            ),
            ("replaces", maybe(id("The grant whose place it took."))),
            ("recipient", account("Named in its terms.")),
            ("holder", account("Who is paid.")),
            ("state", json!({"type": "string", "enum": STATES})),
            ("granted", money()),
            ("claimed", money()),
            ("withheld", money()),
            ("held", money()),
            ("payments", number(0, MOST, "")),
            (
                "amounts",
                json!({
                    "anyOf": [part("Amounts"), {"type": "null"}],
                    "description": "None where its terms are not known here, or it is closed.",
                }),
            ),
            (
                "opened_at",
                maybe(moment("When its first event was; none before that.")),
            ),
            ("opened_in", maybe(id("In which transaction."))),
            (
                "changed_at",
                moment("When its last event was; before it is opened, its round's commitment."),
            ),
        ],
    )
}

fn event() -> Value {
    let says = optional(
        "Its fields.",
        &[
            ("to", account("")),
            ("amount", money()),
            ("gross", money()),
            ("withheld", money()),
            ("net", money()),
            ("freed", money()),
            ("at", moment("")),
        ],
        &[],
    );
    object(
        "Something that happened.",
        &[
            ("event", text("Named as the contracts name it: `Claimed`.")),
            ("block", number(0, MOST, "")),
            ("block_hash", id("")),
            ("time", moment("")),
            ("transaction", id("")),
            ("log", number(0, MOST, "Its place in the block.")),
            ("says", says),
        ],
    )
}

//! People, jobs and plans.

use super::{MOST, Named, account, id, money, page};
use crate::api::schema::{
    BYTES, PERSON, UNITS, list, maybe, moment, number, object, part, pattern, text,
};

pub(super) fn people() -> Vec<Named> {
    let wallet = object(
        "A wallet of a person.",
        &[
            ("address", account("")),
            ("signed_in_since", maybe(moment(""))),
        ],
    );
    let person = object(
        "A person of the list.",
        &[
            ("id", pattern(PERSON, "Serial number.")),
            ("number", text("The company's own number.")),
            ("name", text("")),
            ("email", text("")),
            ("country", text("")),
            ("zone", text("")),
            ("roles", list(text(""))),
            ("wallets", list(wallet)),
            ("added_at", moment("")),
        ],
    );
    let added = object("", &[("id", pattern(PERSON, "Serial number."))]);
    vec![
        ("Person", person),
        ("PersonPage", page("Person")),
        ("PersonAnswer", object("", &[("person", part("Person"))])),
        ("Added", added),
    ]
}

pub(super) fn jobs() -> Vec<Named> {
    let operation = object(
        "A scheduled call.",
        &[
            ("operation", id("")),
            (
                "number",
                number(0, MOST, "Which of the calls with this id."),
            ),
            (
                "state",
                text("waiting, due, expired, executed or cancelled"),
            ),
            ("scheduled_by", account("")),
            ("scheduled_at", moment("")),
            ("from", moment("")),
            ("until", moment("")),
            ("to", account("")),
            ("data", pattern(BYTES, "")),
        ],
    );
    let job = object(
        "A transaction of the keeper.",
        &[
            ("job", number(0, MOST, "")),
            ("state", text("open, done, reverted or displaced")),
            ("summary", text("")),
            ("grants", list(id(""))),
            ("transactions", list(id(""))),
            ("block", maybe(number(0, MOST, ""))),
            ("gas_used", maybe(number(0, MOST, ""))),
        ],
    );
    vec![
        ("Operation", operation),
        ("OperationPage", page("Operation")),
        ("Job", job),
        ("JobPage", page("Job")),
    ]
}

pub(super) fn plans() -> Vec<Named> {
    let figures = object(
        "What a grant comes to.",
        &[
            ("vested", money()),
            ("claimable", money()),
            ("held", money()),
            ("outstanding", money()),
        ],
    );
    let plan = object(
        "A call to sign. It is not sent.",
        &[
            ("to", account("The contract.")),
            ("data", pattern(BYTES, "Call data.")),
            ("value", pattern(UNITS, "Wei; always 0.")),
            ("chain_id", number(1, MOST, "")),
            ("summary", text("What it does, in one sentence.")),
        ],
    );
    let effect = object(
        "What it leaves of the grant; null for keys without `read:grants`.",
        &[("before", part("Figures")), ("after", part("Figures"))],
    );
    let answer = object(
        "",
        &[
            ("as_of", part("AsOf")),
            ("plan", part("Plan")),
            (
                "signer",
                text("A role of the company, `holder` or `anyone`."),
            ),
            ("effect", maybe(effect)),
        ],
    );
    vec![("Figures", figures), ("Plan", plan), ("PlanAnswer", answer)]
}

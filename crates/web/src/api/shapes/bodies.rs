//! What is sent.

use serde_json::json;

use super::Named;
use crate::api::schema::{COUNTRY, LINE, MAIL, NAME, moment, number, object, optional, pattern};

/// Bodies.
pub(super) fn bodies() -> Vec<Named> {
    let wallet = json!({"type": "string", "format": "address", "description":
        "0x and 40 digits; with capitals only where they are its checksum."});
    let line = |most: u64, says: &str| {
        json!({"type": "string", "maxLength": most, "description": says,
            "pattern": LINE})
    };
    let new_person = optional(
        "A person to put onto the list, who can then sign in and see the grants that are imported \
         for the number or paid to the wallets. What is somebody's already is 409 `taken`; roles \
         are given on the page of people.",
        &[
            (
                "number",
                json!({"type": "string", "pattern": NAME, "minLength": 1, "maxLength": 200,
                    "description": "The company's own number, nobody else's."}),
            ),
            ("name", line(200, "As people write it.")),
            (
                "email",
                json!({"type": "string", "maxLength": 200, "pattern": MAIL}),
            ),
            (
                "country",
                pattern(COUNTRY, "For tax: two capitals, or nothing."),
            ),
            (
                "wallets",
                json!({"type": "array", "items": wallet, "maxItems": 20}),
            ),
        ],
        &["number"],
    );
    let end = object(
        "",
        &[
            ("stop_at", moment("The last second that counts.")),
            (
                "grace",
                json!({"type": "boolean", "description": "Vesting goes on for the terms' grace."}),
            ),
        ],
    );
    let seconds = number(1, 4_294_967_295, "By how many seconds.");
    let rate = number(0, 10_000, "The new rate in basis points.");
    let commit = optional(
        "",
        &[("binding_at", moment("From when on; at once without it."))],
        &[],
    );
    vec![
        ("Nothing", optional("Nothing is needed.", &[], &[])),
        ("NewPerson", new_person),
        ("End", end),
        ("Accelerate", object("", &[("seconds", seconds)])),
        ("LowerWithholding", object("", &[("withhold_bps", rate)])),
        ("To", object("", &[("to", wallet)])),
        ("Commit", commit),
    ]
}

//! Sheets of grants.

use guerdon_formats::sheet;
use serde_json::{Value, json};

use super::{MOST, Named, id, money};
use crate::api::schema::{
    IMPORT, LINE, list, maybe, moment, number, object, optional, part, pattern, text,
};

pub(super) fn imports() -> Vec<Named> {
    let begun = object("", &[("import", pattern(IMPORT, "Its number."))]);
    let head = object(
        "A sheet that was sent.",
        &[
            ("id", pattern(IMPORT, "")),
            ("name", text("Name of its file.")),
            ("begun_at", moment("")),
            (
                "round",
                maybe(id("Root of its round, once it is imported.")),
            ),
        ],
    );
    let answer = object(
        "",
        &[
            ("import", part("Import")),
            (
                "checked",
                json!({
                    "anyOf": [part("Checked"), {"type": "null"}],
                    "description": "None once it is imported: its rows stand with the round.",
                }),
            ),
        ],
    );
    let round = object(
        "A sheet that became a round. It is promised once somebody signs the plan.",
        &[
            ("as_of", part("AsOf")),
            ("round", id("Its root.")),
            ("plan", maybe(part("Plan"))),
            ("signer", maybe(text("A role of the company."))),
            (
                "refused",
                maybe(text("Why the contract would refuse the commitment now.")),
            ),
        ],
    );
    vec![
        ("NewImport", new_import()),
        ("Begun", begun),
        ("Import", head),
        ("Checked", checked()),
        ("ImportAnswer", answer),
        ("CommitImport", commit()),
        ("ImportedRound", round),
    ]
}

fn ours() -> Value {
    let names: Vec<_> = sheet::offered().collect();
    json!({"type": "string", "enum": names, "description": "What it is here."})
}

fn new_import() -> Value {
    let column = optional(
        "What a column is. Those that are not named here are recognised by their names.",
        &[
            ("theirs", text("The column's name in the sheet.")),
            ("ours", maybe(ours())),
        ],
        &["theirs"],
    );
    optional(
        "A sheet of grants. It is kept, with the names in it, until it is imported or discarded.",
        &[
            (
                "name",
                json!({"type": "string", "pattern": LINE, "minLength": 1, "maxLength": 100,
                    "description": "Name of its file."}),
            ),
            (
                "sheet",
                json!({"type": "string", "minLength": 1, "description":
                    "The sheet as CSV; its first row names the columns."}),
            ),
            ("columns", list(column)),
            (
                "left_out",
                list(number(
                    1,
                    MOST,
                    "A data row that is left out on purpose, from 1.",
                )),
            ),
        ],
        &["name", "sheet"],
    )
}

fn commit() -> Value {
    optional(
        "",
        &[
            (
                "name",
                json!({"type": "string", "pattern": LINE, "maxLength": 200,
                    "description": "Name of the round; the file's without it."}),
            ),
            ("binding_at", moment("From when on; at once without it.")),
            (
                "doubts_read",
                json!({"type": "boolean", "description":
                    "Somebody read the doubts. Without doubts it is not needed."}),
            ),
        ],
        &[],
    )
}

fn checked() -> Value {
    let told = object(
        "What is wrong with a row, or doubtful.",
        &[
            (
                "row",
                number(0, MOST, "Data rows count from 1; 0 is the sheet."),
            ),
            ("column", maybe(text("As the sheet calls it."))),
            ("says", text("")),
        ],
    );
    let column = object(
        "A column of the sheet.",
        &[("theirs", text("")), ("ours", maybe(ours()))],
    );
    let count = |says| number(0, MOST, says);
    object(
        "What is known about a sheet. Nothing of it is imported before all is good or left out.",
        &[
            ("columns", list(column)),
            ("ready", json!({"type": "boolean"})),
            ("rows", count("Rows of the sheet but for its total.")),
            ("good", count("Rows that would be granted.")),
            ("wrong", count("")),
            ("left_out", count("")),
            ("sum", money()),
            ("stated_sum", maybe(part("Money"))),
            ("good_sum", money()),
            ("free", money()),
            ("missing", money()),
            (
                "wallets_not_looked_up",
                count("Wallets that the node was not asked about in time."),
            ),
            ("errors", list(told.clone())),
            ("doubts", list(told)),
        ],
    )
}

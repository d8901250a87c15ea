//! Up to five grants typed in: the same check as a sheet's, with what is wrong beside each field.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use guerdon_formats::sheet::{self, RowError};

use super::draft;
use super::list::keep_new;
use crate::access::{CompanyWriter, Viewer};
use crate::company::forms::{Field, Fields, see};
use crate::error::form_refused;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// Grants of the form.
const GRANTS: usize = 5;

/// Fields that each grant has: column, label, hint.
const OWN: [(&str, &str, &str); 6] = [
    (
        "external_id",
        "Grant number",
        "Yours, once for each grant, such as G-1031.",
    ),
    ("name", "Name", ""),
    (
        "employee_id",
        "Person number",
        "Yours; a wallet belongs to one person.",
    ),
    (
        "wallet",
        "Wallet",
        "0x and 40 digits, as the person's wallet shows it.",
    ),
    (
        "quantity",
        "Tokens",
        "Plain decimals, such as 48000 or 12500.5.",
    ),
    (
        TEMPLATE,
        "Template",
        "Says what stays empty in the terms of all.",
    ),
];

/// The field that is chosen from a list.
const TEMPLATE: &str = "template";

/// Fields that all grants share: column, label, kind, hint.
const SHARED: [(&str, &str, &str, &str); 7] = [
    ("vesting_start", "Vesting starts on", "date", ""),
    (
        "timezone",
        "Time zone",
        "text",
        "Days begin at 00:00 there, such as Europe/London.",
    ),
    ("cliff_months", "Months until the cliff", "text", "0: none."),
    ("duration_months", "Months until all has vested", "text", ""),
    ("interval_months", "Months between dates", "text", ""),
    (
        "cliff_percent",
        "Per cent at the cliff",
        "text",
        "Empty: as much as time has passed.",
    ),
    (
        "gates",
        "Goals",
        "text",
        "Such as launch-eu:40; empty: none.",
    ),
];

#[derive(Debug, Template)]
#[template(path = "pages/company_import_small.html")]
struct SmallPage {
    shell: Shell,
    refused: Vec<String>,
    shared: Vec<Field>,
    grants: Vec<GrantFields>,
}

#[derive(Debug)]
struct GrantFields {
    title: String,
    /// It is shown unfolded: the first, and those in which something stands or is wrong.
    open: bool,
    fields: Vec<Field>,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
) -> Answer {
    show(&state, &viewer, &Fields::default(), &Wrong::default()).await
}

/// What is wrong: by field, and with the whole.
#[derive(Debug, Default)]
struct Wrong {
    fields: BTreeMap<String, Vec<String>>,
    whole: Vec<String>,
}

pub(super) async fn take(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    fields: Fields,
) -> Answer {
    let filled: Vec<_> = (1..=GRANTS)
        .filter(|grant| is_filled(&fields, *grant))
        .collect();
    let mut wrong = Wrong::default();
    if filled.is_empty() {
        wrong.whole.push(words::NOTHING_TYPED.to_owned());
        return form_refused(show(&state, &viewer, &fields, &wrong).await);
    }
    let csv = csv(&fields, &filled);
    let columns: Vec<_> = columns().map(|column| Some(column.to_owned())).collect();
    let mut read = state.store.read().await?;
    let goals = draft::known_goals(&mut read).await?;
    let choices = sheet::Choices {
        columns: Some(columns.clone()),
        ..draft::choices(&mut read, &state).await?
    };
    drop(read);
    let checked = sheet::check(&csv, &choices, &mut draft::context(&state, &goals));
    for error in &checked.errors {
        wrong.add(error, &filled);
    }
    if !checked.errors.is_empty() {
        return form_refused(show(&state, &viewer, &fields, &wrong).await);
    }
    let name = match filled.as_slice() {
        [_] => "one grant".to_owned(),
        all => format!("{} grants", all.len()),
    };
    let id = keep_new(&state, &viewer, (name, csv), Some(columns)).await?;
    Ok(see(&format!("/company/imports/{id}/preview")).into_response())
}

impl Wrong {
    /// An error of a shared field is told once, beside it.
    fn add(&mut self, error: &RowError, filled: &[usize]) {
        let place = error.row.checked_sub(1).and_then(|row| filled.get(row));
        let own = OWN.iter().any(|(column, ..)| *column == error.column);
        let shared = SHARED.iter().any(|(column, ..)| *column == error.column);
        let sentence = words::row_error(0, "", &error.message);
        let name = match (place, own, shared) {
            (Some(grant), true, _) => field_name(&error.column, *grant),
            (_, _, true) => error.column.clone(),
            _ => {
                self.whole.push(sentence);
                return;
            }
        };
        let told = self.fields.entry(name).or_default();
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
}

fn columns() -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().map(|(column, ..)| *column);
    own.chain(SHARED.iter().map(|(column, ..)| *column))
}

fn field_name(column: &str, grant: usize) -> String {
    format!("{column}-{grant}")
}

fn is_filled(fields: &Fields, grant: usize) -> bool {
    let typed = OWN.iter().filter(|(column, ..)| *column != TEMPLATE);
    typed
        .into_iter()
        .any(|(column, ..)| !fields.get(&field_name(column, grant)).is_empty())
}

fn csv(fields: &Fields, filled: &[usize]) -> Vec<u8> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let header: Vec<_> = columns().map(quoted).collect();
    let mut lines = vec![header.join(",")];
    for grant in filled {
        let own = OWN
            .iter()
            .map(|(column, ..)| fields.get(&field_name(column, *grant)));
        let shared = SHARED.iter().map(|(column, ..)| fields.get(column));
        let cells: Vec<_> = own.chain(shared).map(quoted).collect();
        lines.push(cells.join(","));
    }
    lines.push(String::new());
    lines.join("\n").into_bytes()
}

async fn show(state: &AppState, viewer: &Viewer, sent: &Fields, wrong: &Wrong) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let mut templates = vec![(String::new(), "none: the terms of all".to_owned())];
    for template in read.templates().await? {
        templates.push((template.name.clone(), template.name));
    }
    let goals = draft::goals_offered(&mut read).await?;
    let told = |name: &str| wrong.fields.get(name).cloned().unwrap_or_default();
    let shared = SHARED.iter().map(|(column, label, kind, hint)| {
        let field = Field::text(*column, label, sent.get(column));
        let field = field.kind(kind).hint(hint).wrong(told(column));
        match *column {
            "gates" => field.known(goals.clone()),
            _ => field,
        }
    });
    let grants = (1..=GRANTS).map(|grant| GrantFields {
        title: format!("Grant {grant}"),
        open: grant == 1 || is_filled(sent, grant),
        fields: OWN
            .iter()
            .map(|(column, label, hint)| {
                let name = field_name(column, grant);
                let field = Field::text(name.clone(), label, sent.get(&name)).wrong(told(&name));
                let field = match *column {
                    TEMPLATE => field.options(templates.clone()),
                    _ => field,
                };
                // Said once is enough.
                if grant == 1 { field.hint(hint) } else { field }
            })
            .collect(),
    });
    html(&SmallPage {
        shell: Shell::new(&context, "Type in grants", Place::CompanyRounds)
            .with_zone(&context.zone_of(None).1),
        refused: wrong.whole.clone(),
        shared: shared.collect(),
        grants: grants.collect(),
    })
}

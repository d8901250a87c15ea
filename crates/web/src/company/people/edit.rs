//! Adding a person and changing what the list says.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use guerdon_formats::people_sheet::{self, PersonEntry};
use guerdon_store::{Member, StoreError};

use super::{member, new_member, role_names, shown_name};
use crate::access::{Administrator, Viewer};
use crate::company::forms::{Field, Fields, see};
use crate::company::note;
use crate::error::form_refused;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// Fields of the form: name, label, kind, hint.
const FIELDS: [(&str, &str, &str, &str); 6] = [
    (
        "number",
        "Number",
        "text",
        "Yours, and nobody else's, such as E231.",
    ),
    ("name", "Name", "text", ""),
    (
        "email",
        "E-mail",
        "text",
        "For sign-in by link and notices; may be empty.",
    ),
    (
        "country",
        "Country for tax",
        "text",
        "Two capitals, such as DE; may be empty.",
    ),
    (
        "zone",
        "Time zone",
        "text",
        "Such as Europe/Berlin; empty: UTC.",
    ),
    (
        "wallets",
        "Wallets",
        "text",
        "Several with blanks between; may be empty.",
    ),
];

#[derive(Debug, Template)]
#[template(path = "pages/company_person_edit.html")]
struct EditPage {
    shell: Shell,
    heading: String,
    action: String,
    back: String,
    fields: Vec<Field>,
    roles: Vec<(&'static str, &'static str, bool)>,
}

/// What is wrong, by field.
type Wrong = BTreeMap<&'static str, Vec<String>>;

/// What the form shows: the text of each field, and the ticked roles.
#[derive(Clone, Debug, Default)]
struct Shown {
    values: BTreeMap<&'static str, String>,
    roles: Vec<String>,
}

pub(super) async fn new(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
) -> Answer {
    show(&state, &viewer, None, (Shown::default(), Wrong::new())).await
}

pub(super) async fn add(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    take(&state, &viewer, None, &fields).await
}

pub(super) async fn edit(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
) -> Answer {
    let member = member(&mut state.store.read().await?, &id).await?;
    let shown = of_member(&member);
    show(&state, &viewer, Some(&member), (shown, Wrong::new())).await
}

pub(super) async fn change(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let member = member(&mut state.store.read().await?, &id).await?;
    take(&state, &viewer, Some(&member), &fields).await
}

async fn take(
    state: &AppState,
    viewer: &Viewer,
    before: Option<&Member>,
    fields: &Fields,
) -> Answer {
    let shown = of_fields(fields);
    let (entry, mut wrong) = entry(fields);
    if !wrong.is_empty() {
        return form_refused(show(state, viewer, before, (shown, wrong)).await);
    }
    let new = new_member(entry);
    let mut tx = state.store.write().await?;
    let written = match before {
        Some(member) => tx
            .put_member(member.person, &new)
            .await
            .map(|_| member.person),
        None => tx.add_member(&new, (state.wall)()).await,
    };
    let person = match written {
        Ok(person) => person,
        Err(error) => {
            let column = match &error {
                StoreError::NumberTaken { .. } => "number",
                StoreError::WalletTaken { .. } => "wallets",
                _ => return Err(error.into()),
            };
            drop(tx);
            let told = words::row_error(0, "", &error.to_string());
            wrong.entry(column).or_default().push(told);
            return form_refused(show(state, viewer, before, (shown, wrong)).await);
        }
    };
    let roles: Vec<_> = new.roles.iter().map(|role| role.name()).collect();
    let action = if before.is_some() {
        "person changed"
    } else {
        "person added"
    };
    let detail = match before {
        Some(before) if before.roles == new.roles => String::new(),
        _ => format!(
            "roles: {}",
            if roles.is_empty() {
                "none".into()
            } else {
                roles.join(" ")
            }
        ),
    };
    note(&mut tx, state, viewer, (action, person.to_string(), detail)).await?;
    tx.commit().await?;
    Ok(see(&format!("/company/people/{person}")).into_response())
}

fn entry(fields: &Fields) -> (PersonEntry, Wrong) {
    let text = |name: &str| fields.get(name).to_owned();
    let mut wrong = Wrong::new();
    let wallets = match people_sheet::wallets(fields.get("wallets")) {
        Ok(wallets) => wallets,
        Err(message) => {
            let told = words::row_error(0, "", &message);
            wrong.entry("wallets").or_default().push(told);
            Vec::new()
        }
    };
    let entry = PersonEntry {
        number: text("number"),
        name: text("name"),
        email: text("email"),
        country: text("country"),
        zone: text("zone"),
        roles: fields.all("role").map(str::to_owned).collect(),
        wallets,
    };
    for (column, message) in entry.check(&role_names()) {
        let told = words::row_error(0, "", &message);
        wrong.entry(column).or_default().push(told);
    }
    (entry, wrong)
}

fn of_fields(fields: &Fields) -> Shown {
    let values = FIELDS
        .iter()
        .map(|(name, ..)| (*name, fields.get(name).to_owned()));
    Shown {
        values: values.collect(),
        roles: fields.all("role").map(str::to_owned).collect(),
    }
}

fn of_member(member: &Member) -> Shown {
    let wallets = member.wallets.iter();
    let wallets: Vec<_> = wallets.map(|it| it.address.to_checksum(None)).collect();
    Shown {
        values: BTreeMap::from([
            ("number", member.number.clone()),
            ("name", member.name.clone()),
            ("email", member.email.clone()),
            ("country", member.country.clone()),
            ("zone", member.zone.clone()),
            ("wallets", wallets.join(" ")),
        ]),
        roles: member
            .roles
            .iter()
            .map(|role| role.name().to_owned())
            .collect(),
    }
}

async fn show(
    state: &AppState,
    viewer: &Viewer,
    before: Option<&Member>,
    (shown, wrong): (Shown, Wrong),
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let heading = before.map_or_else(|| "Add a person".to_owned(), shown_name);
    let fields = FIELDS.iter().map(|(name, label, kind, hint)| {
        let value = shown.values.get(name).map_or("", String::as_str);
        let field = Field::text(*name, label, value).kind(kind).hint(hint);
        field.wrong(wrong.get(name).cloned().unwrap_or_default())
    });
    let roles = role_names().map(|role| {
        let ticked = shown.roles.iter().any(|name| name == role);
        (role, words::list_role(role), ticked)
    });
    let person = before.map(|member| format!("/company/people/{}", member.person));
    html(&EditPage {
        shell: Shell::new(&context, &heading, Place::People).with_zone(&context.zone_of(None).1),
        heading,
        fields: fields.collect(),
        roles: roles.into(),
        action: match &person {
            Some(path) => format!("{path}/edit"),
            None => "/company/people/new".to_owned(),
        },
        back: person.unwrap_or_else(|| "/company/people".to_owned()),
    })
}

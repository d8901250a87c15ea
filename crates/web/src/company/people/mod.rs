//! The people list: who works here, what each holds, what each may read.

mod edit;
mod erase;
mod export;
mod list;
mod person;
mod sheet;

use axum::extract::DefaultBodyLimit;
use guerdon_store::{ListRole, Member, NewMember, PersonId, Read};

use crate::access::Access;
use crate::error::PageError;
use crate::routes::Route;

pub use export::person_export;

/// The largest sheet of people, in bytes.
const BYTES_MAX: usize = 1 << 20;

pub(super) fn routes() -> Vec<Route> {
    use Access::{Administrator as Rules, CompanyReader as Reads};
    let import = Route::post("/company/people/import", Rules, sheet::import);
    let limit = DefaultBodyLimit::max(BYTES_MAX + 16_384);
    vec![
        Route::get("/company/people", Reads, list::page),
        Route::get("/company/people.csv", Reads, sheet::export),
        Route::get("/company/people/new", Rules, edit::new),
        Route::post("/company/people/new", Rules, edit::add),
        Route {
            handler: import.handler.layer(limit),
            ..import
        },
        Route::get("/company/people/{id}", Reads, person::page),
        Route::get("/company/people/{id}/export", Rules, export::page),
        Route::get("/company/people/{id}/edit", Rules, edit::edit),
        Route::post("/company/people/{id}/edit", Rules, edit::change),
        Route::get("/company/people/{id}/erase", Rules, erase::page),
        Route::post("/company/people/{id}/erase", Rules, erase::take),
    ]
}

/// The words of roles, in the order to show.
fn role_names() -> [&'static str; 3] {
    ListRole::ALL.map(ListRole::name)
}

fn roles_named(names: &[String]) -> Vec<ListRole> {
    let all = ListRole::ALL.into_iter();
    all.filter(|role| names.iter().any(|name| name == role.name()))
        .collect()
}

/// A person who is on the list.
async fn member(read: &mut Read, id: &str) -> Result<Member, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NoPage)?;
    let member = read.member(id).await?;
    member
        .filter(|member| member.erased_at.is_none())
        .ok_or(PageError::NoPage)
}

/// An entry of a form or sheet as the store takes it.
fn new_member(entry: guerdon_formats::people_sheet::PersonEntry) -> NewMember {
    NewMember {
        roles: roles_named(&entry.roles),
        number: entry.number,
        name: entry.name,
        email: entry.email,
        country: entry.country,
        zone: entry.zone,
        wallets: entry.wallets,
    }
}

/// How a person is called on pages.
fn shown_name(member: &Member) -> String {
    match member.name.as_str() {
        "" => member.number.clone(),
        name => name.to_owned(),
    }
}

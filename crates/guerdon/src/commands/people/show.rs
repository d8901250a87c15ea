//! A person in words and as a value.

use guerdon_formats::people_sheet::PersonEntry;
use guerdon_store::{ListRole, Member, NewMember};
use serde_json::{Value, json};

use crate::output::Format;

/// The words of roles.
pub(super) fn role_names() -> [&'static str; 3] {
    ListRole::ALL.map(ListRole::name)
}

/// An entry that was checked, for the store.
pub(super) fn of_entry(entry: PersonEntry) -> NewMember {
    let all = ListRole::ALL.into_iter();
    let roles = all.filter(|role| entry.roles.iter().any(|name| name == role.name()));
    NewMember {
        roles: roles.collect(),
        number: entry.number,
        name: entry.name,
        email: entry.email,
        country: entry.country,
        zone: entry.zone,
        wallets: entry.wallets,
    }
}

/// An entry to be checked.
pub(super) fn to_entry(new: &NewMember) -> PersonEntry {
    let roles = new.roles.iter();
    PersonEntry {
        roles: roles.map(|role| role.name().to_owned()).collect(),
        number: new.number.clone(),
        name: new.name.clone(),
        email: new.email.clone(),
        country: new.country.clone(),
        zone: new.zone.clone(),
        wallets: new.wallets.clone(),
    }
}

pub(super) fn roles(roles: &[ListRole]) -> String {
    let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
    names.join(" ")
}

pub(super) fn wallets(new: &NewMember) -> String {
    addresses(new).join(" ")
}

/// With their checksums.
fn addresses(new: &NewMember) -> Vec<String> {
    new.wallets.iter().map(ToString::to_string).collect()
}

/// A row of the list; in CSV several roles or wallets share a cell.
pub(super) fn value(member: &Member, format: Format) -> Value {
    let new = member.to_new();
    let names: Vec<_> = new.roles.iter().map(|role| role.name()).collect();
    let (names, wallets) = match format {
        Format::Csv => (json!(roles(&new.roles)), json!(addresses(&new).join(" "))),
        _ => (json!(names), json!(addresses(&new))),
    };
    json!({
        "id": member.person.to_string(),
        "number": new.number,
        "name": new.name,
        "email": new.email,
        "country": new.country,
        "zone": new.zone,
        "roles": names,
        "wallets": wallets,
    })
}

/// The columns in which two entries differ.
pub(super) fn changes(before: &NewMember, after: &NewMember) -> Vec<&'static str> {
    let sorted = |new: &NewMember| {
        let mut new = new.clone();
        new.wallets.sort_unstable();
        new.roles.sort_unstable();
        new.roles.dedup();
        new
    };
    let (before, after) = (sorted(before), sorted(after));
    let pairs = [
        ("number", before.number != after.number),
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("country", before.country != after.country),
        ("zone", before.zone != after.zone),
        ("roles", before.roles != after.roles),
        ("wallets", before.wallets != after.wallets),
    ];
    let changed = pairs.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(column, _)| column).collect()
}

//! What the pages of people share.

use guerdon_formats::people_sheet::PersonEntry;
use guerdon_store::{ListRole, Member, NewMember, PersonId, Read};

use crate::error::PageError;

/// The words of roles, in the order to show.
pub(super) fn role_names() -> [&'static str; 3] {
    ListRole::ALL.map(ListRole::name)
}

fn roles_named(names: &[String]) -> Vec<ListRole> {
    let all = ListRole::ALL.into_iter();
    all.filter(|role| names.iter().any(|name| name == role.name()))
        .collect()
}

/// A person who is on the list.
pub(super) async fn member(read: &mut Read, id: &str) -> Result<Member, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NoPage)?;
    let member = read.member(id).await?;
    member
        .filter(|member| member.erased_at.is_none())
        .ok_or(PageError::NoPage)
}

/// An entry of a form or sheet as the store takes it.
pub(super) fn new_member(entry: PersonEntry) -> NewMember {
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
pub(super) fn shown_name(member: &Member) -> String {
    match member.name.as_str() {
        "" => member.number.clone(),
        name => name.to_owned(),
    }
}

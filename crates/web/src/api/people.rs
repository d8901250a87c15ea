//! The people list.

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_formats::people_sheet::PersonEntry;
use guerdon_store::{Actor, Member, NewEntry, NewMember, PersonId, Read, Tx};
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::cursor::{key_of, number_of};
use super::endpoint::Outcome;
use super::problem::{Fault, Kind, Problem};
use crate::dates;
use crate::strings::api as words;

/// People by name.
pub(super) fn list<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let after = match books.after.map(number_of) {
            Some(number) => {
                let last = member(read, &format!("P{number}")).await?;
                let gone = || Problem::new(Kind::OtherList, words::CURSOR_GONE);
                Some(last.ok_or_else(gone)?)
            }
            None => None,
        };
        let limit = u32::try_from(call.limit()).unwrap_or(u32::MAX);
        let found = read
            .members(after.as_ref(), limit.saturating_add(1))
            .await?;
        let row = |member: &Member| (key_of(number(member.person)), view(member));
        Ok(books.page(call, found.iter().map(row).collect()))
    }
    .boxed()
}

/// One person.
pub(super) fn one<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let id = call.path.get("person").map_or("", String::as_str);
        let found = member(read, id).await?;
        let found = found.ok_or_else(|| Problem::missing("person"))?;
        Ok(json!({"person": view(&found)}))
    }
    .boxed()
}

/// A person who is on the list now.
async fn member(read: &mut Read, id: &str) -> Result<Option<Member>, Problem> {
    let Ok(person) = id.parse::<PersonId>() else {
        return Ok(None);
    };
    let found = read.member(person).await?;
    Ok(found.filter(|member| member.erased_at.is_none()))
}

/// The serial number within `P17`.
fn number(person: PersonId) -> u64 {
    let text = person.to_string();
    let digits = text.strip_prefix('P').unwrap_or_default();
    digits.parse().unwrap_or_default()
}

fn view(member: &Member) -> Value {
    let wallets = member.wallets.iter().map(|wallet| {
        json!({
            "address": wallet.address.to_checksum(None),
            "signed_in_since": wallet.proven_at.map(dates::machine),
        })
    });
    json!({
        "id": member.person.to_string(),
        "number": member.number,
        "name": member.name,
        "email": member.email,
        "country": member.country,
        "zone": member.zone,
        "roles": member.roles.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "wallets": wallets.collect::<Vec<_>>(),
        "added_at": dates::machine(member.added_at),
    })
}

/// Puts a person onto the list. Roles are given by people, never by a key, and so is what is
/// somebody's already: it opens grants and signs people in. The answer holds nothing personal, since
/// it is kept.
pub(super) fn add<'a>(call: &'a Call, tx: &'a mut Tx) -> BoxFuture<'a, Outcome> {
    async move {
        let text = |name: &str| {
            call.body[name]
                .as_str()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let wallets = call.body["wallets"].as_array().into_iter().flatten();
        let entry = PersonEntry {
            number: text("number"),
            name: text("name"),
            email: text("email"),
            country: text("country"),
            zone: String::new(),
            roles: Vec::new(),
            wallets: wallets
                .filter_map(|wallet| wallet.as_str()?.parse().ok())
                .collect(),
        };
        let wrong = entry.check(&[]).into_iter();
        let wrong: Vec<Fault> = wrong
            .map(|(column, sentence)| Fault {
                at: format!("/{column}"),
                detail: sentence,
            })
            .collect();
        if !wrong.is_empty() {
            return Err(Problem::invalid(wrong));
        }
        let at = (call.state.wall)();
        let new = NewMember {
            number: entry.number,
            name: entry.name,
            email: entry.email,
            country: entry.country,
            wallets: entry.wallets,
            ..NewMember::default()
        };
        if tx.takes_from_somebody(&new).await? {
            return Err(Problem::new(Kind::Taken, words::TAKEN));
        }
        let person = tx.add_member(&new, at).await?;
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Key(call.key.id),
            action: "person added".to_owned(),
            subject: person.to_string(),
            detail: "no roles".to_owned(),
        })
        .await?;
        Ok(json!({"id": person.to_string()}))
    }
    .boxed()
}

//! `people list`.

use guerdon_store::{Member, Read, Store};

use super::show;
use crate::context::Context;
use crate::error::Outcome;
use crate::output::Listing;

const PAGE: u32 = 500;

pub(super) async fn run(context: &Context, store: &Store) -> Outcome {
    let members = all(&mut store.read().await?).await?;
    let format = context.global.output;
    let row = |member: &Member| {
        let new = member.to_new();
        let signed_in = member.wallets.iter().filter(|it| it.proven_at.is_some());
        let proven = match (signed_in.count(), new.wallets.len()) {
            (_, 0) => "none".to_owned(),
            (proven, all) => format!("{all}, {proven} used"),
        };
        vec![
            member.person.to_string(),
            new.number.clone(),
            new.name.clone(),
            new.email.clone(),
            show::roles(&new.roles),
            proven,
        ]
    };
    format.listing(&Listing {
        columns: vec!["id", "number", "name", "e-mail", "may read", "wallets"],
        rows: members.iter().map(row).collect(),
        items: members
            .iter()
            .map(|member| show::value(member, format))
            .collect(),
        empty: "nobody is on the list: import a round, or add people with guerdon people add"
            .to_owned(),
    })
}

/// Everybody on the list, by name.
pub(super) async fn all(read: &mut Read) -> Outcome<Vec<Member>> {
    let mut members: Vec<Member> = Vec::new();
    loop {
        let page = read.members(members.last(), PAGE).await?;
        if page.is_empty() {
            return Ok(members);
        }
        members.extend(page);
    }
}

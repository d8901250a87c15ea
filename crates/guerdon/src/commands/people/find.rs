//! The person whom an argument means.

use alloy_primitives::Address;
use guerdon_store::{Member, PersonId, Read};

use crate::error::{Failure, Outcome};

/// Finds by number, id, wallet or e-mail address; a word that means two people is refused.
pub(super) async fn find(read: &mut Read, word: &str) -> Outcome<Member> {
    let mut found = Vec::new();
    found.extend(read.member_of_number(word).await?);
    if let Ok(person) = word.parse::<PersonId>() {
        found.extend(read.member(person).await?);
    }
    if let Ok(wallet) = word.parse::<Address>() {
        found.extend(read.member_of_wallet(wallet).await?);
    }
    found.extend(read.member_of_email(word).await?);
    found.dedup_by_key(|member| member.person);
    match <[Member; 1]>::try_from(found) {
        Ok([member]) if member.erased_at.is_some() => Err(Failure::precondition(format!(
            "{} was erased: nothing personal is kept here",
            member.person
        ))),
        Ok([member]) => Ok(member),
        Err(found) if found.is_empty() => Err(Failure::not_found(format!(
            "there is nobody {word} on the people list"
        ))
        .hint("guerdon people list shows everybody; name a person by number, id or wallet")),
        Err(_) => Err(Failure::input(format!(
            "{word} is the number of one person and the id of another"
        ))
        .hint("name the person by a wallet or the e-mail address")),
    }
}

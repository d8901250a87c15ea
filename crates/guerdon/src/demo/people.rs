//! The people list of the story. It stands in the database alone, so it is filled whenever the demo
//! begins; what a visitor changed stays as it is.

use guerdon_chain::{Chain, Signer};
use guerdon_store::NewMember;

use super::cast::{PLAYERS, Player};
use super::desk;
use super::story::start;
use crate::commands::store;
use crate::context::Context;
use crate::error::Outcome;

/// Adds those who hold no grant: an import adds the others.
pub(super) async fn fill(context: &Context, chain: &Chain) -> Outcome {
    let deployment = context.deployment(chain.chain_id())?;
    let store = store::open(context, &deployment).await?;
    let mut tx = store.write().await?;
    for player in &PLAYERS {
        if tx.member_of_number(player.number).await?.is_none() {
            tx.add_member(&member(player)?, start()?).await?;
        }
    }
    desk::templates(&mut tx).await?;
    desk::accept(context, &mut tx).await?;
    desk::measure(context, &mut tx).await?;
    desk::signatures(context, &mut tx, chain.head().await?.number).await?;
    let people = tx.member_of_number("E014").await?;
    if let Some(people) = people {
        desk::drafts(&mut tx, people.person.to_string()).await?;
    }
    tx.commit().await?;
    store.close().await;
    Ok(())
}

fn member(player: &Player) -> Outcome<NewMember> {
    let mail: String = player
        .name
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_ascii_alphabetic())
        .collect();
    Ok(NewMember {
        number: player.number.to_owned(),
        name: player.name.to_owned(),
        email: format!("{mail}@acme.example"),
        country: player.country.to_owned(),
        zone: player.zone.to_owned(),
        roles: player.roles.to_vec(),
        wallets: vec![Signer::embedded(player.account)?.address()],
    })
}

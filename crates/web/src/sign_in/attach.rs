//! A person's wallets, as the person adds and takes them off. A wallet comes in by two signatures
//! under one text of its own: the new wallet's and the present one's.

use alloy_primitives::Address;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use guerdon_store::{Actor, Member, NewEntry, Owner, PersonId, Tx};
use serde::Deserialize;
use serde_json::json;

use super::siwe::Message;
use super::wallet::{Asking, Purpose, judge_signature, read, take_up, write};
use crate::access::{Client, Viewer, WithWallet};
use crate::error::PageError;
use crate::pages::Answer;
use crate::state::AppState;
use crate::strings::settings as words;

/// Where the list of wallets stands.
const LIST: &str = "/me/settings#wallets";

/// Whose wallets, and the one that asks.
#[derive(Clone, Copy, Debug)]
struct Person {
    id: PersonId,
    present: Address,
}

impl Person {
    /// Whoever has a role on the list reads more than grants: the wallets of such a person are an
    /// administrator's matter.
    fn of(viewer: &Viewer) -> Result<Self, PageError> {
        let refused = |refusal| Err(PageError::NotPermitted(refusal));
        match (viewer.person, viewer.wallet()) {
            _ if !viewer.list_roles.is_empty() => refused(words::WALLETS_BY_ADMINISTRATOR),
            (Some(id), Some(present)) => Ok(Self { id, present }),
            _ => refused(words::NO_PERSON),
        }
    }

    /// What the list says now: it may have changed since the request was let in.
    async fn now(self, tx: &mut Tx) -> Result<Member, PageError> {
        let refused = |refusal| Err(PageError::NotPermitted(refusal));
        let member = tx.member(self.id).await?;
        match member.filter(|member| member.erased_at.is_none()) {
            None => refused(words::NO_PERSON),
            Some(member) if !member.roles.is_empty() => refused(words::WALLETS_BY_ADMINISTRATOR),
            Some(member) => {
                let mut wallets = member.wallets.iter();
                match wallets.any(|wallet| wallet.address == self.present) {
                    true => Ok(member),
                    false => refused(words::NOT_YOUR_WALLET),
                }
            }
        }
    }

    /// What both wallets sign.
    fn purpose(self, state: &AppState, new: Address) -> Purpose {
        let wallets = (new.to_checksum(None), self.present.to_checksum(None));
        Purpose {
            statement: words::statement(&state.company.name, &self.id.to_string(), wallets),
            path: "/me/settings/wallet",
        }
    }

    async fn note(
        self,
        state: &AppState,
        tx: &mut Tx,
        (action, wallet): (&str, Address),
    ) -> Result<(), PageError> {
        let entry = NewEntry {
            at: (state.wall)(),
            actor: Actor::Owner(Owner::Person(self.id)),
            action: action.to_owned(),
            subject: wallet.to_checksum(None),
            detail: String::new(),
        };
        Ok(tx.append_audit(&entry).await?)
    }
}

/// Writes the text for the wallet to add, and the same for the present one.
pub(super) async fn message(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
    client: Client,
    Form(asking): Form<Asking>,
) -> Answer {
    let person = Person::of(&viewer)?;
    let new = asking.wallet(&state, client)?;
    let message = write(&state, new, &person.purpose(&state, new)).await?;
    let first = message.text();
    let confirmation = message.of(person.present).text();
    let texts = json!({ "message": first, "confirmation": confirmation });
    Ok(Json(texts).into_response())
}

#[derive(Deserialize)]
pub(super) struct Both {
    message: String,
    /// Of the wallet to add.
    signature: String,
    /// Of the present wallet.
    confirmation: String,
}

/// Adds a wallet that both have signed for.
pub(super) async fn add(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
    Form(both): Form<Both>,
) -> Result<Response, PageError> {
    let person = Person::of(&viewer)?;
    let message = read(&both.message)?;
    let new = message.address;
    take_up(&state, &message, &person.purpose(&state, new)).await?;
    judge_signature(&state, &message, &both.signature).await?;
    let present = message.of(person.present);
    judge_signature(&state, &present, &both.confirmation).await?;
    let mut tx = state.store.write().await?;
    person.now(&mut tx).await?;
    let holder = tx.member_of_wallet(new).await?;
    if holder.is_some_and(|member| member.person != person.id) {
        return Err(PageError::NotPermitted(words::OTHERS_WALLET));
    }
    tx.add_member_wallet(person.id, new).await?;
    tx.prove_wallet(new, (state.wall)()).await?;
    person.note(&state, &mut tx, ("wallet added", new)).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

#[derive(Deserialize)]
pub(super) struct Which {
    wallet: Address,
}

/// Takes a wallet off and ends its sessions: never the one that asks, which so is never the last.
pub(super) async fn remove(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
    Form(Which { wallet }): Form<Which>,
) -> Result<Response, PageError> {
    let person = Person::of(&viewer)?;
    if wallet == person.present {
        return Err(PageError::NotPermitted(words::PRESENT_WALLET));
    }
    let mut tx = state.store.write().await?;
    let member = person.now(&mut tx).await?;
    let mut rest = member.to_new();
    rest.wallets.retain(|kept| *kept != wallet);
    if rest.wallets.len() == member.wallets.len() {
        return Err(PageError::NotPermitted(words::NOT_YOUR_WALLET));
    }
    tx.put_member(person.id, &rest).await?;
    let note = ("wallet taken off", wallet);
    person.note(&state, &mut tx, note).await?;
    tx.commit().await?;
    Ok(Redirect::to(LIST).into_response())
}

impl Message {
    /// The same, for another wallet to sign.
    fn of(&self, address: Address) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }
}

//! Signing in by a wallet: the server writes the message, the wallet signs it, once.

use alloy_primitives::{Address, eip191_hash_message};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use guerdon_store::{Means, Owner, Session};
use serde::Deserialize;
use serde_json::json;

use super::open::{Opening, next, open};
use super::siwe::Message;
use super::{limits, sessions};
use crate::access::{Visitor, cookie, token};
use crate::error::PageError;
use crate::pages::Answer;
use crate::signing::{Judged, parse_signature, signed_by};
use crate::state::AppState;
use crate::strings::sign_in as words;

/// A message is good for so many seconds.
pub(super) const MESSAGE_SECONDS: u64 = 300;

#[derive(Deserialize)]
pub(super) struct Asking {
    address: String,
}

/// Writes the message that a wallet will sign, with a nonce that is good once.
pub(super) async fn message(
    State(state): State<AppState>,
    _visitor: Visitor,
    Form(Asking { address }): Form<Asking>,
) -> Answer {
    let address: Address = address
        .parse()
        .map_err(|_| PageError::SignInRefused(words::NO_ADDRESS))?;
    if !state.attempts().count((state.wall)()) {
        return Err(PageError::TooMany(words::TOO_MANY, limits::WINDOW_SECONDS));
    }
    let message = message_for(&state, address).await?;
    Ok(Json(json!({ "message": message })).into_response())
}

/// The text that an account will sign to sign in; its nonce is good once.
pub(crate) async fn message_for(state: &AppState, address: Address) -> Result<String, PageError> {
    let now = (state.wall)();
    let nonce = token::fresh(state);
    let mut tx = state.store.write().await?;
    tx.purge_expired(now).await?;
    tx.put_nonce(nonce.hash, now.saturating_add(MESSAGE_SECONDS))
        .await?;
    tx.commit().await?;
    let message = Message {
        issued_at: now,
        expires_at: now.saturating_add(MESSAGE_SECONDS),
        address,
        nonce: nonce.text,
        ..ours(state)
    };
    Ok(message.text())
}

#[derive(Deserialize)]
pub(crate) struct Signed {
    pub(crate) message: String,
    pub(crate) signature: String,
    pub(crate) next: Option<String>,
}

/// Takes a signed message, uses up its nonce, and opens a session.
pub(super) async fn sign_in(
    State(state): State<AppState>,
    _visitor: Visitor,
    headers: HeaderMap,
    Form(signed): Form<Signed>,
) -> Result<Response, PageError> {
    take(&state, &headers, signed).await
}

/// Judges a signed message, however it came here, and opens a session.
pub(crate) async fn take(
    state: &AppState,
    headers: &HeaderMap,
    signed: Signed,
) -> Result<Response, PageError> {
    let wallet = proven(state, &signed).await?;
    let member = state.store.read().await?.member_of_wallet(wallet).await?;
    let person = member.map(|member| member.person);
    let opening = Opening {
        owner: person.map_or(Owner::Wallet(wallet), Owner::Person),
        session: Session {
            means: Means::Wallet,
            person,
            wallet: Some(wallet),
            ..sessions::blank(headers)
        },
        before: cookie::read(headers, &state.options),
        next: next(signed.next.as_deref()),
    };
    open(state, opening).await
}

/// The wallet that signed a message of ours; its nonce is used up whatever comes of it.
pub(crate) async fn proven(state: &AppState, signed: &Signed) -> Result<Address, PageError> {
    // Forms send line ends as CR LF.
    let text = signed.message.replace("\r\n", "\n");
    let refused = |refusal| PageError::SignInRefused(refusal);
    let message = Message::parse(&text).ok_or(refused(words::NOT_OURS))?;
    use_up(state, &message.nonce).await?;
    judge(state, &message)?;
    let signature = parse_signature(&signed.signature).ok_or(refused(words::NO_SIGNATURE))?;
    let digest = eip191_hash_message(text.as_bytes());
    let judged = signed_by(message.address, digest, &signature, state.chain.as_ref()).await;
    match judged {
        Ok(Judged::ByKey | Judged::ByContract) => {}
        Ok(Judged::Refused) => return Err(refused(words::OTHER_SIGNER)),
        Err(error) => {
            tracing::warn!(%error, "a contract account could not be asked");
            return Err(refused(words::NO_NODE));
        }
    }
    Ok(message.address)
}

/// Takes the nonce before anything else is looked at: a message is tried once.
async fn use_up(state: &AppState, nonce: &str) -> Result<(), PageError> {
    let used = PageError::SignInRefused(words::USED);
    let Some(hash) = token::hash_of(nonce) else {
        return Err(used);
    };
    let mut tx = state.store.write().await?;
    let good = tx.take_nonce(hash, (state.wall)()).await?;
    tx.commit().await?;
    match good {
        true => Ok(()),
        false => Err(used),
    }
}

/// The parts of our messages that do not change.
fn ours(state: &AppState) -> Message {
    let origin = &state.options.origin;
    let domain = origin
        .split_once("://")
        .map_or(origin.as_str(), |(_, rest)| rest);
    Message {
        domain: domain.to_owned(),
        address: Address::ZERO,
        statement: words::statement(&state.company.name),
        uri: format!("{origin}/sign-in"),
        chain_id: state.deployment.chain_id,
        nonce: String::new(),
        issued_at: 0,
        expires_at: 0,
    }
}

/// Whether a message is one of ours and still good.
fn judge(state: &AppState, message: &Message) -> Result<(), PageError> {
    let (ours, now) = (ours(state), (state.wall)());
    let refusal = match () {
        () if message.domain != ours.domain => words::OTHER_DOMAIN,
        () if message.uri != ours.uri => words::OTHER_URI,
        () if message.chain_id != ours.chain_id => words::OTHER_CHAIN,
        () if message.statement != ours.statement => words::NOT_OURS,
        () if message.issued_at > now => words::FROM_LATER,
        () if message.expires_at <= now => words::EXPIRED,
        () if message.expires_at > message.issued_at.saturating_add(MESSAGE_SECONDS) => {
            words::NOT_OURS
        }
        () => return Ok(()),
    };
    Err(PageError::SignInRefused(refusal))
}

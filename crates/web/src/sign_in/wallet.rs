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
use crate::access::{Client, Visitor, cookie, token};
use crate::error::PageError;
use crate::pages::Answer;
use crate::signing::{Judged, parse_signature, signed_by};
use crate::state::AppState;
use crate::strings::sign_in as words;

/// A message is good for so many seconds.
pub(super) const MESSAGE_SECONDS: u64 = 300;

/// What a signature is asked for. No signature for one purpose serves another: what the wallet
/// shows differs, and the address of the page.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    /// One line.
    pub(super) statement: String,
    /// The path that takes the signature.
    pub(super) path: &'static str,
}

impl Purpose {
    fn sign_in(state: &AppState) -> Self {
        Self {
            statement: words::statement(&state.company.name),
            path: "/sign-in",
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Asking {
    address: String,
}

impl Asking {
    /// The wallet that will sign, unless too many ask at this moment.
    pub(super) fn wallet(&self, state: &AppState, client: Client) -> Result<Address, PageError> {
        let address = self.address.parse();
        let address = address.map_err(|_| PageError::SignInRefused(words::NO_ADDRESS))?;
        match state.attempts().messages.count((state.wall)(), client) {
            true => Ok(address),
            false => Err(PageError::TooMany(words::TOO_MANY, limits::WINDOW_SECONDS)),
        }
    }
}

/// Writes the message that a wallet will sign, with a nonce that is good once.
pub(super) async fn message(
    State(state): State<AppState>,
    _visitor: Visitor,
    client: Client,
    Form(asking): Form<Asking>,
) -> Answer {
    let address = asking.wallet(&state, client)?;
    let message = message_for(&state, address).await?;
    Ok(Json(json!({ "message": message })).into_response())
}

/// The text that an account will sign to sign in; its nonce is good once.
pub(crate) async fn message_for(state: &AppState, address: Address) -> Result<String, PageError> {
    let message = write(state, address, &Purpose::sign_in(state)).await?;
    Ok(message.text())
}

/// A message for a purpose; its nonce is good once.
pub(super) async fn write(
    state: &AppState,
    address: Address,
    purpose: &Purpose,
) -> Result<Message, PageError> {
    let now = (state.wall)();
    let nonce = token::fresh(state);
    let mut tx = state.store.write().await?;
    tx.purge_expired(now).await?;
    tx.put_nonce(nonce.hash, now.saturating_add(MESSAGE_SECONDS))
        .await?;
    tx.commit().await?;
    Ok(Message {
        issued_at: now,
        expires_at: now.saturating_add(MESSAGE_SECONDS),
        address,
        nonce: nonce.text,
        ..ours(state, purpose)
    })
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
    let message = read(&signed.message)?;
    take_up(state, &message, &Purpose::sign_in(state)).await?;
    judge_signature(state, &message, &signed.signature).await?;
    let wallet = message.address;
    let member = state.store.read().await?.member_of_wallet(wallet).await?;
    let person = member.map(|member| member.person);
    let opening = Opening {
        owner: Some(person.map_or(Owner::Wallet(wallet), Owner::Person)),
        session: Session {
            means: Means::Wallet,
            person,
            wallet: Some(wallet),
            ..sessions::blank(headers)
        },
        before: cookie::read(headers, &state.options),
        until: u64::MAX,
        next: next(signed.next.as_deref()),
    };
    open(state, opening).await
}

/// A message of ours as it was handed in. Forms send line ends as CR LF.
pub(super) fn read(text: &str) -> Result<Message, PageError> {
    let text = text.replace("\r\n", "\n");
    Message::parse(&text).ok_or(PageError::SignInRefused(words::NOT_OURS))
}

/// Uses up the nonce of a message, whatever comes of it, and says whether the message is one of
/// ours for this purpose, and still good.
pub(super) async fn take_up(
    state: &AppState,
    message: &Message,
    purpose: &Purpose,
) -> Result<(), PageError> {
    use_up(state, &message.nonce).await?;
    judge(state, message, purpose)
}

/// Whether the wallet that a message names signed it.
pub(super) async fn judge_signature(
    state: &AppState,
    message: &Message,
    signature: &str,
) -> Result<(), PageError> {
    let refused = |refusal| Err(PageError::SignInRefused(refusal));
    let Some(signature) = parse_signature(signature) else {
        return refused(words::NO_SIGNATURE);
    };
    let digest = eip191_hash_message(message.text().as_bytes());
    match signed_by(message.address, digest, &signature, state.chain.as_ref()).await {
        Ok(Judged::ByKey | Judged::ByContract) => Ok(()),
        Ok(Judged::Refused) => refused(words::OTHER_SIGNER),
        Err(error) => {
            tracing::warn!(%error, "a contract account could not be asked");
            refused(words::NO_NODE)
        }
    }
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
fn ours(state: &AppState, purpose: &Purpose) -> Message {
    let origin = &state.options.origin;
    let domain = origin
        .split_once("://")
        .map_or(origin.as_str(), |(_, rest)| rest);
    Message {
        domain: domain.to_owned(),
        address: Address::ZERO,
        statement: purpose.statement.clone(),
        uri: format!("{origin}{}", purpose.path),
        chain_id: state.deployment.chain_id,
        nonce: String::new(),
        issued_at: 0,
        expires_at: 0,
    }
}

/// Whether a message is one of ours and still good.
fn judge(state: &AppState, message: &Message, purpose: &Purpose) -> Result<(), PageError> {
    let (ours, now) = (ours(state, purpose), (state.wall)());
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

//! What a challenge costs and says: the bond, whether it can be paid, and the reason.

use alloy_primitives::{Address, B256, keccak256};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use guerdon_chain::plan::{self, Unit};
use guerdon_chain::{Chain, Plan};
use guerdon_core::goal::Goal;
use guerdon_store::{ChallengeReason, Read};
use serde::Deserialize;

use super::hand_in::note;
use crate::access::WithWallet;
use crate::company::forms::Fields;
use crate::error::PageError;
use crate::numbers::Token;
use crate::pages::{Answer, Asked};
use crate::state::AppState;
use crate::strings::results as words;

/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 4_000;
/// Reasons of one author that are kept for one attempt.
const REASONS_OF_ONE_MAX: u64 = 3;
/// Reasons of all authors together that are kept for one attempt.
const REASONS_MAX: u64 = 3_000;

/// What the node says of a wallet and a bond.
#[derive(Debug, Default)]
pub(super) struct Bond {
    /// What it is, in words; none if the goal asks for no bond.
    pub(super) said: Option<String>,
    /// Why it cannot be paid.
    pub(super) short: Option<String>,
    /// The call that lets the contract take it, while it may not.
    pub(super) approve: Option<Plan>,
}

impl Bond {
    pub(super) async fn of(state: &AppState, goal: &Goal, wallet: Option<Address>) -> Self {
        if goal.bond == 0 {
            return Self::default();
        }
        let token = token(state, goal.bond_token).await;
        let said = token.as_ref().map(|token| words::bond(token, goal.bond));
        let asked = state.chain.as_ref().zip(wallet).zip(token);
        let Some(((chain, wallet), token)) = asked else {
            return Self {
                said,
                ..Self::default()
            };
        };
        let goals = state.deployment.goals;
        match at_node(chain, (goal.bond_token, wallet, goals)).await {
            Ok((held, _)) if held < goal.bond => Self {
                short: Some(words::bond_short(
                    &token.words(goal.bond),
                    &token.words(held),
                )),
                said,
                ..Self::default()
            },
            Ok((_, allowed)) if allowed < goal.bond => {
                let unit = Unit::new(&token.symbol, token.decimals);
                Self {
                    approve: Some(plan::approve(goal.bond_token, goals, goal.bond, &unit)),
                    said,
                    ..Self::default()
                }
            }
            Ok(_) => Self {
                said,
                ..Self::default()
            },
            Err(error) => {
                tracing::info!(%error, "a bond could not be looked up");
                Self {
                    said,
                    ..Self::default()
                }
            }
        }
    }
}

async fn at_node(
    chain: &Chain,
    (token, wallet, goals): (Address, Address, Address),
) -> Result<(u128, u128), guerdon_chain::ChainError> {
    let held = chain.balance_of(token, wallet, None).await?;
    let allowed = chain.allowance(token, wallet, goals, None).await?;
    Ok((held, allowed))
}

/// How amounts of a bond's token are said.
pub(super) async fn token(state: &AppState, address: Address) -> Option<Token> {
    if let Some((known, token)) = state.deployment.bond_token.get()
        && *known == address
    {
        return Some(token.clone());
    }
    let unit = state.chain.as_ref()?.unit_of(address).await.ok()?;
    Some(Token {
        name: unit.symbol.clone(),
        symbol: unit.symbol,
        decimals: unit.decimals,
    })
}

/// What the challenger of an attempt wrote, if the text is here.
pub(super) async fn written(
    read: &mut Read,
    place: (B256, u16),
    hash: B256,
) -> Result<Option<String>, PageError> {
    let reason = read.challenge_reason(place, hash).await?;
    Ok(reason.map(|reason| reason.reason))
}

/// Which attempt of which goal.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    id: String,
    number: u16,
}

/// `POST …/challenge`: keeps the reason, whose hash the chain will keep.
pub(super) async fn write(
    State(state): State<AppState>,
    WithWallet { viewer }: WithWallet,
    Path(Which { id, number }): Path<Which>,
    fields: Fields,
) -> Answer {
    let id = Asked::parse("goal", &id)?.id;
    let base = format!("/goals/{id}/attempts/{number}/challenge");
    let text: String = fields.get("reason").to_owned();
    if text.is_empty() || text.chars().count() > REASON_MAX {
        return Ok(Redirect::to(&format!("{base}?said=reason")).into_response());
    }
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let mut tx = state.store.write().await?;
    let record = tx.goal(id).await?;
    let record = record.ok_or(PageError::Missing { noun: "goal", id })?;
    if usize::from(number) >= record.attempts.len() {
        return Err(PageError::NoPage);
    }
    let hash = keccak256(text.as_bytes());
    let place = (id, number);
    if tx.challenge_reason(place, hash).await?.is_none() {
        let said = match tx.count_challenge_reasons(place, owner).await? {
            (REASONS_OF_ONE_MAX.., _) => Some("yours"),
            (_, REASONS_MAX..) => Some("many"),
            _ => None,
        };
        if let Some(said) = said {
            return Ok(Redirect::to(&format!("{base}?said={said}")).into_response());
        }
    }
    let now = (state.wall)();
    let reason = ChallengeReason {
        goal: id,
        attempt: number,
        hash,
        reason: text,
        added_at: now,
        added_by: owner,
    };
    if tx.put_challenge_reason(&reason).await? {
        let detail = format!("attempt {number}, reason {hash}");
        note(&mut tx, (owner, now), ("reason of a challenge", id, detail)).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{base}?reason={hash}")).into_response())
}

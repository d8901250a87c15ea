//! `/sent/{tx}`: what became of a transaction that a wallet sent. A receipt is one that the index
//! has read, never a submitted transaction.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::extract::{Path, Query, State};
use guerdon_chain::{Chain, ChainError};
use serde::Deserialize;

use crate::access::Visitor;
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, Asked, html};
use crate::state::AppState;
use crate::strings::signing as words;
use crate::views::shell::{Place, Shell};

/// A transaction that is followed, as the island names it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Followed {
    /// Who sent it, and with which nonce: tells a replaced transaction from a dropped one.
    pub(crate) from: Option<Address>,
    pub(crate) nonce: Option<u64>,
    /// Path of the receipt without the hash.
    pub(crate) done: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The node has it, in no block yet.
    Waiting,
    /// In a block that the index has not read yet.
    Unread { block: u64 },
    /// In a block that the index has read.
    Seen { block: u64 },
    /// In a block, and it failed there.
    Failed { block: u64 },
    /// The node does not have it.
    Dropped,
    /// Another transaction of the same wallet used its nonce.
    Replaced,
    /// Nobody can say: there is no node, or it does not answer.
    Unknown,
}

impl Fate {
    /// Looks at the node, then at the index. The store is asked last, and not while the node is: a
    /// slow node must not take its connections.
    pub(crate) async fn of(
        state: &AppState,
        tx: B256,
        followed: &Followed,
    ) -> Result<Self, PageError> {
        let Some(chain) = &state.chain else {
            return Ok(Self::Unknown);
        };
        let block = match at_node(chain, tx, followed).await {
            Ok(Self::Unread { block }) => block,
            Ok(fate) => return Ok(fate),
            Err(error) => {
                tracing::info!(%error, "a transaction could not be followed");
                return Ok(Self::Unknown);
            }
        };
        let head = state.store.read().await?.checkpoint().await?;
        Ok(match head.is_some_and(|head| head.block >= block) {
            true => Self::Seen { block },
            false => Self::Unread { block },
        })
    }

    /// Whether nothing more will become of it.
    pub(crate) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Seen { .. } | Self::Failed { .. } | Self::Replaced
        )
    }
}

async fn at_node(chain: &Chain, tx: B256, followed: &Followed) -> Result<Fate, ChainError> {
    // The nonce first: what is mined after it was read is seen below.
    let next = match followed.from {
        Some(from) => Some(chain.next_nonce(from).await?),
        None => None,
    };
    if let Some(mined) = chain.mined(tx).await? {
        let block = mined.block;
        return Ok(match mined.success {
            true => Fate::Unread { block },
            false => Fate::Failed { block },
        });
    }
    if chain.knows(tx).await? {
        return Ok(Fate::Waiting);
    }
    let passed = next
        .zip(followed.nonce)
        .is_some_and(|(next, nonce)| next > nonce);
    Ok(if passed {
        Fate::Replaced
    } else {
        Fate::Dropped
    })
}

impl Followed {
    /// Path of the receipt; nothing but a path of ours, and nothing that browsers leave out.
    pub(crate) fn receipt(&self, tx: B256) -> Option<String> {
        let ours = self.done.starts_with('/')
            && !self.done.starts_with("//")
            && self
                .done
                .bytes()
                .all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\')
            && !self.done.starts_with("/sent");
        ours.then(|| format!("{}{tx}", self.done))
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/sent.html")]
struct SentPage {
    shell: Shell,
    heading: &'static str,
    says: String,
    tx: B256,
    receipt: Option<String>,
    again: Option<String>,
}

/// `GET /sent/{tx}`
pub(crate) async fn page(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
    Query(followed): Query<Followed>,
    uri: axum::http::Uri,
) -> Answer {
    let tx = Asked::parse("transaction", &text)?.id;
    let fate = Fate::of(&state, tx, &followed).await?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    let seen = matches!(fate, Fate::Seen { .. });
    html(&SentPage {
        shell: Shell::new(&context, "Sent transaction", Place::Elsewhere),
        heading: words::fate_heading(fate),
        says: words::fate(fate),
        tx,
        receipt: followed.receipt(tx).filter(|_| seen),
        again: (!fate.is_final()).then(|| uri.to_string()),
    })
}

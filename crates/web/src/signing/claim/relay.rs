//! The relay as the web sees it: who may ask, and what became of the last request. The keeper sends.

use guerdon_core::grant::Payment;
use guerdon_store::{Read, RelayRequest, RelayState};

use crate::error::PageError;
use crate::state::AppState;
use alloy_primitives::B256;

/// A grant's claim is relayed at most once in so many seconds of the chain's clock, by which the
/// relay's gas of a day is counted, too.
pub(crate) const DAY: u64 = 86_400;

/// What the company's relay pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayPolicy {
    /// Claims that bring their holder less are not relayed, in base units.
    pub min_payout: u128,
    /// Gas for relayed claims of one day, by the chain's clock.
    pub gas_per_day: u64,
}

/// The relay as it stands for one grant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relay {
    /// `None`: this company runs none.
    pub(crate) policy: Option<RelayPolicy>,
    /// Gas used today.
    pub(crate) used: u64,
    /// Gas that this claim needs, where it could be tried.
    pub(crate) needs: u64,
    pub(crate) last: Option<RelayRequest>,
    /// The chain's clock now.
    pub(crate) now: u64,
}

/// Whether the holder can ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is no relay.
    Off,
    /// A request is with the keeper.
    Waiting {
        asked_at: u64,
    },
    /// One was paid less than a day ago.
    Again {
        from: u64,
    },
    /// The claim would bring too little.
    TooSmall {
        min: u128,
    },
    /// Today's gas is used up.
    Spent,
    /// Something else stands in the way.
    Stopped,
    Ready,
}

impl Relay {
    pub(crate) async fn read(
        read: &mut Read,
        state: &AppState,
        (id, now): (B256, u64),
    ) -> Result<Self, PageError> {
        Ok(Self {
            policy: state.options.relay,
            used: read.relay_gas_of_day(now / DAY).await?,
            needs: 0,
            last: read.last_relay_request(id).await?,
            now,
        })
    }

    /// Whether today's gas is used up.
    pub(crate) fn is_spent(&self) -> bool {
        let left = |policy: RelayPolicy| policy.gas_per_day.saturating_sub(self.used);
        self.policy
            .is_some_and(|policy| left(policy) == 0 || left(policy) < self.needs)
    }

    /// Whether the holder can ask now for this payment; `open` says that nothing else stops it.
    pub(crate) fn standing(&self, payment: &Payment, open: bool) -> Standing {
        let Some(policy) = self.policy else {
            return Standing::Off;
        };
        if let Some(last) = &self.last {
            let from = last.asked_at.saturating_add(DAY);
            match last.state {
                RelayState::Open => {
                    return Standing::Waiting {
                        asked_at: last.asked_at,
                    };
                }
                RelayState::Done if from > self.now => return Standing::Again { from },
                RelayState::Done | RelayState::Refused => {}
            }
        }
        match () {
            () if self.is_spent() => Standing::Spent,
            () if !open => Standing::Stopped,
            () if payment.net < policy.min_payout => Standing::TooSmall {
                min: policy.min_payout,
            },
            () => Standing::Ready,
        }
    }
}

use alloy_primitives::B256;

use super::{Act, After, Standing};
use crate::fact::Fact;
use crate::state::{Flags, Phase};

impl Act {
    /// What the chain would say of it: folded into the record of the grant `id`, these facts give
    /// exactly what [`Act::apply`] left.
    pub fn facts(self, id: B256, before: &Standing<'_>, after: &After) -> Vec<Fact> {
        let (clock, freed) = (after.state.clock(), after.freed);
        let fact = match self {
            Self::End { stop_at, .. } => Fact::Ended {
                id,
                stop_at,
                grace: after.state.has(Flags::GRACED),
                freed,
                lost: clock.lost,
            },
            Self::WithdrawEnd => Fact::EndWithdrawn { id, freed },
            Self::Pause => Fact::Paused {
                id,
                stop_at: clock.stop_at,
            },
            Self::Resume => Fact::Resumed {
                id,
                lost: clock.lost,
            },
            Self::Accelerate { .. } => Fact::Accelerated {
                id,
                credit: clock.credit,
                freed,
            },
            Self::LowerWithholding { withhold_bps } => {
                Fact::WithholdingLowered { id, withhold_bps }
            }
            Self::Settle => Fact::Settled {
                id,
                value: value(after),
                freed: freed.unsigned_abs(),
            },
            Self::Waive => Fact::Waived {
                id,
                value: value(after),
                freed: freed.unsigned_abs(),
            },
            Self::Hold { on } => Fact::ClaimsHeld { id, on },
            _ => return self.succession_facts(id, before, after),
        };
        vec![fact]
    }

    /// Whether a fact of the same grant tells that this was done, by whomever.
    pub fn is_told_by(self, fact: &Fact) -> bool {
        match (self, fact) {
            (Self::End { stop_at, .. }, Fact::Ended { stop_at: told, .. }) => stop_at == *told,
            (
                Self::LowerWithholding { withhold_bps },
                Fact::WithholdingLowered {
                    withhold_bps: told, ..
                },
            ) => withhold_bps == *told,
            (Self::Hold { on }, Fact::ClaimsHeld { on: told, .. }) => on == *told,
            (Self::Move { to }, Fact::Moved { to: told, .. })
            | (Self::AnnounceRecovery { to }, Fact::RecoveryAnnounced { to: told, .. }) => {
                to == *told
            }
            (Self::WithdrawEnd, Fact::EndWithdrawn { .. })
            | (Self::Pause, Fact::Paused { .. })
            | (Self::Resume, Fact::Resumed { .. })
            | (Self::Accelerate { .. }, Fact::Accelerated { .. })
            | (Self::Settle, Fact::Settled { .. })
            | (Self::Waive, Fact::Waived { .. })
            | (Self::ExecuteRecovery, Fact::RecoveryExecuted { .. })
            | (Self::ClearRecovery, Fact::RecoveryLapsed { .. })
            | (Self::Veto, Fact::RecoveryVetoed { .. }) => true,
            _ => false,
        }
    }

    fn succession_facts(self, id: B256, before: &Standing<'_>, after: &After) -> Vec<Fact> {
        let (from, holder) = (before.holder, after.holder);
        let vetoed = before.recovery.stands().then_some(Fact::RecoveryVetoed {
            id,
            at: after.recovery.cancelled_at,
        });
        let recovering = |on| Fact::RecoveringSet { id, on };
        match self {
            Self::Move { to } => vetoed
                .into_iter()
                .chain([
                    Fact::Moved { id, from, to },
                    Fact::HolderChanged { id, holder },
                ])
                .collect(),
            Self::AnnounceRecovery { to } => vec![
                Fact::RecoveryAnnounced {
                    id,
                    to,
                    at: after.recovery.announced_at,
                },
                recovering(true),
            ],
            Self::ExecuteRecovery => vec![
                Fact::RecoveryExecuted { id, to: holder },
                Fact::HolderChanged { id, holder },
            ],
            Self::Veto => vetoed.into_iter().chain([recovering(false)]).collect(),
            _ => vec![Fact::RecoveryLapsed { id }, recovering(false)],
        }
    }
}

/// The final amount, in base units.
const fn value(after: &After) -> u128 {
    match after.state.phase {
        Phase::Settled { value } => value,
        Phase::Active(_) => 0,
    }
}

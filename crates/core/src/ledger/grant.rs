use alloy_primitives::{Address, B256};

use super::{LedgerError, Record};
use crate::fact::{Fact, Origin, Subject};
use crate::state::{Clock, Flags, Phase, State};

/// An opened grant, as its events tell it. Amounts in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// Its id.
    pub id: B256,
    /// Root of its round.
    pub root: B256,
    /// Place of its leaf in the round.
    pub index: u32,
    /// The recipient of its terms; zero for an invalid leaf, whose terms say nothing.
    pub recipient: Address,
    /// Its amount.
    pub amount: u128,
    /// Its word of state.
    pub state: State,
    /// Who is paid instead of the recipient.
    pub moved_to: Option<Address>,
    /// What reached the holder.
    pub paid_net: u128,
    /// What was withheld for tax.
    pub withheld: u128,
    /// What it holds less than its amount.
    pub freed: i128,
    /// Payments made.
    pub payments: u32,
    /// Where it was opened.
    pub opened: Origin,
    /// Where it last changed.
    pub changed: Origin,
}

impl GrantRecord {
    /// What it holds of everything promised, in base units; needs no terms.
    pub fn held(&self) -> u128 {
        self.freed
            .checked_neg()
            .map_or(0, |more| self.amount.saturating_add_signed(more))
    }

    fn after(mut self, fact: &Fact) -> Option<Self> {
        match *fact {
            Fact::Claimed {
                gross, withheld, ..
            } => {
                self.state.released = self.state.released.checked_add(gross)?;
                self.withheld = self.withheld.checked_add(withheld)?;
                self.paid_net = self.paid_net.checked_add(gross.checked_sub(withheld)?)?;
                self.payments = self.payments.checked_add(1)?;
            }
            Fact::Ended {
                stop_at,
                grace,
                freed,
                lost,
                ..
            } => {
                let graced = if grace { Flags::GRACED } else { Flags(0) };
                self.turn(Flags::PAUSED.with(Flags::GRACED), Flags::ENDED.with(graced));
                self.set_clock(|clock| Clock {
                    stop_at,
                    lost,
                    ..clock
                });
                self.freed = self.freed.checked_add(freed)?;
            }
            Fact::EndWithdrawn { freed, .. } => {
                self.turn(Flags::ENDED.with(Flags::GRACED), Flags(0));
                self.set_clock(|clock| Clock {
                    stop_at: 0,
                    ..clock
                });
                self.freed = self.freed.checked_add(freed)?;
            }
            Fact::Paused { stop_at, .. } => {
                self.turn(Flags(0), Flags::PAUSED);
                self.set_clock(|clock| Clock { stop_at, ..clock });
            }
            Fact::Resumed { lost, .. } => {
                self.turn(Flags::PAUSED, Flags(0));
                self.set_clock(|clock| Clock {
                    stop_at: 0,
                    lost,
                    ..clock
                });
            }
            Fact::Accelerated { credit, freed, .. } => {
                self.set_clock(|clock| Clock { credit, ..clock });
                self.freed = self.freed.checked_add(freed)?;
            }
            Fact::Settled { value, freed, .. } | Fact::Waived { value, freed, .. } => {
                let clock = Flags::PAUSED.with(Flags::ENDED).with(Flags::GRACED);
                self.turn(clock, Flags::SETTLED);
                self.state.phase = Phase::Settled { value };
                self.freed = self.freed.checked_add(i128::try_from(freed).ok()?)?;
            }
            Fact::WithholdingLowered { withhold_bps, .. } => self.state.withhold_bps = withhold_bps,
            Fact::ClaimsHeld { on: true, .. } => self.turn(Flags(0), Flags::HOLDER_ONLY),
            Fact::ClaimsHeld { on: false, .. } => self.turn(Flags::HOLDER_ONLY, Flags(0)),
            _ => {}
        }
        Some(self)
    }

    fn turn(&mut self, off: Flags, on: Flags) {
        self.state.flags = self.state.flags.without(off).with(on);
    }

    fn set_clock(&mut self, change: impl FnOnce(Clock) -> Clock) {
        self.state.phase = Phase::Active(change(self.state.clock()));
    }
}

impl Record for GrantRecord {
    fn subject(&self) -> Subject {
        Subject::Grant(self.id)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let (id, root, index, recipient, amount, state, freed) = match *fact {
            Fact::Opened {
                id,
                root,
                index,
                recipient,
                amount,
                withhold_bps,
            } => (
                id,
                root,
                index,
                recipient,
                amount,
                State::opened(withhold_bps, 0),
                0,
            ),
            Fact::Invalid {
                id,
                root,
                index,
                freed,
            } => {
                let freed_signed = i128::try_from(freed).ok()?;
                (
                    id,
                    root,
                    index,
                    Address::ZERO,
                    freed,
                    State::closed(),
                    freed_signed,
                )
            }
            _ => return None,
        };
        Some(Self {
            id,
            root,
            index,
            recipient,
            amount,
            state,
            moved_to: None,
            paid_net: 0,
            withheld: 0,
            freed,
            payments: 0,
            opened: *origin,
            changed: *origin,
        })
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        let subject = self.subject();
        match fact {
            Fact::Opened { .. } | Fact::Invalid { .. } => Err(LedgerError::Twice { subject }),
            Fact::ClaimFailed { .. } => Ok(()),
            _ => {
                *self = self.after(fact).ok_or(LedgerError::Amount { subject })?;
                self.changed = *origin;
                Ok(())
            }
        }
    }
}

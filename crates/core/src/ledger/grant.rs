use alloy_primitives::{Address, B256};

use super::{LedgerError, Record};
use crate::fact::{Fact, Origin, Subject};
use crate::state::{Clock, Flags, Phase, State};
use crate::succession::Recovery;
use crate::terms::Terms;

/// Which grant a successor replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descent {
    /// Id of the grant that was closed for it.
    pub old: B256,
    /// Its place among the successors, from 0; the first inherits what the old one released.
    pub place: u8,
}

/// An opened grant, as its events tell it. Amounts in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// Its id.
    pub id: B256,
    /// Root of its round; a successor has the round of the grant it replaced.
    pub root: B256,
    /// Place of its leaf in the round; a successor has that of the grant it replaced.
    pub index: u32,
    /// What it replaced; `None` for a grant opened from its round.
    pub descent: Option<Descent>,
    /// The recipient of its terms; zero for an invalid leaf, whose terms say nothing.
    pub recipient: Address,
    /// Its amount.
    pub amount: u128,
    /// Its word of state.
    pub state: State,
    /// Who is paid instead of the recipient.
    pub moved_to: Option<Address>,
    /// The recovery announced for it, or the last one cancelled.
    pub recovery: Recovery,
    /// Released by the grants it replaced: released = inherited + paid_net + withheld.
    pub inherited: u128,
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

    /// Whether others took its place; an invalid leaf is closed, too, and has no recipient.
    pub fn was_replaced(&self) -> bool {
        self.state.has(Flags::CLOSED) && !self.recipient.is_zero()
    }

    /// What it had released when it was replaced: its first successor counts it as released.
    pub fn handed_on(&self) -> u128 {
        let claimed = self.paid_net.saturating_add(self.withheld);
        self.inherited.saturating_add(claimed)
    }

    /// Takes from the grant it replaced what its own events do not repeat: the leaf it goes back
    /// to and, for the first successor, what was released. Once for each fold of a successor,
    /// whether either of them is closed by then or not; the epoch is that of the round. `None`: an
    /// amount left its range.
    pub fn inherit(&mut self, old: &Self) -> Option<()> {
        (self.root, self.index) = (old.root, old.index);
        if self.descent.is_some_and(|descent| descent.place == 0) {
            self.inherited = old.handed_on();
            if !self.state.has(Flags::CLOSED) {
                self.state.released = self.state.released.checked_add(self.inherited)?;
            }
        }
        Some(())
    }

    fn after(self, fact: &Fact) -> Option<Self> {
        let mut after = self.after_succession(fact);
        after.change(fact)?;
        Some(after)
    }

    /// What Succession changes: who holds the grant, or that others take its place.
    fn after_succession(mut self, fact: &Fact) -> Self {
        match *fact {
            Fact::Replaced { .. } => {
                self.state = State::closed();
                self.freed = i128::try_from(self.amount).unwrap_or(i128::MAX);
            }
            Fact::HolderChanged { holder, .. } => {
                self.moved_to = Some(holder);
                self.turn(Flags::RECOVERING, Flags::MOVED);
            }
            Fact::RecoveringSet { on: true, .. } => self.turn(Flags(0), Flags::RECOVERING),
            Fact::RecoveringSet { on: false, .. } => self.turn(Flags::RECOVERING, Flags(0)),
            Fact::RecoveryAnnounced { to, at, .. } => {
                self.recovery = Recovery::announced(to, at);
            }
            Fact::RecoveryVetoed { at, .. } => self.recovery = Recovery::cancelled(at),
            Fact::RecoveryExecuted { .. } | Fact::RecoveryLapsed { .. } => {
                self.recovery = Recovery::default();
            }
            _ => {}
        }
        self
    }

    fn change(&mut self, fact: &Fact) -> Option<()> {
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
        Some(())
    }

    /// Nothing but the moment.
    fn born(origin: &Origin) -> Self {
        Self {
            id: B256::ZERO,
            root: B256::ZERO,
            index: 0,
            descent: None,
            recipient: Address::ZERO,
            amount: 0,
            state: State::UNOPENED,
            moved_to: None,
            recovery: Recovery::default(),
            inherited: 0,
            paid_net: 0,
            withheld: 0,
            freed: 0,
            payments: 0,
            opened: *origin,
            changed: *origin,
        }
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
        let born = Self::born(origin);
        match fact {
            Fact::Opened {
                id,
                root,
                index,
                recipient,
                amount,
                withhold_bps,
            } => Some(Self {
                id: *id,
                root: *root,
                index: *index,
                recipient: *recipient,
                amount: *amount,
                state: State::opened(*withhold_bps, 0),
                ..born
            }),
            Fact::Invalid {
                id,
                root,
                index,
                freed,
            } => Some(Self {
                id: *id,
                root: *root,
                index: *index,
                amount: *freed,
                state: State::closed(),
                freed: i128::try_from(*freed).ok()?,
                ..born
            }),
            Fact::Succeeded {
                old,
                id,
                place,
                terms,
                ..
            } => {
                let terms = Terms::decode(terms).ok()?;
                let (old, place) = (*old, *place);
                Some(Self {
                    id: *id,
                    descent: Some(Descent { old, place }),
                    recipient: terms.recipient,
                    amount: terms.amount,
                    state: State::opened(terms.withhold_bps, 0),
                    ..born
                })
            }
            _ => None,
        }
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        let subject = self.subject();
        match fact {
            Fact::Opened { .. } | Fact::Invalid { .. } | Fact::Succeeded { .. } => {
                Err(LedgerError::Twice { subject })
            }
            Fact::ClaimFailed { .. } => Ok(()),
            _ => {
                *self = self.after(fact).ok_or(LedgerError::Amount { subject })?;
                self.changed = *origin;
                Ok(())
            }
        }
    }
}

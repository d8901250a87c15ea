//! The changes: who asks, what they do, how they are told.

use alloy_primitives::Address;
use guerdon_chain::{Plan, plan};
use guerdon_core::act::{Act, After, Effect};
use guerdon_core::state::{Flags, State};

use super::effect::Subject;
use crate::words::{length, rate, time};

/// A change that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Pause,
    Resume,
    /// By how many seconds.
    Accelerate(u32),
    /// To how many basis points.
    LowerWithholding(u16),
    Waive,
    /// Whether only the holder may call for payment.
    Hold(bool),
}

impl Verb {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Accelerate(_) => "accelerate",
            Self::LowerWithholding(_) => "lower-withholding",
            Self::Waive => "waive",
            Self::Hold(_) => "hold",
        }
    }

    /// Whether the holder asks; the company or its payroll do otherwise.
    pub(super) fn is_holders(self) -> bool {
        self.act().is_holders()
    }

    /// Whether nobody can take it back.
    pub(super) fn is_final(self) -> bool {
        self.act().is_final(0)
    }

    /// Who can take it back.
    pub(super) fn undo(self) -> &'static str {
        match self {
            Self::Pause => "the company, by resume; else the clock runs again by itself",
            Self::Resume => "nobody: the time it stood is lost; the company may pause again",
            Self::Accelerate(_) => "nobody: a clock is never set back",
            Self::LowerWithholding(_) => "nobody: the rate can only fall",
            Self::Waive => "nobody: the amount is final",
            Self::Hold(true) => "the holder, by hold off",
            Self::Hold(false) => "the holder, by hold on",
        }
    }

    pub(super) fn plan(self, grants: Address, terms: &[u8]) -> Plan {
        match self {
            Self::Pause => plan::pause(grants, terms),
            Self::Resume => plan::resume(grants, terms),
            Self::Accelerate(by) => plan::accelerate(grants, terms, by),
            Self::LowerWithholding(bps) => plan::lower_withholding(grants, terms, bps),
            Self::Waive => plan::waive(grants, terms),
            Self::Hold(on) => plan::hold_claims(grants, terms, on),
        }
    }

    /// The same in core's words.
    pub(super) fn act(self) -> Act {
        match self {
            Self::Pause => Act::Pause,
            Self::Resume => Act::Resume,
            Self::Accelerate(by) => Act::Accelerate { by },
            Self::LowerWithholding(withhold_bps) => Act::LowerWithholding { withhold_bps },
            Self::Waive => Act::Waive,
            Self::Hold(on) => Act::Hold { on },
        }
    }

    /// What this change alone has to say.
    pub(super) fn facts(
        self,
        subject: &Subject<'_>,
        (change, effect): (&After, &Effect),
    ) -> Vec<(&'static str, String)> {
        let terms = subject.terms();
        let (before, after) = (subject.state.clock(), change.state.clock());
        match self {
            Self::Pause => {
                let left = terms.pause_max.saturating_sub(before.lost);
                let until = subject.now.saturating_add(left.into());
                let used = format!(
                    "{} of {}",
                    length(before.lost.into()),
                    length(terms.pause_max.into())
                );
                vec![
                    ("paused until", format!("resumed, at most {}", time(until))),
                    ("used so far", used),
                ]
            }
            Self::Resume => {
                let stood = after.lost.saturating_sub(before.lost);
                let (stood, all) = (length(stood.into()), length(after.lost.into()));
                let max = length(terms.pause_max.into());
                vec![(
                    "clock lost",
                    format!("{stood} by this pause, {all} of {max} in all"),
                )]
            }
            Self::Accelerate(by) => vec![
                ("clock forward", length(by.into())),
                ("in all", length(after.credit.into())),
            ],
            Self::LowerWithholding(_) => vec![(
                "withheld",
                format!(
                    "{} of each payment, {} so far",
                    rate(change.state.withhold_bps),
                    rate(subject.state.withhold_bps)
                ),
            )],
            Self::Waive => {
                let claimable = effect.after.claimable;
                vec![("claimable after", subject.unit().exact(claimable))]
            }
            Self::Hold(_) => vec![("claims", claims(&change.state).to_owned())],
        }
    }
}

fn claims(state: &State) -> &'static str {
    if state.has(Flags::HOLDER_ONLY) {
        "only the holder's own call is paid; keepers skip this grant"
    } else {
        "anyone may call; the holder is paid"
    }
}

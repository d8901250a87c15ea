//! Who acts next: said by one function, so that a grant's page, its claim, its list and the preview
//! of its end never name different people.

use guerdon_core::succession::Stage;

/// What holds a grant, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A date.
    Time,
    /// Nobody has opened it.
    NotOpened,
    /// Its holder keeps payment to himself.
    HeldByHolder,
    /// A recovery, and where it stands.
    Recovery(Stage),
    /// Its clock stands.
    Paused,
    /// Others took its place.
    Replaced,
    /// Its terms were invalid.
    Invalid,
    /// The final amount is fixed.
    Settled,
    /// It has ended.
    Ended,
    /// A final result does not open a share.
    NotReached,
    /// A goal that is not known here.
    UnknownGoal,
}

/// Behind "Who acts next:".
pub(crate) const fn who_acts_next(stop: Stop) -> &'static str {
    match stop {
        Stop::Time => "nobody, time does.",
        Stop::NotOpened => "its holder, or anyone who has its file.",
        Stop::HeldByHolder => "the holder.",
        Stop::Recovery(Stage::Open { .. }) => "the holder, who can still veto; else the company.",
        Stop::Recovery(Stage::Lapsed { .. }) => "anyone, who may clear it.",
        Stop::Recovery(_) => "the holder, who can veto.",
        Stop::Paused => "the company, which may let it run again; else time.",
        Stop::Replaced => "nobody; the grants in its place pay.",
        Stop::Invalid => "the company, which can be asked for a grant in its place.",
        Stop::Settled => "nobody, but for a claim of what is left.",
        Stop::Ended => "nobody; what was vested stays the holder's.",
        Stop::NotReached => {
            "anyone, who may settle the grant once all is earned by time; that frees them."
        }
        Stop::UnknownGoal => "whoever its definition names.",
    }
}

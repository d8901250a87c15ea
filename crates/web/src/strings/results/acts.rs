//! Sentences of the pages on which one step is taken: a challenge, a verdict, an end.

use crate::numbers::Token;
use crate::results::Name;

/// The heading of a step's page.
pub(crate) const fn heading(name: Name) -> &'static str {
    match name {
        Name::Seal => "Let the chain draw the items",
        Name::Expire => "Let an attempt expire",
        Name::Finalize => "Finalize an attempt",
        Name::Challenge => "Challenge a result",
        Name::Resolve => "Decide a challenge",
        Name::Demand => "Demand a run",
        Name::Refuse => "Refuse a demand",
        Name::Extend => "Extend the window",
        Name::Close => "Close the goal",
        Name::WithdrawBond => "Take bonds back",
    }
}

/// What a step does, before any figure.
pub(crate) const fn lead(name: Name) -> &'static str {
    match name {
        Name::Seal => {
            "The hash of a block that nobody knew at the registration draws the items. Anyone may \
             do this, once, within 256 blocks after it."
        }
        Name::Expire => {
            "An attempt that brought no result in time counts as a proposed zero, open to challenge \
             like any other. Anyone may do this."
        }
        Name::Finalize => {
            "A result that nobody challenged in time, or whose challenge the arbiter did not decide \
             in time, stands for good. Anyone may do this."
        }
        Name::Challenge => {
            "Whoever doubts a result puts down the bond and says why; the arbiter decides. A result \
             can be challenged once."
        }
        Name::Resolve => {
            "The arbiter decides: the result stands, it is corrected, or the attempt never counted. \
             The attempt is finished at once."
        }
        Name::Demand => {
            "The sponsor asks for a run of a model. If no signed result answers before the goal \
             closes, the goal pays its default."
        }
        Name::Refuse => "The arbiter sets a demand aside, as if it was never made.",
        Name::Extend => {
            "The arbiter moves the end of the window, once, at most to twice its length."
        }
        Name::Close => {
            "Once nothing is pending and the window is over, or all of it is reached, what the goal \
             pays becomes final. Anyone may do this."
        }
        Name::WithdrawBond => {
            "Bonds that came back, and the sponsor's half of a challenge that failed, wait in the \
             contract until their owner takes them."
        }
    }
}

/// The button of a step.
pub(crate) const fn button(name: Name) -> &'static str {
    match name {
        Name::Seal => "Draw the items",
        Name::Expire => "Let it expire",
        Name::Finalize => "Finalize",
        Name::Challenge => "Challenge this result",
        Name::Resolve => "Give this verdict",
        Name::Demand => "Demand a run",
        Name::Refuse => "Refuse the demand",
        Name::Extend => "Extend the window",
        Name::Close => "Close the goal",
        Name::WithdrawBond => "Take the bonds",
    }
}

/// Who can undo it.
pub(crate) const fn undo(name: Name) -> &'static str {
    match name {
        Name::Expire => "It can be undone by the arbiter, if somebody challenges it.",
        Name::Challenge => "Nobody can take it back; the bond comes back if the result falls.",
        Name::Demand => "The arbiter can refuse it until the goal is closed.",
        Name::WithdrawBond => "The coins go to the wallet that signs.",
        Name::Refuse => "The sponsor can demand again.",
        Name::Seal | Name::Finalize | Name::Resolve | Name::Extend | Name::Close => {
            "Nobody can undo it."
        }
    }
}

pub(crate) const APPROVE: &str = "Allow the bond";
pub(crate) const APPROVE_FIRST: &str = "Two signatures: the first lets the Goals contract take the \
     bond from your wallet, the second challenges. Come back to this page after the first.";
pub(crate) const NO_REASON: &str =
    "Say what is wrong with the result, in at most 4,000 characters.";
pub(crate) const REASON_KEPT: &str = "The chain keeps the hash of your reason. The text is kept \
     here and shown to the goal's sponsor, its panel and its arbiter; name nobody in it.";
pub(crate) const REASON_ELSEWHERE: &str =
    "The challenger's text is not known here; the chain keeps its hash alone.";
pub(crate) const TOO_MANY_REASONS: &str = "So many reasons were written for this attempt that no further one is kept here. Challenge by \
     the command line: guerdon goal challenge.";
pub(crate) const YOUR_REASONS: &str = "You wrote three reasons for this attempt, and no more of one \
     author are kept here. Send one of them again as it was, or challenge by the command line: \
     guerdon goal challenge.";
pub(crate) const NO_VERDICT: &str = "Choose a verdict; a correction needs whole numbers.";
pub(crate) const NO_CLOSES: &str = "Give the new last day of the window.";
pub(crate) const NO_NODE: &str =
    "This server has no node to ask, so what is owed to you is not known here.";
pub(crate) const NOTHING_OWED: &str = "No bond is owed to your wallet.";

/// The bond is more than the wallet holds.
pub(crate) fn bond_short(bond: &str, held: &str) -> String {
    format!("A challenge costs a bond of {bond}, and your wallet holds {held}.")
}

/// What the bond does.
pub(crate) fn bond(token: &Token, bond: u128) -> String {
    format!(
        "You put down {}. If the result falls or the attempt is void, it comes back; if the result \
         stands, half goes to the sponsor and half to nobody.",
        token.words(bond)
    )
}

/// What is owed to the reader.
pub(crate) fn owed(amount: &str) -> String {
    format!("{amount} are owed to your wallet.")
}

/// What a challenger wrote.
pub(crate) fn reason(text: &str) -> String {
    format!("The challenger says: “{text}”")
}

//! The words of a demonstration.

use super::access::Refusal;
use crate::demo::Actor;

pub(crate) const DEMONSTRATION: &str = "Demonstration";

pub(crate) const WARNING: &str = "Demonstration: play money, public keys.";

pub(crate) const THIS_MACHINE_ONLY: Refusal = Refusal {
    what: "The demonstration answers on its own machine alone.",
    hint: "Open it at http://127.0.0.1 on the machine that runs it.",
};

pub(crate) const NOT_A_DATE: Refusal = Refusal {
    what: "The clock goes on by up to ten years, and only forward.",
    hint: "Choose one of the dates of the page.",
};

pub(crate) const CLOCK_STANDS: Refusal = Refusal {
    what: "The chain did not move its clock.",
    hint: "Its node may be gone: look at the terminal that runs the demonstration.",
};

pub(crate) const NOBODY_OF_THAT_NAME: Refusal = Refusal {
    what: "Nobody of that name plays in this demonstration.",
    hint: "Choose somebody of the list.",
};

pub(crate) const TOO_LONG: &str = "The page is too long to be shown.";
pub(crate) const NOBODY: &str = "Nobody is signed in: choose somebody in the bar above first.";
pub(crate) const OTHER_ACCOUNT: &str =
    "This wallet signs for the person you are now, and for nobody else.";
pub(crate) const NOT_AN_ACCOUNT: &str = "The page named no account.";
pub(crate) const NOT_HEXADECIMAL: &str = "The page gave no hexadecimal data.";
pub(crate) const NOT_TYPED_DATA: &str = "The page gave no typed data.";

pub(crate) fn unsupported(method: &str) -> String {
    let known = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '_';
    let method: String = method.chars().filter(known).take(40).collect();
    format!("The demonstration's wallet does not know {method}.")
}

/// `You are Ada Okafor, engineer.`
pub(crate) fn you(actor: Option<&Actor>, is_signed_in: bool) -> String {
    match (actor, is_signed_in) {
        (Some(actor), _) => format!("You are {}, {}.", actor.name, actor.does),
        (None, true) => "You are signed in with a wallet of your own.".to_owned(),
        (None, false) => "You are nobody yet.".to_owned(),
    }
}

/// Why a date matters.
pub(crate) mod dates {
    pub(crate) const MORE_VESTS: &str = "more of your grant vests";
    pub(crate) const ENDS: &str = "your grant ends";
    pub(crate) const RECOVERY: &str = "a recovery of your grant may be carried out";

    pub(crate) fn binding(round: &str) -> String {
        format!("the round {round} is binding")
    }

    pub(crate) fn opens(goal: &str) -> String {
        format!("attempts at {goal} begin")
    }

    pub(crate) fn closes(goal: &str) -> String {
        format!("attempts at {goal} end")
    }

    pub(crate) fn window(goal: &str) -> String {
        format!("a deadline of {goal} passes")
    }
}

//! Who did what, in the table of what happened lately.

use guerdon_core::fact::Fact;

pub(crate) const PAID_TO_YOU: &str = "Paid to your wallet";

/// `Paid to its holder, G-1004`
pub(crate) fn of_grant(what: &str, grant: Option<&str>) -> String {
    match grant {
        Some(grant) => format!("{what}, {grant}"),
        None => what.to_owned(),
    }
}

/// `The 2nd attempt final: pays 61.0 % (product_500)`
pub(crate) fn of_goal(what: &str, goal: &str) -> String {
    match goal.is_empty() {
        true => what.to_owned(),
        false => format!("{what} ({goal})"),
    }
}

/// Who made it happen, as far as the event or our own records say.
pub(crate) fn who(fact: &Fact, by_keeper: bool) -> String {
    let plain = match fact {
        Fact::Claimed { .. } if by_keeper => "keeper",
        // The event does not say who called, and the money goes to the holder in any case.
        Fact::Claimed { .. } | Fact::ClaimFailed { .. } | Fact::Opened { .. } => "a claim",
        Fact::Invalid { .. } | Fact::Settled { .. } | Fact::RecoveryLapsed { .. } => "anyone",
        Fact::Ended { .. }
        | Fact::EndWithdrawn { .. }
        | Fact::Paused { .. }
        | Fact::Resumed { .. }
        | Fact::Accelerated { .. }
        | Fact::WithholdingLowered { .. }
        | Fact::RecoveryAnnounced { .. }
        | Fact::RecoveryExecuted { .. } => "the company",
        Fact::Waived { .. }
        | Fact::ClaimsHeld { .. }
        | Fact::Moved { .. }
        | Fact::RecoveryVetoed { .. } => "its holder",
        Fact::Succeeded { .. } | Fact::Replaced { .. } => "company and holder",
        Fact::Proposed { signers, .. } => {
            return format!("panel, {} signed", signers.count_ones());
        }
        Fact::Registered { .. } => "sponsor or panel",
        Fact::Sealed { .. } => "the chain",
        Fact::Challenged { .. } => "a challenger",
        Fact::Resolved { .. } | Fact::DemandRefused { .. } | Fact::Extended { .. } => "arbiter",
        Fact::Demanded { .. } => "sponsor",
        _ => "anyone",
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{Address, B256};

    #[test]
    fn the_keeper_is_named_only_where_we_know_it_sent() {
        let paid = Fact::Claimed {
            id: B256::ZERO,
            to: Address::ZERO,
            gross: 1,
            withheld: 0,
        };
        assert_eq!(who(&paid, true), "keeper");
        assert_eq!(who(&paid, false), "a claim");
        assert_eq!(
            who(&Fact::DemandRefused { id: B256::ZERO }, true),
            "arbiter"
        );
        assert_eq!(of_grant("Paid", Some("G-1")), "Paid, G-1");
        assert_eq!(of_goal("Final", ""), "Final");
    }
}

//! What an end would leave, in plain words.

use guerdon_core::grant::Refused;
use guerdon_core::terms::Terms;
use jiff::tz::TimeZone;

use crate::dates;
use crate::views::grant::GrantData;

pub(crate) const FORMULA: &str = "An end stops the clock at a day. Yours is what was earned by time \
    until then and opened by results, whatever was paid before included. What is earned by time and \
    waits for a result may still come. The rest of the grant goes back to the pool.";
pub(crate) const NOTE: &str = "With the results of goals as they are at this block. An end takes \
    nothing that was vested before its day, and nothing that was paid.";
pub(crate) const UNKNOWN_TERMS: &str = "The terms of this grant are not known here, so this page \
    cannot say what an end would leave.";
pub(crate) const COMMAND: &str = "guerdon grant show GRANT.json --rpc-url NODE";
pub(crate) const KEY: &str = "Long dashes: after the end.";

/// `G-1004, 7,300.00 ACC granted: what an end would leave`
pub(crate) fn lead(grant: &str, granted: &str) -> String {
    format!(
        "{grant}, {granted} granted: what an end would leave, worked out by the contract's rules"
    )
}

pub(crate) fn today(day: &str) -> String {
    format!("If it ends today, {day}")
}

pub(crate) fn on(day: &str) -> String {
    format!("If it ends on {day}")
}

pub(crate) fn with_grace(when: &str, grace: &str) -> String {
    format!("{when}, with the grace of {grace} that the terms allow.")
}

pub(crate) fn short_grace(short: &str) -> String {
    format!("{short}, with grace")
}

pub(crate) fn backdated(back: &str, day: &str) -> String {
    format!("If the company ends it today as far back as the terms allow, {back}, on {day}.")
}

pub(crate) fn short_back(back: &str) -> String {
    format!("{back} back")
}

pub(crate) fn no_date(text: &str) -> String {
    format!("`{text}` is not a date: write it as 2027-03-01.")
}

pub(crate) fn too_early(day: &str, earliest: &str) -> String {
    format!(
        "An end on {day} is not possible: the terms let it reach back no further than {earliest}."
    )
}

/// What one end leaves. The amounts beside the words say which are nothing.
pub(crate) fn outcome(
    (kept, waits, lost): (&str, u128, u128),
    (waits_words, lost_words): (&str, &str),
    settles: bool,
) -> String {
    let mut sentences = vec![format!("{kept} are yours, what was paid before included.")];
    if waits > 0 {
        sentences.push(format!(
            "{waits_words} more may still come, as far as results open them."
        ));
    }
    if lost > 0 {
        sentences.push(format!("{lost_words} go back to the pool."));
    }
    if settles {
        sentences.push("Nothing can change that amount afterwards.".to_owned());
    }
    sentences.join(" ")
}

/// The message of the drawing.
pub(crate) fn message(day: &str) -> String {
    format!(
        "What you would have vested if the clock stopped on {day}, beside what follows if it does not."
    )
}

/// Why there is nothing to work out.
pub(crate) fn refused(refused: &Refused, data: &GrantData, zone: &TimeZone) -> String {
    match refused {
        Refused::NoPower => "The terms do not let the company end this grant: it goes on vesting \
                             whatever happens."
            .to_owned(),
        Refused::Closed => "This grant is closed: nothing can end it any more.".to_owned(),
        Refused::WrongState { .. } => {
            let stop_at = data.record.state.clock().stop_at;
            match stop_at {
                0 => "The final amount of this grant is fixed: no end can change it.".to_owned(),
                at => format!(
                    "This grant ended on {}: its page says what stayed.",
                    dates::day(at, zone)
                ),
            }
        }
        Refused::ResultUnderWay {
            last_registered_at, ..
        } => format!(
            "It cannot end before {}: an attempt that was registered then still counts for it.",
            dates::day(*last_registered_at, zone)
        ),
        Refused::TimeTooLarge { .. } => "That day is too far away.".to_owned(),
        other => {
            let text = other.to_string();
            format!("The contract would refuse this: {text}.")
        }
    }
}

/// What holds whatever the company does.
pub(crate) fn always(terms: &Terms, zone: &TimeZone, has_succession: bool) -> Vec<String> {
    let mut all = vec![
        "What was paid can never be taken back. What is vested stays yours after any end, and you \
         can claim it later: no claim expires."
            .to_owned(),
    ];
    if let Some(unlock) = &terms.unlock {
        let last = unlock
            .start
            .saturating_add(unlock.schedule.last_end().into());
        all.push(format!(
            "The unlock clock runs on after an end: the last part may leave on {}.",
            dates::day(last, zone)
        ));
    }
    all.push(match terms.gates.iter().any(|gate| gate.rule.lapse) {
        true => "A gate of this grant lapses at the end: only attempts registered by then count \
                 for it."
            .to_owned(),
        false if terms.gates.is_empty() => "No result decides this grant.".to_owned(),
        false => "Results that come after the end still open what was earned by time.".to_owned(),
    });
    all.push(match terms.powers.end {
        true => match terms.backdate_seconds {
            0 => "The company may end it from the day on that it says so, not earlier.".to_owned(),
            back => format!(
                "The company may end it at most {} back; more than that the contract refuses.",
                dates::length(back.into())
            ),
        },
        false => "The company may not end it.".to_owned(),
    });
    if has_succession {
        all.push(
            "Your claims need no company and no server: the grant file and any node do. A lost \
             wallet can be replaced while the company exists; make sure it is done before."
                .to_owned(),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_names_only_what_there_is() {
        let all = outcome(("10 ACC", 1, 1), ("1 ACC", "2 ACC"), false);
        assert_eq!(
            all,
            "10 ACC are yours, what was paid before included. 1 ACC more may still come, as far as \
             results open them. 2 ACC go back to the pool."
        );
        let settled = outcome(("10 ACC", 0, 0), ("0", "0"), true);
        assert_eq!(
            settled,
            "10 ACC are yours, what was paid before included. Nothing can change that amount \
             afterwards."
        );
    }
}

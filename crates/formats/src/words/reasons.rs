use alloy_primitives::B256;
use guerdon_core::grant::Reason;

use super::date_words;
use crate::amount;
use crate::calendar::Zone;

/// One reason in words: in bold what is locked, then why, then who acts next. Each is a sentence;
/// `next` is empty when nobody needs to act.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Why {
    /// What is locked.
    pub what: String,
    /// Why.
    pub why: String,
    /// Who acts next.
    pub next: String,
}

/// A goal as reasons speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalWords {
    /// The name that people know it by.
    pub name: String,
    /// Who acts next: `The sponsor can register an attempt until 1 Dec 2026.`
    pub next: String,
}

/// What reasons need to be told.
pub struct Telling<'a> {
    /// The symbol of the token.
    pub symbol: &'a str,
    /// Its decimal places.
    pub decimals: u8,
    /// The zone of dates.
    pub zone: &'a Zone,
    /// What a goal is called and who acts on it.
    pub goal: &'a dyn Fn(B256) -> GoalWords,
}

impl std::fmt::Debug for Telling<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Telling")
            .field("symbol", &self.symbol)
            .finish_non_exhaustive()
    }
}

impl Telling<'_> {
    /// Says the reasons of one grant: what only its holder may claim, nobody else is told to.
    #[must_use]
    pub fn say_all(&self, reasons: &[Reason]) -> Vec<Why> {
        let held = |reason: &Reason| matches!(reason, Reason::HeldByHolder | Reason::Recovering);
        let is_held = reasons.iter().any(held);
        let say = |reason: &Reason| match reason {
            Reason::Claimable { amount } if is_held => why(
                format!("{} claimable.", self.tokens(*amount)),
                "Only the holder's own call is paid.",
                "The holder can claim it.",
            ),
            other => self.say(other),
        };
        reasons.iter().map(say).collect()
    }

    /// Says a reason by itself.
    #[must_use]
    pub fn say(&self, reason: &Reason) -> Why {
        match reason {
            Reason::NotOpened => why(
                "The grant is not opened.",
                "It stands in a funded round, and its place on the chain is not written yet.",
                "Anyone with the grant file can open it; the first claim does it too.",
            ),
            Reason::Closed => why(
                "The grant is closed.",
                "It was replaced or its terms were invalid; it pays nothing any more.",
                "",
            ),
            Reason::Paid { amount } => why(
                format!("{} claimed.", self.tokens(*amount)),
                "It was paid to the holder or withheld for tax.",
                "",
            ),
            Reason::Claimable { amount } => why(
                format!("{} claimable.", self.tokens(*amount)),
                "Nothing stands in its way.",
                "Anyone can call the claim; only the holder is paid.",
            ),
            Reason::HeldByHolder => why(
                "Claims are held.",
                "The holder asked that nobody else may claim.",
                "The holder can claim, or let everybody call again.",
            ),
            Reason::Recovering => why(
                "A recovery is under way.",
                "The company says that the holder's key is lost; until that is settled only the \
                 holder's own call is paid.",
                "The holder can veto it.",
            ),
            Reason::Settled { value, freed } => why(
                format!("The final amount is {}.", self.tokens(*value)),
                format!(
                    "The grant is settled; {} went back to the pool.",
                    self.tokens(*freed)
                ),
                "",
            ),
            other => self.say_waiting(other),
        }
    }

    /// Reasons that time, results or an end bring.
    fn say_waiting(&self, reason: &Reason) -> Why {
        const TIME: &str = "Nobody needs to act; it comes with time.";
        match reason {
            Reason::NotStarted { until } => why(
                "Vesting has not started.",
                format!("Its clock starts on {}.", self.date(*until)),
                TIME,
            ),
            Reason::BeforeCliff { until } => why(
                "Nothing is earned by time yet.",
                format!("The first part is earned on {}.", self.date(*until)),
                TIME,
            ),
            Reason::WaitsForTime {
                amount,
                next,
                full_at,
            } => self.by_time(*amount, *next, *full_at),
            Reason::WaitsForResult { goal, amount } => {
                let goal = (self.goal)(*goal);
                let why = format!("It is earned by time and waits for the goal {}.", goal.name);
                Why {
                    what: format!("{} locked.", self.tokens(*amount)),
                    why,
                    next: goal.next,
                }
            }
            Reason::NotReached { goal, amount } => why(
                format!("{} not reached.", self.tokens(*amount)),
                format!(
                    "The goal {} is final and does not open it.",
                    (self.goal)(*goal).name
                ),
                "Settling the grant, which anyone can call, gives it back to the pool.",
            ),
            Reason::UnlockClock { amount, until } => why(
                format!("{} vested and not unlocked.", self.tokens(*amount)),
                format!("More of it may leave on {}.", self.date(*until)),
                TIME,
            ),
            Reason::Ended {
                stop_at,
                grace,
                amount,
            } => {
                let grace = if *grace { ", with grace" } else { "" };
                why(
                    format!("The grant ends on {}{grace}.", self.date(*stop_at)),
                    format!(
                        "{} are not earned by then and went back to the pool.",
                        self.tokens(*amount)
                    ),
                    "",
                )
            }
            Reason::Paused { since, until } => why(
                "The clock is paused.",
                format!("The company paused it on {}.", self.date(*since)),
                format!(
                    "The company can resume it; the clock runs again by itself on {}.",
                    self.date(*until)
                ),
            ),
            // Said above.
            _ => why("", "", ""),
        }
    }

    fn by_time(&self, amount: u128, next: Option<(u64, u128)>, full_at: u64) -> Why {
        let full = format!("all of it is earned by time on {}", self.date(full_at));
        let reason = match next {
            Some((time, more)) => {
                format!("{} vest on {}; {full}.", self.tokens(more), self.date(time))
            }
            None => format!("What time alone will add waits for results; {full}."),
        };
        let what = format!("{} not earned yet.", self.tokens(amount));
        why(what, reason, "Nobody needs to act; it comes with time.")
    }

    fn tokens(&self, amount: u128) -> String {
        format!("{} {}", amount::display(amount, self.decimals), self.symbol)
    }

    fn date(&self, seconds: u64) -> String {
        date_words(seconds, self.zone)
    }
}

fn why(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Why {
    Why {
        what: what.into(),
        why: why.into(),
        next: next.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: u128 = 1_000_000_000_000_000_000;

    fn say(reason: &Reason) -> Why {
        let goal = |_| GoalWords {
            name: "launch-eu".to_owned(),
            next: "The sponsor can register an attempt until 1 Dec 2026.".to_owned(),
        };
        let zone = Zone::named("UTC").unwrap();
        Telling {
            symbol: "ACC",
            decimals: 18,
            zone: &zone,
            goal: &goal,
        }
        .say(reason)
    }

    #[test]
    fn reasons_say_what_why_and_who_acts_next() {
        let said = say(&Reason::WaitsForResult {
            goal: B256::ZERO,
            amount: 1500 * TOKEN,
        });
        assert_eq!(said.what, "1,500.00 ACC locked.");
        assert_eq!(
            said.why,
            "It is earned by time and waits for the goal launch-eu."
        );
        assert_eq!(
            said.next,
            "The sponsor can register an attempt until 1 Dec 2026."
        );
        let next = Some((1_796_083_200, 1000 * TOKEN));
        let said = say(&Reason::WaitsForTime {
            amount: TOKEN,
            next,
            full_at: 1_827_619_200,
        });
        assert_eq!(
            said.why,
            "1,000.00 ACC vest on 1 Dec 2026; all of it is earned by time on 1 Dec 2027."
        );
    }

    #[test]
    fn nobody_else_is_told_to_claim_what_its_holder_holds() {
        let goal = |_| GoalWords {
            name: String::new(),
            next: String::new(),
        };
        let zone = Zone::named("UTC").unwrap();
        let telling = Telling {
            symbol: "ACC",
            decimals: 18,
            zone: &zone,
            goal: &goal,
        };
        let claimable = Reason::Claimable { amount: TOKEN };
        let held = telling.say_all(&[Reason::HeldByHolder, claimable]);
        assert_eq!(held[1].next, "The holder can claim it.");
        let open = telling.say_all(&[claimable]);
        assert_eq!(open[0], telling.say(&claimable));
    }

    #[test]
    fn every_reason_has_its_sentence() {
        let (amount, until, goal) = (TOKEN, 1_796_083_200, B256::ZERO);
        let reasons = [
            Reason::NotOpened,
            Reason::Closed,
            Reason::Paid { amount },
            Reason::Claimable { amount },
            Reason::NotStarted { until },
            Reason::BeforeCliff { until },
            Reason::WaitsForTime {
                amount,
                next: None,
                full_at: until,
            },
            Reason::WaitsForResult { goal, amount },
            Reason::NotReached { goal, amount },
            Reason::UnlockClock { amount, until },
            Reason::Ended {
                stop_at: until,
                grace: true,
                amount,
            },
            Reason::Paused {
                since: until,
                until,
            },
            Reason::HeldByHolder,
            Reason::Recovering,
            Reason::Settled {
                value: amount,
                freed: 0,
            },
        ];
        for reason in &reasons {
            let said = say(reason);
            assert!(
                said.what.ends_with('.') && said.why.ends_with('.'),
                "{reason:?}"
            );
            assert!(
                said.next.is_empty() || said.next.ends_with('.'),
                "{reason:?}"
            );
        }
    }
}

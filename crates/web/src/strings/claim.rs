//! Whether a claim will work: a sentence for each thing that stands in its way, or that one should
//! know before it.

use alloy_primitives::B256;
use guerdon_core::succession::Stage;
use jiff::tz::TimeZone;

use super::next::{Stop, who_acts_next};
use crate::dates;
use crate::numbers::{Token, capital, count, grouped, shortened};
use crate::signing::claim::{Finding, Next, Standing};
use crate::views::{Goals, Why, goal_words};

/// What findings are told with.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) token: &'a Token,
    pub(crate) goals: Goals<'a>,
    pub(crate) zone: &'a TimeZone,
    /// Money's clock.
    pub(crate) now: u64,
    pub(crate) chain_id: u64,
    /// Who is paid, shortened.
    pub(crate) holder: &'a str,
}

/// What became of a request to the relay.
pub(crate) const ASKED: &str = "The relay took your request.";
pub(crate) const ASKED_BEFORE: &str =
    "The relay took no new request: one of this grant is with it.";
pub(crate) const NOT_ASKED: &str =
    "The relay took no request. What stands in the way is said below.";

const TIME: &str = who_acts_next(Stop::Time);
const YOU: &str = "you.";

impl Words<'_> {
    /// A finding as a block.
    pub(crate) fn why(&self, finding: &Finding) -> Option<Why> {
        self.of_server(finding)
            .or_else(|| self.of_wallet(finding))
            .or_else(|| self.of_round(finding))
            .or_else(|| self.of_vesting(finding))
            .or_else(|| self.of_clock(finding))
    }

    /// What the node and the index say.
    fn of_server(&self, finding: &Finding) -> Option<Why> {
        let (what, why, next) = match finding {
            Finding::WrongNetwork { node } => (
                format!(
                    "This server's node is on chain {node}, and the grant is on chain {}.",
                    self.chain_id
                ),
                "Nothing can be tried from here. Your grant file works at any node of its own \
                 chain."
                    .to_owned(),
                "the operator of this server.",
            ),
            Finding::NoAnswer => (
                "This server's node does not answer, so the claim was not tried.".to_owned(),
                "Your grant is safe: it needs this server for nothing. Reload in a moment, or \
                 claim with your grant file."
                    .to_owned(),
                "the operator of this server.",
            ),
            Finding::Behind { blocks, at } => (
                format!(
                    "As of block {}, {} behind the chain; claiming is off until the index \
                         catches up.",
                    grouped(*at),
                    count(*blocks, "block")
                ),
                "The amounts below may be old.".to_owned(),
                "nobody; reload in a moment.",
            ),
            Finding::Refused { reason } => (
                "The contract would refuse this claim now.".to_owned(),
                format!("A trial, without sending anything, said: {reason}."),
                "nobody; reload in a moment, and tell the company if it stays.",
            ),
            _ => return None,
        };
        Some(Why::new(what, why, next))
    }

    fn of_wallet(&self, finding: &Finding) -> Option<Why> {
        let (what, why, next) = match finding {
            Finding::WrongWallet {
                signed_in,
                only_holder: true,
            } => (
                format!(
                    "Only {} may claim this grant now, and you are signed in with {}.",
                    self.holder,
                    shortened(&signed_in.to_checksum(None))
                ),
                "A claim from another wallet would be refused.".to_owned(),
                "you: sign in with the wallet that holds it.",
            ),
            Finding::WrongWallet {
                signed_in,
                only_holder: false,
            } => (
                format!(
                    "This grant pays {}, and you are signed in with {}.",
                    self.holder,
                    shortened(&signed_in.to_checksum(None))
                ),
                "You may send the claim all the same: the money goes to the holder alone."
                    .to_owned(),
                YOU,
            ),
            Finding::NoGas { have, need } => (
                "Your wallet has not enough of the chain's own coin to pay for gas.".to_owned(),
                format!(
                    "This claim needs up to {}, and the wallet has {}.",
                    coin(*need),
                    coin(*have)
                ),
                "you: send it some coin, or ask for a claim without gas.",
            ),
            Finding::HeldByHolder { .. } => (
                "Only the holder may call for payment of this grant.".to_owned(),
                "The holder asked for that, so nobody else's claim is paid, the relay's neither."
                    .to_owned(),
                who_acts_next(Stop::HeldByHolder),
            ),
            Finding::Recovering { stage, yours } => return Some(self.recovering(*stage, *yours)),
            Finding::RelaySpent => (
                "The relay's gas for today is used up.".to_owned(),
                "It pays again after 00:00 UTC by the chain's clock. Nothing is lost by waiting."
                    .to_owned(),
                "you, with gas of your own; else nobody, time does.",
            ),
            _ => return None,
        };
        Some(Why::new(what, why, next))
    }

    fn recovering(&self, stage: Stage, yours: bool) -> Why {
        let when = match stage {
            Stage::Announced { from, until, .. } => format!(
                "Unless the holder vetoes it, it can be carried out from {} until {}.",
                self.day(from),
                self.day(until)
            ),
            Stage::Open { until, .. } => {
                format!("It can be carried out now, until {}.", self.day(until))
            }
            _ => "Nobody carried it out in time, and it is not cleared yet.".to_owned(),
        };
        let when = match yours {
            true => format!("{when} Claim as ever, and veto it if your key is not lost."),
            false => when,
        };
        Why::new(
            "A recovery is announced, so only the holder's own call is paid.".to_owned(),
            when,
            who_acts_next(Stop::Recovery(stage)),
        )
    }

    fn of_round(&self, finding: &Finding) -> Option<Why> {
        let (what, why, next) = match finding {
            Finding::NotCommitted => (
                "The round of this grant is not committed on the chain yet.".to_owned(),
                "Until it is, no money is promised.".to_owned(),
                "the company, which commits the round.",
            ),
            Finding::Rescinded => (
                "The company took back the round of this grant before it was binding.".to_owned(),
                "Nothing of it can be claimed.".to_owned(),
                "the company: ask it for the round in its place.",
            ),
            Finding::NotBinding { until } => (
                format!("The round is not binding until {}.", self.day(*until)),
                "Until then the company may take it back, and nothing of it opens.".to_owned(),
                TIME,
            ),
            Finding::Closed { replaced: true } => (
                "This grant was replaced and pays nothing any more.".to_owned(),
                "Claim the grants in its place.".to_owned(),
                who_acts_next(Stop::Replaced),
            ),
            Finding::Closed { replaced: false } => (
                "This grant is closed and pays nothing.".to_owned(),
                "Its terms were invalid.".to_owned(),
                who_acts_next(Stop::Invalid),
            ),
            Finding::NotOpened => (
                "Nobody has opened this grant yet.".to_owned(),
                "Your claim proves its place in the round, opens it and is paid, in one call."
                    .to_owned(),
                who_acts_next(Stop::NotOpened),
            ),
            _ => return None,
        };
        Some(Why::new(what, why, next))
    }

    /// What has vested, and what results still hold.
    fn of_vesting(&self, finding: &Finding) -> Option<Why> {
        let words = |units: u128| self.token.words(units);
        let (what, why) = match finding {
            Finding::NothingYet { next } => {
                return Some(self.next("Nothing can be claimed yet.".to_owned(), next));
            }
            Finding::AlreadyClaimed { released, next } => {
                let all = words(*released);
                let what = format!("All that can be claimed is claimed already: {all}.");
                return Some(self.next(what, next));
            }
            Finding::UnlockClock { amount, until } => (
                format!(
                    "{} are vested and locked until {}.",
                    words(*amount),
                    self.day(*until)
                ),
                "The unlock clock of the terms decides when vested tokens may leave.".to_owned(),
            ),
            Finding::GatePending { goal, amount } => {
                return Some(self.gate(*goal, &words(*amount)));
            }
            Finding::NotReached { goal, amount } => {
                let why = format!(
                    "The result of the goal “{}” is final and does not open them.",
                    self.goals.title(*goal)
                );
                let what = format!("{} stay shut.", words(*amount));
                let next = who_acts_next(Stop::NotReached);
                return Some(Why::new(what, why, next).of_goal(*goal));
            }
            _ => return None,
        };
        Some(Why::new(what, why, TIME))
    }

    /// Pauses and ends.
    fn of_clock(&self, finding: &Finding) -> Option<Why> {
        let words = |units: u128| self.token.words(units);
        let (what, why, next) = match finding {
            Finding::Paused { since, until } => (
                format!("The grant has been paused since {}.", self.day(*since)),
                format!(
                    "What vested before can be claimed. The clock runs again by itself on {} at \
                     the latest.",
                    self.day(*until)
                ),
                who_acts_next(Stop::Paused),
            ),
            Finding::Notice { stop_at } => (
                format!("Notice is given: the grant ends on {}.", self.day(*stop_at)),
                "Until then it vests and pays as before.".to_owned(),
                TIME,
            ),
            Finding::Ended { stop_at, freed } => (
                format!("The grant ended on {}.", self.day(*stop_at)),
                format!(
                    "What had vested stays the holder's to claim; {} went back to the pool.",
                    words(*freed)
                ),
                who_acts_next(Stop::Ended),
            ),
            Finding::Settled { value } => (
                format!(
                    "The grant is settled: its final amount is {}.",
                    words(*value)
                ),
                "No clock and no goal can change it.".to_owned(),
                who_acts_next(Stop::Settled),
            ),
            _ => return None,
        };
        Some(Why::new(what, why, next))
    }

    fn gate(&self, goal: B256, amount: &str) -> Why {
        let title = self.goals.title(goal);
        let what = format!("{amount} are earned by time and wait for the goal “{title}”.");
        let Some(known) = self.goals.get(goal) else {
            return Why::new(
                what,
                "The goal is not known here.".to_owned(),
                who_acts_next(Stop::UnknownGoal),
            );
        };
        let standing = goal_words::standing(&known.record, self.zone, self.now);
        let why = capital(&standing.state_sentence());
        Why::new(what, why, &standing.next).of_goal(goal)
    }

    fn next(&self, what: String, next: &Next) -> Why {
        let (why, who) = match next {
            Next::At { time, more } => {
                let more = self.token.words(*more);
                (format!("{more} more on {}.", self.day(*time)), TIME)
            }
            Next::Result => (
                "The rest waits for a result.".to_owned(),
                "those who decide the goal below.",
            ),
            Next::Nothing => ("No more will come.".to_owned(), "nobody."),
        };
        Why::new(what, why, who)
    }

    fn day(&self, at: u64) -> String {
        dates::day(at, self.zone)
    }

    /// What the relay's panel says.
    pub(crate) fn relay(&self, standing: &Standing) -> String {
        match standing {
            Standing::Off => {
                "This company runs no relay: a claim needs gas of your own.".to_owned()
            }
            Standing::Waiting { asked_at } => format!(
                "Asked {}. The relay tries the claim, pays for its gas and sends it.",
                dates::relative(*asked_at, self.now)
            ),
            Standing::Again { from } => format!(
                "The relay paid this grant less than a day ago, by the chain's clock. Ask again {}.",
                dates::relative(*from, self.now)
            ),
            Standing::TooSmall { min } => format!(
                "The relay sends claims from {} on. This one can grow; nothing is lost by waiting.",
                self.token.words(*min)
            ),
            Standing::Spent => "The relay's gas for today is used up. It pays again after 00:00 \
                                UTC by the chain's clock."
                .to_owned(),
            Standing::Stopped => {
                "The relay cannot send this claim now; the reasons stand above.".to_owned()
            }
            Standing::Ready => "The relay sends the claim and pays for its gas. The money goes to \
                                the holder alone."
                .to_owned(),
        }
    }
}

/// An amount of the chain's own coin, which has 18 decimals everywhere.
fn coin(wei: u128) -> String {
    let text = guerdon_formats::amount::exact(wei, 18);
    let short: String = match text.split_once('.') {
        Some((whole, part)) => {
            let end = part
                .find(|c| c != '0')
                .map_or(0, |first| first.saturating_add(3));
            let part: String = part.chars().take(end.min(18)).collect();
            format!("{whole}.{}", part.trim_end_matches('0'))
        }
        None => text,
    };
    format!("{} of the coin", short.trim_end_matches('.'))
}

/// The headline.
pub(crate) fn heading(amount: Option<&str>) -> String {
    match amount {
        Some(amount) => format!("Claim {amount}"),
        None => "Nothing to claim now".to_owned(),
    }
}

/// Will it work?
pub(crate) fn verdict(by_wallet: bool, tried: bool, amount: &str) -> String {
    match (by_wallet, tried) {
        (true, true) => {
            format!("It will work: a trial at the node, without sending anything, paid {amount}.")
        }
        (true, false) => format!(
            "It should work: by the last block that was read, {amount} are claimable. No node was \
             asked."
        ),
        (false, _) => "It will not work now. Why, and who acts next:".to_owned(),
    }
}

/// What is signed, beside the plan's own sentence.
pub(crate) fn signed(net: &str, to: &str, withheld: Option<&str>) -> Vec<String> {
    let mut said = vec![format!("{net} arrive at {to}, and nowhere else.")];
    said.extend(withheld.map(|kept| format!("{kept} are withheld for tax and stay in the pool.")));
    said.push(
        "What is paid stays paid. A claim pays only what is not claimed yet, however often \
               it is sent."
            .to_owned(),
    );
    said
}

/// Terms that are not here.
pub(crate) const UNKNOWN_TERMS: &str = "The terms of this grant are not known to this server, so \
                                        it cannot make the call. Your grant file has them: claim \
                                        with the command below, or make a page of it.";

pub(crate) const ONLY_LOOKING: &str =
    "You are looking at this page without a wallet. Sign in with one to send the claim.";

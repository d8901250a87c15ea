//! What is said about scheduled calls and the keeper's jobs.

use alloy_primitives::Address;
use guerdon_store::JobState;

use crate::jobs::Standing;
use crate::numbers::{count, shortened};

/// Above the lists.
pub(crate) const LEAD: &str = "Calls of roles with a delay are scheduled first and executed later. \
                               Payments run by themselves.";

/// No scheduled call waits.
pub(crate) const NONE_OPEN: &str = "No call waits. A role with a delay leaves its calls here when \
                                    somebody signs one; the chain's administrator sets delays.";

/// Nothing was ever scheduled.
pub(crate) const NONE_OVER: &str = "None yet.";

/// The keeper has sent nothing.
pub(crate) const NO_JOBS: &str = "The keeper has sent nothing from this database yet. Start it with \
                                  guerdon serve --keep; holders can always claim by themselves.";

/// No payment failed.
pub(crate) const NONE_FAILING: &str = "No payment failed.";

/// A state as a word.
pub(crate) fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Waits => "waits for its time",
        Standing::Due => "can be executed",
        Standing::Expired => "expired",
        Standing::Executed => "executed",
        Standing::Canceled => "cancelled",
    }
}

/// A state and what follows from it. `from` and `until` are moments in words, with their zone.
pub(crate) fn standing(standing: Standing, (from, until): (&str, &str)) -> String {
    match standing {
        Standing::Waits => {
            format!(
                "It waits. It can be executed from {from} until {until}, and cancelled until it is."
            )
        }
        Standing::Due => format!("It can be executed now, until {until}."),
        Standing::Expired => format!(
            "It expired on {until} and did nothing. Whoever still wants it schedules it again."
        ),
        Standing::Executed => "It was executed.".to_owned(),
        Standing::Canceled => "It was cancelled and did nothing.".to_owned(),
    }
}

/// A call of a contract or a function that no page of ours makes.
pub(crate) fn unknown_call(target: Address, data: &[u8]) -> String {
    let target = shortened(&target.to_checksum(None));
    match data.get(..4) {
        Some(selector) => format!(
            "Call function 0x{} of {target}, which this program does not know",
            alloy_primitives::hex::encode(selector)
        ),
        None => format!("Call {target} with data that names no function"),
    }
}

/// Only who scheduled a call executes it.
pub(crate) fn not_the_caller(caller: &str) -> String {
    format!(
        "Only {caller}, who scheduled it, can execute it. If that is a Safe, its owners do so with \
         a batch file: the command below writes one with --safe-batch."
    )
}

/// What executing a call does.
pub(crate) fn executes(what: &str) -> String {
    format!("Execute: {what}")
}

/// What cancelling a call does.
pub(crate) fn cancels(caller: &str, what: &str) -> String {
    format!("Cancel what {caller} scheduled: {what}")
}

/// Only who scheduled a call, or the administrator, cancels it.
pub(crate) fn may_not_cancel(caller: &str) -> String {
    format!("Only {caller}, who scheduled it, or the chain's administrator can cancel it.")
}

/// Who scheduled it has lost the role since.
pub(crate) fn role_lost(role: &str, caller: &str, manager: Address) -> String {
    let manager = shortened(&manager.to_checksum(None));
    format!("{caller} no longer has the {role} role on {manager}, and so cannot execute this.")
}

/// The time has not come.
pub(crate) fn too_early(from: &str) -> String {
    format!("It can be executed from {from} on.")
}

/// The chain would refuse it now.
pub(crate) fn refused_now(sentence: &str, hint: &str) -> String {
    let sentence = crate::numbers::capital(sentence);
    format!("It would be refused now. {sentence}: {hint}.")
}

/// The chain would carry it out now.
pub(crate) const SUCCEEDS: &str = "Tried on the chain just now: it would succeed.";

/// It could not be tried.
pub(crate) const UNTRIED: &str = "It was not tried on the chain: no node answers this server.";

/// Signing needs the session of a wallet.
pub(crate) const NO_WALLET: &str = "You signed in by e-mail, which lets you look and nothing else. \
                                    Sign in with your wallet to do this.";

/// The title of a page about one call.
pub(crate) fn title(standing: Standing) -> &'static str {
    match standing {
        Standing::Waits | Standing::Due => "A call that waits",
        Standing::Expired | Standing::Executed | Standing::Canceled => "A call that is over",
    }
}

/// What became of a keeper's job; `place` is its block, once it has one.
pub(crate) fn job(state: JobState, block: Option<u64>) -> String {
    let place = block.map(crate::numbers::grouped).unwrap_or_default();
    match state {
        JobState::Open => "waits for a block".to_owned(),
        JobState::Done => format!("done in block {place}"),
        JobState::Reverted => format!("failed in block {place}"),
        JobState::Displaced => "never mined: its number was used by another".to_owned(),
    }
}

/// How often in a row a payment failed.
pub(crate) fn failed(times: u32) -> String {
    count(times.into(), "time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_words() {
        let all = [
            Standing::Waits,
            Standing::Due,
            Standing::Expired,
            Standing::Executed,
            Standing::Canceled,
        ];
        let words = all.map(|one| standing(one, ("1 Dec, 09:00", "8 Dec, 09:00")));
        let want = [
            "It waits. It can be executed from 1 Dec, 09:00 until 8 Dec, 09:00, and cancelled \
             until it is.",
            "It can be executed now, until 8 Dec, 09:00.",
            "It expired on 8 Dec, 09:00 and did nothing. Whoever still wants it schedules it again.",
            "It was executed.",
            "It was cancelled and did nothing.",
        ];
        assert_eq!(words, want);
        let states = all.map(state);
        let want = [
            "waits for its time",
            "can be executed",
            "expired",
            "executed",
            "cancelled",
        ];
        assert_eq!(states, want);
    }

    #[test]
    fn who_may_is_said_with_the_wallet() {
        let caller = "Viktor Lange (0xABaB…ABaB)";
        assert_eq!(
            may_not_cancel(caller),
            "Only Viktor Lange (0xABaB…ABaB), who scheduled it, or the chain's administrator can \
             cancel it."
        );
        assert!(
            not_the_caller(caller).starts_with("Only Viktor Lange (0xABaB…ABaB), who scheduled")
        );
        let manager = Address::repeat_byte(5);
        assert_eq!(
            role_lost("payroll", caller, manager),
            "Viktor Lange (0xABaB…ABaB) no longer has the payroll role on 0x0505…0505, and so cannot \
             execute this."
        );
        assert_eq!(
            unknown_call(manager, &[0xde, 0xad, 0xbe, 0xef, 1]),
            "Call function 0xdeadbeef of 0x0505…0505, which this program does not know"
        );
        assert_eq!(
            refused_now("the delay is not over", "wait until it is"),
            "It would be refused now. The delay is not over: wait until it is."
        );
    }

    #[test]
    fn jobs_say_where_they_are() {
        assert_eq!(job(JobState::Done, Some(18_204)), "done in block 18,204");
        assert_eq!(job(JobState::Open, None), "waits for a block");
        assert_eq!(failed(1), "1 time");
    }
}

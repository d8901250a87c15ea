//! Every kind of event: one table makes the enum, the filter, the schemas and the page about them.

use serde_json::{Value, json};

use crate::api::schema::{self, maybe, moment, number, object, part, pattern};

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Id,
    Account,
    Money,
    Moment,
    Count,
    /// Parts of a billion.
    Share,
    Flag,
}

type Fields = &'static [(&'static str, Shape)];

macro_rules! kinds {
    ($($name:ident $word:literal $says:literal [$($field:ident $shape:ident),*];)*) => {
        /// What an event tells of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the table says what each of them tells")]
        pub enum EventKind { $($name),* }

        impl EventKind {
            /// All of them, in the order to show.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its word, `grant.claimed`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What it tells, in a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $says),* }
            }

            pub(super) const fn fields(self) -> Fields {
                match self {
                    $(Self::$name => &[$((stringify!($field), Shape::$shape)),*]),*
                }
            }
        }
    };
}

kinds! {
    GrantOpened "grant.opened" "A grant was opened." [grant Id, round Id, recipient Account,
        granted Money];
    GrantInvalid "grant.invalid" "A leaf of a round was invalid and is closed." [grant Id,
        round Id, freed Money];
    GrantVested "grant.vested" "Chain time completed a step of a grant's schedule. What results \
        keep shut is not vested by it." [grant Id, segment Count, step Count, earned_by_time Money];
    GrantClaimed "grant.claimed" "A grant paid." [grant Id, to Account, claimed Money,
        withheld Money, released Money];
    GrantClaimFailed "grant.claim_failed" "A keeper's payment failed and changed nothing." [
        grant Id, to Account];
    GrantEnded "grant.ended" "The company ended a grant, or announced its end." [grant Id,
        stop_at Moment, grace Flag];
    GrantEndWithdrawn "grant.end_withdrawn" "An announced end was taken back." [grant Id];
    GrantPaused "grant.paused" "A grant's clock stands." [grant Id, stop_at Moment];
    GrantResumed "grant.resumed" "It runs again." [grant Id, lost_seconds Count];
    GrantAccelerated "grant.accelerated" "A grant's clock was set forward." [grant Id,
        credit_seconds Count];
    GrantSettled "grant.settled" "The final amount of a grant is fixed." [grant Id, amount Money,
        freed Money];
    GrantWaived "grant.waived" "The holder gave up what was not vested." [grant Id, amount Money,
        freed Money];
    GrantWithholdingLowered "grant.withholding_lowered" "Less is withheld from payments." [
        grant Id, withhold_bps Count];
    GrantHeld "grant.held" "The holder lets nobody else call for payment, or anyone again." [
        grant Id, on Flag];
    GrantReplaced "grant.replaced" "A grant is closed: others took its place." [grant Id,
        successors Count];
    GrantSucceeded "grant.succeeded" "A grant took the place of an older one." [grant Id,
        replaces Id, place Count];
    GrantMoved "grant.moved" "The holder named another account." [grant Id, from Account,
        to Account];
    GrantRecoveryAnnounced "grant.recovery_announced" "The company announced another account, for \
        a lost key." [grant Id, to Account];
    GrantRecovered "grant.recovered" "The announced account holds the grant." [grant Id,
        to Account];
    GrantRecoveryVetoed "grant.recovery_vetoed" "The holder cancelled a recovery." [grant Id];
    GrantRecoveryLapsed "grant.recovery_lapsed" "Nobody executed a recovery in time." [grant Id];
    RoundCommitted "round.committed" "A round was promised." [round Id, total Money, document Id,
        binding_at Moment];
    RoundRescinded "round.rescinded" "A round was taken back before it was binding." [round Id,
        freed Money];
    PoolFunded "pool.funded" "The pool received money." [from Account, amount Money];
    PoolWithdrawn "pool.withdrawn" "Free money left the pool." [to Account, amount Money];
    GoalDefined "goal.defined" "A goal exists." [goal Id];
    GoalDemanded "goal.demanded" "The sponsor asked for a run." [goal Id];
    GoalDemandRefused "goal.demand_refused" "The arbiter refused the demand." [goal Id];
    GoalExtended "goal.extended" "The arbiter gave a goal more time." [goal Id, closes_at Moment];
    GoalClosed "goal.closed" "A goal is final." [goal Id, fraction_ppb Share];
    AttemptRegistered "attempt.registered" "An attempt was registered." [goal Id, attempt Count,
        deadline Moment];
    AttemptSealed "attempt.sealed" "The chain drew the items of an attempt." [goal Id,
        attempt Count];
    AttemptExpired "attempt.expired" "Nobody reported in time." [goal Id, attempt Count];
    ResultProposed "result.proposed" "A signed result stands." [goal Id, attempt Count,
        fraction_ppb Share, evidence Id, deadline Moment];
    ResultChallenged "result.challenged" "Somebody objects to a result." [goal Id, attempt Count,
        challenger Account, deadline Moment];
    ResultResolved "result.resolved" "The arbiter decided." [goal Id, attempt Count,
        fraction_ppb Share];
    ResultFinalized "result.finalized" "A result stands for good." [goal Id, attempt Count,
        fraction_ppb Share, best_ppb Share];
    CallScheduled "call.scheduled" "A call may be made from a time on." [operation Id,
        number Count, target Account, from_at Moment];
    CallExecuted "call.executed" "A scheduled call was made." [operation Id, number Count];
    CallCancelled "call.cancelled" "A scheduled call never will be made." [operation Id,
        number Count];
    WebhookTest "webhook.test" "Somebody tries a webhook. It is sent nowhere else." [];
}

impl EventKind {
    /// The kind of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Those that a webhook can ask for: a try is always sent.
    #[must_use]
    pub fn asked_for() -> Vec<Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|kind| *kind != Self::WebhookTest).collect()
    }

    /// The name of its schema, `GrantClaimedEvent`.
    pub(in crate::api) fn schema_name(self) -> String {
        format!("{self:?}Event")
    }

    /// The schema of what is sent.
    pub(in crate::api) fn schema(self) -> Value {
        let mut data = vec![
            ("chain_id", number(1, i64::MAX, "The chain.")),
            (
                "block",
                maybe(number(
                    0,
                    i64::MAX,
                    "Its block; none where time alone did it.",
                )),
            ),
            (
                "transaction",
                maybe(pattern(schema::ID, "Its transaction.")),
            ),
            (
                "log",
                maybe(number(0, i64::MAX, "Place of its log in the block.")),
            ),
        ];
        let fields = self.fields().iter();
        data.extend(fields.map(|(name, shape)| (*name, shape.schema())));
        let kind = json!({"type": "string", "enum": [self.word()]});
        object(
            self.says(),
            &[
                ("type", kind),
                (
                    "timestamp",
                    moment("When it happened, by the chain's clock."),
                ),
                ("data", object("Its parts.", &data)),
            ],
        )
    }
}

impl Shape {
    fn schema(self) -> Value {
        match self {
            Self::Id => pattern(schema::ID, ""),
            Self::Account => pattern(schema::ADDRESS, ""),
            Self::Money => part("Money"),
            Self::Moment => moment(""),
            Self::Count => number(0, i64::MAX, ""),
            Self::Share => number(0, 1_000_000_000, "Parts of a billion."),
            Self::Flag => json!({"type": "boolean"}),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DOCS: &str = include_str!("../../../../../docs/api.md");

    #[test]
    fn every_kind_has_a_word_of_its_own_and_stands_in_the_documents() {
        let words: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), EventKind::ALL.len());
        for kind in EventKind::ALL {
            assert_eq!(EventKind::named(kind.word()), Some(*kind));
            assert!(kind.says().ends_with('.'), "{kind:?}");
            assert!(DOCS.contains(&format!("`{}`", kind.word())), "{kind:?}");
        }
        assert!(!EventKind::asked_for().contains(&EventKind::WebhookTest));
        assert_eq!(EventKind::named("grant.revoked"), None);
    }
}

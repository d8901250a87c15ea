//! What looks like a slip in a definition of a goal: said, not refused, since somebody may mean it.

use std::fmt;

use alloy_primitives::Address;
use guerdon_core::goal::{Goal, Kind};

use crate::eval::names_baseline;
use crate::goal_file::GoalDefinition;
use crate::words::listed;

/// What a result file is held to, if the specification names it.
const PINNED: [&str; 4] = ["harness", "task", "metric", "filter"];

/// One thing that looks like a slip; in a sentence by `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// One account sponsors, judges and signs.
    EveryRole {
        /// The account.
        account: Address,
    },
    /// One account sponsors and judges challenges.
    SponsorIsArbiter {
        /// The account.
        account: Address,
    },
    /// One account sponsors and signs results.
    SponsorOnPanel {
        /// The account.
        account: Address,
    },
    /// One account signs results and judges challenges to them.
    ArbiterOnPanel {
        /// The account.
        account: Address,
    },
    /// One signature decides.
    OneSigner {
        /// Members of the panel.
        members: usize,
    },
    /// Nothing can be registered any more.
    WindowOver,
    /// The items given are fewer than the definition speaks of.
    FewItems {
        /// What the items are called, such as the name of their file.
        name: String,
        /// Items found.
        found: usize,
        /// Items of the definition.
        pool: u32,
    },
    /// A comparison names nothing to compare with.
    NoBaseline,
    /// A comparison names its baseline's result file, and not the answers beside it.
    NoBaselineAnswers,
    /// A challenge costs nothing.
    NoBond,
    /// What the panel may still choose.
    Unpinned {
        /// Words of the specification that are missing.
        free: Vec<&'static str>,
    },
}

/// A file of items as it was given: what it is called, and its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a> {
    /// As people know it.
    pub name: &'a str,
    /// Items one on a line.
    pub bytes: &'a [u8],
}

/// Everything that looks like a slip at `now`, unix seconds.
#[must_use]
pub fn doubts(definition: &GoalDefinition, items: Option<Items<'_>>, now: u64) -> Vec<Doubt> {
    let goal = &definition.goal;
    let mut doubts = roles(goal, &definition.panel);
    if definition.m == 1 {
        let members = definition.panel.len();
        doubts.push(Doubt::OneSigner { members });
    }
    if goal.closes < now {
        doubts.push(Doubt::WindowOver);
    }
    doubts.extend(items.and_then(|items| too_few(goal, items)));
    doubts.extend(unpinned(definition));
    if goal.kind == Kind::Paired && !names_baseline(definition) {
        doubts.push(Doubt::NoBaseline);
    }
    doubts.extend(answers_open(definition));
    if goal.bond == 0 {
        doubts.push(Doubt::NoBond);
    }
    doubts
}

/// One account in roles that are to watch each other.
fn roles(goal: &Goal, panel: &[Address]) -> Vec<Doubt> {
    let (sponsor, arbiter) = (goal.sponsor, goal.arbiter);
    let account = sponsor;
    match (sponsor == arbiter, panel.contains(&sponsor)) {
        (true, true) => return vec![Doubt::EveryRole { account }],
        (true, false) => return vec![Doubt::SponsorIsArbiter { account }],
        _ => {}
    }
    let mut doubts = Vec::new();
    if panel.contains(&sponsor) {
        doubts.push(Doubt::SponsorOnPanel { account });
    }
    if panel.contains(&arbiter) {
        doubts.push(Doubt::ArbiterOnPanel { account: arbiter });
    }
    doubts
}

/// Items stand one on a line; an array of JSON cannot be counted like that.
fn too_few(goal: &Goal, items: Items<'_>) -> Option<Doubt> {
    let blank = |line: &&[u8]| !line.iter().all(u8::is_ascii_whitespace);
    let found = items.bytes.split(|byte| *byte == b'\n');
    let found = found.filter(blank).count();
    let is_array = items.bytes.trim_ascii_start().starts_with(b"[");
    let pool = goal.pool;
    let few = !is_array && found < usize::try_from(pool).unwrap_or(usize::MAX);
    few.then(|| Doubt::FewItems {
        name: items.name.to_owned(),
        found,
        pool,
    })
}

fn unpinned(definition: &GoalDefinition) -> Option<Doubt> {
    if definition.goal.kind == Kind::Count {
        return None;
    }
    let named = |name: &&str| !definition.specification.contains_key(*name);
    let free: Vec<&str> = PINNED.into_iter().filter(named).collect();
    (!free.is_empty()).then_some(Doubt::Unpinned { free })
}

/// A log of Inspect holds its answers; other harnesses write them into a file of their own.
fn answers_open(definition: &GoalDefinition) -> Option<Doubt> {
    let pairs = &definition.specification;
    let is_open = definition.goal.kind == Kind::Paired
        && pairs.contains_key("baseline_file")
        && !pairs.contains_key("baseline_answers");
    let harness = pairs.get("harness");
    let holds_answers = harness.is_some_and(|harness| harness.starts_with("inspect"));
    (is_open && !holds_answers).then_some(Doubt::NoBaselineAnswers)
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EveryRole { account } => write!(
                f,
                "{account} is sponsor and arbiter and on the panel: it would sign its own results \
                 and judge whoever doubts them; name three parties"
            ),
            Self::SponsorIsArbiter { account } => write!(
                f,
                "{account} is sponsor and arbiter: it would judge challenges of its own results; \
                 name another arbiter"
            ),
            Self::SponsorOnPanel { account } => write!(
                f,
                "{account} is sponsor and on the panel: it would sign its own results; take it off \
                 the panel"
            ),
            Self::ArbiterOnPanel { account } => write!(
                f,
                "{account} is arbiter and on the panel: it would judge what it signed; take it off \
                 the panel"
            ),
            Self::OneSigner { members: 1 } => f.write_str(
                "one signature decides: whoever has that key makes any result; name three members",
            ),
            Self::OneSigner { members } => {
                write!(f, "one signature of {members} decides: ask for a majority")
            }
            Self::WindowOver => f.write_str(
                "the window is already over: nobody could register an attempt; let it close later",
            ),
            Self::FewItems { name, found, pool } => write!(
                f,
                "{name} has {found} lines, and the goal speaks of {pool} items: is it the file?"
            ),
            Self::NoBaseline => f.write_str(
                "the comparison names no baseline: the panel may compare with the weakest model \
                 there is; name baseline_model or baseline_file in the specification",
            ),
            Self::NoBaselineAnswers => f.write_str(
                "the comparison names its baseline's result file and not the answers beside it: \
                 files of lm-evaluation-harness will be refused; name baseline_answers, the hash \
                 of its samples file, too",
            ),
            Self::NoBond => f.write_str(
                "no bond is asked: a challenge costs nothing, and anyone can hold up every result \
                 until the arbiter's time is over; ask for a bond in a coin that the company \
                 cannot mint",
            ),
            Self::Unpinned { free } => write!(
                f,
                "the panel may choose {}, which the specification does not name: name them",
                listed(free)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;
    use guerdon_core::goal::{PAIRED_SAMPLES_MIN, panel_hash};

    use super::*;

    const NOW: u64 = 1_000;

    fn account(number: u8) -> Address {
        Address::repeat_byte(number)
    }

    fn definition() -> GoalDefinition {
        let panel: Vec<_> = (3..6).map(account).collect();
        let goal = Goal {
            kind: Kind::Paired,
            threshold: 0,
            stretch: 0,
            base_ppb: 0,
            default_ppb: 0,
            bound: 1_645,
            attempts: 1,
            max_voids: 0,
            samples: PAIRED_SAMPLES_MIN,
            pool: PAIRED_SAMPLES_MIN,
            guards: 0,
            opens: 1,
            closes: NOW,
            run_seconds: 1,
            challenge_seconds: 1,
            arbiter_seconds: 1,
            seed_blocks: 0,
            sponsor: account(1),
            panel: panel_hash(2, &panel),
            arbiter: account(2),
            bond_token: account(9),
            bond: 1,
            data: B256::ZERO,
            spec: B256::ZERO,
        };
        let names = PINNED
            .into_iter()
            .chain(["baseline_file", "baseline_answers"]);
        let pairs = names.map(|name| (name.to_owned(), "x".to_owned()));
        GoalDefinition {
            name: "goal".to_owned(),
            goal,
            m: 2,
            panel,
            specification: pairs.collect(),
            place: None,
        }
    }

    #[test]
    fn a_sound_definition_raises_no_doubt() {
        assert_eq!(doubts(&definition(), None, NOW), []);
    }

    #[test]
    fn each_slip_is_found_alone() {
        let slip = |change: fn(&mut GoalDefinition)| {
            let mut definition = definition();
            change(&mut definition);
            let found = doubts(&definition, None, NOW);
            assert_eq!(found.len(), 1, "{found:?}");
            found.into_iter().next().unwrap()
        };
        let both = slip(|it| it.goal.arbiter = it.goal.sponsor);
        assert_eq!(
            both,
            Doubt::SponsorIsArbiter {
                account: account(1)
            }
        );
        let every = slip(|it| (it.goal.sponsor, it.goal.arbiter) = (account(3), account(3)));
        assert_eq!(
            every,
            Doubt::EveryRole {
                account: account(3)
            }
        );
        let signs = slip(|it| it.goal.sponsor = account(4));
        assert_eq!(
            signs,
            Doubt::SponsorOnPanel {
                account: account(4)
            }
        );
        let judges = slip(|it| it.goal.arbiter = account(5));
        assert_eq!(
            judges,
            Doubt::ArbiterOnPanel {
                account: account(5)
            }
        );
        assert_eq!(slip(|it| it.m = 1), Doubt::OneSigner { members: 3 });
        assert_eq!(slip(|it| it.goal.closes = NOW - 1), Doubt::WindowOver);
        assert_eq!(slip(|it| it.goal.bond = 0), Doubt::NoBond);
        let bare = slip(|it| it.specification.retain(|name, _| name != "baseline_file"));
        assert_eq!(bare, Doubt::NoBaseline);
        let open = slip(|it| {
            it.specification
                .retain(|name, _| name != "baseline_answers")
        });
        assert_eq!(open, Doubt::NoBaselineAnswers);
        let free = slip(|it| {
            let kept = ["task", "baseline_file", "baseline_answers"];
            it.specification
                .retain(|name, _| kept.contains(&name.as_str()));
        });
        let names = vec!["harness", "metric", "filter"];
        assert_eq!(free, Doubt::Unpinned { free: names });
    }

    #[test]
    fn a_log_that_holds_its_answers_needs_no_hash_of_them() {
        let mut definition = definition();
        let pairs = &mut definition.specification;
        pairs.remove("baseline_answers");
        pairs.insert("harness".to_owned(), "inspect_ai 0.3.285".to_owned());
        assert_eq!(doubts(&definition, None, NOW), []);
    }

    #[test]
    fn items_are_counted_by_lines_and_arrays_not_at_all() {
        let found = |text: &str| {
            let items = Items {
                name: "items.jsonl",
                bytes: text.as_bytes(),
            };
            doubts(&definition(), Some(items), NOW)
        };
        let few = found("{}\n \n{}\n");
        let [Doubt::FewItems { found: 2, pool, .. }] = few.as_slice() else {
            panic!("{few:?}");
        };
        assert_eq!(*pool, PAIRED_SAMPLES_MIN);
        assert_eq!(found(&"{}\n".repeat(100)), []);
        assert_eq!(found(" [{}]"), []);
    }

    #[test]
    fn every_doubt_says_what_to_do() {
        let account = account(7);
        for doubt in [
            Doubt::EveryRole { account },
            Doubt::SponsorIsArbiter { account },
            Doubt::SponsorOnPanel { account },
            Doubt::ArbiterOnPanel { account },
            Doubt::OneSigner { members: 1 },
            Doubt::WindowOver,
            Doubt::NoBond,
            Doubt::NoBaseline,
            Doubt::NoBaselineAnswers,
            Doubt::Unpinned {
                free: vec!["metric"],
            },
        ] {
            let said = doubt.to_string();
            assert!(said.contains(';') || said.ends_with("name them"), "{said}");
            assert!(!said.ends_with('.'), "{said}");
        }
    }
}

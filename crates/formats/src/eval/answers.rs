//! The answers of a run, one for each item, and two runs over the same items side by side.

use std::collections::BTreeMap;

use alloy_primitives::B256;

/// What a run says of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The item's name in its data set; empty if the file does not say.
    pub(super) id: String,
    /// Hash of the question and its right answer.
    pub(super) item: B256,
    /// Hash of what the model was asked.
    pub(super) prompt: B256,
    /// The score in ppb, 0 to 1e9; right is all of it.
    pub(super) score: u32,
}

/// How a candidate did against a baseline, item by item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Items on which the candidate scored more.
    pub(super) wins: u64,
    /// Items on which the baseline scored more.
    pub(super) losses: u64,
    /// Items on which both scored the same.
    pub(super) ties: u64,
}

/// Compares two runs over the same items; their order does not matter.
pub(super) fn pair(candidate: &[Answer], baseline: &[Answer]) -> Result<Outcome, String> {
    let ours = by_id(candidate, "candidate")?;
    let theirs = by_id(baseline, "baseline")?;
    if let Some(id) = theirs.keys().find(|id| !ours.contains_key(*id)) {
        return Err(missing(("candidate", "baseline"), id));
    }
    let mut outcome = Outcome::default();
    for (id, mine) in ours {
        let Some(other) = theirs.get(id) else {
            return Err(missing(("baseline", "candidate"), id));
        };
        if mine.item != other.item {
            return Err(format!(
                "Item {id} is not the same in the two files: its question or its right answer \
                 differs."
            ));
        }
        if mine.prompt != other.prompt {
            return Err(format!(
                "Item {id} was asked differently in the two runs: the prompts differ."
            ));
        }
        match mine.score.cmp(&other.score) {
            std::cmp::Ordering::Greater => outcome.wins += 1,
            std::cmp::Ordering::Less => outcome.losses += 1,
            std::cmp::Ordering::Equal => outcome.ties += 1,
        }
    }
    Ok(outcome)
}

/// The sum of the scores, in ppb.
pub(super) fn sum(answers: &[Answer]) -> u128 {
    answers.iter().map(|answer| u128::from(answer.score)).sum()
}

fn by_id<'a>(answers: &'a [Answer], side: &str) -> Result<BTreeMap<&'a str, &'a Answer>, String> {
    let mut known = BTreeMap::new();
    for answer in answers {
        let id = answer.id.as_str();
        if id.is_empty() {
            return Err(format!(
                "An answer of the {side} does not say which item it is to."
            ));
        }
        if known.insert(id, answer).is_some() {
            return Err(format!("The {side} answers item {id} twice."));
        }
    }
    Ok(known)
}

fn missing((without, with): (&str, &str), id: &str) -> String {
    format!("The {without} does not answer item {id}, which the {with} answers.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: u32 = 1_000_000_000;

    fn run(scores: &[u32]) -> Vec<Answer> {
        let answer = |(place, score): (usize, &u32)| Answer {
            id: place.to_string(),
            item: B256::with_last_byte(u8::try_from(place % 251).unwrap()),
            prompt: B256::repeat_byte(7),
            score: *score,
        };
        scores.iter().enumerate().map(answer).collect()
    }

    fn right(rights: &[bool]) -> Vec<Answer> {
        let scores: Vec<u32> = rights.iter().map(|right| u32::from(*right) * ONE).collect();
        run(&scores)
    }

    #[test]
    fn each_item_is_won_lost_or_tied() {
        let (candidate, baseline) = (run(&[ONE, 0, ONE, 0, 5]), run(&[0, ONE, ONE, 0, 4]));
        let want = Outcome {
            wins: 2,
            losses: 1,
            ties: 2,
        };
        assert_eq!(pair(&candidate, &baseline), Ok(want));
        assert_eq!(sum(&candidate), 2_000_000_005);
    }

    #[test]
    fn items_that_are_not_the_same_are_not_compared() {
        let base = run(&[0, ONE, 0]);
        let refusal = |change: fn(&mut Vec<Answer>)| {
            let mut changed = base.clone();
            change(&mut changed);
            [
                pair(&changed, &base).unwrap_err(),
                pair(&base, &changed).unwrap_err(),
            ]
        };
        for (change, wants) in [
            (
                (|run| _ = run.pop()) as fn(&mut Vec<Answer>),
                [
                    "The candidate does not answer item 2",
                    "The baseline does not answer item 2",
                ],
            ),
            (
                |run| run.push(run[1].clone()),
                [
                    "The candidate answers item 1 twice.",
                    "The baseline answers item 1 twice.",
                ],
            ),
            (
                |run| run[0].id.clear(),
                ["An answer of the candidate", "An answer of the baseline"],
            ),
            (
                |run| run[2].item = B256::ZERO,
                ["Item 2 is not the same"; 2],
            ),
            (
                |run| run[2].prompt = B256::ZERO,
                ["Item 2 was asked differently"; 2],
            ),
        ] {
            for (got, want) in refusal(change).iter().zip(wants) {
                assert!(got.starts_with(want), "{want}: {got}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_order_of_answers_does_not_matter(
            rights in prop::collection::vec(any::<(bool, bool)>(), 1..120),
            places in prop::collection::vec(any::<prop::sample::Index>(), 120),
        ) {
            let (a, b): (Vec<bool>, Vec<bool>) = rights.into_iter().unzip();
            let (candidate, baseline) = (right(&a), right(&b));
            let mut mixed = candidate.clone();
            for (from, to) in places.iter().enumerate() {
                let count = mixed.len();
                mixed.swap(from % count, to.index(count));
            }
            prop_assert_eq!(pair(&mixed, &baseline), pair(&candidate, &baseline));
            let there = pair(&candidate, &baseline).unwrap();
            let back = pair(&baseline, &candidate).unwrap();
            prop_assert_eq!((there.wins, there.losses), (back.losses, back.wins));
            prop_assert_eq!(there.wins + there.losses + there.ties, a.len() as u64);
        }

        #[test]
        fn one_answer_moves_one_item(
            rights in prop::collection::vec(any::<(bool, bool)>(), 1..120),
            place in any::<prop::sample::Index>(),
        ) {
            let (mut a, b): (Vec<bool>, Vec<bool>) = rights.into_iter().unzip();
            let before = pair(&right(&a), &right(&b)).unwrap();
            let place = place.index(a.len());
            a[place] = !a[place];
            let after = pair(&right(&a), &right(&b)).unwrap();
            let moved = [
                before.wins.abs_diff(after.wins),
                before.losses.abs_diff(after.losses),
                before.ties.abs_diff(after.ties),
            ];
            prop_assert_eq!(moved.iter().sum::<u64>(), 2);
            prop_assert_eq!(before.ties.abs_diff(after.ties), 1);
            prop_assert_eq!(
                before.wins + before.losses + before.ties,
                after.wins + after.losses + after.ties
            );
        }
    }
}

//! The files that signed results were read from: each is the one that was signed, or is named by
//! it, and says what was signed.

use std::collections::BTreeMap;

use alloy_primitives::{B256, keccak256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::Kind;
use guerdon_core::ledger::{AttemptRecord, GoalRecord, Ledger};
use guerdon_formats::audit::Bundle;
use guerdon_formats::eval::{Format, PairFile, Query, Reading, Side, fits, fits_pair, pair, read};
use guerdon_formats::goal_file::GoalDefinition;

use super::report::Report;

/// Which attempt at which goal a file is of, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    goal: B256,
    attempt: u16,
    hash: B256,
}

/// The files of one attempt by their hashes.
type Files<'a> = BTreeMap<B256, (&'a str, &'a [u8])>;

/// What files say: x and y, if they may decide.
type Counts = Option<(u128, u128)>;

/// The place of `results/GOAL/ATTEMPT/HASH`, written in its one way.
pub(super) fn place(path: &str) -> Option<Place> {
    let mut parts = path.strip_prefix("results/")?.split('/');
    let place = Place {
        goal: parts.next()?.parse().ok()?,
        attempt: parts.next()?.parse().ok()?,
        hash: parts.next()?.parse().ok()?,
    };
    let Place {
        goal,
        attempt,
        hash,
    } = place;
    (path == format!("results/{goal}/{attempt}/{hash}")).then_some(place)
}

/// What a panel signed, as the chain was told: an arbiter's correction changes the attempt, not it.
#[derive(Clone, Copy, Debug)]
struct Signed {
    x: u128,
    y: u128,
    evidence: B256,
}

/// Reports files that are not what was signed, and results that their files do not say.
pub(super) fn check(
    bundle: &Bundle,
    (ledger, facts): (&Ledger, &[(Origin, Fact)]),
    report: &mut Report,
) {
    let mut attempts: BTreeMap<(B256, u16), Files<'_>> = BTreeMap::new();
    for (path, bytes) in &bundle.files {
        let Some(place) = place(path) else { continue };
        report.equal(("evidence", path), "hash", keccak256(bytes), place.hash);
        let files = attempts.entry((place.goal, place.attempt)).or_default();
        files.insert(place.hash, (path, bytes));
    }
    let mut without = 0;
    for ((id, number), signed) in signed(facts) {
        let goal = ledger.goals.get(&id);
        let attempt = goal.and_then(|goal| Some((goal, goal.attempts.get(usize::from(number))?)));
        match (attempts.remove(&(id, number)), attempt) {
            (Some(files), Some(attempt)) => {
                of_attempt(bundle, (attempt, signed), &files, report);
            }
            _ => without += 1,
        }
    }
    report.fact("results without files", without);
    for (path, _) in attempts.values().flat_map(BTreeMap::values) {
        let message = "no signed result is of its attempt: somebody added it";
        report.fail("evidence", path, "attempt", message);
    }
}

/// The results that were signed, by goal and attempt.
fn signed(facts: &[(Origin, Fact)]) -> BTreeMap<(B256, u16), Signed> {
    let signed = facts.iter().filter_map(|(_, fact)| match *fact {
        Fact::Proposed {
            id,
            attempt,
            x,
            y,
            evidence,
            ..
        } => Some(((id, attempt), Signed { x, y, evidence })),
        _ => None,
    });
    signed.collect()
}

fn of_attempt(
    bundle: &Bundle,
    ((goal, attempt), signed): ((&GoalRecord, &AttemptRecord), Signed),
    files: &Files<'_>,
    report: &mut Report,
) {
    let name = format!("attempt {} at goal {}", attempt.number, goal.id);
    let Some((path, evidence)) = files.get(&signed.evidence) else {
        let message = format!("the file that was signed, {}, is missing", signed.evidence);
        return report.fail("evidence", &name, "file", message);
    };
    let named = PairFile::decode(evidence).map(|file| file.names());
    let named = named.unwrap_or_default();
    let mut beside = files.iter().filter(|(hash, _)| **hash != signed.evidence);
    let one = beside.clone().map(|(_, (_, bytes))| *bytes).next();
    let definition = bundle.files.get(&format!("goals/{}.json", goal.id));
    let definition = definition.and_then(|bytes| GoalDefinition::decode(bytes).ok());
    let counts = definition.and_then(|definition| {
        let query = Query::of_goal(&definition, attempt.word.seed);
        match goal.goal.kind {
            Kind::Paired => both(&definition, &query, files, evidence),
            Kind::Count => measured(&definition, evidence),
            Kind::Proportion | Kind::Measure => single(&definition, &query, (evidence, one)),
        }
    });
    // Answers that nobody signed stand beside one run, and are known by what they confirm.
    let confirms = counts.is_some() && named.is_empty();
    let stranger = beside.find(|(hash, _)| !named.contains(hash) && !confirms);
    if let Some((_, (path, _))) = stranger {
        let message = "nothing that was signed names it, and it confirms nothing";
        report.fail("evidence", path, "name", message);
    }
    if let Some((x, y)) = counts {
        report.equal(("evidence", path), "x", x, signed.x);
        report.equal(("evidence", path), "y", y, signed.y);
    }
}

/// What one run says, with the answers beside it if there are any.
fn single(
    definition: &GoalDefinition,
    query: &Query,
    (evidence, answers): (&[u8], Option<&[u8]>),
) -> Counts {
    let reading = read(evidence, query, answers).ok()?;
    counts(definition, &reading)
}

/// What a measurement says; other evidence of a count is read by nobody.
fn measured(definition: &GoalDefinition, evidence: &[u8]) -> Counts {
    let reading = read(evidence, &Query::default(), None).ok()?;
    match reading.format {
        Format::Measurement => counts(definition, &reading),
        _ => None,
    }
}

fn counts(definition: &GoalDefinition, reading: &Reading) -> Counts {
    let fits = fits(definition, reading).is_ok();
    fits.then_some((reading.x, reading.y))
}

/// What two runs say, if all their files are here.
fn both(definition: &GoalDefinition, query: &Query, files: &Files<'_>, evidence: &[u8]) -> Counts {
    let named = PairFile::decode(evidence).ok()?;
    let of = |hash: &B256| files.get(hash).map(|(_, bytes)| *bytes);
    let side = |hashes: guerdon_formats::eval::Hashes| {
        let samples = match hashes.answers {
            Some(hash) => Some(of(&hash)?),
            None => None,
        };
        let file = of(&hashes.result)?;
        Some(Side { file, samples })
    };
    let pairing = pair(side(named.candidate)?, side(named.baseline)?, query).ok()?;
    let fits = fits_pair(definition, &pairing).is_ok();
    fits.then(|| (pairing.wins.into(), pairing.losses.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_goal_attempt_and_hash_in_one_way() {
        let (goal, hash) = (B256::repeat_byte(0xab), B256::repeat_byte(7));
        let found = place(&format!("results/{goal}/3/{hash}"));
        assert_eq!(
            found,
            Some(Place {
                goal,
                attempt: 3,
                hash
            })
        );
        for wrong in [
            format!("results/{goal}/03/{hash}"),
            format!("results/{goal}/+3/{hash}"),
            format!("results/{goal}/70000/{hash}"),
            format!("results/{goal}/3/{hash}/x"),
            format!("results/{goal}/3"),
            format!("results/{}/3/{hash}", goal.to_string().to_uppercase()),
            format!("goals/{goal}.json"),
        ] {
            assert_eq!(place(&wrong), None, "{wrong}");
        }
    }
}

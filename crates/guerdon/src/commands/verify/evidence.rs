//! The files that signed results were read from: each is the one that was signed, or is named by
//! it, and says what was signed.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use alloy_primitives::{B256, keccak256};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::Kind;
use guerdon_core::ledger::{AttemptRecord, GoalRecord, Ledger};
use guerdon_formats::audit::Archive;
use guerdon_formats::eval::{
    EvalError, Format, PairFile, Query, Reading, Side, fits, fits_pair, pair, read,
};
use guerdon_formats::goal_file::GoalDefinition;

use super::bundle::Opened;
use super::report::Report;

/// Which attempt at which goal a file is of, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    goal: B256,
    attempt: u16,
    hash: B256,
}

/// The files of one attempt by their hashes.
type Files = BTreeMap<B256, (String, Vec<u8>)>;

/// What files say: x and y, or why they decide nothing; none where too little is here to tell.
type Said = Result<Option<(u128, u128)>, String>;

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
pub(super) fn check<S: Read + Seek>(
    bundle: &mut Opened<'_, S>,
    (ledger, facts): (&Ledger, &[(Origin, Fact)]),
    report: &mut Report,
) {
    let mut attempts: BTreeMap<(B256, u16), BTreeMap<B256, &str>> = BTreeMap::new();
    let (manifest, archive) = (bundle.0, &mut *bundle.1);
    for path in manifest.files.iter().map(|file| &file.path) {
        let Some(place) = place(path) else { continue };
        let hash = archive.file(path).map(keccak256).unwrap_or_default();
        report.equal(("evidence", path), "hash", hash, place.hash);
        let files = attempts.entry((place.goal, place.attempt)).or_default();
        files.insert(place.hash, path);
    }
    let (mut without, mut unread) = (0, 0);
    for ((id, number), signed) in signed(facts) {
        let goal = ledger.goals.get(&id);
        let attempt = goal.and_then(|goal| Some((goal, goal.attempts.get(usize::from(number))?)));
        match (attempts.remove(&(id, number)), attempt) {
            (Some(files), Some(attempt)) => {
                let read = of_attempt(archive, (attempt, signed), &files, report);
                unread += u64::from(!read);
            }
            _ => without += 1,
        }
    }
    report.fact("results without files", without);
    report.fact("results whose files were not read", unread);
    for path in attempts.values().flat_map(BTreeMap::values) {
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

/// Whether its files could be read, whatever they say.
fn of_attempt<S: Read + Seek>(
    archive: &mut Archive<S>,
    ((goal, attempt), signed): ((&GoalRecord, &AttemptRecord), Signed),
    paths: &BTreeMap<B256, &str>,
    report: &mut Report,
) -> bool {
    let mut read = |(hash, path): (&B256, &&str)| {
        let bytes = archive.file(path).unwrap_or_default();
        (*hash, (path.to_string(), bytes))
    };
    let files: Files = paths.iter().map(&mut read).collect();
    let name = format!("attempt {} at goal {}", attempt.number, goal.id);
    let Some((path, evidence)) = files.get(&signed.evidence) else {
        let message = format!("the file that was signed, {}, is missing", signed.evidence);
        report.fail("evidence", &name, "file", message);
        return false;
    };
    let named = PairFile::decode(evidence).map(|file| file.names());
    let mut allowed = named.unwrap_or_default();
    allowed.push(signed.evidence);
    let definition = archive.short(&format!("goals/{}.json", goal.id)).ok();
    let definition = definition.and_then(|bytes| GoalDefinition::decode(&bytes).ok());
    let said = definition.map_or(Ok(None), |definition| {
        let query = Query::of_goal(&definition, attempt.word.seed);
        match goal.goal.kind {
            Kind::Paired => both(&definition, &query, &files, evidence),
            Kind::Count => measured(&definition, evidence),
            Kind::Proportion | Kind::Measure => {
                let beside = files.iter().filter(|(hash, _)| **hash != signed.evidence);
                let (counts, beside) = single(&definition, &query, evidence, beside)?;
                allowed.extend(beside);
                Ok(Some(counts))
            }
        }
    });
    let stranger = files.iter().find(|(hash, _)| !allowed.contains(hash));
    if let Some((_, (path, _))) = stranger {
        let message = "nothing that was signed names it, and it confirms nothing";
        report.fail("evidence", path, "name", message);
    }
    match said {
        Ok(Some((x, y))) => {
            report.equal(("evidence", path), "x", x, signed.x);
            report.equal(("evidence", path), "y", y, signed.y);
        }
        Ok(None) => return false,
        Err(why) => report.fail("evidence", path, "reading", why),
    }
    true
}

/// What one run says, and the answers that confirm it: nobody signed them, and they are known by
/// that alone.
fn single<'a>(
    definition: &GoalDefinition,
    query: &Query,
    evidence: &[u8],
    beside: impl Iterator<Item = (&'a B256, &'a (String, Vec<u8>))>,
) -> Result<((u128, u128), Option<B256>), String> {
    let said = |answers: Option<&[u8]>| {
        let reading = read(evidence, query, answers).map_err(|error| error.to_string())?;
        counts(definition, &reading)
    };
    let mut why = None;
    for (hash, (_, bytes)) in beside {
        match said(Some(bytes)) {
            Ok(counts) => return Ok((counts, Some(*hash))),
            Err(error) => why = Some(error),
        }
    }
    let alone = said(None).map(|counts| (counts, None));
    alone.map_err(|error| why.unwrap_or(error))
}

/// What a measurement says; other evidence of a count is read by nobody.
fn measured(definition: &GoalDefinition, evidence: &[u8]) -> Said {
    match read(evidence, &Query::default(), None) {
        Ok(reading) if reading.format == Format::Measurement => {
            counts(definition, &reading).map(Some)
        }
        Err(error @ EvalError::Measurement(_)) => Err(error.to_string()),
        _ => Ok(None),
    }
}

fn counts(definition: &GoalDefinition, reading: &Reading) -> Result<(u128, u128), String> {
    fits(definition, reading).map_err(|misfit| misfit.to_string())?;
    Ok((reading.x, reading.y))
}

/// What two runs say, if all their files are here.
fn both(definition: &GoalDefinition, query: &Query, files: &Files, evidence: &[u8]) -> Said {
    let named = PairFile::decode(evidence).map_err(|error| error.to_string())?;
    let of = |hash: &B256| files.get(hash).map(|(_, bytes)| bytes.as_slice());
    let side = |hashes: guerdon_formats::eval::Hashes| {
        let samples = match hashes.answers {
            Some(hash) => Some(of(&hash)?),
            None => None,
        };
        let file = of(&hashes.result)?;
        Some(Side { file, samples })
    };
    let Some((candidate, baseline)) = side(named.candidate).zip(side(named.baseline)) else {
        return Ok(None);
    };
    let pairing = pair(candidate, baseline, query).map_err(|error| error.to_string())?;
    fits_pair(definition, &pairing).map_err(|misfit| misfit.to_string())?;
    Ok(Some((pairing.wins.into(), pairing.losses.into())))
}

#[cfg(test)]
mod tests;

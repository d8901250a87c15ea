//! What a replacement means: the same words for the company and for the holder.

use guerdon_core::succession;
use guerdon_formats::replacement::{self, Replaced, Unweighed, Weighed};
use guerdon_formats::replacement_file::ReplacementFile;

use super::refusal::refusal_of_replacing;
use crate::commands::goal::files::names;
use crate::commands::grant::change::{Subject, not_opened};
use crate::error::{Failure, Outcome};
use crate::session::{GoalNames, goal_name};

/// Checks all that the contract would check and weighs what comes of it.
pub(super) fn weigh(
    subject: &Subject<'_>,
    file: &ReplacementFile,
    is_good: bool,
) -> Outcome<Weighed> {
    let grant = subject.grant;
    let (ledger, unit) = (&subject.history.ledger, subject.unit());
    let goals = goal_names(subject, file)?;
    let record = ledger.grants.get(&grant.id);
    let replaced = Replaced {
        ledger,
        desk: subject.desk(),
        record: record.ok_or_else(|| not_opened(grant))?,
        terms: subject.terms(),
        name: &grant.name,
        zone: &grant.zone()?,
        goal: &|id| goal_name(&goals, id),
        unit: (&unit.symbol, unit.decimals),
    };
    replaced
        .weigh(file, is_good)
        .map_err(|refused| match refused {
            Unweighed::Refused(refused) => refusal_of_replacing(subject, refused),
            other => Failure::input(other.to_string()),
        })
}

/// The bytes of the new terms, in order.
pub(super) fn encoded(file: &ReplacementFile) -> Outcome<Vec<Vec<u8>>> {
    replacement::encoded(file).map_err(|error| Failure::input(error.to_string()))
}

/// The names of goals that the files of the grants tell; the holder's own file, and what is known
/// here, have the last word.
fn goal_names(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome<GoalNames> {
    let new = file.successors.iter().flat_map(|new| &new.file.goals);
    let all = new.chain(&subject.grant.file.goals);
    let told = all.filter_map(|goal| Some((goal.id()?, goal.name.clone())));
    let mut goals: GoalNames = told.collect();
    goals.extend(names(subject.session.context)?);
    Ok(goals)
}

/// Refuses a replacement that is of another grant, contract or state than it was written for.
pub(super) fn require_same(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome {
    let grant = subject.grant;
    if file.old != grant.id {
        return Err(Failure::input(format!(
            "the replacement is of the grant {}, not of {}",
            file.old, grant.name
        )));
    }
    if file.domain != domain(subject)? {
        return Err(Failure::input(
            "the replacement is for another chain or Succession contract",
        ));
    }
    if file.old_word == succession::signed_word(&subject.state) {
        return Ok(());
    }
    let text = format!(
        "{} has changed since the replacement was written",
        grant.name
    );
    Err(Failure::precondition(text).hint(format!(
        "write it anew and let the holder sign that: guerdon grant replace {} --with FILE",
        grant.name
    )))
}

/// Where the holder's signature counts.
pub(super) fn domain(subject: &Subject<'_>) -> Outcome<succession::SuccessionDomain> {
    Ok(succession::SuccessionDomain {
        chain_id: subject.session.chain.chain_id(),
        succession: subject.session.succession()?,
    })
}

//! What takes a grant's place, as people have it: a sheet, grant files, or one replacement file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::sheet::{Defaults, Draft, Inherited};

use crate::commands::goal::files::known_goals;
use crate::commands::grant::change::Subject;
use crate::commands::round::import::{KnownGoals, Place, read_replacing};
use crate::commands::round::place_of;
use crate::commands::round::write::{definitions, goals_of};
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{say, table};

/// What `--with` named.
#[derive(Debug)]
pub(super) enum Given {
    /// New grants that nobody has seen yet.
    New(Vec<NewGrant>),
    /// What an earlier run wrote, signed or not.
    Written(Box<ReplacementFile>),
}

/// Reads them; what a sheet does not say is as it is in the grant that is replaced.
pub(super) fn read(subject: &Subject<'_>, paths: &[PathBuf]) -> Outcome<Given> {
    let mut successors = Vec::new();
    for path in paths {
        let bytes = files::read(path)?;
        if ReplacementFile::claims_to_be(&bytes) {
            return match paths {
                [_] => Ok(Given::Written(Box::new(written(path, &bytes)?))),
                _ => Err(Failure::input(format!(
                    "{} is a whole replacement: nothing can be added to it",
                    path.display()
                ))),
            };
        }
        let is_sheet = path.extension().is_some_and(|ending| ending == "csv");
        match is_sheet {
            true => successors.extend(of_sheet(subject, path, &bytes)?),
            false => successors.push(of_file(path, &bytes)?),
        }
    }
    let names: BTreeSet<&str> = successors.iter().map(|new| new.name.as_str()).collect();
    if names.len() < successors.len() {
        return Err(Failure::input("two of the new grants have the same name")
            .hint("give each an external_id, or a file name, of its own"));
    }
    Ok(Given::New(successors))
}

/// Reads a replacement file.
pub(super) fn written(path: &Path, bytes: &[u8]) -> Outcome<ReplacementFile> {
    ReplacementFile::decode(bytes)
        .map_err(|why| Failure::input(format!("{}: {why}", path.display())))
}

fn of_file(path: &Path, bytes: &[u8]) -> Outcome<NewGrant> {
    let wrong = |why: String| Failure::input(format!("{}: {why}", path.display()));
    let file = GrantFile::decode(bytes).map_err(|error| wrong(error.to_string()))?;
    if file.round.is_some() {
        return Err(
            wrong("it is a grant of a round, which pays by itself".to_owned())
                .hint("a grant that takes another's place is of no round"),
        );
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(NewGrant {
        name: name.into_owned(),
        file,
    })
}

/// The rows of a sheet, each with an agreement of its own.
fn of_sheet(subject: &Subject<'_>, path: &Path, csv: &[u8]) -> Outcome<Vec<NewGrant>> {
    let (session, terms) = (subject.session, subject.terms());
    let context = session.context;
    let place: Place = place_of(&session.deployment);
    let goals: KnownGoals = known_goals(context)?;
    let from = (
        Defaults::of(terms, subject.state.withhold_bps),
        Inherited::of(terms),
    );
    let sheet = read_replacing(csv, &place, goals, from)?.sheet;
    if let Some(first) = sheet.errors.first() {
        let rows = sheet.errors.iter().map(|error| {
            let row = error.row.to_string();
            vec![row, error.column.clone(), error.message.clone()]
        });
        say(table(
            &["row", "column", "what is wrong"],
            &rows.collect::<Vec<_>>(),
        )
        .trim_end());
        let text = format!("{}: row {}: {}", path.display(), first.row, first.message);
        return Err(Failure::input(text).hint("correct the sheet and run this again"));
    }
    let definitions = definitions(context)?;
    let drafts = sheet.drafts.iter();
    drafts
        .map(|draft| of_draft(&definitions, &place, draft))
        .collect()
}

fn of_draft(
    definitions: &BTreeMap<B256, GoalDefinition>,
    place: &Place,
    draft: &Draft,
) -> Outcome<NewGrant> {
    Ok(NewGrant {
        name: draft.external_id.clone(),
        file: GrantFile {
            chain_id: place.chain_id,
            contract: place.grants,
            terms: draft.terms.clone(),
            round: None,
            proof: guerdon_core::tree::Proof::default(),
            goals: goals_of(draft, definitions)?,
            agreement: draft.agreement.clone(),
        },
    })
}

/// The holder's signature as a wallet gave it: hexadecimal, or a file with it.
pub(super) fn signature(argument: &str) -> Outcome<Vec<u8>> {
    let text = match argument.starts_with("0x") {
        true => argument.to_owned(),
        false => String::from_utf8_lossy(&files::read(Path::new(argument))?).into_owned(),
    };
    let text = text.trim().trim_matches('"');
    let digits = text.strip_prefix("0x");
    digits
        .and_then(|digits| alloy_primitives::hex::decode(digits).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| {
            Failure::input("the signature is not 0x and pairs of hexadecimal digits")
                .hint("give what the wallet returned, or let the holder run guerdon grant agree")
        })
}

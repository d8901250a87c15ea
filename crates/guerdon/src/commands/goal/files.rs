//! Goal and signature files of the data directory.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use guerdon_chain::recover;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::signature_file::SignatureFile;

use crate::commands::round::import::KnownGoals;
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome};
use crate::files::{self, file_name};
use crate::session::GoalNames;

/// A definition that has its place, and so its id.
#[derive(Debug, Clone)]
pub(crate) struct Defined {
    pub(crate) id: B256,
    pub(crate) definition: GoalDefinition,
}

/// Every goal file of the data directory.
pub(crate) fn read_all(context: &Context) -> Outcome<Vec<(PathBuf, GoalDefinition)>> {
    let paths = files::list(&context.data.goals(), ".json")?.into_iter();
    paths
        .map(|path| read(&path).map(|goal| (path, goal)))
        .collect()
}

/// What gates of a sheet may name.
pub(crate) fn known_goals(context: &Context) -> Outcome<KnownGoals> {
    let mut known = KnownGoals::default();
    for (_, goal) in read_all(context)? {
        if let Some(id) = goal.id() {
            known.ids.insert(goal.name, id);
            known.panels.insert(id, goal.panel);
        }
    }
    Ok(known)
}

/// Names by id.
pub(crate) fn names(context: &Context) -> Outcome<GoalNames> {
    let goals = read_all(context)?.into_iter();
    Ok(goals
        .filter_map(|(_, goal)| goal.id().map(|id| (id, goal.name)))
        .collect())
}

pub(crate) fn read(path: &Path) -> Outcome<GoalDefinition> {
    GoalDefinition::decode(&files::read(path)?)
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

/// The goal that an argument names: a file, or a name or id of the data directory.
pub(crate) fn find(context: &Context, argument: &str) -> Outcome<Defined> {
    let folder = context.data.goals();
    let definition = match files::find(argument, &folder, ".json")? {
        Some(path) => read(&path)?,
        None => by_id(context, argument)?,
    };
    match definition.id() {
        Some(id) => Ok(Defined { id, definition }),
        None => Err(
            Failure::precondition(format!("the goal {} is a draft", definition.name))
                .hint("put it on chain first: guerdon goal define FILE"),
        ),
    }
}

fn by_id(context: &Context, argument: &str) -> Outcome<GoalDefinition> {
    let id: Option<B256> = argument.parse().ok();
    let mut goals = read_all(context)?.into_iter().map(|(_, goal)| goal);
    let found = id.and_then(|id| goals.find(|goal| goal.id() == Some(id)));
    found.ok_or_else(|| {
        let folder = context.data.goals();
        Failure::not_found(format!(
            "there is no goal {argument} in {}",
            folder.display()
        ))
        .hint("give a goal file, or the name or id of a goal that was defined here")
    })
}

/// Where a goal's file lies in the data directory.
pub(crate) fn path(context: &Context, name: &str) -> PathBuf {
    context
        .data
        .goals()
        .join(format!("{}.json", file_name(name)))
}

/// Where a signature goes unless the person says.
pub(crate) fn signature_path(
    context: &Context,
    goal: &str,
    (kind, attempt): (&str, u16),
    signer: Address,
) -> PathBuf {
    let name = format!("{goal}-{attempt}-{kind}-{signer}");
    context
        .data
        .signatures()
        .join(format!("{}.json", file_name(&name)))
}

/// Reads signature files, of one signature or several, and recovers each signer: a file that lies
/// is refused here.
pub(crate) fn read_signatures(paths: &[PathBuf]) -> Outcome<Vec<SignatureFile>> {
    let mut all = Vec::new();
    for path in paths {
        let wrong = |why: String| Failure::input(format!("{}: {why}", path.display()));
        let files = SignatureFile::decode_all(&files::read(path)?);
        for file in files.map_err(|error| wrong(error.to_string()))? {
            check_signature(&file).map_err(|failure| wrong(failure.sentence))?;
            // A member's signature may come in her own file and in a file of all.
            if !all.contains(&file) {
                all.push(file);
            }
        }
    }
    Ok(all)
}

/// Whether the signer of the file made its signature.
pub(crate) fn check_signature(file: &SignatureFile) -> Outcome {
    if recover(&file.digest(), &file.signature) == Some(file.signer) {
        return Ok(());
    }
    Err(Failure::input(format!(
        "the signature is not that of {}",
        file.signer
    )))
}

/// Refuses an account that is not on the panel.
pub(crate) fn require_member(definition: &GoalDefinition, signer: Address) -> Outcome {
    if definition.panel.contains(&signer) {
        return Ok(());
    }
    let members: Vec<String> = definition.panel.iter().map(Address::to_string).collect();
    let text = format!("{signer} is not on the panel of {}", definition.name);
    Err(Failure::new(Kind::NotPermitted, text).hint(format!("the panel is {}", members.join(", "))))
}

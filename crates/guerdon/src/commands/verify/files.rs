//! The files: each is canonical, holds together, belongs to this deployment, and is on chain.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use guerdon_core::ledger::Ledger;
use guerdon_core::terms::Terms;
use guerdon_core::tree::Root;
use guerdon_formats::FileError;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::round_file::RoundFile;

use super::report::Report;
use crate::commands::round;
use crate::context::Context;
use crate::error::Outcome;
use crate::files;
use crate::session::Session;

/// What the files say, as far as they hold together.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) terms: BTreeMap<B256, Terms>,
    pub(crate) grants: Vec<(PathBuf, GrantFile, B256)>,
    pub(crate) rounds: Vec<(PathBuf, RoundFile)>,
    pub(crate) goals: Vec<(PathBuf, GoalDefinition)>,
}

impl Evidence {
    /// Reads every file of the data directory; what does not hold together is a finding.
    pub(crate) fn read(context: &Context, report: &mut Report) -> Outcome<Self> {
        let mut evidence = Self::default();
        for path in files::list(&context.data.grants(), ".json")? {
            evidence.add_grant(&path, report)?;
        }
        for path in files::list(&context.data.rounds(), ".ndjson.zst")? {
            evidence.add_round(&path, report)?;
        }
        for path in files::list(&context.data.goals(), ".json")? {
            evidence.add_goal(&path, report)?;
        }
        Ok(evidence)
    }

    pub(crate) fn add_grant(&mut self, path: &Path, report: &mut Report) -> Outcome {
        let bytes = files::read(path)?;
        let read = GrantFile::decode(&bytes).and_then(|file| file.id().map(|id| (file, id)));
        match read {
            Ok((file, id)) => {
                report.count("grant files");
                self.terms.insert(id, file.terms.clone());
                self.grants.push((path.to_owned(), file, id));
            }
            Err(error) => {
                let (field, message) = told(&error);
                report.fail("grant files", &shown(path), &field, message);
            }
        }
        Ok(())
    }

    pub(crate) fn add_round(&mut self, path: &Path, report: &mut Report) -> Outcome {
        match RoundFile::decode(&files::read(path)?) {
            Ok(file) => {
                report.count("round files");
                let named = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                if let Some(root) = named.strip_suffix(".ndjson.zst") {
                    let subject = shown(path);
                    let want = file.header.root.hash.to_string();
                    report.equal(("round files", &subject), "file name", root, &want);
                }
                for (id, bytes) in round::ids(&file).into_iter().zip(&file.terms) {
                    if let Ok(terms) = Terms::decode(bytes) {
                        self.terms.insert(id, terms);
                    }
                }
                self.rounds.push((path.to_owned(), file));
            }
            Err(error) => report.fail("round files", &shown(path), "content", error.to_string()),
        }
        Ok(())
    }

    fn add_goal(&mut self, path: &Path, report: &mut Report) -> Outcome {
        let bytes = files::read(path)?;
        match GoalDefinition::decode(&bytes) {
            Ok(goal) if goal.encode() == bytes => {
                report.count("goal files");
                self.goals.push((path.to_owned(), goal));
            }
            Ok(_) => {
                let message = "it is not in its canonical form: somebody edited it";
                report.fail("goal files", &shown(path), "content", message);
            }
            Err(error) => {
                let (field, message) = told(&error);
                report.fail("goal files", &shown(path), &field, message);
            }
        }
        Ok(())
    }
}

/// Whether the files belong to this deployment, and the chain has what they say.
pub(crate) fn against_chain(
    session: &Session<'_>,
    evidence: &Evidence,
    ledger: &Ledger,
    report: &mut Report,
) {
    let (chain_id, contract) = (session.deployment.chain_id_at_deployment, session.grants());
    for (path, file, id) in &evidence.grants {
        let subject = shown(path);
        report.equal(
            ("grant files", &subject),
            "chain_id",
            file.chain_id,
            chain_id,
        );
        report.equal(
            ("grant files", &subject),
            "contract",
            file.contract,
            contract,
        );
        report.equal(("grant files", &subject), "id", *id, id_of(session, file));
        if let Some(place) = file.round {
            on_chain(&subject, place.root, ledger, report);
        }
        for goal in &file.goals {
            goal_on_chain(&subject, goal, ledger, report);
        }
    }
    for (path, file) in &evidence.rounds {
        let subject = shown(path);
        report.equal(
            ("round files", &subject),
            "chain_id",
            file.header.chain_id,
            chain_id,
        );
        report.equal(
            ("round files", &subject),
            "contract",
            file.header.contract,
            contract,
        );
        on_chain(&subject, file.header.root, ledger, report);
    }
    for (path, goal) in &evidence.goals {
        goal_on_chain(&shown(path), goal, ledger, report);
    }
}

fn id_of(session: &Session<'_>, file: &GrantFile) -> B256 {
    file.terms
        .encode()
        .map(|bytes| super::run::domain(session).id(&bytes))
        .unwrap_or_default()
}

/// A round that is not committed yet is no contradiction: its file is only a plan.
fn on_chain(subject: &str, root: Root, ledger: &Ledger, report: &mut Report) {
    if let Some(round) = ledger
        .rounds
        .get(&root.hash)
        .filter(|round| !round.rescinded)
    {
        report.equal(("rounds", subject), "total", round.total, root.total);
    }
}

fn goal_on_chain(subject: &str, goal: &GoalDefinition, ledger: &Ledger, report: &mut Report) {
    let id = goal.id().unwrap_or_default();
    match ledger.goals.get(&id) {
        None => report.fail(
            "goals",
            subject,
            "goals",
            format!("{id} is not defined on chain"),
        ),
        Some(record) if record.goal == goal.goal && record.panel == goal.panel => {
            report.count("goals");
        }
        Some(_) => {
            let message = format!("the chain has another definition or panel of {id}");
            report.fail("goals", subject, "goals", message);
        }
    }
}

/// The field that an error names, if it names one.
fn told(error: &FileError) -> (String, String) {
    let field = match error {
        FileError::Missing(field) | FileError::Unknown(field) => field.clone(),
        FileError::Form { field, .. } | FileError::Wrong { field, .. } => field.clone(),
        FileError::NotJson(_) => "JSON".to_owned(),
        FileError::NotCanonical { at } => format!("byte {at}"),
    };
    (field, error.to_string())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

//! The same steps for other systems: a sheet in, what is wrong with it back, then its round.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, hex};
use guerdon_formats::sheet;
use guerdon_store::{Actor, ImportDraft, ImportedGrant, Read};

use super::commit::title;
use super::draft::{self, Loaded};
use super::importer::ImportJob;
use super::judge::{Judged, judge};
use super::list::open_draft;
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::company as words;

/// A sheet that another system sends.
#[derive(Clone)]
pub(crate) struct Sent {
    /// Name of its file.
    pub(crate) name: String,
    /// The sheet as CSV.
    pub(crate) csv: Vec<u8>,
    /// Ours by theirs, where they say so; `None` for a column that is not read.
    pub(crate) columns: BTreeMap<String, Option<String>>,
    /// Data rows that are left out on purpose, from 1.
    pub(crate) left_out: BTreeSet<u64>,
    pub(crate) by: Actor,
}

/// A sheet with everything that is known about it.
pub(crate) struct Look {
    pub(crate) loaded: Loaded,
    pub(crate) judged: Judged,
}

/// A sheet on its way, or a sentence that says why it is none.
pub(crate) async fn begun(
    state: &AppState,
    sent: Sent,
) -> Result<Result<ImportDraft, String>, PageError> {
    let mut read = state.store.read().await?;
    let before = read.import_columns().await?;
    drop(read);
    let found = match sheet::matching(&sent.csv, &before) {
        Ok(found) => found,
        Err(sentence) => return Ok(Err(words::row_error(0, "", &sentence))),
    };
    let strange = |name: &&String| !found.theirs.contains(name);
    if let Some(name) = sent.columns.keys().find(strange) {
        return Ok(Err(words::no_such_column(name)));
    }
    let chosen = found.theirs.iter().zip(found.ours);
    let chosen = chosen.map(|(theirs, ours)| sent.columns.get(theirs).cloned().unwrap_or(ours));
    let random = (state.random)();
    let now = (state.wall)();
    Ok(Ok(ImportDraft {
        id: hex::encode(random.get(..8).unwrap_or_default()),
        name: sent.name,
        matched: Some(chosen.collect()),
        sheet: sent.csv,
        left_out: sent.left_out,
        created_by: sent.by.to_string(),
        created_at: now,
        changed_at: now,
        binding_at: None,
        root: None,
    }))
}

/// Judges a draft; no snapshot is open while the node is asked.
pub(crate) async fn looked_at(state: &AppState, draft: ImportDraft) -> Result<Look, PageError> {
    let mut read = state.store.read().await?;
    let loaded = draft::load_of(&mut read, state, draft).await?;
    let judged = judge(read, state, &loaded).await?;
    Ok(Look { loaded, judged })
}

/// A draft that is not imported, to be discarded.
pub(crate) async fn waiting(read: &mut Read, id: &str) -> Result<ImportDraft, PageError> {
    open_draft(read, id).await
}

/// Makes a round of a draft and answers its root, or a sentence that says why not. Who is killed
/// after the import, and before that is written down, finds the round by its grants the next time:
/// no sheet becomes two rounds. One that nobody wrote down may lack its files: the importer makes
/// it anew then, and refuses one that is whole.
pub(crate) async fn imported(
    state: &AppState,
    draft: ImportDraft,
    (name, doubts_read): (&str, bool),
) -> Result<Result<B256, String>, PageError> {
    if let Some(root) = draft.root {
        return Ok(Ok(root));
    }
    let mut read = state.store.read().await?;
    let loaded = draft::load_of(&mut read, state, draft).await?;
    match adopted(&mut read, state, &loaded).await? {
        Some(root) if is_written_down(&mut read, root).await? => return Ok(Ok(root)),
        Some(_) => drop(read),
        None => {
            let judged = judge(read, state, &loaded).await?;
            if !loaded.is_matched() || !judged.is_ready() {
                return Ok(Err(words::SHEET_NOT_READY.to_owned()));
            }
            if !judged.checked.doubts.is_empty() && !doubts_read {
                return Ok(Err(words::SHEET_HAS_DOUBTS.to_owned()));
            }
        }
    }
    let Some(importer) = &state.importer else {
        return Ok(Err(words::NO_IMPORTER.to_owned()));
    };
    let job = ImportJob {
        csv: loaded.draft.sheet.clone(),
        choices: loaded.choices.clone(),
        name: match name {
            "" => title(&loaded.draft.name),
            name => name.to_owned(),
        },
    };
    match importer(job).await {
        Ok(root) => Ok(Ok(root)),
        Err(sentence) => {
            // It is whole, or somebody else was faster with the same sheet.
            let mut read = state.store.read().await?;
            let known = adopted(&mut read, state, &loaded).await?;
            Ok(known.ok_or_else(|| words::row_error(0, "", &sentence)))
        }
    }
}

/// Whether the import of a round came to its end: it is promised, or a draft says that it became it.
async fn is_written_down(read: &mut Read, root: B256) -> Result<bool, PageError> {
    let mut drafts = read.import_drafts(u32::MAX).await?.into_iter();
    Ok(drafts.any(|draft| draft.root == Some(root)) || read.round(root).await?.is_some())
}

/// The round that a sheet was made before, whole: the same grants but for the nonces in their
/// agreements.
async fn adopted(
    read: &mut Read,
    state: &AppState,
    loaded: &Loaded,
) -> Result<Option<B256>, PageError> {
    let checked = loaded.checked(state);
    let mut root: Option<B256> = None;
    for draft in &checked.good {
        let named = read.grants_named(&draft.external_id).await?;
        let same = |known: &&ImportedGrant| draft.promises_like(&known.terms, &known.zone);
        let mut same = named.iter().filter(same);
        let Some(known) = same.find(|known| root.is_none_or(|root| root == known.root)) else {
            return Ok(None);
        };
        root = Some(known.root);
    }
    let Some(root) = root.filter(|_| checked.errors.is_empty()) else {
        return Ok(None);
    };
    let grants = u64::try_from(checked.good.len()).unwrap_or(u64::MAX);
    let round = read.imported_round(root).await?;
    Ok(round.filter(|round| round.count == grants).map(|_| root))
}

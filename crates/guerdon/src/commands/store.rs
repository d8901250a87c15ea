//! What commands put into the database, and how it is filled again from the files after it was
//! deleted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use guerdon_chain::Deployment;
use guerdon_core::terms::Terms;
use guerdon_formats::agreement::Agreement;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::round_file::RoundFile;
use guerdon_formats::sheet::{Draft, RowError};
use guerdon_store::{
    Aside, Identity, ImportedGoal, ImportedGrant, ImportedRound, Person, StatedValue, Store,
    StoreError, Tx,
};
use jiff::Timestamp;

use super::goal::files::{Defined, read_all as goal_files};
use super::grant::files::{Grant, read_all as grant_files};
use super::round;
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome, file_error};

/// Opens the database and binds it to a deployment.
pub(crate) async fn open(context: &Context, deployment: &Deployment) -> Outcome<Store> {
    if context.global.database_url.is_none() {
        let folder = &context.data.0;
        std::fs::create_dir_all(folder)
            .map_err(|error| file_error("make the folder", folder, &error))?;
    }
    let store = Store::open(&context.database_url()).await?;
    store.bind(&identity(deployment)).await?;
    Ok(store)
}

/// What a database follows.
pub(crate) fn identity(deployment: &Deployment) -> Identity {
    Identity {
        chain_id: deployment.chain_id,
        genesis_hash: deployment.genesis_hash,
        start_block: deployment.start_block,
        grants: deployment.contracts.grants.address,
        goals: deployment.contracts.goals.address,
        succession: deployment.contracts.succession.map(|it| it.address),
        manager: Some(deployment.contracts.access_manager.address),
    }
}

/// Writes an imported round with its people; or answers the grants of the round that the same sheet
/// was made before, here or on another machine. One transaction decides which of several it is.
///
/// # Errors
/// A round that stands has one of the grants, and the sheet is not that round's.
pub(crate) async fn put_round(
    context: &Context,
    file: &RoundFile,
    drafts: &[Draft],
    name: &str,
) -> Outcome<Option<Vec<Draft>>> {
    let Some(deployment) = context.only_deployment()? else {
        return Ok(None);
    };
    let store = open(context, &deployment).await?;
    let mut tx = store.write().await?;
    let before = imported_before(&mut tx, drafts).await?;
    match &before {
        None => {
            put_rows(&mut tx, file, drafts, name).await?;
            tx.commit().await?;
        }
        Some(_) => drop(tx),
    }
    store.close().await;
    Ok(before)
}

async fn put_rows(tx: &mut Tx, file: &RoundFile, drafts: &[Draft], name: &str) -> Outcome {
    put_header(tx, file, name).await?;
    let ids = round::ids(file);
    for draft in drafts {
        let index = ids.binary_search(&draft.id).unwrap_or_default();
        let terms = file.terms.get(index).cloned().unwrap_or_default();
        tx.put_terms(&ImportedGrant {
            id: draft.id,
            root: file.header.root.hash,
            index: index as u64,
            terms,
            external_id: draft.external_id.clone(),
            zone: draft.zone.clone(),
            agreement: draft
                .agreement
                .as_ref()
                .map(|agreement| agreement.text.clone()),
        })
        .await?;
        if !draft.template.is_empty() {
            tx.put_grant_template(draft.id, &draft.template).await?;
        }
        if let Some(stated) = &draft.stated_value {
            tx.put_stated_value(&StatedValue {
                id: draft.id,
                unit_usd: stated.unit_usd.clone(),
                stated_on: stated.stated_on.clone(),
            })
            .await?;
        }
        tx.put_person(&Person {
            id: draft.id,
            external_id: draft.external_id.clone(),
            name: draft.person.name.clone(),
            email: draft.person.email.clone(),
            employee_id: draft.person.employee_id.clone(),
            wallet: draft.terms.recipient,
            country: draft.person.country.clone(),
        })
        .await?;
    }
    tx.add_members_of_round(file.header.root.hash, now())
        .await?;
    Ok(())
}

/// The grants of this sheet as they were imported before: by a process that was killed before it
/// had written their files, or by another machine, whose files are not here. What was set aside and
/// never committed is forgotten.
async fn imported_before(tx: &mut Tx, drafts: &[Draft]) -> Outcome<Option<Vec<Draft>>> {
    let mut named: BTreeMap<B256, Vec<(&Draft, ImportedGrant)>> = BTreeMap::new();
    for draft in drafts {
        for grant in tx.grants_named(&draft.external_id).await? {
            named.entry(grant.root).or_default().push((draft, grant));
        }
    }
    for (root, grants) in named {
        if tx.round_stands(root).await? {
            let round = tx.imported_round(root).await?;
            let is_whole = round
                .is_some_and(|it| it.count == drafts.len() as u64 && grants.len() == drafts.len());
            let same = |(draft, grant): &(&Draft, ImportedGrant)| is_same(draft, grant);
            if let Some((draft, _)) = grants.iter().find(|it| !is_whole || !same(it)) {
                return Err(taken(&draft.external_id, root));
            }
            let grants = grants.into_iter();
            return grants
                .map(|(draft, grant)| again(draft, grant))
                .collect::<Outcome<_>>()
                .map(Some);
        }
        if tx.round(root).await?.is_none() {
            tx.forget_imported_round(root).await?;
        }
    }
    Ok(None)
}

/// Whether the sheet says of a grant what was imported, the words of its agreement included.
fn is_same(draft: &Draft, grant: &ImportedGrant) -> bool {
    let same_words = match (&draft.agreement, &grant.agreement) {
        (Some(agreement), Some(text)) => agreement.says_like(text),
        // Erased with its person, or of a sheet whose documents come from elsewhere.
        _ => true,
    };
    draft.promises_like(&grant.terms, &grant.zone) && same_words
}

/// A row of the sheet, with the document that it was given the first time.
fn again(draft: &Draft, grant: ImportedGrant) -> Outcome<Draft> {
    let terms = Terms::decode(&grant.terms)
        .map_err(|error| Failure::failed(format!("terms of the grant {}: {error}", grant.id)))?;
    Ok(Draft {
        terms,
        encoded: grant.terms,
        id: grant.id,
        agreement: grant.agreement.map(|text| Agreement { text }),
        ..draft.clone()
    })
}

fn taken(name: &str, root: B256) -> Failure {
    Failure::precondition(format!(
        "the grant {name} is in the round {root} already, by another sheet: nothing was imported"
    ))
    .hint(format!(
        "a grant is imported once; give new grants an external_id of their own, or take that round \
         away first: guerdon round discard {root}"
    ))
}

/// Rows whose wallet the people list gives to somebody else than the row does.
pub(crate) async fn wallets_of_others(
    context: &Context,
    drafts: &[Draft],
) -> Outcome<Vec<RowError>> {
    let Some(deployment) = context.only_deployment()? else {
        return Ok(Vec::new());
    };
    let store = open(context, &deployment).await?;
    let mut read = store.read().await?;
    let mut errors = Vec::new();
    for draft in drafts {
        let owner = read.member_of_wallet(draft.terms.recipient).await?;
        if let Some(owner) = owner.filter(|owner| owner.number != draft.person.employee_id) {
            errors.push(RowError {
                row: draft.row,
                column: "wallet".to_owned(),
                message: format!(
                    "the wallet belongs to {} on the people list, and the row is for {}: a wallet \
                     belongs to one person",
                    owner.number, draft.person.employee_id
                ),
            });
        }
    }
    drop(read);
    store.close().await;
    Ok(errors)
}

/// Unix seconds of this machine's clock.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}

/// Writes a goal's definition.
pub(crate) async fn put_goal(context: &Context, goal: &Defined) -> Outcome {
    let Some(deployment) = context.only_deployment()? else {
        return Ok(());
    };
    let store = open(context, &deployment).await?;
    let mut tx = store.write().await?;
    tx.put_goal_definition(&imported_goal(goal)).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

fn imported_goal(goal: &Defined) -> ImportedGoal {
    ImportedGoal {
        id: goal.id,
        name: goal.definition.name.clone(),
        definition: String::from_utf8_lossy(&goal.definition.encode()).into_owned(),
    }
}

async fn put_header(tx: &mut Tx, file: &RoundFile, name: &str) -> Result<(), StoreError> {
    tx.put_imported_round(&ImportedRound {
        root: file.header.root.hash,
        total: file.header.root.total,
        count: file.header.count,
        label: name.trim_end_matches(".csv").to_owned(),
        file: name.to_owned(),
        document: file.header.document,
        tzdb: file.header.tzdb.clone(),
    })
    .await
}

/// Puts back what the files know and the database does not: rounds, terms, goals. Names of people
/// are in the database alone.
pub(crate) async fn fill_from_files(context: &Context, store: &Store) -> Outcome {
    let (rounds, goals) = (round::read_all(context)?, goal_files(context)?);
    let grants = grant_files(context)?;
    let mut tx = store.write().await?;
    for (path, file) in &rounds {
        let root = file.header.root.hash;
        if tx.imported_round(root).await?.is_some() {
            continue;
        }
        put_read(&mut tx, (path, file), &grants).await?;
        if let Some((name, other)) = tx.rival_of_round(root).await? {
            tracing::warn!(
                "the round {root} of {} is left aside: its grant {name} is in the round {other}",
                path.display()
            );
            tx.set_round_aside(root, Some(Aside::Discarded)).await?;
        }
    }
    for (_, definition) in goals {
        if let Some(id) = definition.id() {
            tx.put_goal_definition(&imported_goal(&Defined { id, definition }))
                .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Puts back what the files know of one round.
pub(crate) async fn put_from_file(context: &Context, tx: &mut Tx, file: &RoundFile) -> Outcome {
    let path = context.data.round(file.header.root.hash);
    put_read(tx, (&path, file), &grant_files(context)?).await
}

async fn put_read(
    tx: &mut Tx,
    (path, file): (&Path, &RoundFile),
    grants: &[(PathBuf, Grant)],
) -> Outcome {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    put_header(tx, file, &name).await?;
    for (index, (id, terms)) in round::ids(file).into_iter().zip(&file.terms).enumerate() {
        let known = grants.iter().find(|(_, grant)| grant.id == id);
        tx.put_terms(&ImportedGrant {
            id,
            root: file.header.root.hash,
            index: index as u64,
            terms: terms.clone(),
            external_id: known.map_or_else(String::new, |(path, _)| stem(path)),
            zone: known.map_or_else(|| Ok("UTC".to_owned()), |(_, grant)| zone(grant))?,
            agreement: known.and_then(|(_, grant)| agreement(&grant.file)),
        })
        .await?;
    }
    Ok(())
}

fn zone(grant: &Grant) -> Outcome<String> {
    Ok(grant.zone()?.name().to_owned())
}

fn agreement(file: &GrantFile) -> Option<String> {
    file.agreement
        .as_ref()
        .map(|agreement| agreement.text.clone())
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::UnknownEngine => Kind::Input,
            StoreError::OtherChain { .. }
            | StoreError::NumberTaken { .. }
            | StoreError::WalletTaken { .. } => Kind::Precondition,
            StoreError::Unreachable { .. } => {
                return Self::not_found(error.to_string())
                    .hint("start it, or give another --database-url");
            }
            _ => Kind::Failed,
        };
        Self::new(kind, error.to_string())
    }
}

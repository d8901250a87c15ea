//! What commands put into the database, and how it is filled again from the files after it was
//! deleted.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use guerdon_chain::Deployment;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::round_file::RoundFile;
use guerdon_formats::sheet::{Draft, RowError};
use guerdon_store::{
    Identity, ImportedGoal, ImportedGrant, ImportedRound, Person, StatedValue, Store, StoreError,
    Tx,
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

/// Writes an imported round with its people.
pub(crate) async fn put_round(
    context: &Context,
    file: &RoundFile,
    drafts: &[Draft],
    name: &str,
) -> Outcome {
    let Some(deployment) = context.only_deployment()? else {
        return Ok(());
    };
    let store = open(context, &deployment).await?;
    let mut tx = store.write().await?;
    forget_torn(context, &mut tx, (file.header.root.hash, drafts)).await?;
    put_header(&mut tx, file, name).await?;
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
    tx.commit().await?;
    store.close().await;
    Ok(())
}

/// Drops what an import of the same grants left behind that was killed before its round file was
/// written. Rounds of other grants stay: another process may have their files.
async fn forget_torn(context: &Context, tx: &mut Tx, (root, drafts): (B256, &[Draft])) -> Outcome {
    let mut rounds: BTreeSet<B256> = BTreeSet::new();
    for draft in drafts {
        let named = tx.grants_named(&draft.external_id).await?;
        rounds.extend(named.iter().map(|grant| grant.root));
    }
    rounds.remove(&root);
    for round in rounds {
        if !context.data.round(round).exists() && tx.round(round).await?.is_none() {
            tx.forget_imported_round(round).await?;
        }
    }
    Ok(())
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
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        put_header(&mut tx, file, &name).await?;
        for (index, (id, terms)) in round::ids(file).into_iter().zip(&file.terms).enumerate() {
            let known = grants.iter().find(|(_, grant)| grant.id == id);
            tx.put_terms(&ImportedGrant {
                id,
                root,
                index: index as u64,
                terms: terms.clone(),
                external_id: known.map_or_else(String::new, |(path, _)| stem(path)),
                zone: known.map_or_else(|| Ok("UTC".to_owned()), |(_, grant)| zone(grant))?,
                agreement: known.and_then(|(_, grant)| agreement(&grant.file)),
            })
            .await?;
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

fn zone(grant: &Grant) -> Outcome<String> {
    Ok(grant.zone()?.name().to_owned())
}

fn agreement(file: &GrantFile) -> Option<String> {
    file.agreement
        .as_ref()
        .map(|agreement| agreement.text.clone())
}

fn stem(path: &std::path::Path) -> String {
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
            _ => Kind::Failed,
        };
        Self::new(kind, error.to_string())
    }
}

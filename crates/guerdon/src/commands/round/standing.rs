//! A grant is promised once, whichever machines its sheet was imported on: the database says which
//! round holds its name, and remembers a commitment from before it is signed until it is known what
//! came of it.

use alloy_primitives::{Address, B256};
use guerdon_chain::Receipt;
use guerdon_formats::round_file::RoundFile;
use guerdon_store::{Aside, Begun};

use crate::commands::store;
use crate::context::Context;
use crate::error::{Failure, Kind, Outcome};
use crate::session::Session;

/// Makes sure that no other round that stands has a grant of this round's. With an account that is
/// about to sign, this is kept: the round holds its names, and the account has begun.
///
/// # Errors
/// Another round has one of the names.
pub(super) async fn hold(
    session: &Session<'_>,
    file: &RoundFile,
    signing: Option<Address>,
) -> Outcome {
    let root = file.header.root.hash;
    let begun = match signing {
        Some(signer) => Some(Begun {
            signer,
            nonce: session.chain.waiting_nonce(signer).await?,
        }),
        None => None,
    };
    let store = store::open(session.context, &session.deployment).await?;
    let mut tx = store.write().await?;
    if tx.imported_round(root).await?.is_none() {
        store::put_from_file(session.context, &mut tx, file).await?;
    }
    if let Some((name, other)) = tx.rival_of_round(root).await? {
        return Err(Failure::precondition(format!(
            "the grant {name} is in the round {other} as well, which stands: it would be promised \
             twice"
        ))
        .hint(format!(
            "commit that one, or take it away first: guerdon round discard {other}"
        )));
    }
    match begun {
        Some(begun) => {
            tx.set_round_aside(root, None).await?;
            tx.begin_commitment(root, begun).await?;
            tx.commit().await?;
        }
        None => drop(tx),
    }
    store.close().await;
    Ok(())
}

/// Forgets that an account has begun, if it is certain what came of it: it is committed, or nothing
/// was sent, or the chain refused it.
pub(super) async fn settle(
    session: &Session<'_>,
    (root, signer): (B256, Address),
    done: &Outcome<Option<Receipt>>,
) -> Outcome {
    let is_certain = match done {
        Ok(_) => true,
        Err(failure) => matches!(
            failure.kind,
            Kind::Input
                | Kind::NotPermitted
                | Kind::Precondition
                | Kind::Reverted
                | Kind::Cancelled
        ),
    };
    if !is_certain {
        return Ok(());
    }
    let store = store::open(session.context, &session.deployment).await?;
    let mut tx = store.write().await?;
    tx.end_commitment(root, signer).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

/// Makes sure that no commitment of a round that is not committed can still get a block: each
/// account that began one has used its nonce for something else since, and nothing of it waits.
///
/// # Errors
/// One can, or the node did not answer.
pub(super) async fn refuse_under_way(session: &Session<'_>, root: B256) -> Outcome {
    let store = store::open(session.context, &session.deployment).await?;
    let mut read = store.read().await?;
    let all = read.begun_commitments(root).await?;
    drop(read);
    store.close().await;
    for Begun { signer, nonce } in all {
        let used = session.chain.next_nonce(signer).await?;
        let waiting = session.chain.waiting_nonce(signer).await?;
        if used <= nonce || waiting > used {
            return Err(Failure::precondition(format!(
                "{signer} began to commit the round {root}, and its transaction may still get a \
                 block"
            ))
            .hint(format!(
                "commit it: guerdon round commit {root}; or let {signer} send another transaction \
                 with the nonce {nonce}, and discard it then"
            )));
        }
    }
    Ok(())
}

/// How many grants the database has of a round that was not set aside, if it knows it.
pub(super) async fn known(context: &Context, root: B256) -> Outcome<Option<u64>> {
    let Some(deployment) = context.only_deployment()? else {
        return Ok(None);
    };
    let store = store::open(context, &deployment).await?;
    let mut read = store.read().await?;
    let is_aside = read.round_aside(root).await?.is_some();
    let round = read.imported_round(root).await?;
    drop(read);
    store.close().await;
    Ok(round.filter(|_| !is_aside).map(|round| round.count))
}

/// Gives the names of a round's grants free, so that its sheet can be imported again.
pub(super) async fn let_go(session: &Session<'_>, root: B256, why: Aside) -> Outcome {
    let store = store::open(session.context, &session.deployment).await?;
    let mut tx = store.write().await?;
    tx.set_round_aside(root, Some(why)).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

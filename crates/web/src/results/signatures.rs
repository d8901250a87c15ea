//! `…/signatures/{hash}`: what members signed, as the file that the command line takes.

use alloy_primitives::B256;
use axum::extract::{Path, State};
use guerdon_formats::signature_file::{SignatureFile, Signed};

use super::desk::{Desk, domain};
use super::papers::Asked;
use super::upload::{Place, sent};
use crate::access::GoalParty;
use crate::error::PageError;
use crate::load;
use crate::pages::Answer;
use crate::state::AppState;

pub(super) async fn download(
    State(state): State<AppState>,
    party: GoalParty,
    Path(Place { number, hash }): Path<Place>,
) -> Answer {
    let digest: B256 = hash.parse().map_err(|_| PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let desk = Desk::of(&mut read, (*party.record).clone()).await?;
    drop(read);
    let context = load::context(&state, as_of, Some(&party.viewer));
    let mut sheets = desk.sheets.iter();
    let sheet = sheets.find(|sheet| sheet.paper.digest == digest && sheet.paper.attempt == number);
    let sheet = sheet.ok_or(PageError::NoPage)?;
    let files: Vec<SignatureFile> = desk
        .signed(digest)
        .into_iter()
        .filter_map(|one| {
            Some(SignatureFile {
                domain: domain(&context),
                signed: match sheet.asked {
                    Asked::Accept(accept) => Signed::Accept(accept),
                    Asked::Result(result) => Signed::Result(result),
                },
                signer: one.signer,
                signature: one.signature.as_slice().try_into().ok()?,
            })
        })
        .collect();
    if files.is_empty() {
        return Err(PageError::NoPage);
    }
    let name = format!("{}-{number}-{}.json", desk.named(), sheet.asked.kind());
    let name = name.replace(['"', '/', '\\'], "-");
    let bytes = SignatureFile::encode_all(&files);
    Ok(sent("application/json", &name, bytes))
}

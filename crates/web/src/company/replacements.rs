//! Replacements of grants on the desk: those that the holder signed, to be sent; those that wait for
//! the holder; those that a change of the grant made worthless.

use alloy_primitives::B256;
use guerdon_core::state::Flags;
use guerdon_core::succession::signed_word;
use guerdon_formats::replacement_file::ReplacementFile;
use guerdon_store::{Read, Request};

use super::desk::{LINES, Need, grant_name};
use crate::access::called;
use crate::actions::REPLACE;
use crate::error::PageError;
use crate::strings::company as words;
use crate::views::Context;

/// Requests that are looked through, the newest.
const REQUESTS: u32 = 200;

/// What the company has to do, and what runs by itself.
pub(super) async fn needs(
    read: &mut Read,
    context: &Context<'_>,
) -> Result<(Vec<Need>, Vec<Need>), PageError> {
    let (mut needs, mut runs) = (Vec::new(), Vec::new());
    for kept in read.standing_requests(REPLACE, REQUESTS).await? {
        let Some((is_ours, need)) = need(read, context, &kept).await? else {
            continue;
        };
        let lines = if is_ours { &mut needs } else { &mut runs };
        if lines.len() < LINES {
            lines.push(need);
        }
    }
    Ok((needs, runs))
}

/// The line of one, and whether the company acts next; nothing once it is on the chain or too late.
async fn need(
    read: &mut Read,
    context: &Context<'_>,
    kept: &Request,
) -> Result<Option<(bool, Need)>, PageError> {
    let id = kept.request.subject.strip_prefix("grant:");
    let file = ReplacementFile::decode(kept.request.body.as_bytes());
    let (Some(id), Ok(file)) = (id.and_then(|id| id.parse::<B256>().ok()), file) else {
        return Ok(None);
    };
    let record = read.grant(id).await?;
    let record = record.filter(|record| !record.state.has(Flags::CLOSED));
    let Some(record) = record.filter(|_| file.deadline > context.now()) else {
        return Ok(None);
    };
    let name = grant_name(read, id).await?;
    let until = context.day(file.deadline);
    let path = format!("/grants/{id}/sign/{}", kept.id);
    if file.old_word != signed_word(&record.state) {
        let go = ("The request", path);
        let need = Need::new(words::replacement_is_stale(&name), words::COMPANY, go);
        return Ok(Some((true, need)));
    }
    Ok(Some(match kept.signature {
        Some(_) => {
            let what = words::replacement_is_signed(&name, &until);
            (true, Need::new(what, words::ISSUER, ("Send it", path)))
        }
        None => {
            let holder = record.moved_to.unwrap_or(record.recipient);
            let holder = called(read, context.viewer, holder).await?;
            let what = words::replacement_waits(&name, &until);
            let who = words::by_signing(&holder);
            (false, Need::new(what, &who, ("Read it", path)))
        }
    }))
}

//! Everything that is kept here about a person, for the person.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::IntoResponse;
use guerdon_store::{Actor, Held, Member, Owner, Page, Read, StoreError};
use serde_json::{Value, json};

use super::brought::brought;
use super::member;
use crate::access::Administrator;
use crate::company::note;
use crate::dates::machine;
use crate::pages::Answer;
use crate::state::AppState;

/// Rows asked of the store at a time.
const BATCH: u32 = 500;

/// The file; that it was taken is written down, and stands in it.
pub(super) async fn take(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = state.store.write().await?;
    let member = member(&mut tx, &id).await?;
    let person = member.person.to_string();
    let entry = ("person exported", person.clone(), String::new());
    note(&mut tx, &state, &viewer, entry).await?;
    let value = person_export(&mut tx, &member, (state.wall)()).await?;
    tx.commit().await?;
    let name = format!("attachment; filename=\"person-{person}.json\"");
    Ok(([(CONTENT_DISPOSITION, name)], Json(value)).into_response())
}

/// Everything that is kept about a person; sessions that are alive at `now`, Unix seconds.
///
/// # Errors
/// The database failed.
pub async fn person_export(
    read: &mut Read,
    member: &Member,
    now: u64,
) -> Result<Value, StoreError> {
    let mut owners = vec![Owner::Person(member.person)];
    owners.extend(
        member
            .wallets
            .iter()
            .map(|wallet| Owner::Wallet(wallet.address)),
    );
    let (mut sessions, mut settings, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for owner in &owners {
        sessions.extend(read.list_sessions(*owner, now).await?);
        let kept = read.settings(*owner).await?.into_iter();
        settings.extend(kept.map(|(name, value)| json!({"name": name, "value": value})));
        if let Some(made) = read.calendar_link_made_at(*owner).await? {
            links.push(json!({"kind": "calendar", "made": machine(made)}));
        }
    }
    sessions.sort_by_key(|session| session.hash);
    sessions.dedup_by_key(|session| session.hash);
    for wallet in &member.wallets {
        for link in read.share_links_of_wallet(wallet.address).await? {
            links.push(json!({
                "kind": "share",
                "grant": link.grant.to_string(),
                "label": link.label,
                "made": machine(link.created_at),
                "expires": link.expires_at.map(machine),
                "revoked": link.revoked_at.map(machine),
            }));
        }
    }
    let sessions = sessions.iter().map(|session| {
        json!({
            "browser": session.agent,
            "by": session.wallet.map(|wallet| wallet.to_checksum(None)),
            "began": machine(session.created_at),
            "last_used": machine(session.seen_at),
            "ends": machine(session.expires_at),
        })
    });
    let wallets = member.wallets.iter().map(|wallet| {
        json!({
            "address": wallet.address.to_checksum(None),
            "signed_in_since": wallet.proven_at.map(machine),
        })
    });
    Ok(json!({
        "id": member.person.to_string(),
        "number": member.number,
        "name": member.name,
        "email": member.email,
        "country": member.country,
        "zone": member.zone,
        "added": machine(member.added_at),
        "roles": member.roles.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "wallets": wallets.collect::<Vec<_>>(),
        "grants": grants(read, member).await?,
        "sessions": sessions.collect::<Vec<_>>(),
        "settings": settings,
        "links": links,
        "goals": brought(read, &owners).await?,
        "audit": audit(read, &owners).await?,
    }))
}

async fn grants(read: &mut Read, member: &Member) -> Result<Vec<Value>, StoreError> {
    let mut page = Page {
        after: None,
        limit: BATCH,
    };
    let mut grants = Vec::new();
    loop {
        let held = read.grants_of_person(member.person, &page).await?;
        for grant in &held {
            let id = grant.id();
            let terms = read.terms(id).await?;
            let named = read.person(id).await?;
            let accepted = read.acceptances(id).await?;
            grants.push(json!({
                "id": id.to_string(),
                "external_id": terms.as_ref().map(|terms| &terms.external_id),
                "name": named.as_ref().map(|named| &named.name),
                "email": named.as_ref().map(|named| &named.email),
                "wallet": named.as_ref().map(|named| named.wallet.to_checksum(None)),
                "country": named.as_ref().map(|named| &named.country),
                "agreement": terms.as_ref().and_then(|terms| terms.agreement.as_ref()),
                "opened": matches!(grant, Held::Opened(_)),
                "accepted": accepted.iter().map(|it| machine(it.signed_at)).collect::<Vec<_>>(),
            }));
        }
        page.after = held.last().map(Held::id);
        if page.after.is_none() {
            return Ok(grants);
        }
    }
}

/// What the person did, and what was done to her entry.
async fn audit(read: &mut Read, owners: &[Owner]) -> Result<Vec<Value>, StoreError> {
    let mut entries = Vec::new();
    for owner in owners {
        for actor in [true, false] {
            let mut before = None;
            loop {
                let batch = match actor {
                    true => {
                        read.audit_of_actor(Actor::Owner(*owner), before, BATCH)
                            .await?
                    }
                    false => {
                        read.audit_of_subject(&owner.to_string(), before, BATCH)
                            .await?
                    }
                };
                before = batch.last().map(|entry| entry.id);
                if before.is_none() {
                    break;
                }
                entries.extend(batch);
            }
        }
    }
    entries.sort_by_key(|entry| entry.id);
    entries.dedup_by_key(|entry| entry.id);
    let shown = entries.iter().map(|entry| {
        json!({
            "at": machine(entry.entry.at),
            "by": entry.entry.actor.to_string(),
            "what": entry.entry.action,
            "subject": entry.entry.subject,
            "detail": entry.entry.detail,
        })
    });
    Ok(shown.collect())
}

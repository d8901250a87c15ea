//! `people export`: everything that is kept here about a person.

use guerdon_store::{Actor, Held, Member, Owner, Page, Read, Session, Store};
use serde_json::{Value, json};

use super::{find::find, now};
use crate::cli::PersonArgs;
use crate::error::Outcome;
use crate::output::data;
use crate::words::time;

const PAGE: u32 = 500;

pub(super) async fn run(store: &Store, arguments: &PersonArgs) -> Outcome {
    let mut read = store.read().await?;
    let member = find(&mut read, &arguments.person).await?;
    let value = value(&mut read, &member).await?;
    data(&format!("{value:#}\n"))
}

async fn value(read: &mut Read, member: &Member) -> Outcome<Value> {
    let owners = owners(member);
    let mut sessions = Vec::new();
    let mut settings = Vec::new();
    let mut links = Vec::new();
    for owner in &owners {
        let found = read.list_sessions(*owner, now()).await?;
        sessions.extend(found);
        let kept = read.settings(*owner).await?.into_iter();
        settings.extend(kept.map(|(name, value)| json!({"name": name, "value": value})));
        if let Some(made) = read.calendar_link_made_at(*owner).await? {
            links.push(json!({"kind": "calendar", "made": time(made)}));
        }
    }
    for wallet in &member.wallets {
        for link in read.share_links_of_wallet(wallet.address).await? {
            links.push(json!({
                "kind": "share",
                "grant": link.grant,
                "label": link.label,
                "made": time(link.created_at),
                "expires": link.expires_at.map(time),
                "revoked": link.revoked_at.map(time),
            }));
        }
    }
    sessions.sort_by_key(|session| session.hash);
    sessions.dedup_by_key(|session| session.hash);
    Ok(json!({
        "id": member.person.to_string(),
        "number": member.number,
        "name": member.name,
        "email": member.email,
        "country": member.country,
        "zone": member.zone,
        "added": time(member.added_at),
        "roles": member.roles.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "wallets": member.wallets.iter().map(|wallet| json!({
            "address": wallet.address.to_string(),
            "signed_in_since": wallet.proven_at.map(time),
        })).collect::<Vec<_>>(),
        "grants": grants(read, member).await?,
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
        "settings": settings,
        "links": links,
        "audit": audit(read, &owners).await?,
    }))
}

/// The person, and each wallet as it may have been used before it was on the list.
pub(super) fn owners(member: &Member) -> Vec<Owner> {
    let wallets = member.wallets.iter().map(|it| Owner::Wallet(it.address));
    let person = Owner::Person(member.person);
    std::iter::once(person).chain(wallets).collect()
}

fn session(session: &Session) -> Value {
    json!({
        "browser": session.agent,
        "by": session.wallet.map(|wallet| wallet.to_string()),
        "began": time(session.created_at),
        "last_used": time(session.seen_at),
        "ends": time(session.expires_at),
    })
}

async fn grants(read: &mut Read, member: &Member) -> Outcome<Vec<Value>> {
    let mut page = Page {
        after: None,
        limit: PAGE,
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
                "id": id,
                "external_id": terms.as_ref().map(|terms| &terms.external_id),
                "name": named.as_ref().map(|named| &named.name),
                "email": named.as_ref().map(|named| &named.email),
                "wallet": named.as_ref().map(|named| named.wallet.to_string()),
                "country": named.as_ref().map(|named| &named.country),
                "agreement": terms.as_ref().and_then(|terms| terms.agreement.as_ref()),
                "opened": matches!(grant, Held::Opened(_)),
                "accepted": accepted.iter().map(|it| time(it.signed_at)).collect::<Vec<_>>(),
            }));
        }
        page.after = held.last().map(Held::id);
        if page.after.is_none() {
            return Ok(grants);
        }
    }
}

async fn audit(read: &mut Read, owners: &[Owner]) -> Outcome<Vec<Value>> {
    let mut entries = Vec::new();
    for owner in owners {
        let subject = owner.to_string();
        let mut before = None;
        loop {
            let page = read
                .audit_of_actor(Actor::Owner(*owner), before, PAGE)
                .await?;
            before = page.last().map(|entry| entry.id);
            entries.extend(page);
            if before.is_none() {
                break;
            }
        }
        loop {
            let page = read.audit_of_subject(&subject, before, PAGE).await?;
            before = page.last().map(|entry| entry.id);
            entries.extend(page);
            if before.is_none() {
                break;
            }
        }
    }
    entries.sort_by_key(|entry| entry.id);
    entries.dedup_by_key(|entry| entry.id);
    let shown = entries.into_iter().map(|entry| {
        json!({
            "at": time(entry.entry.at),
            "actor": entry.entry.actor.to_string(),
            "action": entry.entry.action,
            "subject": entry.entry.subject,
            "detail": entry.entry.detail,
        })
    });
    Ok(shown.collect())
}

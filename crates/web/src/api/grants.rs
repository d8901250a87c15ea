//! Grants and what happened to them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::grant::{amounts, payment};
use guerdon_core::ledger::GrantRecord;
use guerdon_core::state::Flags;
use guerdon_core::terms::Terms;
use guerdon_store::{Page, Papers, Read, Scope};
use serde_json::{Map, Value, json};

use super::books::Books;
use super::call::Call;
use super::cursor::key_of;
use super::endpoint::Outcome;
use super::problem::Problem;
use crate::data::{money, refused};
use crate::dates;
use crate::error::PageError;
use crate::load;
use crate::numbers::Token;
use crate::outline::Outline;
use crate::views::Goals;
use crate::views::round::state_word;

/// Rows asked of the store at a time.
const BATCH: u32 = 200;
/// Rows that are looked through for one page, where filters leave most of them out.
const LOOKED_MAX: usize = 5_000;

/// Whose answer is made, and the records that it is made of.
type Of<'a> = (&'a Call, &'a Books, &'a Outline);

/// Grants in order of their ids: opened ones, and those of committed rounds that wait for it.
pub(super) fn list<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let outline = books.outline(read).await?;
        let (mut found, mut looked) = (Vec::new(), 0);
        let (mut after, mut ends) = (books.after, false);
        while found.len() <= call.limit() && looked < LOOKED_MAX && !ends {
            let (batch, until) = batch((&books, &outline), read, after).await?;
            ends = until.is_none();
            looked += batch.len();
            after = until.or(after);
            let asked = batch.into_iter();
            found.extend(asked.filter(|grant| is_asked(call, &books, grant)));
        }
        let last = match found.len() > call.limit() {
            true => {
                found.truncate(call.limit());
                found.last().map(|grant| grant.id)
            }
            false => after.filter(|_| !ends),
        };
        let rows = views((call, &books, &outline), read, &found).await?;
        Ok(books.page_to(call, rows, last))
    }
    .boxed()
}

/// Grants after one in order of their ids, and up to which id they are all of them; no id at the
/// end.
async fn batch(
    (books, outline): (&Books, &Outline),
    read: &mut Read,
    after: Option<B256>,
) -> Result<(Vec<GrantRecord>, Option<B256>), Problem> {
    let page = Page {
        after,
        limit: BATCH,
    };
    let opened = books.grants(read, &page).await?;
    let imported = read.imported_grants(&page).await?;
    let last = |found: usize, id: Option<B256>| id.filter(|_| found >= BATCH as usize);
    let ends = [
        last(opened.len(), opened.last().map(|grant| grant.id)),
        last(imported.len(), imported.last().map(|grant| grant.id)),
    ];
    let until = ends.into_iter().flatten().min();
    let opened = opened.into_iter().map(|grant| (grant.id, grant));
    let mut found: BTreeMap<B256, GrantRecord> = opened.collect();
    for grant in imported {
        if !found.contains_key(&grant.id)
            && let Some(waiting) = load::promised_of(outline, grant)?
        {
            found.insert(waiting.record.id, waiting.record);
        }
    }
    let found = found.into_values();
    let found = found.filter(|grant| until.is_none_or(|until| grant.id <= until));
    Ok((found.collect(), until))
}

fn is_asked(call: &Call, books: &Books, grant: &GrantRecord) -> bool {
    let root = call
        .asked("round")
        .and_then(|text| text.parse::<B256>().ok());
    let holder = call
        .asked("holder")
        .and_then(|text| text.parse::<Address>().ok());
    let state = call.asked("state");
    root.is_none_or(|root| root == grant.root)
        && holder.is_none_or(|holder| holder == holder_of(grant))
        && state.is_none_or(|state| state == state_word(grant, books.now()))
}

fn holder_of(grant: &GrantRecord) -> Address {
    grant.moved_to.unwrap_or(grant.recipient)
}

async fn views(
    of: Of<'_>,
    read: &mut Read,
    grants: &[GrantRecord],
) -> Result<Vec<(B256, Value)>, Problem> {
    let ids: Vec<B256> = grants.iter().map(|grant| grant.id).collect();
    let papers = read.grant_papers(&ids).await?.into_iter();
    let papers: BTreeMap<B256, Papers> = papers.map(|it| (it.names.origin, it)).collect();
    let mut rows = Vec::with_capacity(grants.len());
    for grant in grants {
        let known = papers.get(&grant.id);
        let terms = terms_of(read, grant, known).await?;
        let value = view(of, (grant, terms.as_ref(), known))?;
        rows.push((grant.id, value));
    }
    Ok(rows)
}

/// The terms of a grant that is not closed, from its round's import or from the chain.
async fn terms_of(
    read: &mut Read,
    grant: &GrantRecord,
    papers: Option<&Papers>,
) -> Result<Option<Terms>, Problem> {
    if grant.state.has(Flags::CLOSED) {
        return Ok(None);
    }
    let bytes = match (&grant.descent, papers) {
        (None, papers) => papers.map(|papers| papers.terms.clone()),
        (Some(_), _) => read.successor(grant.id).await?.map(|it| it.terms),
    };
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let terms = Terms::decode(&bytes).map_err(|error| PageError::Records {
        noun: "grant",
        id: grant.id,
        reason: error.to_string(),
    })?;
    Ok(Some(terms))
}

fn view(
    (call, books, outline): Of<'_>,
    (grant, terms, papers): (&GrantRecord, Option<&Terms>, Option<&Papers>),
) -> Outcome {
    let token = &call.state.deployment.token;
    let amounts = match terms {
        Some(terms) => Some(now_of((books, outline), (grant, terms), token)?),
        None => None,
    };
    let names = papers.map(|papers| &papers.names);
    let opened = grant.state.has(Flags::OPENED).then_some(&grant.opened);
    let person = names.and_then(|names| names.person.clone());
    Ok(json!({
        "id": grant.id,
        "name": names.map(|names| &names.external_id),
        "person": person.filter(|_| call.may(Scope::ReadPeople)),
        "round": grant.root,
        "leaf": grant.descent.is_none().then_some(grant.index),
        "replaces": grant.descent.map(|it| it.old),
        "recipient": grant.recipient.to_checksum(None),
        "holder": holder_of(grant).to_checksum(None),
        "state": state_word(grant, books.now()),
        "granted": money(grant.amount, token),
        "claimed": money(grant.paid_net, token),
        "withheld": money(grant.withheld, token),
        "held": money(grant.held(), token),
        "payments": grant.payments,
        "amounts": amounts,
        "opened_at": opened.map(|origin| dates::machine(origin.block_time)),
        "opened_in": opened.map(|origin| origin.tx),
        "changed_at": dates::machine(grant.changed.block_time),
    }))
}

/// What the chain would say of it at the block's time.
fn now_of(
    (books, outline): (&Books, &Outline),
    (grant, terms): (&GrantRecord, &Terms),
    token: &Token,
) -> Outcome {
    let results = Goals(&outline.goals).results(terms, &grant.state);
    let found = amounts(terms, &grant.state, &results, books.now());
    let found = found.map_err(refused("grant", grant.id))?;
    let paid = payment(found.payable, grant.state.withhold_bps);
    Ok(json!({
        "earned_by_time_ppb": found.time_ppb,
        "open_ppb": found.open_ppb,
        "vested": money(found.vested, token),
        "unlocked": money(found.unlocked, token),
        "payable": money(found.payable, token),
        "claimable": money(paid.net, token),
    }))
}

/// One grant, opened or still to be opened.
pub(super) fn one<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let outline = books.outline(read).await?;
        let of = (call, &books, &outline);
        let id = call.id("id");
        if let Some(grant) = books.grant(read, id).await? {
            let rows = views(of, read, &[grant]).await?;
            let grant = rows.into_iter().next().map(|(_, value)| value);
            return Ok(json!({"as_of": books.as_of(call), "grant": grant}));
        }
        let imported = read.terms(id).await?;
        let missing = || Problem::missing("grant");
        let waiting = load::promised_of(&outline, imported.ok_or_else(missing)?)?;
        let data = waiting.ok_or_else(missing)?;
        let papers = read.grant_papers(&[id]).await?;
        let known = (&data.record, data.terms.as_ref(), papers.first());
        let value = view(of, known)?;
        Ok(json!({"as_of": books.as_of(call), "grant": value}))
    }
    .boxed()
}

/// What happened to a grant, in the order of the chain.
pub(super) fn events<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let id = call.id("id");
        if books.grant(read, id).await?.is_none() {
            return Err(Problem::missing("grant"));
        }
        let facts = load::facts(read, &call.state, Subject::Grant(id)).await?;
        let token = &call.state.deployment.token;
        let known = facts
            .iter()
            .filter(|(origin, _)| origin.block <= books.block.number);
        let rows = (1..).zip(known);
        let rows = rows.map(|(place, (origin, fact))| (key_of(place), event(origin, fact, token)));
        let mut rows = books.rest(rows.collect());
        rows.truncate(call.limit().saturating_add(1));
        Ok(books.page(call, rows))
    }
    .boxed()
}

fn event(origin: &Origin, fact: &Fact, token: &Token) -> Value {
    json!({
        "event": crate::data::name_of(fact),
        "block": origin.block,
        "block_hash": origin.block_hash,
        "time": dates::machine(origin.block_time),
        "transaction": origin.tx,
        "log": origin.log_index,
        "says": says(fact, token),
    })
}

/// The fields of an event that are amounts, accounts or times.
fn says(fact: &Fact, token: &Token) -> Value {
    let account = |account: &Address| Value::from(account.to_checksum(None));
    let fields = match fact {
        Fact::Opened {
            recipient, amount, ..
        } => vec![
            ("to", account(recipient)),
            ("amount", money(*amount, token)),
        ],
        Fact::Claimed {
            to,
            gross,
            withheld,
            ..
        } => vec![
            ("to", account(to)),
            ("gross", money(*gross, token)),
            ("withheld", money(*withheld, token)),
            ("net", money(gross.saturating_sub(*withheld), token)),
        ],
        Fact::ClaimFailed { to, gross, .. } => {
            vec![("to", account(to)), ("gross", money(*gross, token))]
        }
        Fact::Ended { stop_at, .. } | Fact::Paused { stop_at, .. } => {
            vec![("at", Value::from(dates::machine(*stop_at)))]
        }
        Fact::Settled { value, freed, .. } | Fact::Waived { value, freed, .. } => vec![
            ("amount", money(*value, token)),
            ("freed", money(*freed, token)),
        ],
        Fact::HolderChanged { holder, .. } => vec![("to", account(holder))],
        Fact::Moved { to, .. }
        | Fact::RecoveryAnnounced { to, .. }
        | Fact::RecoveryExecuted { to, .. } => vec![("to", account(to))],
        _ => Vec::new(),
    };
    let fields = fields.into_iter();
    let fields: Map<String, Value> = fields.map(|(name, it)| (name.to_owned(), it)).collect();
    Value::Object(fields)
}

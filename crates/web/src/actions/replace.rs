//! Replacing a grant by both sides: the company prepares, the holder signs, the company sends.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_core::succession::{SuccessionDomain, SuccessionRefused, signed_word};
use guerdon_core::tree::Proof;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::sheet::{self, Defaults, Documents, Draft, Inherited, KnownGoals};
use guerdon_store::Read;

use super::effect::refusal;
use super::order::{Fields, field};
use super::request::{self, Call, Which};
use super::subject::{Subject, places};
use super::weighed::weighed;
use crate::access::{CompanyReader, CompanyWriter, GrantParty};
use crate::company::{known_goals, sheet_context};
use crate::error::{PageError, form_refused};
use crate::pages::{Answer, Asked, html};
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// The kind of a request whose body is a replacement file.
pub(crate) const KIND: &str = "replace";
/// How long a holder has to sign unless the company says.
const DEADLINE_SECONDS: u64 = 30 * 86_400;
const DAY: u64 = 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/replace.html")]
struct ReplacePage {
    shell: Shell,
    grant: String,
    grant_href: String,
    title: String,
    sheet: String,
    days: String,
    /// What is wrong with it, one sentence each.
    wrong: Vec<String>,
    /// Columns that a sheet may have.
    columns: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
) -> Answer {
    let id = Asked::parse("grant", &id)?.id;
    let (_, context, subject) = Subject::of_page(&state, &viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    html(&ReplacePage::new(
        &context,
        &subject,
        (&Fields::new(), Vec::new()),
    ))
}

impl ReplacePage {
    fn new(
        context: &Context<'_>,
        subject: &Subject,
        (fields, wrong): (&Fields, Vec<String>),
    ) -> Self {
        let title = format!("Replace {}", subject.name);
        let columns: Vec<_> = sheet::offered().collect();
        let told = |name, default: &str| field(fields, name).unwrap_or(default).to_owned();
        Self {
            shell: Shell::new(context, &title, Place::Company).with_zone(&subject.zone_name),
            grant: subject.name.clone(),
            grant_href: format!("/grants/{}", subject.id()),
            title: format!("Replace {}", subject.title()),
            sheet: told("sheet", ""),
            days: told("days", "30"),
            wrong,
            columns: columns.join(", "),
        }
    }
}

/// Takes the new terms, checks all that the contract would, and keeps them for the holder to sign.
pub(super) async fn prepare(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    let id = Asked::parse("grant", &id)?.id;
    let (mut read, context, subject) = Subject::of_page(&state, &viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    let made = file(&mut read, &state, (&subject, &fields)).await?;
    let checked = match made {
        Ok(file) => match weighed(&subject, &file, context.token()) {
            Ok(_) => Ok(file),
            Err(why) => Err(vec![why]),
        },
        Err(wrong) => Err(wrong),
    };
    let body = match checked.map(|file| text(&file)) {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => {
            let page = ReplacePage::new(&context, &subject, (&fields, vec![error]));
            return form_refused(html(&page));
        }
        Err(wrong) => {
            let page = ReplacePage::new(&context, &subject, (&fields, wrong));
            return form_refused(html(&page));
        }
    };
    drop(read);
    let call = Call {
        subject: format!("grant:{id}"),
        kind: KIND,
        body,
        plan: None,
    };
    let place = format!("/grants/{id}/sign/");
    request::keep(&state, &viewer, (call, &Fields::new(), &place)).await
}

fn text(file: &ReplacementFile) -> Result<String, String> {
    let bytes = file.encode().map_err(|error| format!("{error}."))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The replacement of the rows that were given, not signed yet; or what is wrong with them.
async fn file(
    read: &mut Read,
    state: &AppState,
    (subject, fields): (&Subject, &Fields),
) -> Result<Result<ReplacementFile, Vec<String>>, PageError> {
    let Some(succession) = places(&state.deployment).succession else {
        return Ok(Err(vec![words::NO_SUCCESSION.to_owned()]));
    };
    let days = field(fields, "days").unwrap_or("30").parse::<u64>();
    let Some(days) = days.ok().filter(|days| (1..=365).contains(days)) else {
        return Ok(Err(vec![words::DEADLINE_WRONG.to_owned()]));
    };
    let definitions = definitions(read).await?;
    let goals = known_goals(read).await?;
    let csv = field(fields, "sheet").unwrap_or_default();
    let drafts = match drafts(state, subject, (csv, &goals)) {
        Ok(drafts) => drafts,
        Err(wrong) => return Ok(Err(wrong)),
    };
    for draft in &drafts {
        if read.terms(draft.id).await?.is_some() {
            let id = draft.id;
            let refused = SuccessionRefused::AlreadyOpened { id };
            let token = &state.deployment.token;
            return Ok(Err(vec![refusal(subject, token, &refused)]));
        }
    }
    let successors = drafts
        .iter()
        .map(|draft| successor(state, draft, &definitions));
    let seconds = days.checked_mul(DAY).unwrap_or(DEADLINE_SECONDS);
    Ok(Ok(ReplacementFile {
        domain: SuccessionDomain {
            chain_id: state.deployment.chain_id,
            succession,
        },
        old: subject.id(),
        old_word: signed_word(&subject.data.record.state),
        successors: successors.collect(),
        deadline: subject.now.saturating_add(seconds),
        signature: None,
    }))
}

/// Definitions of goals by their ids.
async fn definitions(read: &mut Read) -> Result<BTreeMap<B256, GoalDefinition>, PageError> {
    let rows = read.goal_definitions().await?.into_iter();
    let decoded = rows.filter_map(|row| {
        let definition = GoalDefinition::decode(row.definition.as_bytes()).ok()?;
        Some((row.id, definition))
    });
    Ok(decoded.collect())
}

/// The rows, each with an agreement and a nonce of its own. What no row says is as it is now in the
/// grant that they replace.
fn drafts(
    state: &AppState,
    subject: &Subject,
    (csv, goals): (&str, &KnownGoals),
) -> Result<Vec<Draft>, Vec<String>> {
    let rate = subject.data.record.state.withhold_bps;
    let mut nonce = || (state.random)();
    let mut context = sheet::Context {
        defaults: Defaults::of(&subject.terms, rate),
        inherited: Inherited::of(&subject.terms),
        documents: Documents::Nonces(&mut nonce),
        ..sheet_context(state, goals)
    };
    let mut read = sheet::read(csv.as_bytes(), &mut context);
    let judges = sheet::own_judges(&read.drafts, &goals.panels);
    read.errors.extend(judges);
    if read.errors.is_empty() {
        return Ok(read.drafts);
    }
    let errors = read.errors.iter();
    let said = errors.map(|it| words::row_wrong(it.row, &it.column, &it.message));
    Err(said.collect())
}

fn successor(
    state: &AppState,
    draft: &Draft,
    definitions: &BTreeMap<B256, GoalDefinition>,
) -> NewGrant {
    let gates = draft.terms.gates.iter();
    let mut goals: Vec<GoalDefinition> = Vec::new();
    for goal in gates.filter_map(|gate| definitions.get(&gate.goal)) {
        if !goals.contains(goal) {
            goals.push(goal.clone());
        }
    }
    NewGrant {
        name: draft.external_id.clone(),
        file: GrantFile {
            chain_id: state.deployment.chain_id,
            contract: state.deployment.grants,
            terms: draft.terms.clone(),
            round: None,
            proof: Proof::default(),
            goals,
            agreement: draft.agreement.clone(),
        },
    }
}

/// The replacement file of a request, with the signature once it is there: what the command line
/// signs and sends.
pub(super) async fn download(
    State(state): State<AppState>,
    reader: GrantParty,
    Path(which): Path<Which>,
) -> Answer {
    let mut read = state.store.read().await?;
    let kept = read.request(which.request).await?;
    let subject = format!("grant:{}", reader.id);
    let kept = kept.filter(|kept| kept.request.kind == KIND && kept.request.subject == subject);
    let kept = kept.ok_or(PageError::NoPage)?;
    let mut file = super::replace_sign::decode(reader.id, &kept)?;
    file.signature = kept.signature.map(|(signature, _)| signature);
    let body = text(&file).map_err(|reason| PageError::Records {
        noun: "grant",
        id: reader.id,
        reason,
    })?;
    let name = format!(
        "attachment; filename=\"replacement-{}.json\"",
        which.request
    );
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}

/// Who takes it back.
pub(super) async fn withdraw(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(which): Path<Which>,
) -> Answer {
    let id = Asked::parse("grant", &which.id)?.id;
    request::withdraw(&state, &viewer, (&format!("grant:{id}"), which.request)).await?;
    super::to(&format!("/grants/{id}/sign/{}", which.request))
}

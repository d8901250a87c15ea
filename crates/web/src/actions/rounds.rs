//! `/company/rounds/{root}/commit` and `/rescind`: a promise to many at once, and taking it back.

use alloy_primitives::B256;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use guerdon_chain::plan::{self, Unit};
use guerdon_chain::{Plan, Role};
use guerdon_core::fact::{Fact, Subject as About};
use guerdon_store::Read;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::consent::{Consent, Terms};
use super::done::Happened;
use super::effect::EffectView;
use super::order::{Fields, field};
use super::permission::Permission;
use super::request::{self, Call, RequestPage, tried};
use super::round_subject::{Found, RoundSubject, weigh};
use crate::access::{CompanyReader, CompanyWriter, Viewer, told};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::pages::{Answer, Asked, html};
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// What is done to a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundAct {
    /// Promised; 0: binding at once.
    Commit { binding_at: u64 },
    /// Taken back.
    Rescind,
}

impl RoundAct {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Commit { .. } => "commit",
            Self::Rescind => "rescind",
        }
    }

    fn body(self) -> String {
        match self {
            Self::Commit { binding_at } => {
                json!({"act": "commit", "binding_at": binding_at}).to_string()
            }
            Self::Rescind => json!({"act": "rescind"}).to_string(),
        }
    }

    pub(super) fn read(body: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(body).ok()?;
        match value["act"].as_str()? {
            "commit" => Some(Self::Commit {
                binding_at: value["binding_at"].as_u64()?,
            }),
            "rescind" => Some(Self::Rescind),
            _ => None,
        }
    }

    /// What the chain tells of it; nothing before it happened. A root is committed once, and taken
    /// back once.
    pub(super) async fn happened(
        self,
        read: &mut Read,
        state: &AppState,
        root: B256,
    ) -> Result<Option<Happened>, PageError> {
        let facts = load::facts(read, state, About::Round(root)).await?;
        let mut facts = facts.iter();
        let told = facts.find(|(_, fact)| match self {
            Self::Commit { .. } => matches!(fact, Fact::RoundCommitted { .. }),
            Self::Rescind => matches!(fact, Fact::RoundRescinded { .. }),
        });
        let said = match self {
            Self::Commit { .. } => words::COMMITTED,
            Self::Rescind => words::TAKEN_BACK,
        };
        Ok(told.map(|(origin, _)| Happened {
            origin: *origin,
            said: said.to_owned(),
        }))
    }

    fn command(self, root: B256) -> String {
        match self {
            Self::Commit { binding_at: 0 } => format!("guerdon round commit {root}"),
            Self::Commit { binding_at } => {
                let at = dates::machine(binding_at);
                format!("guerdon round commit {root} --binding-at {at}")
            }
            Self::Rescind => format!("guerdon round rescind {root}"),
        }
    }

    fn button(self) -> &'static str {
        match self {
            Self::Commit { .. } => "Commit this round",
            Self::Rescind => "Take this round back",
        }
    }

    pub(super) fn plan(self, subject: &RoundSubject, context: &Context<'_>) -> Plan {
        let grants = context.deployment.grants;
        match self {
            Self::Commit { binding_at } => {
                let token = context.token();
                let unit = Unit::new(&token.symbol, token.decimals);
                plan::commit(grants, &subject.root, subject.document, binding_at, &unit)
            }
            Self::Rescind => plan::rescind(grants, subject.root.hash),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/round_act.html")]
struct RoundActPage {
    shell: Shell,
    round: String,
    /// None before it is committed: it has no page yet.
    round_href: Option<String>,
    title: String,
    lead: String,
    /// The form for the binding day; none for a rescind.
    binding: Option<String>,
    form_action: String,
    /// Why the reader's wallet cannot sign it.
    why_not: Option<String>,
    refused: Vec<String>,
    effect: Option<EffectView>,
    consent: Option<Consent>,
}

pub(super) async fn commit(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(root): Path<String>,
    Query(fields): Query<Fields>,
) -> Answer {
    let asked = binding(&fields).map(|binding_at| RoundAct::Commit { binding_at });
    page(&state, &viewer, (&root, asked, &fields)).await
}

pub(super) async fn rescind(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(root): Path<String>,
    Query(fields): Query<Fields>,
) -> Answer {
    page(&state, &viewer, (&root, Ok(RoundAct::Rescind), &fields)).await
}

/// The first second of the day named, in UTC; 0 for none: at once.
fn binding(fields: &Fields) -> Result<u64, &'static str> {
    let Some(day) = field(fields, "binding") else {
        return Ok(0);
    };
    let day: Date = day.parse().map_err(|_| words::BINDING_DAY_WRONG)?;
    let start = day
        .to_zoned(TimeZone::UTC)
        .map_err(|_| words::BINDING_DAY_WRONG)?;
    u64::try_from(start.timestamp().as_second()).map_err(|_| words::BINDING_DAY_WRONG)
}

async fn page(
    state: &AppState,
    viewer: &Viewer,
    (root, asked, fields): (&str, Result<RoundAct, &'static str>, &Fields),
) -> Answer {
    let root = Asked::parse("round", root)?.id;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let subject = RoundSubject::load(&mut read, root).await?;
    let act = asked.unwrap_or(RoundAct::Commit { binding_at: 0 });
    let plan = act.plan(&subject, &context);
    let asked_of = (Role::Issuer, &plan);
    let permission = Permission::of_role(&mut read, &state.deployment, viewer, asked_of).await?;
    let mut page = RoundActPage {
        shell: Shell::new(&context, &title(act, &subject), Place::CompanyRounds)
            .with_zone(&context.zone_of(None).1),
        round: subject.label.clone(),
        round_href: subject.is_committed().then(|| format!("/rounds/{root}")),
        title: title(act, &subject),
        lead: lead(act, &subject, &context),
        binding: matches!(act, RoundAct::Commit { .. })
            .then(|| field(fields, "binding").unwrap_or_default().to_owned()),
        form_action: format!("/company/rounds/{root}/{}", act.word()),
        why_not: permission.reason().map(str::to_owned),
        refused: Vec::new(),
        effect: None,
        consent: None,
    };
    if let Err(wrong) = asked {
        page.refused.push(wrong.to_owned());
        return html(&page);
    }
    match weigh(&mut read, (&subject, &context), act).await? {
        Found::Refused(refused) => page.refused = refused,
        Found::Goes(effect) => {
            page.effect = Some(effect);
            let asked = (&subject, act, field(fields, "confirm") == Some("wrong"));
            let reader = (viewer, &permission);
            page.consent = Some(consent(&mut read, reader, asked).await?);
        }
    }
    html(&page)
}

/// The round's page, or where the company has it before it is committed.
fn place(subject: &RoundSubject) -> String {
    match subject.is_committed() {
        true => format!("/rounds/{}", subject.root.hash),
        false => "/company/rounds".to_owned(),
    }
}

fn title(act: RoundAct, subject: &RoundSubject) -> String {
    match act {
        RoundAct::Commit { .. } => format!("Commit the round {}", subject.label),
        RoundAct::Rescind => format!("Take back the round {}", subject.label),
    }
}

fn lead(act: RoundAct, subject: &RoundSubject, context: &Context<'_>) -> String {
    let (token, total) = (context.token(), subject.root.total);
    match act {
        RoundAct::Commit { .. } => words::commit_lead(token, (total, subject.count.unwrap_or(0))),
        RoundAct::Rescind => words::rescind_lead(token, (total, subject.count)),
    }
}

async fn consent(
    read: &mut Read,
    (viewer, permission): (&Viewer, &Permission),
    (subject, act, is_wrong): (&RoundSubject, RoundAct, bool),
) -> Result<Consent, PageError> {
    let root = subject.root.hash;
    let fields = match act {
        RoundAct::Commit { binding_at } => vec![("binding_at", binding_at.to_string())],
        RoundAct::Rescind => Vec::new(),
    };
    let terms = Terms {
        action: format!("/company/rounds/{root}/{}", act.word()),
        fields,
        typed: Some(&subject.short),
        button: act.button(),
        notes: request::delay_notes(Role::Issuer, permission),
        permission,
        batched: true,
        is_wrong,
        command: act.command(root),
    };
    Consent::new(read, Some(viewer), terms).await
}

/// Takes the order to commit.
pub(super) async fn order_commit(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(root): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    let told = field(&fields, "binding_at").and_then(|seconds| seconds.parse().ok());
    let act = RoundAct::Commit {
        binding_at: told.unwrap_or(0),
    };
    order(&state, &viewer, (&root, act, &fields)).await
}

/// Takes the order to rescind.
pub(super) async fn order_rescind(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(root): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    order(&state, &viewer, (&root, RoundAct::Rescind, &fields)).await
}

async fn order(
    state: &AppState,
    viewer: &Viewer,
    (root, act, fields): (&str, RoundAct, &Fields),
) -> Answer {
    let root = Asked::parse("round", root)?.id;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let subject = RoundSubject::load(&mut read, root).await?;
    let is_wrong = field(fields, "confirm") != Some(subject.short.as_str());
    let refused = weigh(&mut read, (&subject, &context), act).await?;
    if is_wrong || matches!(refused, Found::Refused(_)) {
        drop(read);
        let again = (root.to_string(), Ok(act), again(act, is_wrong));
        let page = page(state, viewer, (&again.0, again.1, &again.2)).await;
        return form_refused(page);
    }
    let call = Call {
        subject: format!("round:{root}"),
        kind: act.word(),
        body: act.body(),
        plan: Some(act.plan(&subject, &context)),
    };
    drop(read);
    let place = format!("/company/rounds/{root}/sign/");
    request::keep(state, viewer, (call, fields, &place)).await
}

/// The form of an order as its page reads it; `is_wrong`: what was typed is not the round's.
fn again(act: RoundAct, is_wrong: bool) -> Fields {
    let day = match act {
        RoundAct::Commit { binding_at: 0 } | RoundAct::Rescind => None,
        RoundAct::Commit { binding_at } => Some(dates::machine(binding_at)),
    };
    let day = day.as_deref().and_then(|day| day.get(..10));
    let day = day.map(|day| ("binding", day));
    let wrong = is_wrong.then_some(("confirm", "wrong"));
    let all = day.into_iter().chain(wrong);
    all.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Which request of which round.
#[derive(Debug, Deserialize)]
pub(super) struct WhichRound {
    root: String,
    request: u64,
}

/// The call of a round, to be signed.
pub(super) async fn sign(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(which): Path<WhichRound>,
) -> Answer {
    let root = Asked::parse("round", &which.root)?.id;
    let mut read = state.store.read().await?;
    let kept = read.request(which.request).await?;
    let subject = format!("round:{root}");
    let kept = kept.filter(|kept| kept.request.subject == subject);
    let kept = kept.ok_or(PageError::NoPage)?;
    let act = RoundAct::read(&kept.request.body).ok_or(PageError::NoPage)?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let subject = RoundSubject::load(&mut read, root).await?;
    if let Some(done) = act.happened(&mut read, &state, root).await? {
        let (zone, path) = (context.zone_of(None).0, format!("/rounds/{root}"));
        let links = vec![(path.clone(), "The round as it stands now".to_owned())];
        let crumb = (subject.label.clone(), path);
        return done.page((&context, &zone), crumb, &title(act, &subject), links);
    }
    let call = act.plan(&subject, &context);
    let asked = (Role::Issuer, &call);
    let permission = Permission::of_role(&mut read, &state.deployment, &viewer, asked).await?;
    let mut stopped = Vec::new();
    if !kept.stands() {
        stopped.push(words::WITHDRAWN.to_owned());
    }
    let effect = match weigh(&mut read, (&subject, &context), act).await? {
        Found::Refused(refused) => {
            stopped.extend(refused);
            None
        }
        Found::Goes(effect) => Some(effect),
    };
    stopped.extend(permission.reason().map(str::to_owned));
    let call = request::announced(&context, &permission, &call);
    let told = told(&mut read, &context, &call.summary).await?;
    drop(read);
    let (mut said, mut panel) = (None, None);
    if let (true, Some(wallet)) = (stopped.is_empty(), viewer.wallet()) {
        said = Some(tried(&state, &call, wallet).await);
        let request = Request::transaction(state.deployment.chain_id, &call);
        let request = request.ok_or(PageError::NoPage)?.from(wallet);
        let request = request
            .told(&told)
            .button(act.button())
            .back(place(&subject))
            .done(format!("/company/rounds/{root}/sign/{}?tx=", kept.id))
            .command(act.command(root));
        panel = Some(request.panel()?);
    }
    let shell = Shell::new(&context, &title(act, &subject), Place::CompanyRounds);
    html(&RequestPage {
        shell: shell
            .with_zone(&context.zone_of(None).1)
            .with_island("sign")
            .with_island("live"),
        crumb: subject.label.clone(),
        crumb_href: place(&subject),
        title: title(act, &subject),
        lead: words::WAITS.to_owned(),
        stopped,
        notes: request::delay_notes(Role::Issuer, &permission),
        effect,
        tried: said,
        sign: panel,
        made: dates::at(kept.request.made_at, &context.zone_of(None).0),
        command: act.command(root),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_day_is_its_first_second_in_utc() {
        let day = |day: &str| binding(&Fields::from([("binding".to_owned(), day.to_owned())]));
        assert_eq!(
            day("2028-07-15").map(dates::machine),
            Ok("2028-07-15T00:00:00Z".to_owned())
        );
        assert_eq!(day(""), Ok(0));
        for wrong in ["tomorrow", "15.07.2028", "1900-01-01"] {
            assert_eq!(day(wrong), Err(words::BINDING_DAY_WRONG), "{wrong}");
        }
    }

    #[test]
    fn what_is_stored_is_read_back_and_has_its_command() {
        let root = B256::ZERO;
        for act in [
            RoundAct::Commit { binding_at: 0 },
            RoundAct::Commit {
                binding_at: 1_846_454_400,
            },
            RoundAct::Rescind,
        ] {
            assert_eq!(RoundAct::read(&act.body()), Some(act));
            let command = act.command(root);
            assert!(command.starts_with(&format!("guerdon round {} 0x", act.word())));
        }
        assert_eq!(RoundAct::read("{}"), None);
    }
}

//! `/grants/{id}/sign/{request}` of a replacement: old beside new in words, the holder's signature,
//! and then the company's call.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use guerdon_chain::{Plan, Role, plan};
use guerdon_core::fact::{Fact, Subject as About};
use guerdon_core::state::Flags;
use guerdon_core::succession::signed_word;
use guerdon_formats::replacement;
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::typed_data::replace_document;
use guerdon_store::{Actor, NewEntry, Read, Request as Kept};

use super::beside::Beside;
use super::consent::{Consent, Terms};
use super::done::Happened;
use super::order::{Fields, field};
use super::permission::Permission;
use super::request::{self, Call, Which, tried};
use super::subject::Subject;
use super::weighed::weighed;
use super::{replace, to};
use crate::access::{CompanyWriter, GrantHolder, Viewer, called, told};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::html::{Hex, Markup};
use crate::load;
use crate::pages::{Answer, Asked, html};
use crate::signing::{Judged, Request, parse_signature, signed_by};
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/replacement.html")]
struct ReplacementPage {
    shell: Shell,
    grant: String,
    grant_href: String,
    title: String,
    stopped: Vec<String>,
    said: Option<&'static str>,
    beside: Option<Beside>,
    /// Until when the holder may sign.
    until: String,
    /// The new agreements: name, text, hash; without a text where the file has none.
    agreements: Vec<(String, Option<String>, Hex)>,
    tried: Option<String>,
    sign: Option<Markup>,
    consent: Option<Consent>,
    /// The file that the command line takes.
    file_href: String,
    command: String,
    withdraw_href: Option<String>,
}

/// The file of a request.
pub(super) fn decode(id: B256, kept: &Kept) -> Result<ReplacementFile, PageError> {
    let decoded = ReplacementFile::decode(kept.request.body.as_bytes());
    decoded.map_err(|error| PageError::Records {
        noun: "grant",
        id,
        reason: error.to_string(),
    })
}

/// What the company sends, and how.
struct Sending {
    /// The call, or its announcement.
    call: Plan,
    /// What it does, as this reader reads it.
    told: String,
    /// Whether the reader's wallet may.
    may: bool,
    consent: Consent,
}

/// A replacement as somebody reads it.
struct Offer<'a> {
    state: &'a AppState,
    context: &'a Context<'a>,
    subject: &'a Subject,
    kept: &'a Kept,
    file: ReplacementFile,
}

pub(super) async fn page(
    mut read: Read,
    state: &AppState,
    (context, id, kept): (&Context<'_>, B256, &Kept),
    said: Option<&'static str>,
) -> Answer {
    let record = read.grant(id).await?;
    if record.is_some_and(|record| record.state.has(Flags::CLOSED)) {
        return replaced(&mut read, state, (context, id, kept)).await;
    }
    let Some(subject) = Subject::load(&mut read, state, (id, context)).await? else {
        return super::closed(context, id);
    };
    let offer = Offer {
        state,
        context,
        subject: &subject,
        kept,
        file: decode(id, kept)?,
    };
    html(&offer.page(read, said).await?)
}

/// The grant is closed: by this replacement, or by something else.
async fn replaced(
    read: &mut Read,
    state: &AppState,
    (context, id, kept): (&Context<'_>, B256, &Kept),
) -> Answer {
    let file = decode(id, kept)?;
    let wanted = file.successors.iter().map(|new| new.file.id().ok());
    let born = read.successors_of(id).await?;
    let is_this = wanted.eq(born.iter().map(|record| Some(record.id)));
    let facts = load::facts(read, state, About::Grant(id)).await?;
    let mut facts = facts.iter();
    let found = facts.find(|(_, fact)| matches!(fact, Fact::Replaced { .. }));
    let Some((origin, _)) = found.filter(|_| is_this) else {
        return super::closed(context, id);
    };
    let zone = context.zone_of(None).0;
    let new = born.iter().zip(&file.successors);
    let mut links: Vec<_> = new
        .map(|(record, new)| (format!("/grants/{}", record.id), new.name.clone()))
        .collect();
    let old = format!("/grants/{id}");
    links.push((old.clone(), "The old grant".to_owned()));
    let done = Happened {
        origin: *origin,
        said: words::REPLACED.to_owned(),
    };
    let name = crate::numbers::shortened(&id.to_string());
    let crumb = (format!("Grant {name}"), old);
    done.page((context, &zone), crumb, "Replace the grant", links)
}

impl Offer<'_> {
    /// The database is given back before the node is asked.
    async fn page(
        &self,
        mut read: Read,
        said: Option<&'static str>,
    ) -> Result<ReplacementPage, PageError> {
        let (subject, context) = (self.subject, self.context);
        let viewer = context.viewer;
        let company = match viewer.filter(|viewer| viewer.is_company()) {
            Some(viewer) if self.kept.signature.is_some() => {
                self.company(&mut read, viewer).await?
            }
            _ => None,
        };
        let weighed = weighed(subject, &self.file, context.token());
        let beside = match &weighed {
            Ok(weighed) => Some(Beside::new(&mut read, context, (weighed, &self.file)).await?),
            Err(_) => None,
        };
        let holder = called(&mut read, viewer, subject.holder).await?;
        drop(read);
        let mut stopped = Vec::new();
        if !self.kept.stands() {
            stopped.push(words::WITHDRAWN.to_owned());
        }
        if self.file.old_word != signed_word(&subject.data.record.state) {
            stopped.push(words::CHANGED_SINCE.to_owned());
        }
        stopped.extend(weighed.err().map(|why| words::no_longer(&why)));
        stopped.extend(self.other_digest().await?);
        let sentences = beside.as_ref().map(|beside| beside.sentences.clone());
        let mut page = self.bare(beside, said);
        if stopped.is_empty() {
            match &self.kept.signature {
                None if viewer.and_then(Viewer::wallet) == Some(subject.holder) => {
                    page.sign = self.for_holder(sentences)?;
                }
                None => {
                    let until = dates::both(self.file.deadline, &subject.zone);
                    stopped.push(words::waits_for_holder(&holder, &until));
                }
                Some((_, at)) => {
                    let at = dates::at(*at, &subject.zone);
                    stopped.push(words::signed_by_holder(&holder, &at));
                    if let (Some(viewer), Some(sending)) = (viewer, company) {
                        self.for_company(viewer.wallet(), sending, &mut page)
                            .await?;
                    }
                }
            }
        }
        page.stopped = stopped;
        let stands = self.kept.stands();
        let may = viewer.is_some_and(|viewer| viewer.is_company() && viewer.wallet().is_some());
        page.withdraw_href = (stands && may).then(|| format!("{}/withdraw", self.path()));
        Ok(page)
    }

    fn path(&self) -> String {
        format!("/grants/{}/sign/{}", self.subject.id(), self.kept.id)
    }

    fn bare(&self, beside: Option<Beside>, said: Option<&'static str>) -> ReplacementPage {
        let subject = self.subject;
        let title = format!("Replace {}", subject.name);
        let shell = Shell::new(self.context, &title, Place::Grants);
        let name = &subject.name;
        ReplacementPage {
            shell: shell
                .with_zone(&subject.zone_name)
                .with_island("sign")
                .with_island("live"),
            grant: name.clone(),
            grant_href: format!("/grants/{}", subject.id()),
            title: format!("Replace {}", subject.title()),
            stopped: Vec::new(),
            said,
            beside,
            until: self.until(),
            agreements: self.file.successors.iter().map(agreement).collect(),
            tried: None,
            sign: None,
            consent: None,
            file_href: format!("{}/replacement.json", self.path()),
            command: self.command(),
            withdraw_href: None,
        }
    }

    fn until(&self) -> String {
        let (at, subject) = (self.file.deadline, self.subject);
        let relative = dates::relative_on(at, subject.now, &subject.zone);
        words::good_until(&dates::both(at, &subject.zone), &relative)
    }

    /// The command that does the next step.
    fn command(&self) -> String {
        let verb = match self.kept.signature {
            None => "agree",
            Some(_) => "replace",
        };
        let (name, number) = (&self.subject.name, self.kept.id);
        format!("guerdon grant {verb} {name} --with replacement-{number}.json")
    }

    /// What is signed must be what the contract computes from the same terms.
    async fn other_digest(&self) -> Result<Option<String>, PageError> {
        let Some(chain) = &self.state.chain else {
            return Ok(None);
        };
        let Ok(terms) = replacement::encoded(&self.file) else {
            return Ok(None);
        };
        let order = (terms.as_slice(), self.file.deadline);
        let (succession, old) = (self.file.domain.succession, &self.subject.bytes);
        let found = chain
            .replace_digest(succession, old, (order.0, order.1))
            .await;
        Ok(match found {
            Ok(found) if found == self.file.digest() => None,
            Ok(_) => Some(words::OTHER_DIGEST.to_owned()),
            // The node is silent: the wallet's own check stands.
            Err(_) => None,
        })
    }

    fn for_holder(&self, changes: Option<Vec<String>>) -> Result<Option<Markup>, PageError> {
        let (subject, file) = (self.subject, &self.file);
        let domain = &file.domain;
        let document = replace_document(domain, &file.message());
        let contract = (domain.chain_id, domain.succession);
        let request = Request::typed_data(contract, &document, file.digest(), self.path())
            .from(subject.holder)
            .saying(words::HOLDER_SIGNS);
        let request = changes.into_iter().flatten().fold(request, Request::saying);
        let request = request
            .button("Sign the replacement")
            .back(format!("/grants/{}", subject.id()))
            .command(format!(
                "guerdon grant agree {} --with replacement-{}.json",
                subject.name, self.kept.id
            ));
        Ok(Some(request.panel()?))
    }

    /// The call that puts the new grants in the old one's place.
    fn call(&self, signature: &[u8]) -> Option<Plan> {
        let terms = replacement::encoded(&self.file).ok()?;
        let order = (self.file.deadline, signature);
        let succession = self.file.domain.succession;
        Some(plan::replace(
            succession,
            &self.subject.bytes,
            &terms,
            order,
        ))
    }

    /// What the company may do once the holder has signed: whether its wallet may, and the form.
    async fn company(
        &self,
        read: &mut Read,
        viewer: &Viewer,
    ) -> Result<Option<Sending>, PageError> {
        let signature = self.kept.signature.as_ref();
        let Some(call) = signature.and_then(|(signature, _)| self.call(signature)) else {
            return Ok(None);
        };
        let asked = (Role::Issuer, &call);
        let permission = Permission::of_role(read, self.context.deployment, viewer, asked).await?;
        let terms = Terms {
            action: format!("{}/batch", self.path()),
            fields: Vec::new(),
            typed: None,
            button: "",
            notes: request::delay_notes(Role::Issuer, &permission),
            permission: &permission,
            batched: true,
            is_wrong: false,
            command: self.command(),
        };
        let consent = Consent::new(read, Some(viewer), terms).await?;
        let call = request::announced(self.context, &permission, &call);
        Ok(Some(Sending {
            told: told(read, self.context, &call.summary).await?,
            may: matches!(permission, Permission::May { .. }),
            consent,
            call,
        }))
    }

    async fn for_company(
        &self,
        wallet: Option<Address>,
        sending: Sending,
        page: &mut ReplacementPage,
    ) -> Result<(), PageError> {
        page.consent = Some(sending.consent);
        if let Some(wallet) = wallet.filter(|_| sending.may) {
            let call = &sending.call;
            page.tried = Some(tried(self.state, call, wallet).await);
            let request = Request::transaction(self.context.deployment.chain_id, call);
            let request = request.ok_or(PageError::NoPage)?.from(wallet);
            let request = request
                .told(&sending.told)
                .saying(words::COMPANY_SENDS)
                .button("Replace this grant")
                .back(format!("/grants/{}", self.subject.id()))
                .done(format!("{}?tx=", self.path()));
            page.sign = Some(request.panel()?);
        }
        Ok(())
    }
}

fn agreement(new: &NewGrant) -> (String, Option<String>, Hex) {
    let text = new.file.agreement.as_ref();
    (
        new.name.clone(),
        text.map(|agreement| agreement.text.clone()),
        Hex::hash(&new.file.terms.document),
    )
}

/// Keeps the holder's signature, after judging it.
pub(super) async fn sign(
    State(state): State<AppState>,
    GrantHolder { viewer, id, .. }: GrantHolder,
    Path(which): Path<Which>,
    Form(fields): Form<Fields>,
) -> Answer {
    let path = format!("/grants/{id}/sign/{}", which.request);
    let mut read = state.store.read().await?;
    let kept = kept(&mut read, id, which.request).await?;
    let Some(record) = read.grant(id).await? else {
        return Err(PageError::NoPage);
    };
    drop(read);
    let file = decode(id, &kept)?;
    let text = field(&fields, "signature").unwrap_or_default();
    let again = async |said| again(&state, &viewer, (id, &kept, said)).await;
    let Some(signature) = parse_signature(text) else {
        return again(words::NO_SIGNATURE).await;
    };
    let holder = record.moved_to.unwrap_or(record.recipient);
    let judged = signed_by(holder, file.digest(), &signature, state.chain.as_ref()).await;
    if !matches!(judged, Ok(Judged::ByKey | Judged::ByContract)) {
        return again(words::WRONG_SIGNER).await;
    }
    let at = (state.wall)();
    let mut tx = state.store.write().await?;
    if !tx.sign_request(which.request, &signature, at).await? {
        drop(tx);
        return again(words::SIGNED_BEFORE).await;
    }
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::Owner(owner),
        action: "replacement signed".to_owned(),
        subject: id.to_string(),
        detail: format!("request {}", which.request),
    })
    .await?;
    tx.commit().await?;
    to(&path)
}

/// The page once more, with what was wrong with the signature.
async fn again(
    state: &AppState,
    viewer: &Viewer,
    (id, kept, said): (B256, &Kept, &'static str),
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    form_refused(page(read, state, (&context, id, kept), Some(said)).await)
}

/// Adds the call of a signed replacement to a batch.
pub(super) async fn batch(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(which): Path<Which>,
    Form(fields): Form<Fields>,
) -> Answer {
    let id = Asked::parse("grant", &which.id)?.id;
    let mut read = state.store.read().await?;
    let kept = kept(&mut read, id, which.request).await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let Some(subject) = Subject::load(&mut read, &state, (id, &context)).await? else {
        return super::closed(&context, id);
    };
    drop(read);
    let offer = Offer {
        state: &state,
        context: &context,
        subject: &subject,
        kept: &kept,
        file: decode(id, &kept)?,
    };
    let signature = kept.signature.as_ref().map(|(signature, _)| signature);
    let plan = signature.and_then(|signature| offer.call(signature));
    let call = Call {
        subject: format!("grant:{id}"),
        kind: replace::KIND,
        // Its file stays with the request: a batch keeps no agreement.
        body: body(kept.id),
        plan: Some(plan.ok_or(PageError::NoPage)?),
    };
    let mut fields = fields;
    fields.insert("go".to_owned(), "batch".to_owned());
    request::keep(&state, &viewer, (call, &fields, "")).await
}

/// What a batch keeps of it.
fn body(request: u64) -> String {
    serde_json::json!({"request": request}).to_string()
}

/// The request that a call of a batch is made of.
pub(super) fn request_of(body: &str) -> Option<u64> {
    let value: serde_json::Value = serde_json::from_str(body).ok()?;
    value["request"].as_u64()
}

/// A replacement that was kept for a grant.
async fn kept(read: &mut Read, id: B256, number: u64) -> Result<Kept, PageError> {
    let kept = read.request(number).await?;
    let subject = format!("grant:{id}");
    let is_its = |kept: &Kept| {
        kept.request.kind == replace::KIND && kept.request.subject == subject && kept.stands()
    };
    kept.filter(is_its).ok_or(PageError::NoPage)
}

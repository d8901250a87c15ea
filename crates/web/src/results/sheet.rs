//! A message for the panel as its members see it: what it says, what the contract would decide by
//! it, who signed, and what is left to do with it.

use alloy_primitives::{Address, B256};
use guerdon_chain::{Plan, plan};
use guerdon_core::goal::{
    Accept, AttemptStatus, GoalsDomain, PanelResult, Registration, Signed, lower_bound, payout,
};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};

use super::desk::{At, Desk};
use super::papers::{Asked, Sheet, quorum};
use super::reading;
use crate::access::{Part, Viewer};
use crate::dates;
use crate::error::PageError;
use crate::html::{Hex, Markup};
use crate::numbers::{capital, payout as paid, score};
use crate::signing::Request;
use crate::strings::results as words;
use crate::views::goal_words::{measured, raw};
use crate::views::{ChartView, Context, result};

/// What an attempt's page is made of.
pub(super) struct Working<'a> {
    pub(super) desk: &'a Desk,
    pub(super) context: &'a Context<'a>,
    pub(super) viewer: &'a Viewer,
    pub(super) at: &'a At,
    pub(super) number: u16,
    pub(super) domain: GoalsDomain,
}

#[derive(Debug, Default)]
pub(super) struct SheetView {
    pub(super) heading: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) caption: Option<String>,
    pub(super) chart: Option<ChartView>,
    pub(super) table: Vec<(&'static str, String)>,
    pub(super) warnings: Vec<String>,
    pub(super) progress: String,
    /// Name where it is known, wallet, and whether it signed.
    pub(super) members: Vec<(Option<String>, Hex, String)>,
    /// Files to take away: where, and what they are.
    pub(super) files: Vec<(String, String)>,
    pub(super) sign: Option<Markup>,
    pub(super) send: Option<Markup>,
    pub(super) tried: Option<String>,
    /// What `send` asks the wallet for.
    pub(super) call: Option<(Plan, Address)>,
}

impl Working<'_> {
    /// Path of the attempt's pages.
    pub(super) fn base(&self) -> String {
        format!("/goals/{}/attempts/{}", self.desk.record.id, self.number)
    }

    fn goals(&self) -> Address {
        self.context.deployment.goals
    }

    /// Who of the panel signed a sheet, and the request for the reader's own signature.
    pub(super) fn to_sign(&self, sheet: &Sheet) -> Result<SheetView, PageError> {
        let (desk, digest) = (self.desk, sheet.paper.digest);
        let signed = desk.signed(digest);
        let record = &desk.record;
        let members = record.panel.iter().map(|member| {
            let found = signed.iter().find(|one| one.signer == *member);
            let said = match found {
                Some(one) => words::signed_on(one.added_at, &self.at.zone),
                None => words::NOT_SIGNED.to_owned(),
            };
            let name = desk.names.get(member).map(|name| capital(name));
            (name, Hex::address(member), said)
        });
        let need = match sheet.asked {
            Asked::Accept(_) => 1,
            Asked::Result(_) => record.m,
        };
        let member = desk.wallet(self.viewer, Part::Member);
        let open = member.filter(|member| !desk.has_signed(digest, *member));
        let signatures = format!("{}/signatures/{digest}", self.base());
        let view = SheetView {
            progress: words::signed(signed.len(), need, record.panel.len()),
            files: match signed.is_empty() {
                true => Vec::new(),
                false => vec![(signatures, words::SIGNATURES.to_owned())],
            },
            members: members.collect(),
            sign: match open {
                Some(member) => Some(self.request(sheet, member)?),
                None => None,
            },
            ..SheetView::default()
        };
        Ok(match &sheet.asked {
            Asked::Accept(accept) => self.accept(accept, view),
            Asked::Result(result) => self.result((sheet, result), view),
        })
    }

    fn request(&self, sheet: &Sheet, member: Address) -> Result<Markup, PageError> {
        let (title, number) = (self.desk.title(), self.number);
        let (said, button) = match &sheet.asked {
            Asked::Accept(accept) => {
                let until = dates::moment(accept.deadline, &self.at.zone);
                let said = words::accepting(&title, number, accept.model, &until);
                (said, words::ACCEPT)
            }
            Asked::Result(result) => {
                let raw = raw(&self.desk.record.goal, &self.brought(result));
                let said = words::signing(&title, number, &raw, result.evidence);
                (said, words::SIGN)
            }
        };
        let place = (self.context.deployment.chain_id, self.goals());
        let document = sheet.asked.document(&self.domain);
        let post = format!("{}/sign", self.base());
        let request = Request::typed_data(place, &document, sheet.paper.digest, post);
        let said = said.into_iter().fold(request, Request::saying);
        let request = said
            .from(member)
            .button(button)
            .field("digest", sheet.paper.digest.to_string())
            .back(String::new());
        Ok(request.panel()?)
    }

    fn accept(&self, accept: &Accept, view: SheetView) -> SheetView {
        SheetView {
            heading: format!(
                "Model {}",
                crate::numbers::shortened(&accept.model.to_string())
            ),
            facts: vec![
                ("Model", accept.model.to_string()),
                ("Good until", dates::moment(accept.deadline, &self.at.zone)),
            ],
            ..view
        }
    }

    fn result(&self, (sheet, result): (&Sheet, &PanelResult), view: SheetView) -> SheetView {
        let record = &self.desk.record;
        let goal = &record.goal;
        let brought = self.brought(result);
        let raw = crate::numbers::capital(&raw(goal, &brought));
        let (lower, fraction) = (brought.lower.unwrap_or(0), brought.word.fraction);
        let caption = words::decides(goal, &raw, lower, fraction);
        let missing = (goal.guards & !result.guards).count_ones();
        let mut warnings = reading::warnings(&sheet.reading);
        if missing > 0 {
            warnings.push(words::guards_fail(missing));
        }
        let table = match measured(goal, &brought) {
            None => Vec::new(),
            Some(measured) => vec![
                ("Threshold", score(goal.threshold)),
                ("Stretch", score(goal.stretch)),
                ("Measured", score(measured)),
                ("Lower bound", score(lower)),
                ("Would pay", paid(fraction.into())),
            ],
        };
        let hash = result.evidence;
        SheetView {
            heading: raw,
            facts: reading::facts(&sheet.reading, hash, sheet.answers),
            chart: result::chart_saying(
                &with_attempt(record, brought),
                &sheet.paper.digest.to_string(),
                &caption,
            ),
            caption: Some(caption),
            table,
            warnings,
            files: self.files((sheet, hash), view.files),
            ..view
        }
    }

    /// The files of a result as they are kept, before those that are there already.
    fn files(
        &self,
        (sheet, evidence): (&Sheet, B256),
        others: Vec<(String, String)>,
    ) -> Vec<(String, String)> {
        let at = |hash: B256| format!("{}/files/{hash}", self.base());
        // Whoever brought it may be erased, and the name with her.
        let name = match sheet.file.as_str() {
            "" => crate::numbers::shortened(&evidence.to_string()),
            name => name.to_owned(),
        };
        let mut files = vec![(at(evidence), words::the_file(&name))];
        let answers = sheet
            .answers
            .map(|hash| (at(hash), words::ANSWERS.to_owned()));
        files.extend(answers);
        let named = reading::files(&sheet.reading).into_iter();
        files.extend(named.map(|(said, hash)| (at(hash), said.to_owned())));
        files.extend(others);
        files
    }

    /// The attempt as it stands once this result is proposed.
    fn brought(&self, result: &PanelResult) -> AttemptRecord {
        let goal = &self.desk.record.goal;
        let mut attempt = self.desk.attempt(self.number).cloned().unwrap_or_default();
        let lower = lower_bound(goal.kind, goal.bound, goal.samples, result.x, result.y).ok();
        let guarded = result.guards & goal.guards == goal.guards;
        attempt.word.fraction = match lower.filter(|_| guarded) {
            Some(lower) => payout(goal, lower),
            None => 0,
        };
        attempt.word.status = AttemptStatus::Proposed;
        attempt.has_result = true;
        (attempt.x, attempt.y) = (result.x, result.y);
        (attempt.samples, attempt.guards) = (result.samples, result.guards);
        (attempt.lower, attempt.evidence) = (lower, result.evidence);
        attempt
    }

    /// The call that registers what was accepted, if the contract would take it from the reader.
    pub(super) fn to_register(&self, sheet: &Sheet) -> Result<Option<SheetView>, PageError> {
        let Asked::Accept(accept) = &sheet.asked else {
            return Ok(None);
        };
        let (desk, digest) = (self.desk, sheet.paper.digest);
        let (record, signatures) = (&desk.record, desk.count(digest));
        let sponsor = desk.wallet(self.viewer, Part::Sponsor);
        let Some(signer) = sponsor.or(self.viewer.wallet()) else {
            return Ok(None);
        };
        let by = Registration {
            signed: Signed {
                signatures,
                m: record.m,
            },
            accepted_until: accept.deadline,
            by_sponsor: sponsor.is_some(),
            now: self.at.now,
            block: self.at.block,
        };
        let heading = format!(
            "Model {}",
            crate::numbers::shortened(&accept.model.to_string())
        );
        if let Err(why) = guerdon_core::goal::register(&record.goal, &record.state, &by) {
            return Ok(Some(SheetView {
                heading,
                warnings: vec![words::refused(&why, &self.at.zone)],
                ..SheetView::default()
            }));
        }
        let quorum = self.quorum(digest)?;
        let goal = &record.goal;
        let plan = plan::register(self.goals(), goal, accept.model, accept.deadline, &quorum);
        let command = format!(
            "guerdon goal register {} --signature FILE",
            self.desk.named()
        );
        let asked = (heading, words::REGISTER, command);
        self.send((plan, signer), asked).map(Some)
    }

    /// The call that puts a signed result on the chain, by anyone.
    pub(super) fn to_propose(&self, sheet: &Sheet) -> Result<Option<SheetView>, PageError> {
        let (Asked::Result(result), Some(signer)) = (&sheet.asked, self.viewer.wallet()) else {
            return Ok(None);
        };
        let digest = sheet.paper.digest;
        let brought = self.brought(result);
        let heading = crate::numbers::capital(&raw(&self.desk.record.goal, &brought));
        let quorum = self.quorum(digest)?;
        let goal = &self.desk.record.goal;
        let plan = plan::propose(self.goals(), goal, result, &quorum);
        let command = format!(
            "guerdon goal propose {} --signature FILE --signature FILE",
            self.desk.named()
        );
        let asked = (heading, words::PROPOSE, command);
        self.send((plan, signer), asked).map(Some)
    }

    fn quorum(&self, digest: B256) -> Result<guerdon_chain::Quorum, PageError> {
        let record = &self.desk.record;
        quorum((record.m, &record.panel), &self.desk.signed(digest)).map_err(|error| {
            PageError::Records {
                noun: "goal",
                id: record.id,
                reason: error.to_string(),
            }
        })
    }

    fn send(
        &self,
        (plan, signer): (Plan, Address),
        (heading, button, command): (String, &str, String),
    ) -> Result<SheetView, PageError> {
        let request = Request::transaction(self.context.deployment.chain_id, &plan);
        let send = match request {
            Some(request) => {
                let request = request.from(signer).button(button).command(command);
                Some(request.back(String::new()).panel()?)
            }
            None => None,
        };
        Ok(SheetView {
            heading,
            send,
            call: Some((plan, signer)),
            ..SheetView::default()
        })
    }
}

/// The goal with one attempt in another state.
pub(super) fn with_attempt(record: &GoalRecord, attempt: AttemptRecord) -> GoalRecord {
    let mut after = record.clone();
    if let Some(place) = after.attempts.get_mut(usize::from(attempt.number)) {
        *place = attempt;
    }
    after
}

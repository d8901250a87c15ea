//! `/grants/{id}/end`: what an end means, before anything is signed.

use alloy_primitives::B256;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use guerdon_core::act::{Act, After, Effect};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::Reason;
use guerdon_core::state::Flags;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::consent::{Consent, Terms};
use super::effect::{EffectView, outlook, refusal, weigh};
use super::open::First;
use super::order::{self, Fields, field};
use super::permission::Permission;
use super::request::{self, Order};
use super::subject::{Subject, places};
use crate::access::{CompanyReader, CompanyWriter, Viewer};
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::pages::{Answer, Asked, html};
use crate::state::AppState;
use crate::strings::actions::{self as words, Leaver};
use crate::views::shell::{Place, Shell};
use crate::views::timeline::{Source, TimelineView};
use crate::views::{Context, Why};

/// Time that signing takes: an end "at once" under terms that allow no backdating lies this far
/// ahead, or the call would come too late.
const SIGNING_SECONDS: u64 = 600;

#[derive(Debug, Template)]
#[template(path = "pages/end.html")]
struct EndPage {
    shell: Shell,
    grant: String,
    grant_href: String,
    title: String,
    lead: String,
    /// What has to be done before it can be ended.
    first: Option<First>,
    /// None where no end is possible.
    form: Option<EndForm>,
    /// An end is announced, and can be withdrawn.
    announced: Option<String>,
    /// Why it cannot be ended at all, or not like this.
    refused: Option<String>,
    meaning: Option<Meaning>,
}

/// What was asked so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct EndForm {
    now: bool,
    day: String,
    good: bool,
    /// The grace of the terms, in words; none if they give none.
    grace: Option<String>,
    zone: String,
    /// How far back the terms let it reach.
    backdate: String,
}

#[derive(Debug)]
struct Meaning {
    effect: EffectView,
    whys: Vec<Why>,
    gates: Vec<String>,
    timeline: TimelineView,
    letter: String,
    consent: Consent,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
    Query(fields): Query<Fields>,
) -> Answer {
    let id = Asked::parse("grant", &id)?.id;
    show(&state, &viewer, (id, &fields)).await
}

async fn show(state: &AppState, viewer: &Viewer, (id, fields): (B256, &Fields)) -> Answer {
    let (mut read, context, subject) = Subject::of_page(state, viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    let first = First::of(&subject);
    let impossible = match first {
        Some(_) => None,
        None => probe(&subject, &context),
    };
    let form = (first.is_none() && impossible.is_none()).then(|| form(&subject, fields));
    let asked = act(&subject, fields);
    let (refused, meaning) = match asked {
        _ if form.is_none() => (impossible, None),
        Ok(None) => (None, None),
        Err(words) => (Some(words), None),
        Ok(Some(act)) => match weigh(&subject, act, context.token()) {
            Err(words) => (Some(words), None),
            Ok(weighed) => {
                let made = Made {
                    subject: &subject,
                    context: &context,
                    viewer,
                    origin: &state.options.origin,
                    is_wrong: field(fields, "confirm") == Some("wrong"),
                };
                let meaning = made.meaning(&mut read, (act, weighed)).await?;
                (None, Some(meaning))
            }
        },
    };
    let title = format!("End {}", subject.name);
    let shell = Shell::new(&context, &title, Place::Company).with_zone(&subject.zone_name);
    html(&EndPage {
        shell,
        grant: subject.name.clone(),
        grant_href: format!("/grants/{id}"),
        title: format!("End {}", subject.title()),
        lead: words::what(Act::End {
            stop_at: 0,
            grace: false,
        })
        .to_owned(),
        first,
        form,
        announced: announced(&subject),
        refused,
        meaning,
    })
}

/// Why no end at all is possible, if so.
fn probe(subject: &Subject, context: &Context<'_>) -> Option<String> {
    let act = Act::End {
        stop_at: subject.now.saturating_add(SIGNING_SECONDS),
        grace: false,
    };
    weigh(subject, act, context.token()).err()
}

/// The form again, as it was filled in.
fn form(subject: &Subject, fields: &Fields) -> EndForm {
    let grace = subject.terms.grace_seconds;
    let back = subject.terms.backdate_seconds;
    EndForm {
        now: field(fields, "when") != Some("day"),
        day: field(fields, "day").unwrap_or_default().to_owned(),
        good: field(fields, "leaver") != Some("bad"),
        grace: (grace > 0).then(|| dates::length(grace.into())),
        zone: subject.zone_name.clone(),
        backdate: match back {
            0 => "not at all".to_owned(),
            seconds => dates::length(seconds.into()),
        },
    }
}

/// For when an end is announced that still lies ahead.
fn announced(subject: &Subject) -> Option<String> {
    let state = &subject.data.record.state;
    let stop_at = state.clock().stop_at;
    let ahead = state.has(Flags::ENDED) && stop_at > subject.now;
    ahead.then(|| dates::at(stop_at, &subject.zone))
}

/// The end that the fields ask for; nothing yet, or what is wrong with them.
fn act(subject: &Subject, fields: &Fields) -> Result<Option<Act>, String> {
    let Some(when) = field(fields, "when") else {
        return Ok(None);
    };
    let stop_at = match (field(fields, "stop_at"), when) {
        (Some(seconds), _) => seconds.parse().map_err(|_| words::NO_DAY.to_owned())?,
        (None, "day") => {
            let day = field(fields, "day").unwrap_or_default();
            last_second(day, &subject.zone).ok_or_else(|| words::NO_DAY.to_owned())?
        }
        (None, _) => at_once(subject),
    };
    let grace = field(fields, "leaver") != Some("bad") && subject.terms.grace_seconds > 0;
    Ok(Some(Act::End { stop_at, grace }))
}

/// Now, or as far ahead as signing takes where the terms let no end reach back.
fn at_once(subject: &Subject) -> u64 {
    match u64::from(subject.terms.backdate_seconds) >= SIGNING_SECONDS {
        true => subject.now,
        false => subject.now.saturating_add(SIGNING_SECONDS),
    }
}

/// The last second of a day in a zone.
fn last_second(day: &str, zone: &TimeZone) -> Option<u64> {
    let day: Date = day.parse().ok()?;
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
    let second = next.timestamp().as_second().checked_sub(1)?;
    u64::try_from(second).ok().filter(|second| *second > 0)
}

/// What a preview is made of.
struct Made<'a> {
    subject: &'a Subject,
    context: &'a Context<'a>,
    viewer: &'a Viewer,
    /// Where people reach these pages.
    origin: &'a str,
    is_wrong: bool,
}

impl Made<'_> {
    async fn meaning(
        &self,
        read: &mut guerdon_store::Read,
        (act, (after, effect)): (Act, (After, Effect)),
    ) -> Result<Meaning, PageError> {
        let (subject, token) = (self.subject, self.context.token());
        let Act::End { stop_at, grace } = act else {
            return Err(PageError::NoPage);
        };
        let outlook = outlook(subject, (stop_at, &after), self.context);
        let (reasons, whys) = outlook.map_err(|why| PageError::Records {
            noun: "grant",
            id: subject.id(),
            reason: refusal(subject, token, &why),
        })?;
        let gates = self.gates(&reasons, stop_at);
        Ok(Meaning {
            effect: EffectView::new(subject, act, (&after, &effect), token),
            whys,
            letter: self.letter((stop_at, grace), &reasons, &gates),
            gates,
            timeline: self.timeline(act, &after)?,
            consent: self.consent(read, (stop_at, grace), act).await?,
        })
    }

    /// What each gate can still pay, and until when somebody may answer.
    fn gates(&self, reasons: &[Reason], stop_at: u64) -> Vec<String> {
        let subject = self.subject;
        let stop = dates::at(stop_at, &subject.zone);
        let line = |reason: &Reason| {
            let Reason::WaitsForResult { goal, amount } = *reason else {
                return None;
            };
            let title = subject.goals().title(goal);
            let known = subject.goals().get(goal);
            let closes = known.map(|known| dates::day(known.record.state.closes, &subject.zone));
            let mut gates = subject.terms.gates.iter();
            let lapse = gates.any(|gate| gate.goal == goal && gate.rule.lapse);
            let lapse = lapse.then_some(stop.as_str());
            let token = self.context.token();
            Some(words::gate_line(
                token,
                (amount, &title),
                lapse,
                closes.as_deref(),
            ))
        };
        reasons.iter().filter_map(line).collect()
    }

    fn letter(
        &self,
        (stop_at, grace): (u64, bool),
        reasons: &[Reason],
        gates: &[String],
    ) -> String {
        let (subject, token) = (self.subject, self.context.token());
        let amount = |of: fn(&Reason) -> Option<u128>| {
            let found = reasons.iter().find_map(of).filter(|amount| *amount > 0);
            found.map(|amount| token.words(amount))
        };
        let paid = amount(|reason| match reason {
            Reason::Paid { amount } => Some(*amount),
            _ => None,
        });
        let claimable = amount(|reason| match reason {
            Reason::Claimable { amount } => Some(*amount),
            _ => None,
        });
        let locked = amount(|reason| match reason {
            Reason::UnlockClock { amount, .. } => Some(*amount),
            _ => None,
        });
        let freed = amount(|reason| match reason {
            Reason::Ended { amount, .. } => Some(*amount),
            _ => None,
        });
        let until = stop_at.saturating_add(subject.terms.grace_seconds.into());
        words::letter(&Leaver {
            company: &self.context.company.name,
            grant: &subject.name,
            granted: &token.words(subject.terms.amount),
            now: subject.now,
            stop_at,
            grace: grace.then_some(until),
            // Hers, not that of whoever writes it.
            zone: &crate::views::zone(subject.data.zone.as_deref()).0,
            paid: paid.as_deref(),
            claimable: claimable.as_deref(),
            locked: locked.as_deref(),
            gates,
            freed: freed.as_deref(),
            page: &format!("{}/grants/{}", self.origin, subject.id()),
        })
    }

    /// The grant's timeline with the end in it: what is ahead follows from the end.
    fn timeline(&self, act: Act, after: &After) -> Result<TimelineView, PageError> {
        let subject = self.subject;
        let origin = Origin {
            block_time: subject.now,
            ..Origin::default()
        };
        let facts = act
            .facts(subject.id(), &subject.standing(), after)
            .into_iter();
        let mut all: Vec<(Origin, Fact)> = subject.data.facts.clone();
        all.extend(facts.map(|fact| (origin, fact)));
        let source = Source {
            terms: &subject.terms,
            state: &after.state,
            facts: &all,
            goals: subject.goals(),
            now: subject.now,
            inherited: subject.data.record.inherited,
        };
        let view = source.view(self.context.token(), &subject.zone);
        view.map_err(|refused| PageError::Records {
            noun: "grant",
            id: subject.id(),
            reason: refused.to_string(),
        })
    }

    async fn consent(
        &self,
        read: &mut guerdon_store::Read,
        (stop_at, grace): (u64, bool),
        act: Act,
    ) -> Result<Consent, PageError> {
        let (subject, deployment) = (self.subject, self.context.deployment);
        let announced = subject.data.record.recovery.to;
        let plan = order::plan(act, places(deployment), &subject.bytes, announced);
        let plan = plan.ok_or(PageError::NoPage)?;
        let asked = (subject, act, &plan);
        let permission = Permission::of_act(read, deployment, self.viewer, asked).await?;
        let leaver = if grace { "good" } else { "bad" };
        let terms = Terms {
            action: format!("/grants/{}/end", subject.id()),
            fields: vec![
                ("when", "moment".to_owned()),
                ("stop_at", stop_at.to_string()),
                ("leaver", leaver.to_owned()),
            ],
            typed: Some(&subject.name),
            button: words::button(act),
            notes: super::notes(subject, act, &permission),
            permission: &permission,
            batched: true,
            is_wrong: self.is_wrong,
            command: order::command(act, &subject.name),
        };
        Consent::new(read, Some(self.viewer), terms).await
    }
}

/// Takes the order, and leads to where it is signed or batched.
pub(super) async fn order(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    let id = Asked::parse("grant", &id)?.id;
    let (read, context, subject) = Subject::of_page(&state, &viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    drop(read);
    let Ok(Some(act)) = act(&subject, &fields) else {
        return form_refused(show(&state, &viewer, (id, &fields)).await);
    };
    let order = Order {
        subject: &subject,
        act,
        typed: true,
    };
    let taken = request::take(&state, &viewer, (order, &fields)).await?;
    let page = async |fields: Fields| show(&state, &viewer, (id, &fields)).await;
    taken.answer(page).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts_in_full_in_its_zone() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let stop = last_second("2026-11-30", &madrid).unwrap();
        assert_eq!(dates::machine(stop), "2026-11-30T22:59:59Z");
        let changing = last_second("2026-10-25", &madrid).unwrap();
        assert_eq!(dates::machine(changing), "2026-10-25T22:59:59Z");
        for wrong in ["", "30.11.2026", "2026-02-30", "1960-01-01", "9999-12-31"] {
            assert_eq!(last_second(wrong, &madrid), None, "{wrong}");
        }
    }
}

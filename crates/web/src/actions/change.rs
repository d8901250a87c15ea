//! `/grants/{id}/change`: what can be asked of a grant, and what each would mean.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use guerdon_core::act::Act;
use guerdon_formats::percent::Percent;
use guerdon_store::Read;

use super::consent::{Consent, Terms};
use super::effect::{EffectView, weigh};
use super::offers::{Group, Seat, groups};
use super::open::First;
use super::order::{self, Fields, field};
use super::permission::Permission;
use super::request::{self, Order};
use super::subject::{Subject, places};
use crate::access::{CompanyWriter, GrantHolder, GrantParty, Viewer};
use crate::error::{PageError, form_refused};
use crate::pages::{Answer, Asked, html};
use crate::state::AppState;
use crate::strings::actions as words;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// Basis points of one part per billion.
const PPB_OF_POINT: u32 = 100_000;
const DAY: u64 = 86_400;

#[derive(Debug, Template)]
#[template(path = "pages/change.html")]
struct ChangePage {
    shell: Shell,
    grant: String,
    grant_href: String,
    title: String,
    state: String,
    /// What has to be done before anything can be asked.
    first: Option<First>,
    groups: Vec<Group>,
    /// Replacing by both sides; none where the reader is not the company.
    replace_href: Option<String>,
    chosen: Option<Chosen>,
}

/// The act that is looked at.
#[derive(Debug)]
struct Chosen {
    word: &'static str,
    heading: &'static str,
    what: &'static str,
    ask: Option<Ask>,
    /// What is wrong with what was filled in, or why the contracts would refuse it.
    refused: Option<String>,
    preview: Option<(EffectView, Consent)>,
}

/// The one thing that an act needs to be told.
#[derive(Debug)]
struct Ask {
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    value: String,
    hint: &'static str,
}

pub(super) async fn page(
    State(state): State<AppState>,
    GrantParty { viewer, id }: GrantParty,
    Query(fields): Query<Fields>,
) -> Answer {
    show(&state, &viewer, (id, &fields)).await
}

async fn show(state: &AppState, viewer: &Viewer, (id, fields): (B256, &Fields)) -> Answer {
    let (mut read, context, subject) = Subject::of_page(state, viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    let first = First::of(&subject);
    let chosen = match field(fields, "act").filter(|_| first.is_none()) {
        None => None,
        Some(word) => chosen(&mut read, (&context, &subject), (word, fields)).await?,
    };
    let seat = Seat::of(viewer, &subject);
    let title = format!("Change {}", subject.name);
    let state_word = crate::views::round::state_word(&subject.data.record, subject.now);
    html(&ChangePage {
        shell: Shell::new(&context, &title, Place::Grants).with_zone(&subject.zone_name),
        grant: subject.name.clone(),
        grant_href: format!("/grants/{id}"),
        title: format!("Change {}", subject.title()),
        state: format!("State: {state_word}."),
        groups: match first {
            Some(_) => Vec::new(),
            None => groups(&subject, context.token(), seat),
        },
        first,
        replace_href: seat.company.then(|| format!("/grants/{id}/replace")),
        chosen,
    })
}

async fn chosen(
    read: &mut Read,
    (context, subject): (&Context<'_>, &Subject),
    (word, fields): (&str, &Fields),
) -> Result<Option<Chosen>, PageError> {
    let Some((shown, ask)) = asked(word, fields) else {
        return Ok(None);
    };
    let parsed = act(word, fields);
    let (refused, preview) = match parsed {
        Ok(None) => (None, None),
        Err(words) => (Some(words.to_owned()), None),
        Ok(Some(act)) => match weigh(subject, act, context.token()) {
            Err(words) => (Some(words), None),
            Ok((after, effect)) => {
                let token = context.token();
                let view = EffectView::new(subject, act, (&after, &effect), token);
                let is_wrong = field(fields, "confirm") == Some("wrong");
                let consent = consent(read, (context, subject), (act, is_wrong)).await?;
                (None, Some((view, consent)))
            }
        },
    };
    Ok(Some(Chosen {
        word: order::word(shown),
        heading: words::heading(shown),
        what: words::what(shown),
        ask,
        refused,
        preview,
    }))
}

/// The act that a word names, whatever it is told, and what it needs to be told.
fn asked(word: &str, fields: &Fields) -> Option<(Act, Option<Ask>)> {
    let ask = |label, name, kind, hint| {
        let value = field(fields, name).unwrap_or_default().to_owned();
        Some(Ask {
            label,
            name,
            kind,
            value,
            hint,
        })
    };
    let to = Address::ZERO;
    Some(match word {
        "accelerate" => (
            Act::Accelerate { by: 0 },
            ask("By how many days", "days", "number", words::DAYS_HINT),
        ),
        "lower-withholding" => (
            Act::LowerWithholding { withhold_bps: 0 },
            ask("New rate in per cent", "percent", "text", words::RATE_HINT),
        ),
        "move" => (
            Act::Move { to },
            ask("To the account", "to", "text", words::ACCOUNT_HINT),
        ),
        "announce-recovery" => (
            Act::AnnounceRecovery { to },
            ask("To the account", "to", "text", words::ACCOUNT_HINT),
        ),
        other => (order::plain(other)?, None),
    })
}

/// The act with what it was told; nothing yet, or what is wrong with it.
fn act(word: &str, fields: &Fields) -> Result<Option<Act>, &'static str> {
    let told = |name| field(fields, name);
    Ok(match word {
        "accelerate" => match (told("seconds"), told("days")) {
            (None, None) => None,
            (Some(seconds), _) => Some(Act::Accelerate {
                by: seconds.parse().map_err(|_| words::DAYS_HINT)?,
            }),
            (None, Some(days)) => Some(Act::Accelerate { by: seconds(days)? }),
        },
        "lower-withholding" => match (told("bps"), told("percent")) {
            (None, None) => None,
            (Some(bps), _) => Some(Act::LowerWithholding {
                withhold_bps: bps.parse().map_err(|_| words::RATE_HINT)?,
            }),
            (None, Some(percent)) => Some(Act::LowerWithholding {
                withhold_bps: points(percent)?,
            }),
        },
        "move" => told("to")
            .map(account)
            .transpose()?
            .map(|to| Act::Move { to }),
        "announce-recovery" => {
            let to = told("to").map(account).transpose()?;
            to.map(|to| Act::AnnounceRecovery { to })
        }
        other => order::plain(other),
    })
}

fn seconds(days: &str) -> Result<u32, &'static str> {
    let days: u64 = days.parse().map_err(|_| words::DAYS_HINT)?;
    let seconds = days.checked_mul(DAY).filter(|seconds| *seconds > 0);
    seconds
        .and_then(|seconds| u32::try_from(seconds).ok())
        .ok_or(words::DAYS_HINT)
}

fn points(percent: &str) -> Result<u16, &'static str> {
    let ppb = Percent::parse(percent).ok().and_then(Percent::exact_ppb);
    let whole = ppb.filter(|ppb| ppb.is_multiple_of(PPB_OF_POINT));
    whole
        .and_then(|ppb| u16::try_from(ppb / PPB_OF_POINT).ok())
        .ok_or(words::RATE_HINT)
}

/// An address; one in mixed case must have the right checksum.
pub(crate) fn account(text: &str) -> Result<Address, &'static str> {
    let digits = text.strip_prefix("0x").ok_or(words::ACCOUNT_HINT)?;
    let mixed = digits.bytes().any(|byte| byte.is_ascii_uppercase())
        && digits.bytes().any(|byte| byte.is_ascii_lowercase());
    let found = match mixed {
        true => Address::parse_checksummed(text, None).map_err(|_| words::CHECKSUM_WRONG)?,
        false => text.parse().map_err(|_| words::ACCOUNT_HINT)?,
    };
    Ok(found)
}

async fn consent(
    read: &mut Read,
    (context, subject): (&Context<'_>, &Subject),
    (act, is_wrong): (Act, bool),
) -> Result<Consent, PageError> {
    let deployment = context.deployment;
    let announced = subject.data.record.recovery.to;
    let plan = order::plan(act, places(deployment), &subject.bytes, announced);
    let plan = plan.ok_or(PageError::NoPage)?;
    let permission = match context.viewer {
        Some(viewer) => Permission::of_act(read, deployment, viewer, (subject, act, &plan)).await?,
        None => Permission::No(words::NO_WALLET.to_owned()),
    };
    let is_holder = context.viewer.and_then(Viewer::wallet) == Some(subject.holder);
    let by_holder = act.is_holders() || (act.is_anyones() && is_holder);
    let page = format!("/grants/{}/change", subject.id());
    let terms = Terms {
        action: if by_holder {
            format!("{page}/holder")
        } else {
            page
        },
        fields: hidden(act),
        typed: needs_typing(act, subject.now).then_some(subject.name.as_str()),
        button: words::button(act),
        notes: super::notes(subject, act, &permission),
        permission: &permission,
        batched: !act.is_holders(),
        is_wrong,
        command: order::command(act, &subject.name),
    };
    Consent::new(read, context.viewer, terms).await
}

/// What nobody can take back, and a recovery, need the grant's name.
fn needs_typing(act: Act, now: u64) -> bool {
    act.is_final(now) || matches!(act, Act::AnnounceRecovery { .. })
}

/// The act as the form carries it.
fn hidden(act: Act) -> Vec<(&'static str, String)> {
    let mut fields = vec![("act", order::word(act).to_owned())];
    match act {
        Act::Accelerate { by } => fields.push(("seconds", by.to_string())),
        Act::LowerWithholding { withhold_bps } => fields.push(("bps", withhold_bps.to_string())),
        Act::Move { to } | Act::AnnounceRecovery { to } => fields.push(("to", to.to_string())),
        _ => {}
    }
    fields
}

/// Takes what the company orders.
pub(super) async fn order(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    let id = Asked::parse("grant", &id)?.id;
    taken(&state, &viewer, (id, &fields, false)).await
}

/// Takes what the holder orders.
pub(super) async fn order_as_holder(
    State(state): State<AppState>,
    GrantHolder { viewer, id, .. }: GrantHolder,
    Form(fields): Form<Fields>,
) -> Answer {
    taken(&state, &viewer, (id, &fields, true)).await
}

async fn taken(
    state: &AppState,
    viewer: &Viewer,
    (id, fields, as_holder): (B256, &Fields, bool),
) -> Answer {
    let (read, context, subject) = Subject::of_page(state, viewer, id).await?;
    let Some(subject) = subject else {
        return super::closed(&context, id);
    };
    drop(read);
    let word = field(fields, "act").unwrap_or_default();
    let Ok(Some(act)) = act(word, fields) else {
        return form_refused(show(state, viewer, (id, fields)).await);
    };
    // Each side has its own door: a holder's order never goes into a batch of the company.
    if act.is_holders() != as_holder && !act.is_anyones() {
        return form_refused(show(state, viewer, (id, fields)).await);
    }
    let order = Order {
        subject: &subject,
        act,
        typed: needs_typing(act, subject.now),
    };
    let mut fields = fields.clone();
    if as_holder {
        fields.insert("go".to_owned(), "sign".to_owned());
    }
    let taken = request::take(state, viewer, (order, &fields)).await?;
    let page = async |fields: Fields| show(state, viewer, (id, &fields)).await;
    taken.answer(page).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_a_form_says_is_what_is_weighed() {
        let days = |days| act("accelerate", &fields(&[("days", days)]));
        assert_eq!(days("90"), Ok(Some(Act::Accelerate { by: 7_776_000 })));
        for wrong in ["0", "-1", "1.5", "50000", "x"] {
            assert_eq!(days(wrong), Err(words::DAYS_HINT), "{wrong}");
        }
        assert_eq!(act("accelerate", &fields(&[])), Ok(None));
        let percent = |percent| act("lower-withholding", &fields(&[("percent", percent)]));
        let withhold_bps = 1_250;
        assert_eq!(
            percent("12.5"),
            Ok(Some(Act::LowerWithholding { withhold_bps }))
        );
        for wrong in ["12.345", "101", "-1", "x"] {
            assert_eq!(percent(wrong), Err(words::RATE_HINT), "{wrong}");
        }
        assert_eq!(act("pause", &fields(&[])), Ok(Some(Act::Pause)));
        assert!(asked("steal", &fields(&[])).is_none());
    }

    #[test]
    fn an_account_with_a_wrong_checksum_is_refused() {
        let right = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        assert!(account(right).is_ok() && account(&right.to_lowercase()).is_ok());
        let swapped = right.replace("dc79C8", "Dc79C8");
        assert_eq!(account(&swapped), Err(words::CHECKSUM_WRONG));
        for wrong in ["", "0x12", "7099", &right[2..]] {
            assert_eq!(account(wrong), Err(words::ACCOUNT_HINT), "{wrong}");
        }
    }

    #[test]
    fn a_form_carries_its_act_whole() {
        let to = Address::repeat_byte(7);
        for act_ in [
            Act::Accelerate { by: 61 },
            Act::LowerWithholding { withhold_bps: 3 },
            Act::Move { to },
            Act::AnnounceRecovery { to },
            Act::Pause,
            Act::Hold { on: false },
        ] {
            let carried: Vec<_> = hidden(act_);
            let carried: Vec<_> = carried
                .iter()
                .map(|(name, it)| (*name, it.as_str()))
                .collect();
            let read = act(order::word(act_), &fields(&carried));
            assert_eq!(read, Ok(Some(act_)));
        }
    }
}

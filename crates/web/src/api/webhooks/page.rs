//! `/company/integrations/webhooks`: made, tried, switched off and on, and what became of each
//! delivery.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use guerdon_store::{Actor, Read, Tx};

use super::log::log;
use super::show::{DeliveryRow, HookRow, Telling, delivery, row};
use super::{NewSecret, NotMade, Wanted, note, put, test_event};
use crate::access::{Administrator, Viewer};
use crate::api::integrations;
use crate::company::forms::{Fields, see};
use crate::error::PageError;
use crate::load;
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::webhooks as words;
use crate::table;
use crate::views::shell::{Place, Shell};

/// Deliveries that the page shows.
const SHOWN: u32 = 100;
/// A secret that was replaced signs for a day as well.
const BOTH_SECONDS: u64 = 86_400;
/// Deliveries in a file of them; everything is forgotten after 30 days.
const FILE: u32 = 20_000;
const LIST: &str = "/company/integrations";

#[derive(Debug, Template)]
#[template(path = "pages/company_webhook.html")]
struct WebhookPage {
    shell: Shell,
    hook: HookRow,
    is_on: bool,
    /// A secret that was made now; shown this once.
    made: Option<String>,
    said: Option<&'static str>,
    rows: Vec<DeliveryRow>,
}

/// One webhook and its deliveries.
pub(in crate::api) async fn one(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(text): Path<String>,
) -> Answer {
    let (id, form) = Form::of(&text);
    let mut read = state.store.read().await?;
    match form {
        Form::Html => show(&mut read, (&state, &viewer), id, (None, None)).await,
        Form::Json | Form::Csv | Form::Xlsx => {
            read.webhook(id).await?.ok_or(PageError::NoPage)?;
            let deliveries = read.deliveries(id, FILE).await?;
            table::answer(form, log(&deliveries)).await
        }
    }
}

async fn show(
    read: &mut Read,
    (state, viewer): (&AppState, &Viewer),
    id: &str,
    (made, said): (Option<NewSecret>, Option<&'static str>),
) -> Answer {
    let hook = read.webhook(id).await?.ok_or(PageError::NoPage)?;
    let as_of = load::as_of(read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let keys = read.api_keys().await?;
    let deliveries = read.deliveries(id, SHOWN).await?;
    let (zone, zone_name) = context.zone_of(None);
    let telling = Telling {
        keys: &keys,
        zone: &zone,
        now: (state.wall)(),
    };
    let mut answer = html(&WebhookPage {
        shell: Shell::new(&context, "Webhook", Place::Integrations)
            .with_data(format!("{LIST}/webhooks/{id}"))
            .with_zone(&zone_name),
        is_on: hook.is_on(),
        hook: row(read, &hook, telling).await?,
        made: made.map(|secret| secret.text),
        said,
        rows: deliveries.iter().map(|it| delivery(it, &zone)).collect(),
    })?;
    // A secret is shown once: no copy of the page is kept on the way.
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// Makes a webhook and shows its secret, this once.
pub(in crate::api) async fn make(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    fields: Fields,
) -> Answer {
    let owner = viewer.owner().ok_or(PageError::NotSignedIn)?;
    let events = fields.all("event").map(str::to_owned).collect();
    let wanted = Wanted {
        url: fields.get("url"),
        events,
        secret: None,
    };
    let mut tx = state.store.write().await?;
    let made = put(&mut tx, &state, wanted, Actor::Owner(owner)).await;
    match made {
        Ok((id, secret)) => {
            tx.commit().await?;
            let mut read = state.store.read().await?;
            show(&mut read, (&state, &viewer), &id, (Some(secret), None)).await
        }
        Err(NotMade::Wrong(why)) => {
            drop(tx);
            integrations::refused(&state, &viewer, (fields.get("url"), why)).await
        }
        Err(NotMade::Store(error)) => Err(error.into()),
    }
}

/// Does to a webhook what a button says.
pub(in crate::api) async fn change(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let actor = Actor::Owner(viewer.owner().ok_or(PageError::NotSignedIn)?);
    let by = ((state.wall)(), actor);
    let mut tx = state.store.write().await?;
    tx.webhook(&id).await?.ok_or(PageError::NoPage)?;
    let mut shown = (None, None);
    match fields.get("do") {
        "try" => shown.1 = tried(&mut tx, &state, &id, by).await?,
        "rotate" => shown = rotated(&mut tx, &state, &id, by).await?,
        "off" => {
            if tx
                .switch_webhook(&id, Some((by.0, words::OFF_BY_HAND)))
                .await?
            {
                note(&mut tx, by, ("webhook switched off", &id), String::new()).await?;
            }
        }
        "on" => {
            if tx.switch_webhook(&id, None).await? {
                note(&mut tx, by, ("webhook switched on", &id), String::new()).await?;
            }
        }
        "again" => {
            let seq: Option<u64> = fields.get("event").parse().ok();
            let seq = seq.ok_or(PageError::NotUnderstood)?;
            if tx.resend(&id, seq, by.0).await? {
                note(&mut tx, by, ("event sent again", &id), seq.to_string()).await?;
            }
        }
        "remove" => {
            tx.remove_webhook(&id).await?;
            note(&mut tx, by, ("webhook removed", &id), String::new()).await?;
            tx.commit().await?;
            return Ok(see(LIST).into_response());
        }
        _ => return Err(PageError::NotUnderstood),
    }
    tx.commit().await?;
    if shown.0.is_none() && shown.1.is_none() {
        return Ok(see(&format!("{LIST}/webhooks/{id}")).into_response());
    }
    let mut read = state.store.read().await?;
    show(&mut read, (&state, &viewer), &id, shown).await
}

/// Writes an event for this webhook alone; why not, if there is nothing to number it by.
async fn tried(
    tx: &mut Tx,
    state: &AppState,
    id: &str,
    by: (u64, Actor),
) -> Result<Option<&'static str>, PageError> {
    let event = test_event((state.deployment.chain_id, by.0), (state.random)());
    if !tx.add_test_event(id, &event, by.0).await? {
        return Ok(Some(words::NOTHING_TOLD));
    }
    note(tx, by, ("webhook tried", id), String::new()).await?;
    Ok(None)
}

type Shown = (Option<NewSecret>, Option<&'static str>);

/// Gives it a new secret; the one before signs for a day as well.
async fn rotated(
    tx: &mut Tx,
    state: &AppState,
    id: &str,
    by: (u64, Actor),
) -> Result<Shown, PageError> {
    let Some(lent) = &state.options.webhooks else {
        return Ok((None, Some(words::NO_DATA_KEY)));
    };
    let secret = match lent.seal(id, None) {
        Ok(secret) => secret,
        Err(why) => return Ok((None, Some(why))),
    };
    let until = by.0.saturating_add(BOTH_SECONDS);
    tx.rotate_webhook(id, &secret.sealed, until).await?;
    note(tx, by, ("webhook secret rotated", id), String::new()).await?;
    Ok((Some(secret), Some(words::BOTH_SIGN)))
}

//! The page, and the request to the relay.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use guerdon_chain::Plan;
use guerdon_core::grant::Payment;
use guerdon_store::{Actor, NewEntry, Owner, RelayState};
use serde::Deserialize;

use super::look::{AtNode, Known, Trial};
use super::preflight::Preflight;
use super::relay::{DAY, Relay, Standing};
use crate::access::{GrantHolder, GrantParty, Viewer};
use crate::data::refused;
use crate::error::PageError;
use crate::html::{Hex, Markup, Money};
use crate::load;
use crate::numbers::shortened;
use crate::pages::{Answer, html};
use crate::signing::Request;
use crate::state::AppState;
use crate::strings::claim::{self as words, Words};
use crate::views::shell::{Place, Shell};
use crate::views::{Context, Goals, Why};

#[derive(Debug, Template)]
#[template(path = "pages/claim.html")]
struct ClaimPage {
    shell: Shell,
    grant: String,
    title: String,
    heading: String,
    verdict: String,
    payment: Option<PaymentView>,
    whys: Vec<Why>,
    sign: Option<Markup>,
    only_looking: Option<&'static str>,
    relay: RelayView,
    /// Whether the request that leads here was taken.
    asked: Option<&'static str>,
    id: B256,
    /// The block that it was read from.
    block: u64,
}

#[derive(Debug)]
struct PaymentView {
    gross: Money,
    withheld: Option<Money>,
    net: Money,
    to: Hex,
}

/// The relay's panel.
#[derive(Debug)]
struct RelayView {
    shown: bool,
    says: String,
    may_ask: bool,
    waits: bool,
    /// What became of the last request.
    last: Option<String>,
}

/// What became of a request to the relay that leads here.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    asked: Option<Taken>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Taken {
    Yes,
    No,
}

/// `GET /grants/{id}/claim`
pub(crate) async fn claim(
    State(state): State<AppState>,
    reader: GrantParty,
    Query(Asked { asked }): Query<Asked>,
) -> Answer {
    let found = gather(&state, reader.id, Some(&reader.viewer)).await?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    drop(read);
    let context = load::context(&state, as_of, Some(&reader.viewer));
    html(&ClaimPage {
        asked: found.said_of(asked),
        ..ClaimPage::new(&found, &context, reader.id)?
    })
}

/// `POST /grants/{id}/relay`
pub(crate) async fn relay(State(state): State<AppState>, holder: GrantHolder) -> Answer {
    let GrantHolder { viewer, wallet, id } = holder;
    let back = |taken| Redirect::to(&format!("/grants/{id}/claim?asked={taken}")).into_response();
    let Found::Known(found) = gather(&state, id, Some(&viewer)).await? else {
        return Ok(back("no"));
    };
    if found.standing() != Standing::Ready {
        return Ok(back("no"));
    }
    let now = found.known.now();
    let since = now.saturating_sub(DAY);
    let mut tx = state.store.write().await?;
    let request = tx.put_relay_request(id, wallet, now, since).await?;
    if request.is_none() {
        return Ok(back("no"));
    }
    let entry = NewEntry {
        at: (state.wall)(),
        actor: Actor::Owner(Owner::Wallet(wallet)),
        action: "claim asked of the relay".to_owned(),
        subject: id.to_string(),
        detail: String::new(),
    };
    tx.append_audit(&entry).await?;
    tx.commit().await?;
    Ok(back("yes"))
}

/// All that the page is made of.
enum Found {
    Known(Box<Whole>),
    /// The grant is there, its terms are not.
    NoTerms,
}

impl Found {
    /// What is said of a request that leads here. An address alone says nothing that is not so.
    fn said_of(&self, taken: Option<Taken>) -> Option<&'static str> {
        let last = match self {
            Self::Known(whole) => whole.relay.last.as_ref(),
            Self::NoTerms => None,
        };
        match (taken?, last.map(|last| last.state)) {
            (Taken::Yes, Some(_)) => Some(words::ASKED),
            (Taken::Yes, None) => None,
            (Taken::No, Some(RelayState::Open)) => Some(words::ASKED_BEFORE),
            (Taken::No, _) => Some(words::NOT_ASKED),
        }
    }
}

struct Whole {
    known: Known,
    preflight: Preflight,
    relay: Relay,
    plan: Option<Plan>,
    wallet: Option<Address>,
}

impl Whole {
    fn standing(&self) -> Standing {
        let Preflight { payment, .. } = &self.preflight;
        self.relay.standing(payment, self.preflight.by_relay())
    }
}

async fn gather(state: &AppState, id: B256, viewer: Option<&Viewer>) -> Result<Found, PageError> {
    let mut read = state.store.read().await?;
    let Some(known) = Known::read(&mut read, state, id).await? else {
        return match read.grant(id).await? {
            Some(_) => Ok(Found::NoTerms),
            None => Err(PageError::Missing { noun: "grant", id }),
        };
    };
    let plan = known.plan(&mut read, state).await?;
    let mut relay = Relay::read(&mut read, state, (id, known.now())).await?;
    drop(read);

    let wallet = viewer.and_then(Viewer::wallet);
    let payable = known.payment().map_err(refused("grant", id))?.gross > 0;
    let node = match &state.chain {
        Some(chain) => {
            let sender = wallet.unwrap_or_else(|| known.holder());
            let plan = plan.as_ref().filter(|_| payable);
            Some(AtNode::ask((chain, state.options.head), plan, sender).await)
        }
        None => None,
    };
    if let Some(Trial::Pays { gas, .. }) = node.as_ref().map(|node| &node.trial) {
        relay.needs = *gas;
    }
    let preflight = Preflight::new(&known, node.as_ref(), wallet, &relay);
    Ok(Found::Known(Box::new(Whole {
        preflight: preflight.map_err(refused("grant", id))?,
        known,
        relay,
        plan,
        wallet,
    })))
}

impl ClaimPage {
    fn new(found: &Found, context: &Context<'_>, id: B256) -> Result<Self, PageError> {
        let title = match found {
            Found::Known(whole) => whole.known.title(),
            Found::NoTerms => format!("Grant {}", shortened(&id.to_string())),
        };
        let shell = Shell::new(context, &format!("Claim, {title}"), Place::Grants)
            .with_island("sign")
            .with_island("live");
        let page = Self {
            shell,
            grant: format!("/grants/{id}"),
            title,
            heading: words::heading(None),
            verdict: words::UNKNOWN_TERMS.to_owned(),
            payment: None,
            whys: Vec::new(),
            sign: None,
            only_looking: None,
            relay: RelayView::none(),
            asked: None,
            id,
            block: context.as_of.head.map_or(0, |(block, _)| block),
        };
        match found {
            Found::NoTerms => Ok(page),
            Found::Known(whole) => page.filled(whole, context),
        }
    }

    fn filled(self, whole: &Whole, context: &Context<'_>) -> Result<Self, PageError> {
        let (known, preflight, token) = (&whole.known, &whole.preflight, context.token());
        let holder = known.holder();
        let short = shortened(&holder.to_checksum(None));
        let words = Words {
            token,
            goals: Goals(&known.goals),
            zone: &known.zone,
            now: known.now(),
            chain_id: context.deployment.chain_id,
            holder: &short,
        };
        let payment = preflight.payment;
        let pays = payment.gross > 0;
        let net = Money::words(payment.net, token);
        let ready = preflight.by_wallet();
        Ok(Self {
            heading: words::heading(pays.then_some(net.text())),
            verdict: words::verdict(ready, preflight.tried, net.text()),
            payment: pays.then(|| PaymentView {
                gross: Money::words(payment.gross, token),
                withheld: (payment.withheld > 0).then(|| Money::words(payment.withheld, token)),
                net: net.clone(),
                to: Hex::address(&holder),
            }),
            whys: preflight
                .findings
                .iter()
                .filter_map(|it| words.why(it))
                .collect(),
            sign: match whole.request(context).filter(|_| ready) {
                Some(request) => Some(request.panel()?),
                None => None,
            },
            only_looking: (ready && whole.wallet.is_none()).then_some(words::ONLY_LOOKING),
            relay: RelayView::new(whole, &words),
            shell: self.shell.with_zone(&known.zone_name),
            ..self
        })
    }
}

impl Whole {
    /// The claim to sign; its sentences and its call data come from one plan.
    fn request(&self, context: &Context<'_>) -> Option<Request> {
        let wallet = self.wallet?;
        let (known, token) = (&self.known, context.token());
        let Payment { net, withheld, .. } = self.preflight.payment;
        let request = Request::transaction(context.deployment.chain_id, self.plan.as_ref()?)?;
        let to = known.holder().to_checksum(None);
        let kept = (withheld > 0).then(|| token.words(withheld));
        let said = words::signed(&token.words(net), &to, kept.as_deref());
        let request = said.into_iter().fold(request, Request::saying);
        Some(
            request
                .from(wallet)
                .button(words::heading(Some(&token.words(net))))
                .done(format!("/grants/{}/receipts/", known.id))
                .back(format!("/grants/{}", known.id))
                .command("guerdon grant claim GRANT.json --rpc-url NODE"),
        )
    }
}

impl RelayView {
    fn none() -> Self {
        Self {
            shown: false,
            says: String::new(),
            may_ask: false,
            waits: false,
            last: None,
        }
    }

    fn new(whole: &Whole, words: &Words<'_>) -> Self {
        let standing = whole.standing();
        let last = whole.relay.last.as_ref();
        let pays = whole.preflight.payment.gross > 0;
        let last = last.map(|last| last.outcome.clone());
        Self {
            shown: standing != Standing::Off && whole.wallet.is_some() && (pays || last.is_some()),
            says: words.relay(&standing),
            may_ask: standing == Standing::Ready,
            waits: matches!(standing, Standing::Waiting { .. }),
            last: last.filter(|outcome| !outcome.is_empty()),
        }
    }
}

//! `/grants/{id}/accept`: the agreement, and the holder's signed word that she accepts it. It is kept
//! here, can be taken away as a file, and has no effect on money.

use alloy_primitives::{Address, B256};
use askama::Template;
use axum::Json;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use guerdon_store::{Acceptance, Actor, NewEntry, Owner, Read};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::claim::Known;
use super::{Judged, Request, parse_signature, signed_by};
use crate::access::{GrantHolder, GrantParty, Viewer, called};
use crate::error::PageError;
use crate::html::{Hex, Markup};
use crate::load;
use crate::numbers::shortened;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::signing as words;
use crate::views::shell::{Place, Shell};

/// A signature is handed in at most so many seconds after its page was made.
const GOOD_FOR: u64 = 86_400;

/// What is signed: this grant, under this agreement, at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AcceptGrant {
    chain_id: u64,
    grants: Address,
    id: B256,
    agreement: B256,
    /// Unix seconds of the wall clock.
    signed_at: u64,
}

/// The typed data by which a holder accepts a grant, as the pages ask wallets to sign it:
/// `(chain id, Grants)`, `(grant, document of its terms)`, and Unix seconds of the wall clock.
#[must_use]
pub fn acceptance(
    (chain_id, grants): (u64, Address),
    (id, agreement): (B256, B256),
    signed_at: u64,
) -> Value {
    let word = AcceptGrant {
        chain_id,
        grants,
        id,
        agreement,
        signed_at,
    };
    word.document()
}

impl AcceptGrant {
    fn document(&self) -> Value {
        let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
        json!({
            "types": {
                "EIP712Domain": [
                    field("name", "string"), field("version", "string"),
                    field("chainId", "uint256"), field("verifyingContract", "address"),
                ],
                "AcceptGrant": [
                    field("id", "bytes32"), field("agreement", "bytes32"),
                    field("signedAt", "uint40"),
                ],
            },
            "primaryType": "AcceptGrant",
            "domain": {
                "name": "Guerdon Portal", "version": "1", "chainId": self.chain_id,
                "verifyingContract": self.grants.to_checksum(None),
            },
            "message": {
                "id": self.id, "agreement": self.agreement, "signedAt": self.signed_at,
            },
        })
    }

    fn digest(&self, document: &Value) -> Result<B256, PageError> {
        let digest = guerdon_chain::typed_data_digest(document);
        digest.map_err(|reason| PageError::Records {
            noun: "grant",
            id: self.id,
            reason,
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/accept.html")]
struct AcceptPage {
    shell: Shell,
    grant: String,
    title: String,
    /// The agreement's text, where it was imported.
    text: Option<String>,
    document: Hex,
    accepted: Vec<String>,
    export: Option<String>,
    no_effect: &'static str,
    no_text: &'static str,
    sign: Option<Markup>,
    only_holder: Option<&'static str>,
}

/// What is known of a grant's agreement.
struct Agreement {
    known: Known,
    text: Option<String>,
    acceptances: Vec<Acceptance>,
}

impl Agreement {
    async fn read(read: &mut Read, state: &AppState, id: B256) -> Result<Self, PageError> {
        let known = Known::read(read, state, id).await?;
        let known = known.ok_or(PageError::Missing { noun: "grant", id })?;
        let imported = read.terms(id).await?;
        Ok(Self {
            text: imported.and_then(|grant| grant.agreement),
            acceptances: read.acceptances(id).await?,
            known,
        })
    }

    fn word(&self, state: &AppState, signed_at: u64) -> AcceptGrant {
        AcceptGrant {
            chain_id: state.deployment.chain_id,
            grants: state.deployment.grants,
            id: self.known.id,
            agreement: self.known.terms.document,
            signed_at,
        }
    }

    /// Whether this account has accepted what the terms refer to.
    fn accepted_by(&self, account: Address) -> bool {
        let document = self.known.terms.document;
        let mut all = self.acceptances.iter();
        all.any(|one| one.wallet == account && one.agreement == document)
    }

    fn request(&self, state: &AppState) -> Result<Request, PageError> {
        let word = self.word(state, (state.wall)());
        let document = word.document();
        let digest = word.digest(&document)?;
        let path = format!("/grants/{}/accept", word.id);
        let request = Request::typed_data((word.chain_id, word.grants), &document, digest, path);
        let said = words::accepting(&shortened(&word.id.to_string()), &word.agreement);
        Ok(said
            .into_iter()
            .fold(request, Request::saying)
            .from(self.known.holder())
            .button(words::ACCEPT)
            .field("signed_at", word.signed_at.to_string())
            .back(format!("/grants/{}", word.id)))
    }
}

/// `GET /grants/{id}/accept`
pub(crate) async fn page(State(state): State<AppState>, reader: GrantParty) -> Answer {
    let GrantParty { viewer, id } = reader;
    let mut read = state.store.read().await?;
    let agreement = Agreement::read(&mut read, &state, id).await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let zone = &agreement.known.zone;
    let accepted = sentences(&mut read, &agreement.acceptances, (Some(&viewer), zone)).await?;
    drop(read);
    let context = load::context(&state, as_of, Some(&viewer));
    let (known, holder) = (&agreement.known, agreement.known.holder());
    let title = known.title();
    let may = viewer.wallet() == Some(holder);
    let open = !agreement.accepted_by(holder);
    let shell = Shell::new(&context, &format!("Agreement, {title}"), Place::Grants);
    html(&AcceptPage {
        shell: shell.with_island("sign").with_zone(&known.zone_name),
        grant: format!("/grants/{id}"),
        title,
        document: Hex::hash(&known.terms.document),
        accepted,
        export: (!agreement.acceptances.is_empty())
            .then(|| format!("/grants/{id}/acceptance.json")),
        no_effect: words::NO_EFFECT,
        no_text: words::NO_TEXT,
        sign: match may && open {
            true => Some(agreement.request(&state)?.panel()?),
            false => None,
        },
        only_holder: (open && !may).then_some(words::ONLY_HOLDER_ACCEPTS),
        text: agreement.text,
    })
}

/// The form that the island fills.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HandedIn {
    signature: String,
    signed_at: u64,
}

/// `POST /grants/{id}/accept`
pub(crate) async fn hand_in(
    State(state): State<AppState>,
    holder: GrantHolder,
    Form(handed): Form<HandedIn>,
) -> Answer {
    let GrantHolder { wallet, id, .. } = holder;
    let agreement = Agreement::read(&mut state.store.read().await?, &state, id).await?;
    let now = (state.wall)();
    let signed_at = handed.signed_at;
    if signed_at > now || signed_at.saturating_add(GOOD_FOR) < now {
        return Err(PageError::NotTaken(words::TOO_OLD));
    }
    let account = agreement.known.holder();
    let word = agreement.word(&state, signed_at);
    let digest = word.digest(&word.document())?;
    let signature = parse_signature(&handed.signature);
    let signature = signature.ok_or(PageError::NotTaken(words::NO_SIGNATURE))?;
    let judged = signed_by(account, digest, &signature, state.chain.as_ref()).await;
    match judged {
        Ok(Judged::ByKey | Judged::ByContract) => {}
        Ok(Judged::Refused) => return Err(PageError::NotTaken(words::NOT_HERS)),
        Err(error) => {
            tracing::info!(%error, "a signature could not be judged");
            return Err(PageError::NotTaken(words::NOT_JUDGED));
        }
    }
    let acceptance = Acceptance {
        grant: id,
        agreement: word.agreement,
        wallet: account,
        signed_at,
        signature,
        added_at: now,
    };
    let mut tx = state.store.write().await?;
    if tx.put_acceptance(&acceptance).await? {
        let entry = NewEntry {
            at: now,
            actor: Actor::Owner(Owner::Wallet(wallet)),
            action: "grant accepted".to_owned(),
            subject: id.to_string(),
            detail: format!("agreement {}", word.agreement),
        };
        tx.append_audit(&entry).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/grants/{id}/accept")).into_response())
}

/// `GET /grants/{id}/acceptance.json`: everything that one needs to check the signatures elsewhere.
pub(crate) async fn export(
    State(state): State<AppState>,
    reader: GrantParty,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let agreement = Agreement::read(&mut read, &state, reader.id).await?;
    let signed = agreement.acceptances.iter().map(|one| {
        let word = AcceptGrant {
            agreement: one.agreement,
            ..agreement.word(&state, one.signed_at)
        };
        json!({
            "wallet": one.wallet.to_checksum(None),
            "signature": alloy_primitives::hex::encode_prefixed(&one.signature),
            "typed_data": word.document(), "received_at": one.added_at,
        })
    });
    let value = json!({
        "grant": reader.id, "agreement": agreement.known.terms.document,
        "text": agreement.text, "note": words::NO_EFFECT,
        "acceptances": signed.collect::<Vec<_>>(),
    });
    Ok(Json(value).into_response())
}

/// Who accepted a grant and when, for its page.
pub(crate) async fn said_of(
    read: &mut Read,
    id: B256,
    (viewer, zone): (Option<&Viewer>, &TimeZone),
) -> Result<Vec<String>, PageError> {
    let all = read.acceptances(id).await?;
    sentences(read, &all, (viewer, zone)).await
}

async fn sentences(
    read: &mut Read,
    acceptances: &[Acceptance],
    (viewer, zone): (Option<&Viewer>, &TimeZone),
) -> Result<Vec<String>, PageError> {
    let mut all = Vec::with_capacity(acceptances.len());
    for one in acceptances {
        let who = called(read, viewer, one.wallet).await?;
        all.push(words::accepted(
            &who,
            &crate::dates::day(one.signed_at, zone),
        ));
    }
    Ok(all)
}

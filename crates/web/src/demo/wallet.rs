//! A wallet in the page, for visitors without one: `ui/islands/demo-wallet.ts` announces it and asks
//! here. It signs for the account that is signed in, and for nobody else.

use alloy_primitives::{Address, Bytes, hex};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use guerdon_chain::{message_digest, typed_data_digest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::cast::{Call, Stage, who};
use super::guard;
use crate::access::{self, Viewer};
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::demo as words;

/// Codes of wallets (EIP-1193): not connected, not supported, and parameters that make no sense.
const UNAUTHORISED: i64 = 4100;
const UNSUPPORTED: i64 = 4200;
const BAD_PARAMETERS: i64 = -32_602;
/// The chain refused (JSON-RPC's own code).
const REFUSED: i64 = 3;

/// A question of a page to its wallet.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    method: String,
    #[serde(default)]
    params: Vec<Value>,
}

/// Why a wallet does not do it.
struct No(i64, String);

pub(super) async fn ask(
    access::Demo(viewer): access::Demo,
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Result<Response, PageError> {
    let stage = guard::stage(&state, &headers)?;
    let account = viewer
        .as_ref()
        .and_then(Viewer::wallet)
        .filter(|account| who(stage, *account).is_some());
    let answer = match answer(&state, stage, (account, &question)).await {
        Ok(result) => json!({ "result": result }),
        Err(No(code, message)) => json!({ "error": { "code": code, "message": message } }),
    };
    Ok(Json(answer).into_response())
}

async fn answer(
    state: &AppState,
    stage: &dyn Stage,
    (account, question): (Option<Address>, &Question),
) -> Result<Value, No> {
    let chain = format!("{:#x}", state.deployment.chain_id);
    let mine = || account.ok_or_else(|| No(UNAUTHORISED, words::NOBODY.to_owned()));
    let params = &question.params;
    match question.method.as_str() {
        "eth_chainId" => Ok(json!(chain)),
        "eth_accounts" | "eth_requestAccounts" => {
            Ok(json!(account.iter().map(checksummed).collect::<Vec<_>>()))
        }
        "wallet_switchEthereumChain" if params.first().is_some_and(|to| to["chainId"] == chain) => {
            Ok(Value::Null)
        }
        "personal_sign" => {
            let message = bytes(params.first())?;
            own(mine()?, params.get(1))?;
            sign(stage, mine()?, &message_digest(&message))
        }
        "eth_signTypedData_v4" => {
            own(mine()?, params.first())?;
            let document = document(params.get(1))?;
            let digest = typed_data_digest(&document).map_err(|why| No(BAD_PARAMETERS, why))?;
            sign(stage, mine()?, &digest)
        }
        "eth_sendTransaction" => {
            let call = params.first().unwrap_or(&Value::Null);
            own(mine()?, call.get("from"))?;
            let call = Call {
                to: address(call.get("to"))?,
                data: Bytes::from(bytes(call.get("data"))?),
            };
            let sent = stage.send(mine()?, call).await;
            sent.map(|hash| json!(hash)).map_err(|why| No(REFUSED, why))
        }
        other => Err(No(UNSUPPORTED, words::unsupported(other))),
    }
}

fn sign(stage: &dyn Stage, account: Address, digest: &alloy_primitives::B256) -> Result<Value, No> {
    let signature = stage.sign(account, digest);
    signature
        .map(|bytes| json!(hex::encode_prefixed(bytes)))
        .map_err(|why| No(UNAUTHORISED, why))
}

/// The page must ask for the account that is signed in.
fn own(account: Address, named: Option<&Value>) -> Result<(), No> {
    match address(named)? == account {
        true => Ok(()),
        false => Err(No(UNAUTHORISED, words::OTHER_ACCOUNT.to_owned())),
    }
}

fn address(value: Option<&Value>) -> Result<Address, No> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    text.parse()
        .map_err(|_| No(BAD_PARAMETERS, words::NOT_AN_ACCOUNT.to_owned()))
}

fn bytes(value: Option<&Value>) -> Result<Vec<u8>, No> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let digits = text
        .strip_prefix("0x")
        .and_then(|digits| hex::decode(digits).ok());
    digits.ok_or_else(|| No(BAD_PARAMETERS, words::NOT_HEXADECIMAL.to_owned()))
}

/// Typed data comes as text.
fn document(value: Option<&Value>) -> Result<Value, No> {
    let parsed = match value {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    parsed.ok_or_else(|| No(BAD_PARAMETERS, words::NOT_TYPED_DATA.to_owned()))
}

fn checksummed(account: &Address) -> String {
    account.to_checksum(None)
}

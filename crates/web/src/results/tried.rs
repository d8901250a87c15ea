//! A call, tried on the node.

use alloy_primitives::Address;
use guerdon_chain::Plan;

use crate::state::AppState;
use crate::strings::actions as words;

/// What the node says of a call now.
pub(super) async fn tried(state: &AppState, plan: &Plan, signer: Address) -> String {
    let Some(chain) = &state.chain else {
        return words::NOT_TRIED.to_owned();
    };
    match chain.call_plan(plan, signer).await {
        Ok(_) => words::WOULD_SUCCEED.to_owned(),
        Err(error) => words::would_fail(&error.to_string()),
    }
}

//! The key that seals secrets of webhooks.

use guerdon_store::Store;

use super::Checkup;
use crate::cli::DataKeyArgs;
use crate::context::Context;
use crate::error::Outcome;
use crate::webhooks::{DataKey, key_path};

const WHAT: &str = "data key";

/// Whether it is there, is the one that sealed what the database has, and is read by nobody else.
pub(super) async fn look(
    context: &Context,
    (key, store): (&DataKeyArgs, &Store),
    checkup: &mut Checkup,
) {
    if let Err(failure) = looked(context, (key, store), checkup).await {
        checkup.failure(WHAT, failure, "guerdon serve does not start with it");
    }
}

async fn looked(
    context: &Context,
    (key, store): (&DataKeyArgs, &Store),
    checkup: &mut Checkup,
) -> Outcome {
    let is_sealed = store.read().await?.data_key_mark().await?.is_some();
    let Some(path) = key_path(context, key, store) else {
        match is_sealed {
            true => checkup.warn(
                WHAT,
                "secrets of webhooks are sealed with one, and none is named here",
                "give it with --data-key, here and to guerdon serve; without it nothing is sent",
            ),
            false => checkup.ok(WHAT, "none is named, so no webhook can be made"),
        }
        return Ok(());
    };
    let shown = path.display();
    match DataKey::look(&path, store).await? {
        None => checkup.ok(WHAT, format!("none yet; guerdon serve makes it at {shown}")),
        Some(_) if is_sealed => {
            checkup.ok(
                WHAT,
                format!("{shown} is the one that secrets are sealed with"),
            );
        }
        Some(_) => checkup.ok(WHAT, format!("{shown}; nothing is sealed yet")),
    }
    Ok(())
}

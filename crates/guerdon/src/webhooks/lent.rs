//! What the pages are lent: they check addresses and seal secrets, and open none.

use std::sync::Arc;

use guerdon_web::{NewSecret, Webhooks};

use super::data_key::{DataKey, random};
use super::sign::Secret;
use super::target::Reach;

/// Lends a data key to the pages.
pub(super) fn lend(key: Arc<DataKey>, reach: Reach) -> Webhooks {
    Webhooks::new(
        move |url| reach.check(url),
        move |id, brought| sealed(&key, id, brought),
    )
}

/// A secret that somebody brought, or a new one, sealed for a webhook.
fn sealed(key: &DataKey, id: &str, brought: Option<&str>) -> Result<NewSecret, &'static str> {
    const FAILED: &str = "The secret could not be sealed.";
    let secret = match brought {
        Some(text) => Secret::read(text)
            .ok_or("A secret is whsec_ and the base64 of 24 to 64 random bytes.")?,
        None => Secret::of(random().map_err(|_| FAILED)?),
    };
    let text = secret.text();
    let sealed = key.seal(id, &text).map_err(|_| FAILED)?;
    Ok(NewSecret { text, sealed })
}

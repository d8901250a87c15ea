//! Events of tokens.

use guerdon_core::fact::Fact;

use crate::bindings::IAccessToken;

impl From<IAccessToken::Transfer> for Fact {
    fn from(event: IAccessToken::Transfer) -> Self {
        Self::Transfer {
            from: event.from,
            to: event.to,
            amount: event.value,
        }
    }
}

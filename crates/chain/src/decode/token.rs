//! Events of tokens.

use super::convert::facts;
use crate::bindings::IAccessToken;

facts! { IAccessToken:
    Transfer { from => from, to => to, value => amount }
}

//! What the binary lends: it alone knows the network and has the data key. The pages seal secrets
//! and can open none.

use std::fmt;
use std::sync::Arc;

type Check = dyn Fn(&str) -> Result<String, &'static str> + Send + Sync;
type Seal = dyn Fn(&str, Option<&str>) -> Result<NewSecret, &'static str> + Send + Sync;

/// Checks addresses, makes and seals secrets.
#[derive(Clone)]
pub struct Webhooks {
    check: Arc<Check>,
    seal: Arc<Seal>,
}

/// A secret as it is shown, once, and as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSecret {
    /// For the receiver.
    pub text: String,
    /// For the store.
    pub sealed: String,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhooks")
    }
}

/// Prints no secret, so that none reaches a log.
impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret")
    }
}

impl Webhooks {
    /// `check` answers an address as it is kept, or says in a sentence why nothing is sent there;
    /// `seal` seals a secret that was brought, or a new one, for the webhook of an id.
    pub fn new(
        check: impl Fn(&str) -> Result<String, &'static str> + Send + Sync + 'static,
        seal: impl Fn(&str, Option<&str>) -> Result<NewSecret, &'static str> + Send + Sync + 'static,
    ) -> Self {
        Self {
            check: Arc::new(check),
            seal: Arc::new(seal),
        }
    }

    pub(super) fn check(&self, url: &str) -> Result<String, &'static str> {
        (self.check)(url)
    }

    pub(super) fn seal(&self, id: &str, brought: Option<&str>) -> Result<NewSecret, &'static str> {
        (self.seal)(id, brought)
    }
}

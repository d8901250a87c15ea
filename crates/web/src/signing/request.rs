use alloy_primitives::{Address, B256, Bytes};
use askama::Template as _;
use guerdon_chain::Plan;
use serde_json::Value;

use super::panel::SignPanel;
use crate::html::Markup;

/// What a wallet is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A call without value, for `eth_sendTransaction`.
    Transaction {
        /// A contract of the deployment.
        to: Address,
        /// Call data.
        data: Bytes,
    },
    /// A message, for `eth_signTypedData_v4`. The page's form takes the signature to `post`.
    TypedData {
        /// The document as the wallet takes it, JSON.
        json: String,
        /// Its EIP-712 hash, which the signature is of.
        digest: B256,
        /// The contract of its domain, one of the deployment.
        contract: Address,
        /// Path that the signature is posted to, as the field `signature`.
        post: String,
        /// Further fields of the form, hidden: name and value.
        fields: Vec<(&'static str, String)>,
    },
}

/// One thing to sign. Its sentences and its bytes come from the same plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The chain that the wallet must stand on.
    pub(crate) chain_id: u64,
    /// Who must sign; anyone if none.
    pub(crate) from: Option<Address>,
    /// What is signed.
    pub(crate) kind: Kind,
    /// What it does, sentence by sentence.
    pub(crate) summary: Vec<String>,
    /// What it does in the plan's own words, where the first sentence says it for a reader.
    pub(crate) exact: Option<String>,
    /// What the button says: a verb and, if there is one, the amount.
    pub(crate) button: String,
    /// Path of the receipt without the transaction's hash, `/grants/0x…/receipts/`; `/sent/` shows
    /// any transaction.
    pub(crate) done: String,
    /// Where one goes instead.
    pub(crate) back: String,
    /// The command that does the same without this page.
    pub(crate) command: Option<String>,
    /// Whether the one filled button of the page is this one.
    pub(crate) first: bool,
}

impl Request {
    /// A call to a contract; nothing for a plan that creates one.
    pub(crate) fn transaction(chain_id: u64, plan: &Plan) -> Option<Self> {
        let kind = Kind::Transaction {
            to: plan.to?,
            data: plan.data.clone(),
        };
        let mut summary = plan.summary.clone();
        if !summary.ends_with('.') {
            summary.push('.');
        }
        Some(Self::of(chain_id, kind, vec![summary]))
    }

    /// A message whose signature is posted to a path of ours.
    pub(crate) fn typed_data(
        (chain_id, contract): (u64, Address),
        document: &Value,
        digest: B256,
        post: impl Into<String>,
    ) -> Self {
        let kind = Kind::TypedData {
            json: document.to_string(),
            digest,
            contract,
            post: post.into(),
            fields: Vec::new(),
        };
        Self::of(chain_id, kind, Vec::new())
    }

    fn of(chain_id: u64, kind: Kind, summary: Vec<String>) -> Self {
        Self {
            chain_id,
            from: None,
            kind,
            summary,
            exact: None,
            button: "Sign".to_owned(),
            done: "/sent/".to_owned(),
            back: "/".to_owned(),
            command: None,
            first: true,
        }
    }

    /// Only this account may sign.
    pub(crate) fn from(self, signer: Address) -> Self {
        Self {
            from: Some(signer),
            ..self
        }
    }

    /// Says the plan's sentence as the reader reads it: people by name, moments in his zone. The
    /// plan's own words stay where everything is exact.
    pub(crate) fn told(mut self, sentence: &str) -> Self {
        if let Some(first) = self.summary.first_mut() {
            let told = format!("{}.", sentence.trim_end_matches('.'));
            self.exact = Some(std::mem::replace(first, told));
        }
        self
    }

    /// Says more about what it does.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.summary.push(sentence.into());
        self
    }

    /// What the button says.
    pub(crate) fn button(self, words: impl Into<String>) -> Self {
        Self {
            button: words.into(),
            ..self
        }
    }

    /// Where the receipt will show; the transaction's hash is put behind it.
    pub(crate) fn done(self, path: impl Into<String>) -> Self {
        Self {
            done: path.into(),
            ..self
        }
    }

    /// Where one goes instead.
    pub(crate) fn back(self, path: impl Into<String>) -> Self {
        Self {
            back: path.into(),
            ..self
        }
    }

    /// The command that does the same.
    pub(crate) fn command(self, command: impl Into<String>) -> Self {
        Self {
            command: Some(command.into()),
            ..self
        }
    }

    /// A further field of the form that brings a signature; nothing for a transaction.
    pub(crate) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Kind::TypedData { fields, .. } = &mut self.kind {
            fields.push((name, value.into()));
        }
        self
    }

    /// Another button of the page is the filled one.
    pub(crate) fn second(self) -> Self {
        Self {
            first: false,
            ..self
        }
    }

    /// The panel to sign with.
    pub(crate) fn panel(&self) -> Result<Markup, askama::Error> {
        Ok(Markup(SignPanel::new(self).render()?))
    }
}

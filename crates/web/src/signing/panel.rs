//! The panel around `<guerdon-sign>`.

use askama::Template;

use super::{Kind, Request};
use crate::html::Hex;
use crate::strings::signing as words;

/// A line of the exact request: what it is, and its value.
#[derive(Debug)]
struct Exact {
    what: &'static str,
    value: String,
}

#[derive(Debug, Template)]
#[template(path = "partials/sign.html")]
pub(super) struct SignPanel<'a> {
    request: &'a Request,
    /// Every sentence that the island may say, as one JSON object.
    words: String,
    no_script: &'static str,
    signer: Option<Hex>,
    contract: String,
    /// Call data; empty for a message.
    data: String,
    /// The message; empty for a call.
    typed: &'a str,
    post: Option<&'a str>,
    fields: &'a [(&'static str, String)],
    exact: Vec<Exact>,
}

impl<'a> SignPanel<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let exact = |what, value: String| Exact { what, value };
        let chain = exact("chain", request.chain_id.to_string());
        let signer = request.from.as_ref().map(Hex::address);
        let panel = Self {
            request,
            words: words::island().to_string(),
            no_script: words::NO_SCRIPT,
            signer,
            contract: String::new(),
            data: String::new(),
            typed: "",
            post: None,
            fields: &[],
            exact: Vec::new(),
        };
        let plain = request.exact.clone().map(|plain| exact("call", plain));
        match &request.kind {
            Kind::Transaction { to, data } => Self {
                contract: to.to_checksum(None),
                data: data.to_string(),
                exact: plain
                    .into_iter()
                    .chain([
                        chain,
                        exact("to", to.to_checksum(None)),
                        exact("value", "0".to_owned()),
                        exact("data", data.to_string()),
                    ])
                    .collect(),
                ..panel
            },
            Kind::TypedData {
                json,
                digest,
                contract,
                post,
                fields,
            } => Self {
                contract: contract.to_checksum(None),
                typed: json,
                post: Some(post),
                fields,
                exact: vec![
                    chain,
                    exact("contract", contract.to_checksum(None)),
                    exact("hash", digest.to_string()),
                    exact("message", json.clone()),
                ],
                ..panel
            },
        }
    }
}

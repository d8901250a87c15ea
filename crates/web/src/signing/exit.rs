//! The page that needs no server: one file with the call data of a claim, the island that a wallet
//! is asked by, and a policy that lets nothing else run.

use alloy_primitives::{Address, B256};
use askama::Template;
use guerdon_chain::Plan;
use sha2::{Digest, Sha256};

use super::Request;
use crate::assets;
use crate::html::Markup;
use crate::strings::signing as words;

const STYLE: &str = include_str!("../../ui/styles/exit.css");

/// What the page of a grant file is made of.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The chain's id.
    pub chain_id: u64,
    /// The Grants contract.
    pub contract: Address,
    /// The grant.
    pub id: B256,
    /// Who is paid, as the terms name her.
    pub recipient: Address,
    /// What the terms say, in words.
    pub terms: Vec<String>,
    /// `claimFirst`, which opens it if nobody has; `None` for a grant that replaced another.
    pub first: Option<Plan>,
    /// `claim`
    pub later: Plan,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ExitError {
    /// The islands were not built in.
    #[error("this guerdon was built without its scripts, so it cannot write a page that signs")]
    NoScript,
    /// The plan creates a contract.
    #[error("the call has no contract to go to")]
    NoContract,
    /// A template failed.
    #[error("the page could not be written: {0}")]
    Render(#[from] askama::Error),
}

#[derive(Debug, Template)]
#[template(path = "pages/exit.html")]
struct ExitPage<'a> {
    exit: &'a Exit,
    policy: String,
    style: Markup,
    script: Markup,
    contract: String,
    first: Option<Markup>,
    later: Markup,
    notes: [&'static str; 3],
}

/// The page as one HTML file.
///
/// # Errors
/// [`ExitError`] when this build has no scripts, or the plans are none that a wallet can send.
pub fn exit_page(exit: &Exit) -> Result<String, ExitError> {
    let (sign, follow) = (assets::island("sign"), assets::island("exit"));
    let (Some(sign), Some(follow)) = (sign, follow) else {
        return Err(ExitError::NoScript);
    };
    let script = format!("{sign}\n{follow}");
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        source(&script),
        source(STYLE)
    );
    let panel = |plan: &Plan, button: &str, said: &str| -> Result<Markup, ExitError> {
        let request = Request::transaction(exit.chain_id, plan).ok_or(ExitError::NoContract)?;
        let request = request
            .saying(said)
            .button(button)
            .done("")
            .back("")
            .command("guerdon grant claim GRANT.json --rpc-url NODE");
        Ok(request.panel()?)
    };
    let first = match &exit.first {
        Some(plan) => Some(panel(plan, words::EXIT_FIRST, words::EXIT_FIRST_SAYS)?),
        None => None,
    };
    let page = ExitPage {
        exit,
        policy,
        style: Markup(STYLE.to_owned()),
        script: Markup(script),
        contract: exit.contract.to_checksum(None),
        first,
        later: panel(&exit.later, words::EXIT_LATER, words::EXIT_LATER_SAYS)?,
        notes: words::EXIT_NOTES,
    };
    Ok(page.render()?)
}

/// A source of the policy: the hash of what may run, `sha256-…`.
fn source(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let whole = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        for place in 0..4 {
            let digit = (whole >> (18 - 6 * place)) & 63;
            let shown = DIGITS.get(digit as usize).filter(|_| place <= chunk.len());
            text.push(shown.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let rows = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, want) in rows {
            assert_eq!(base64(text.as_bytes()), want);
        }
    }
}

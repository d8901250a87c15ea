//! The message that a wallet signs to sign in, as ERC-4361 writes it.

use alloy_primitives::Address;
use jiff::Timestamp;

/// A message, its parts as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Host and port of the pages.
    pub(super) domain: String,
    pub(super) address: Address,
    pub(super) statement: String,
    /// Where the signature is used.
    pub(super) uri: String,
    pub(super) chain_id: u64,
    pub(super) nonce: String,
    /// Unix seconds.
    pub(super) issued_at: u64,
    /// Unix seconds.
    pub(super) expires_at: u64,
}

const WANTS: &str = " wants you to sign in with your Ethereum account:";

impl Message {
    /// The text that is signed.
    pub(super) fn text(&self) -> String {
        let Self {
            domain,
            statement,
            uri,
            chain_id,
            nonce,
            ..
        } = self;
        let address = self.address.to_checksum(None);
        let (issued, expires) = (written(self.issued_at), written(self.expires_at));
        format!(
            "{domain}{WANTS}\n{address}\n\n{statement}\n\nURI: {uri}\nVersion: 1\nChain ID: \
             {chain_id}\nNonce: {nonce}\nIssued At: {issued}\nExpiration Time: {expires}"
        )
    }

    /// Reads a text of this form; `None` unless it is written in exactly this way.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let message = Self {
            domain: lines.next()?.strip_suffix(WANTS)?.to_owned(),
            address: Address::parse_checksummed(lines.next()?, None).ok()?,
            statement: {
                lines.next().filter(|line| line.is_empty())?;
                lines.next()?.to_owned()
            },
            uri: {
                lines.next().filter(|line| line.is_empty())?;
                lines.next()?.strip_prefix("URI: ")?.to_owned()
            },
            chain_id: {
                lines.next().filter(|line| *line == "Version: 1")?;
                lines.next()?.strip_prefix("Chain ID: ")?.parse().ok()?
            },
            nonce: lines.next()?.strip_prefix("Nonce: ")?.to_owned(),
            issued_at: read(lines.next()?.strip_prefix("Issued At: ")?)?,
            expires_at: read(lines.next()?.strip_prefix("Expiration Time: ")?)?,
        };
        // What is signed is what was read, to the byte.
        (message.text() == text).then_some(message)
    }
}

fn written(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok();
    let at = at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.unwrap_or(Timestamp::MAX).to_string()
}

fn read(text: &str) -> Option<u64> {
    let at: Timestamp = text.parse().ok()?;
    u64::try_from(at.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            domain: "grants.acme.example".into(),
            address: Address::repeat_byte(0x1c),
            statement: "Look at my grants.".into(),
            uri: "https://grants.acme.example/sign-in".into(),
            chain_id: 8_453,
            nonce: "32891756".repeat(8),
            issued_at: 1_795_300_000,
            expires_at: 1_795_300_300,
        }
    }

    #[test]
    fn a_message_is_written_as_the_standard_says() {
        let text = message().text();
        let lines: Vec<_> = text.split('\n').collect();
        assert_eq!(
            lines[0],
            "grants.acme.example wants you to sign in with your Ethereum account:"
        );
        assert_eq!(lines[1], "0x1C1C1c1c1c1C1c1c1c1c1C1c1c1c1c1C1C1c1c1c");
        assert_eq!(
            (lines[2], lines[3], lines[4]),
            ("", "Look at my grants.", "")
        );
        assert_eq!(lines[5], "URI: https://grants.acme.example/sign-in");
        assert_eq!(lines[6], "Version: 1");
        assert_eq!(lines[7], "Chain ID: 8453");
        assert_eq!(lines[9], "Issued At: 2026-11-21T22:26:40Z");
        assert_eq!(lines[10], "Expiration Time: 2026-11-21T22:31:40Z");
        assert_eq!(lines.len(), 11);
    }

    #[test]
    fn a_message_reads_back_and_no_other_writing_of_it_does() {
        let text = message().text();
        assert_eq!(Message::parse(&text), Some(message()));
        let others = [
            text.replace("Version: 1", "Version: 2"),
            text.replace("Chain ID: 8453", "Chain ID: 08453"),
            text.replace('\n', "\r\n"),
            text.replace("Z", "+00:00"),
            format!("{text}\n"),
            format!("{text}\nResources:\n- https://a.example"),
            text.replace("0x1C", "0x1c"),
            text.replacen("\n\n", "\n", 1),
            String::new(),
        ];
        for other in others {
            assert_ne!(other, text);
            assert_eq!(Message::parse(&other), None, "{other}");
        }
    }
}

//! Signatures as Standard Webhooks has them: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret that somebody else may bring.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that both sides know.
#[derive(Clone)]
pub(super) struct Secret(Vec<u8>);

/// Prints nothing of it, so that nothing reaches a log.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret of random bytes.
    pub(super) fn of(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// Reads `whsec_` and base64 of 24 to 64 bytes.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// As it is shown and kept by the receiver.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn sign(&self, (id, timestamp, body): (&str, u64, &str)) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    }
}

/// The header `webhook-signature`: one signature of each secret, the newest first.
pub(super) fn signatures(secrets: &[Secret], signed: (&str, u64, &str)) -> String {
    let all = secrets.iter().map(|secret| secret.sign(signed));
    all.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's own libraries are tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNED: (&str, u64, &str) = (
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        r#"{"test": 2432232314}"#,
    );
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_published_example_is_signed_as_published() {
        let secret = Secret::read(SECRET).unwrap();
        assert_eq!(signatures(std::slice::from_ref(&secret), SIGNED), SIGNATURE);
        let newer = Secret::of([7; 32]);
        let both = signatures(&[newer.clone(), secret], SIGNED);
        let newest = signatures(&[newer], SIGNED);
        assert_eq!(both, format!("{newest} {SIGNATURE}"));
    }

    #[test]
    fn a_secret_is_read_as_it_was_written_and_no_other_text_is_one() {
        let secret = Secret::of([0xab; 32]);
        let text = secret.text();
        assert_eq!(Secret::read(&text).unwrap().text(), text);
        assert_eq!(format!("{secret:?}"), "Secret");
        let short = format!("{PREFIX}{}", STANDARD.encode([1; 23]));
        let long = format!("{PREFIX}{}", STANDARD.encode([1; 65]));
        for wrong in ["", "whsec_", &text[6..], "whsec_not base64!", &short, &long] {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
    }
}

//! Signing in as a page does: a message, its signature, a cookie.

use std::io::Write;

use alloy_primitives::hex;
use guerdon_chain::{Signer, message_digest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// Answers the cookie of a session by wallet, `name=value`.
pub(crate) async fn sign_in(origin: &str, signer: &Signer) -> Outcome<String> {
    let address = signer.address().to_checksum(None);
    let asked = post(origin, "/sign-in/message.json", &[("address", &address)]).await?;
    let (_, body) = asked.split_once("\r\n\r\n").ok_or("no answer")?;
    let from = body.find('{').ok_or("no message")?;
    let upto = body.rfind('}').ok_or("no message")?;
    let json = body.get(from..=upto).ok_or("no message")?;
    let json: serde_json::Value = serde_json::from_str(json)?;
    let message = json["message"].as_str().ok_or("no message")?;
    let signature = signer.sign_digest(&message_digest(message.as_bytes()))?;
    let signature = hex::encode_prefixed(signature);
    let fields = [("message", message), ("signature", signature.as_str())];
    let signed = post(origin, "/sign-in", &fields).await?;
    let cookie = signed
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next())
        .ok_or_else(|| format!("no session was opened: {signed}"))?;
    Ok(cookie.to_owned())
}

async fn post(origin: &str, path: &str, fields: &[(&str, &str)]) -> Outcome<String> {
    let host = origin.trim_start_matches("http://");
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    let body = body.join("&");
    let mut stream = TcpStream::connect(host).await?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn escaped(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// One line for whoever started this.
pub(crate) fn say(line: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

pub(crate) fn wall() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}

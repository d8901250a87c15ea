//! Somebody at the pages: sends forms as a browser does, keeps the cookie, follows nothing.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use alloy_primitives::hex;
use guerdon_chain::{Signer, message_digest};
use serde_json::Value;

/// An answer of the pages.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Answer {
    /// Whether nothing of the body is missing: who is killed in the middle of an answer sends half.
    fn is_whole(&self, body: &[u8]) -> bool {
        if let Some(length) = self.header("content-length") {
            return length.parse() == Ok(body.len());
        }
        let chunked = self.header("transfer-encoding").is_some();
        !chunked || body.ends_with(b"0\r\n\r\n")
    }
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser in small.
#[derive(Debug)]
pub(crate) struct Visitor {
    address: String,
    /// What it sends as `Host` and in `Origin`.
    pub(crate) host: String,
    /// Whether it says where a form comes from.
    pub(crate) origin: bool,
    pub(crate) cookie: Option<String>,
}

impl Visitor {
    pub(crate) fn at(url: &str) -> Self {
        let address = url.trim_start_matches("http://").to_owned();
        Self {
            host: address.clone(),
            address,
            origin: true,
            cookie: None,
        }
    }

    /// Signs in with an account of the embedded chain: the message and the signature.
    pub(crate) fn sign_in(&mut self, account: u32) -> (String, String) {
        let signer = Signer::embedded(account).unwrap();
        let address = signer.address().to_checksum(None);
        let asked = self.form("/sign-in/message.json", &[("address", &address)]);
        let asked = asked.expect(200).json();
        let message = asked["message"].as_str().unwrap().to_owned();
        let signature = signer.sign_digest(&message_digest(message.as_bytes()));
        let signature = hex::encode_prefixed(signature.unwrap());
        let signed = [("message", message.as_str()), ("signature", &signature)];
        self.form("/sign-in", &signed).expect(303);
        (message, signature)
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.attempt("GET", path, ("", "")).unwrap()
    }

    /// A file as its bytes.
    pub(crate) fn download(&self, path: &str) -> Vec<u8> {
        let cookie = self.cookie.as_deref().unwrap_or_default();
        let head = format!(
            "GET {path} HTTP/1.0\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n",
            self.host
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.unwrap() + 4);
        let head = String::from_utf8_lossy(head);
        assert!(head.contains(" 200 "), "{head}");
        body.to_vec()
    }

    pub(crate) fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let kind = "application/x-www-form-urlencoded";
        let answer = self.attempt("POST", path, (kind, &fields.join("&")));
        answer.unwrap()
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        let sent = ("application/json", body.to_string());
        self.attempt("POST", path, (sent.0, &sent.1)).unwrap()
    }

    /// One request; nothing if it was not answered whole.
    pub(crate) fn attempt(
        &mut self,
        method: &str,
        path: &str,
        (kind, body): (&str, &str),
    ) -> Option<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.host
        );
        if let Some(cookie) = &self.cookie {
            let _ = write!(head, "Cookie: {cookie}\r\n");
        }
        if method == "POST" {
            if self.origin {
                let _ = write!(head, "Origin: http://{}\r\n", self.host);
            }
            let _ = write!(
                head,
                "Content-Type: {kind}\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let sent = format!("{head}\r\n{body}");
        stream.write_all(sent.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n")?;
        let body = answer.split_off(end + 4);
        let head = String::from_utf8_lossy(&answer).trim_end().to_owned();
        let mut answer = Answer {
            status: head.split(' ').nth(1)?.parse().ok()?,
            head,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        if !answer.is_whole(&body) {
            return None;
        }
        answer.body = whole(&answer.head, &answer.body);
        if let Some(set) = answer.header("set-cookie") {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        Some(answer)
    }
}

/// The body without the lengths of its chunks.
fn whole(head: &str, body: &str) -> String {
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        return body.to_owned();
    }
    let mut left = body;
    let mut whole = String::new();
    while let Some((length, rest)) = left.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..length).filter(|_| length > 0) else {
            break;
        };
        whole.push_str(chunk);
        left = rest.get(length + 2..).unwrap_or_default();
    }
    whole
}

fn escaped(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

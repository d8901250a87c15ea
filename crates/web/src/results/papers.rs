//! What panel members sign, as the store keeps it: the message itself, and what it was read from.

use alloy_primitives::{Address, B256};
use guerdon_chain::{Quorum, QuorumError};
use guerdon_core::goal::{Accept, GoalsDomain, PanelResult, accept_digest, result_digest};
use guerdon_formats::typed_data::{accept_document, result_document};
use guerdon_store::{Owner, Paper, PaperSignature};
use serde_json::{Value, json};

/// A message for panel members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Accept(Accept),
    Result(PanelResult),
}

/// A message, and what is known of where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) paper: Paper,
    pub(super) asked: Asked,
    /// Name of the file that a result was read from.
    pub(super) file: String,
    /// What the reader took from it; `null` for evidence that is not read.
    pub(super) reading: Value,
    /// Hash of the file with the answers one by one that confirmed it, kept beside it.
    pub(super) answers: Option<B256>,
}

impl Asked {
    pub(super) fn digest(&self, domain: &GoalsDomain) -> B256 {
        match self {
            Self::Accept(accept) => accept_digest(domain, accept),
            Self::Result(result) => result_digest(domain, result),
        }
    }

    pub(super) fn document(&self, domain: &GoalsDomain) -> Value {
        match self {
            Self::Accept(accept) => accept_document(domain, accept),
            Self::Result(result) => result_document(domain, result),
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Accept(_) => "accept",
            Self::Result(_) => "result",
        }
    }

    const fn place(&self) -> (B256, u16) {
        match self {
            Self::Accept(accept) => (accept.goal, accept.attempt),
            Self::Result(result) => (result.goal, result.attempt),
        }
    }

    /// As the store keeps it, with what was read: the file's name, what the reader took from it,
    /// and the hash of the answers beside it.
    pub(super) fn paper(
        &self,
        domain: &GoalsDomain,
        (file, reading, answers): (&str, &Value, Option<B256>),
        (made_by, made_at): (Owner, u64),
    ) -> Paper {
        let body = match self {
            Self::Accept(Accept {
                model, deadline, ..
            }) => json!({"model": model, "deadline": deadline}),
            Self::Result(result) => json!({
                "model": result.model,
                "x": result.x.to_string(),
                "y": result.y.to_string(),
                "samples": result.samples,
                "guards": result.guards,
                "evidence": result.evidence,
                "file": file,
                "reading": reading,
                "answers": answers,
            }),
        };
        let (goal, attempt) = self.place();
        Paper {
            digest: self.digest(domain),
            goal,
            attempt,
            kind: self.kind().to_owned(),
            body: body.to_string(),
            made_at,
            made_by,
        }
    }
}

/// A model that panel members are asked to accept, as the pages keep it for them to sign.
#[must_use]
pub fn accept_paper(
    domain: &GoalsDomain,
    accept: Accept,
    (made_by, made_at): (Owner, u64),
) -> Paper {
    Asked::Accept(accept).paper(domain, ("", &Value::Null, None), (made_by, made_at))
}

impl Sheet {
    /// Reads what the store kept; nothing for what this version does not know.
    pub(super) fn read(paper: Paper) -> Option<Self> {
        let mut body: Value = serde_json::from_str(&paper.body).ok()?;
        let asked = match paper.kind.as_str() {
            "accept" => Asked::Accept(Accept {
                goal: paper.goal,
                attempt: paper.attempt,
                model: hash(&body, "model")?,
                deadline: body.get("deadline")?.as_u64()?,
            }),
            "result" => Asked::Result(PanelResult {
                goal: paper.goal,
                attempt: paper.attempt,
                model: hash(&body, "model")?,
                x: whole(&body, "x")?,
                y: whole(&body, "y")?,
                samples: small(&body, "samples")?,
                guards: small(&body, "guards")?,
                evidence: hash(&body, "evidence")?,
            }),
            _ => return None,
        };
        let file = body.get("file").and_then(Value::as_str).unwrap_or_default();
        Some(Self {
            file: file.to_owned(),
            answers: hash(&body, "answers"),
            reading: body.get_mut("reading").map(Value::take).unwrap_or_default(),
            paper,
            asked,
        })
    }
}

fn hash(body: &Value, name: &str) -> Option<B256> {
    body.get(name)?.as_str()?.parse().ok()
}

fn whole(body: &Value, name: &str) -> Option<u128> {
    body.get(name)?.as_str()?.parse().ok()
}

fn small(body: &Value, name: &str) -> Option<u32> {
    u32::try_from(body.get(name)?.as_u64()?).ok()
}

/// Signatures in the order and the form that the contract asks for.
pub(super) fn quorum(
    (m, panel): (u8, &[Address]),
    signed: &[&PaperSignature],
) -> Result<Quorum, QuorumError> {
    let pairs = signed.iter().filter_map(|one| {
        let bytes = <[u8; 65]>::try_from(one.signature.as_slice()).ok()?;
        Some((one.signer, bytes))
    });
    Quorum::new(m, panel, &pairs.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_and_signed_as_the_same() {
        let domain = GoalsDomain {
            chain_id: 31_337,
            goals: Address::repeat_byte(6),
        };
        let owner = Owner::Wallet(Address::repeat_byte(1));
        let accept = Asked::Accept(Accept {
            goal: B256::repeat_byte(1),
            attempt: 2,
            model: B256::repeat_byte(3),
            deadline: 1_800_000_000,
        });
        let result = Asked::Result(PanelResult {
            goal: B256::repeat_byte(1),
            attempt: 2,
            model: B256::repeat_byte(3),
            x: u128::MAX,
            y: 1,
            samples: 500,
            guards: 3,
            evidence: B256::repeat_byte(4),
        });
        for asked in [accept, result] {
            let hash = B256::repeat_byte(5);
            let read = ("r3.json", &json!({"x": 1}), Some(hash));
            let paper = asked.paper(&domain, read, (owner, 7));
            assert_eq!(paper.digest, asked.digest(&domain));
            let document = asked.document(&domain);
            let digest = guerdon_chain::typed_data_digest(&document).unwrap();
            assert_eq!(digest, paper.digest, "wallets compute the same hash");
            let sheet = Sheet::read(paper).unwrap();
            assert_eq!(sheet.asked, asked);
            let is_result = matches!(asked, Asked::Result(_));
            assert_eq!(sheet.answers, is_result.then_some(hash));
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_left_out() {
        let paper = Paper {
            digest: B256::ZERO,
            goal: B256::ZERO,
            attempt: 0,
            kind: "other".to_owned(),
            body: "{}".to_owned(),
            made_at: 0,
            made_by: Owner::Wallet(Address::ZERO),
        };
        assert!(Sheet::read(paper.clone()).is_none());
        let kind = "result".to_owned();
        assert!(Sheet::read(Paper { kind, ..paper }).is_none());
    }
}

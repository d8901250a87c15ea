//! Signatures of panel members as files: one member accepts a registration, or signs a result.

use alloy_primitives::{Address, B256};
use guerdon_core::goal::{Accept, GoalsDomain, PanelResult, accept_digest, result_digest};
use serde_json::{Value, json};

use crate::json::{Fields, FileError, canonical, hex};

/// What a file of several signatures says to be.
const ALL: &str = "signatures";

/// What was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// `Accept`: an attempt may be registered.
    Accept(Accept),
    /// `Result`: what an attempt came to.
    Result(PanelResult),
}

/// One member's signature of a typed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureFile {
    /// Where it counts.
    pub domain: GoalsDomain,
    /// What was signed.
    pub signed: Signed,
    /// Who says to have signed; recover it from [`SignatureFile::digest`] before trusting it.
    pub signer: Address,
    /// r, s and v, 65 bytes.
    pub signature: [u8; 65],
}

impl SignatureFile {
    /// The hash that was signed.
    #[must_use]
    pub fn digest(&self) -> B256 {
        match &self.signed {
            Signed::Accept(accept) => accept_digest(&self.domain, accept),
            Signed::Result(result) => result_digest(&self.domain, result),
        }
    }

    /// The goal that it is about.
    #[must_use]
    pub const fn goal(&self) -> B256 {
        match &self.signed {
            Signed::Accept(accept) => accept.goal,
            Signed::Result(result) => result.goal,
        }
    }

    /// Several signatures in one file, canonical JSON.
    #[must_use]
    pub fn encode_all(files: &[Self]) -> Vec<u8> {
        let list: Vec<Value> = files.iter().map(Self::to_value).collect();
        canonical(&json!({"version": 1, "kind": ALL, "signatures": list}))
    }

    /// Reads a file of one signature, or of several.
    ///
    /// # Errors
    /// [`FileError`] names the field.
    pub fn decode_all(bytes: &[u8]) -> Result<Vec<Self>, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        let kind = fields.take("kind")?;
        if kind.as_str() != Some(ALL) {
            return Self::of(fields, &kind).map(|file| vec![file]);
        }
        let mut files = Vec::new();
        for mut fields in fields.objects("signatures")? {
            fields.version()?;
            let kind = fields.take("kind")?;
            files.push(Self::of(fields, &kind)?);
        }
        fields.finish()?;
        Ok(files)
    }

    /// Canonical JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical(&self.to_value())
    }

    fn to_value(&self) -> Value {
        let mut file = json!({
            "version": 1,
            "kind": "",
            "chain_id": self.domain.chain_id,
            "contract": self.domain.goals.to_checksum(None),
        });
        match &self.signed {
            Signed::Accept(accept) => {
                file["kind"] = "accept".into();
                file["goal"] = accept.goal.to_string().into();
                file["attempt"] = accept.attempt.into();
                file["model"] = accept.model.to_string().into();
                file["deadline"] = accept.deadline.into();
            }
            Signed::Result(result) => {
                file["kind"] = "result".into();
                file["goal"] = result.goal.to_string().into();
                file["attempt"] = result.attempt.into();
                file["model"] = result.model.to_string().into();
                file["x"] = result.x.to_string().into();
                file["y"] = result.y.to_string().into();
                file["samples"] = result.samples.into();
                file["guards"] = result.guards.into();
                file["evidence"] = result.evidence.to_string().into();
            }
        }
        file["signer"] = self.signer.to_checksum(None).into();
        file["signature"] = hex(&self.signature).into();
        file
    }

    /// Reads a signature file. Whether the signature is the signer's is not checked here.
    ///
    /// # Errors
    /// [`FileError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        let kind = fields.take("kind")?;
        Self::of(fields, &kind)
    }

    fn of(mut fields: Fields, kind: &Value) -> Result<Self, FileError> {
        let domain = GoalsDomain {
            chain_id: fields.integer("chain_id")?,
            goals: fields.address("contract")?,
        };
        let signed = signed(&mut fields, kind)?;
        let signer = fields.address("signer")?;
        let signature = fields.bytes("signature")?;
        let signature = signature.try_into();
        let signature = signature.map_err(|_| fields.wrong("signature", "it must be 65 bytes"))?;
        fields.finish()?;
        Ok(Self {
            domain,
            signed,
            signer,
            signature,
        })
    }
}

fn signed(fields: &mut Fields, kind: &Value) -> Result<Signed, FileError> {
    let goal = fields.hash("goal")?;
    let attempt = fields.integer("attempt")?;
    let model = fields.hash("model")?;
    match kind.as_str() {
        Some("accept") => {
            let deadline: u64 = fields.integer("deadline")?;
            if deadline >> 40 != 0 {
                return Err(fields.wrong("deadline", "it must be unix seconds below 2^40"));
            }
            Ok(Signed::Accept(Accept {
                goal,
                attempt,
                model,
                deadline,
            }))
        }
        Some("result") => Ok(Signed::Result(PanelResult {
            goal,
            attempt,
            model,
            x: fields.integer("x")?,
            y: fields.integer("y")?,
            samples: fields.integer("samples")?,
            guards: fields.integer("guards")?,
            evidence: fields.hash("evidence")?,
        })),
        _ => Err(fields.wrong("kind", "it must be accept or result")),
    }
}

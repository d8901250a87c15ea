//! Replacement files: what takes the place of a grant, and the holder's signature once it is there.

use alloy_primitives::{B256, U256};
use guerdon_core::succession::{Replace, SUCCESSORS_MAX, SuccessionDomain, replace_digest};
use serde_json::{Value, json};

use crate::grant_file::GrantFile;
use crate::json::{Fields, FileError, canonical, hex, same_bytes};
use crate::visible::is_hidden;

/// A grant that takes another's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// The company's own name for it, safe as a file's.
    pub name: String,
    /// Its grant file; it is of no round.
    pub file: GrantFile,
}

/// What company and holder agree on: one file, which the company writes, the holder signs and the
/// company sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacementFile {
    /// Where the signature counts.
    pub domain: SuccessionDomain,
    /// Id of the grant that is replaced.
    pub old: B256,
    /// Its word as it is signed, without what was released.
    pub old_word: U256,
    /// What takes its place, in order: 1 to 8.
    pub successors: Vec<NewGrant>,
    /// Last second in which the signature is good, in unix seconds.
    pub deadline: u64,
    /// The holder's signature: 65 bytes, or whatever a contract that holds the grant takes.
    pub signature: Option<Vec<u8>>,
}

impl ReplacementFile {
    /// The message that the holder signs.
    #[must_use]
    pub fn message(&self) -> Replace {
        let terms = self.successors.iter().map(|new| new.file.terms.clone());
        Replace {
            old_id: self.old,
            old_word: self.old_word,
            successors: terms.collect(),
            deadline: self.deadline,
        }
    }

    /// The hash that the holder signs.
    #[must_use]
    pub fn digest(&self) -> B256 {
        replace_digest(&self.domain, &self.message())
    }

    /// Canonical JSON, after the same checks as reading it.
    ///
    /// # Errors
    /// [`FileError`] names what does not hold together.
    pub fn encode(&self) -> Result<Vec<u8>, FileError> {
        self.check()?;
        let successors = self.successors.iter().map(|new| {
            let bytes = new.file.encode()?;
            let grant: Value = serde_json::from_slice(&bytes)
                .map_err(|error| FileError::NotJson(error.to_string()))?;
            Ok(json!({"name": new.name, "grant": grant}))
        });
        let successors = successors.collect::<Result<Vec<_>, FileError>>()?;
        Ok(canonical(&json!({
            "version": 1,
            "kind": "replace",
            "chain_id": self.domain.chain_id,
            "contract": self.domain.succession.to_checksum(None),
            "old": self.old.to_string(),
            "old_word": self.old_word.to_string(),
            "deadline": self.deadline.to_string(),
            "successors": successors,
            "signature": self.signature.as_deref().map(hex),
        })))
    }

    /// Whether bytes claim to be such a file.
    #[must_use]
    pub fn claims_to_be(bytes: &[u8]) -> bool {
        let value: Result<Value, _> = serde_json::from_slice(bytes);
        value.is_ok_and(|value| value["kind"] == "replace")
    }

    /// Reads a replacement file. Whether the signature is the holder's is not checked here.
    ///
    /// # Errors
    /// [`FileError`] names the field, or the first byte that differs.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        if fields.text("kind")? != "replace" {
            return Err(fields.wrong("kind", "it must be replace"));
        }
        let domain = SuccessionDomain {
            chain_id: fields.integer("chain_id")?,
            succession: fields.address("contract")?,
        };
        let (old, old_word) = (fields.hash("old")?, fields.integer("old_word")?);
        let deadline = fields.integer("deadline")?;
        let successors = fields.objects("successors")?.into_iter().map(new_grant);
        let successors = successors.collect::<Result<Vec<_>, _>>()?;
        let signature = match fields.optional("signature") {
            None => None,
            Some(_) => Some(signature_of(bytes)?),
        };
        fields.finish()?;
        let file = Self {
            domain,
            old,
            old_word,
            successors,
            deadline,
            signature,
        };
        same_bytes(bytes, &file.encode()?)?;
        Ok(file)
    }

    fn check(&self) -> Result<(), FileError> {
        if !(1..=SUCCESSORS_MAX).contains(&self.successors.len()) {
            let why = format!("a grant is replaced by 1 to {SUCCESSORS_MAX} others");
            return Err(FileError::wrong("successors", why));
        }
        for (place, new) in self.successors.iter().enumerate() {
            if new.file.round.is_some() {
                let field = format!("successors[{place}].grant.round");
                return Err(FileError::wrong(field, "a successor is of no round"));
            }
            let goals = new.file.goals.iter().enumerate().map(|(goal, it)| {
                let field = format!("successors[{place}].grant.goals[{goal}].name");
                (field, &it.name)
            });
            let own = (format!("successors[{place}].name"), &new.name);
            let mut names = std::iter::once(own).chain(goals);
            if let Some((field, _)) = names.find(|(_, name)| name.contains(is_hidden)) {
                return Err(FileError::wrong(field, "it holds letters that nobody sees"));
            }
        }
        Ok(())
    }
}

fn new_grant(mut fields: Fields) -> Result<NewGrant, FileError> {
    let name = fields.text("name")?;
    let grant = canonical(&fields.take("grant")?);
    fields.finish()?;
    Ok(NewGrant {
        name,
        file: GrantFile::decode(&grant)?,
    })
}

fn signature_of(bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    Fields::of_file(bytes)?.bytes("signature")
}

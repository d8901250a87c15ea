//! Grant files: all that a holder needs to claim and to verify a grant, in canonical JSON.

use alloy_primitives::{Address, B256};
use guerdon_core::id::Domain;
use guerdon_core::terms::Terms;
use guerdon_core::tree::{Leaf, Proof, Root, verify};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::goal_file::GoalDefinition;
use crate::json::{Fields, FileError, canonical, hex, same_bytes};
use crate::terms_json::{check_decoded, decoded};

/// The place of a grant in its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundPlace {
    /// Root and total, as committed.
    pub root: Root,
    /// Place of the leaf, from 0.
    pub index: u32,
}

/// A grant file. What was read holds together: the id follows from the terms, the proof leads to
/// the round's root, every gate's goal is defined, the agreement is the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantFile {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Grants contract.
    pub contract: Address,
    /// What is promised.
    pub terms: Terms,
    /// Its round; none before it was built.
    pub round: Option<RoundPlace>,
    /// From the leaf to the root; empty for a round of one, and without a round.
    pub proof: Proof,
    /// The goals of its gates, each with its place.
    pub goals: Vec<GoalDefinition>,
    /// The text behind `document`; none when the document comes from elsewhere.
    pub agreement: Option<Agreement>,
}

impl GrantFile {
    /// The id of the grant.
    ///
    /// # Errors
    /// [`FileError`] when the terms break a rule.
    pub fn id(&self) -> Result<B256, FileError> {
        Ok(Domain::new(self.chain_id, self.contract).id(&self.encoded_terms()?))
    }

    fn encoded_terms(&self) -> Result<Vec<u8>, FileError> {
        self.terms
            .encode()
            .map_err(|error| FileError::wrong("terms", error.to_string()))
    }

    /// Canonical JSON, after the same checks as reading it.
    ///
    /// # Errors
    /// [`FileError`] names what does not hold together.
    pub fn encode(&self) -> Result<Vec<u8>, FileError> {
        self.check()?;
        let round = self.round.map(|round| {
            json!({
                "root": round.root.hash.to_string(),
                "total": round.root.total.to_string(),
                "index": round.index,
            })
        });
        let agreement = self
            .agreement
            .as_ref()
            .map(|agreement| json!({"text": agreement.text}));
        Ok(canonical(&json!({
            "version": 1,
            "chain_id": self.chain_id,
            "contract": self.contract.to_checksum(None),
            "id": self.id()?.to_string(),
            "terms": hex(&self.encoded_terms()?),
            "decoded": decoded(&self.terms),
            "round": round,
            "proof": hex(&self.proof.0),
            "goals": self.goals.iter().map(GoalDefinition::to_value).collect::<Vec<_>>(),
            "agreement": agreement,
        })))
    }

    /// Reads a grant file: every claim in it is computed again and the bytes are compared with what
    /// [`GrantFile::encode`] writes.
    ///
    /// # Errors
    /// [`FileError`] names the field, or the first byte that differs.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        let (chain_id, contract) = (fields.integer("chain_id")?, fields.address("contract")?);
        let id = fields.hash("id")?;
        let terms = fields.bytes("terms")?;
        let terms =
            Terms::decode(&terms).map_err(|error| fields.wrong("terms", error.to_string()))?;
        check_decoded(&fields.take("decoded")?, &terms)?;
        let round = match fields.take("round")? {
            Value::Null => None,
            value => Some(read_round(Fields::of("round", value)?)?),
        };
        let proof = Proof(fields.bytes("proof")?);
        let goals = fields
            .objects("goals")?
            .into_iter()
            .map(GoalDefinition::from_fields);
        let goals = goals.collect::<Result<Vec<_>, _>>()?;
        let agreement = match fields.take("agreement")? {
            Value::Null => None,
            value => Some(read_agreement(Fields::of("agreement", value)?)?),
        };
        fields.finish()?;
        let file = Self {
            chain_id,
            contract,
            terms,
            round,
            proof,
            goals,
            agreement,
        };
        let computed = file.id()?;
        if id != computed {
            let why = format!("terms, contract and chain make the id {computed}");
            return Err(FileError::wrong("id", why));
        }
        same_bytes(bytes, &file.encode()?)?;
        Ok(file)
    }

    /// Whether proof, goals and agreement belong to the terms.
    fn check(&self) -> Result<(), FileError> {
        if let Some(RoundPlace { root, index }) = self.round {
            let leaf = Leaf {
                id: self.id()?,
                amount: self.terms.amount,
            };
            let proven = verify(root, leaf, index, &self.proof);
            proven.map_err(|error| FileError::wrong("proof", error.to_string()))?;
        } else if !self.proof.0.is_empty() {
            return Err(FileError::wrong("proof", "there is no round to prove"));
        }
        for gate in &self.terms.gates {
            if !self.goals.iter().any(|goal| goal.id() == Some(gate.goal)) {
                let why = format!("the goal {} of a gate is not among them", gate.goal);
                return Err(FileError::wrong("goals", why));
            }
        }
        for goal in &self.goals {
            if goal.place.map(|place| place.chain_id) != Some(self.chain_id) {
                let why = format!("the goal {} is of another chain or of none", goal.name);
                return Err(FileError::wrong("goals", why));
            }
        }
        match &self.agreement {
            Some(agreement) if agreement.document() != self.terms.document => {
                let why = format!("the hash of its text is not {}", self.terms.document);
                Err(FileError::wrong("agreement.text", why))
            }
            _ => Ok(()),
        }
    }
}

fn read_round(mut fields: Fields) -> Result<RoundPlace, FileError> {
    let root = Root {
        hash: fields.hash("root")?,
        total: fields.integer("total")?,
    };
    let index = fields.integer("index")?;
    fields.finish()?;
    Ok(RoundPlace { root, index })
}

fn read_agreement(mut fields: Fields) -> Result<Agreement, FileError> {
    let text = fields.text("text")?;
    fields.finish()?;
    Ok(Agreement { text })
}

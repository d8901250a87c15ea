//! Definitions of goals as files.
//!
//! A definition can be written by hand: `panel` and `spec` inside `goal` may be left out, since
//! they follow from the list of members and from the specification, and `kind` may be a word.
//! What [`GoalDefinition::encode`] writes is canonical.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::goal::{Goal, Kind, check_panel, panel_hash};
use serde_json::{Value, json};

use crate::json::{Fields, FileError, canonical};

/// What a goal measures, as sorted pairs of name and text: harness, version, task, metric, filter,
/// task hash and so on. `name` is not among them: it is the definition's own.
pub type Specification = BTreeMap<String, String>;

/// The hash that stands in the goal as `spec`: keccak256 of the canonical JSON (no newline) of the
/// specification with the goal's name among its pairs, so that nobody can rename a goal.
#[must_use]
pub fn spec_hash(name: &str, specification: &Specification) -> B256 {
    let mut named = specification.clone();
    named.insert(NAME.to_owned(), name.to_owned());
    keccak256(spec_value(&named).to_string())
}

const NAME: &str = "name";

fn spec_value(specification: &Specification) -> Value {
    let pairs = specification.iter();
    Value::Object(
        pairs
            .map(|(name, text)| (name.clone(), text.clone().into()))
            .collect(),
    )
}

/// Where a goal was defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoalPlace {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Goals contract.
    pub contract: Address,
}

/// The full definition of a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalDefinition {
    /// The name that gates of sheets use.
    pub name: String,
    /// What the chain knows.
    pub goal: Goal,
    /// Signatures needed.
    pub m: u8,
    /// The members of the panel, strictly ascending.
    pub panel: Vec<Address>,
    /// What is measured.
    pub specification: Specification,
    /// Where it was defined; none for a draft.
    pub place: Option<GoalPlace>,
}

/// The key of a specification that holds the goal's title.
pub const TITLE: &str = "title";

impl GoalDefinition {
    /// What people call it: the title in its specification, else its name.
    #[must_use]
    pub fn title(&self) -> &str {
        let title = self.specification.get(TITLE).map(|title| title.trim());
        title
            .filter(|title| !title.is_empty())
            .unwrap_or(&self.name)
    }

    /// The goal's id, once it has a place.
    #[must_use]
    pub fn id(&self) -> Option<B256> {
        self.place
            .map(|place| self.goal.id(place.chain_id, place.contract))
    }

    /// Canonical JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical(&self.to_value())
    }

    /// Reads a definition and checks every rule of definition, the panel and both hashes.
    ///
    /// # Errors
    /// [`FileError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        Self::from_fields(Fields::of_file(bytes)?)
    }

    pub(crate) fn to_value(&self) -> Value {
        let place = self.place.map(|place| {
            json!({
                "chain_id": place.chain_id,
                "contract": place.contract.to_checksum(None),
                "id": self.goal.id(place.chain_id, place.contract).to_string(),
            })
        });
        let members = self.panel.iter().map(|member| member.to_checksum(None));
        json!({
            "version": 1,
            "name": self.name,
            "place": place,
            "goal": goal_value(&self.goal),
            "m": self.m,
            "panel": members.collect::<Vec<_>>(),
            "specification": spec_value(&self.specification),
        })
    }

    pub(crate) fn from_fields(mut fields: Fields) -> Result<Self, FileError> {
        fields.version()?;
        let name = fields.text("name")?;
        if name.is_empty() || name.contains([';', '/', '\\']) || name.starts_with('.') {
            let why = "it is empty, starts with a dot, or holds `;` or a slash";
            return Err(fields.wrong("name", why));
        }
        let m = fields.integer("m")?;
        let mut panel = fields.addresses("panel")?;
        panel.sort_unstable();
        check_panel(m, &panel).map_err(|error| fields.wrong("panel", error.to_string()))?;
        let specification = specification(&mut fields)?;
        let hashes = (panel_hash(m, &panel), spec_hash(&name, &specification));
        let goal = read_goal(fields.object("goal")?, hashes)?;
        goal.check()
            .map_err(|error| fields.wrong("goal", error.to_string()))?;
        let place = match fields.optional("place") {
            Some(value) => Some(read_place(
                Fields::of(&fields.path("place"), value)?,
                &goal,
            )?),
            None => None,
        };
        fields.finish()?;
        Ok(Self {
            name,
            goal,
            m,
            panel,
            specification,
            place,
        })
    }
}

fn specification(fields: &mut Fields) -> Result<Specification, FileError> {
    let pairs = fields.object("specification")?.into_map().into_iter();
    pairs
        .map(|(name, value)| match value {
            _ if name == NAME => Err(fields.wrong("specification", "`name` stands outside of it")),
            Value::String(text) => Ok((name, text)),
            _ => Err(fields.wrong("specification", format!("`{name}` must be a text"))),
        })
        .collect()
}

fn read_place(mut fields: Fields, goal: &Goal) -> Result<GoalPlace, FileError> {
    let chain_id = fields.integer("chain_id")?;
    let contract = fields.address("contract")?;
    let (given, id) = (fields.hash("id")?, goal.id(chain_id, contract));
    if given != id {
        return Err(fields.wrong("id", format!("the definition has the id {id}")));
    }
    fields.finish()?;
    Ok(GoalPlace { chain_id, contract })
}

/// The 24 fields of a goal as JSON, in the words of the contract and as they stand in a goal file:
/// threshold, stretch and bond are text, since they may leave what other readers take for numbers.
#[must_use]
pub fn goal_value(goal: &Goal) -> Value {
    json!({
        "kind": goal.kind.number(),
        "threshold": goal.threshold.to_string(),
        "stretch": goal.stretch.to_string(),
        "basePpb": goal.base_ppb,
        "defaultPpb": goal.default_ppb,
        "bound": goal.bound,
        "attempts": goal.attempts,
        "maxVoids": goal.max_voids,
        "samples": goal.samples,
        "pool": goal.pool,
        "guards": goal.guards,
        "opens": goal.opens,
        "closes": goal.closes,
        "runSeconds": goal.run_seconds,
        "challengeSeconds": goal.challenge_seconds,
        "arbiterSeconds": goal.arbiter_seconds,
        "seedBlocks": goal.seed_blocks,
        "sponsor": goal.sponsor.to_checksum(None),
        "panel": goal.panel.to_string(),
        "arbiter": goal.arbiter.to_checksum(None),
        "bondToken": goal.bond_token.to_checksum(None),
        "bond": goal.bond.to_string(),
        "data": goal.data.to_string(),
        "spec": goal.spec.to_string(),
    })
}

fn read_goal(mut fields: Fields, (panel, spec): (B256, B256)) -> Result<Goal, FileError> {
    let goal = Goal {
        kind: kind(&mut fields)?,
        threshold: fields.integer("threshold")?,
        stretch: fields.integer("stretch")?,
        base_ppb: fields.integer("basePpb")?,
        default_ppb: fields.integer("defaultPpb")?,
        bound: fields.integer("bound")?,
        attempts: fields.integer("attempts")?,
        max_voids: fields.integer("maxVoids")?,
        samples: fields.integer("samples")?,
        pool: fields.integer("pool")?,
        guards: fields.integer("guards")?,
        opens: fields.integer("opens")?,
        closes: fields.integer("closes")?,
        run_seconds: fields.integer("runSeconds")?,
        challenge_seconds: fields.integer("challengeSeconds")?,
        arbiter_seconds: fields.integer("arbiterSeconds")?,
        seed_blocks: fields.integer("seedBlocks")?,
        sponsor: fields.address("sponsor")?,
        panel: follows(&mut fields, "panel", panel)?,
        arbiter: fields.address("arbiter")?,
        bond_token: fields.address("bondToken")?,
        bond: fields.integer("bond")?,
        data: fields.hash("data")?,
        spec: follows(&mut fields, "spec", spec)?,
    };
    fields.finish()?;
    Ok(goal)
}

fn kind(fields: &mut Fields) -> Result<Kind, FileError> {
    let value = fields.take("kind")?;
    let kind = match value.as_str() {
        Some("PROPORTION") => Some(Kind::Proportion),
        Some("PAIRED") => Some(Kind::Paired),
        Some("MEASURE") => Some(Kind::Measure),
        Some("COUNT") => Some(Kind::Count),
        Some(_) => None,
        None => value
            .as_u64()
            .and_then(|kind| Kind::from_number(u8::try_from(kind).ok()?)),
    };
    let why = "it must be 0 PROPORTION, 1 PAIRED, 2 MEASURE or 3 COUNT";
    kind.ok_or_else(|| fields.wrong("kind", why))
}

/// A hash that follows from the rest of the file and may be left out.
fn follows(fields: &mut Fields, name: &str, hash: B256) -> Result<B256, FileError> {
    let Some(value) = fields.optional(name) else {
        return Ok(hash);
    };
    if value.as_str() == Some(&hash.to_string()) {
        Ok(hash)
    } else {
        Err(fields.wrong(
            name,
            format!("it follows from the file as {hash}; leave it out"),
        ))
    }
}

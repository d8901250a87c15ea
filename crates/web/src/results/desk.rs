//! A goal with everything that is known of it here: its definition, what is to be signed, by whom
//! it was.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::goal::GoalsDomain;
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_store::{PaperSignature, Read};
use jiff::tz::TimeZone;

use super::papers::{Asked, Sheet};
use crate::access::{self, Part, Viewer, parts_of};
use crate::error::PageError;
use crate::numbers::shortened;
use crate::views::Context;

/// A goal, as those see it who measure.
pub(super) struct Desk {
    pub(super) record: GoalRecord,
    /// The definition that was imported, if its hash is the goal's.
    pub(super) definition: Option<GoalDefinition>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) signatures: Vec<PaperSignature>,
    /// Names of panel members that the reader may know.
    pub(super) names: BTreeMap<Address, String>,
}

/// When and where a page is read, and by which clock.
#[derive(Clone)]
pub(super) struct At {
    /// Time of the last block that was read, Unix seconds.
    pub(super) now: u64,
    /// Its number.
    pub(super) block: u64,
    pub(super) zone: TimeZone,
    pub(super) zone_name: String,
}

impl At {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let (zone, zone_name) = context.zone_of(None);
        Self {
            now: context.now(),
            block: context.as_of.head.map_or(0, |(block, _)| block),
            zone,
            zone_name,
        }
    }
}

impl Desk {
    /// Everything known of a goal's record.
    pub(super) async fn of(read: &mut Read, record: GoalRecord) -> Result<Self, PageError> {
        let imported = read.goal_definition(record.id).await?;
        let definition = imported.and_then(|goal| definition(&record, &goal.definition));
        let papers = read.panel_papers(record.id).await?;
        let sheets = papers.into_iter().filter_map(Sheet::read).collect();
        let signatures = read.paper_signatures(record.id).await?;
        Ok(Self {
            definition,
            sheets,
            signatures,
            record,
            names: BTreeMap::new(),
        })
    }

    /// With the names of panel members, as far as this reader may know them.
    pub(super) async fn naming(
        mut self,
        read: &mut Read,
        viewer: &Viewer,
    ) -> Result<Self, PageError> {
        for member in &self.record.panel {
            if let Some(name) = access::name(read, Some(viewer), *member).await? {
                self.names.insert(*member, name);
            }
        }
        Ok(self)
    }

    pub(super) fn title(&self) -> String {
        match &self.definition {
            Some(definition) => definition.title().to_owned(),
            None => shortened(&self.record.id.to_string()),
        }
    }

    /// What commands call it.
    pub(super) fn named(&self) -> String {
        match &self.definition {
            Some(definition) => definition.name.clone(),
            None => self.record.id.to_string(),
        }
    }

    /// Number of the attempt that would be registered next.
    pub(super) fn next(&self) -> u16 {
        self.record.state.count
    }

    pub(super) fn attempt(&self, number: u16) -> Option<&AttemptRecord> {
        self.record.attempts.get(usize::from(number))
    }

    /// Acceptances of an attempt that can still be used, the newest first.
    pub(super) fn accepts(&self, number: u16, now: u64) -> impl Iterator<Item = &Sheet> {
        let mine = self.sheets.iter().rev();
        mine.filter(move |sheet| match &sheet.asked {
            Asked::Accept(accept) => accept.attempt == number && accept.deadline >= now,
            Asked::Result(_) => false,
        })
    }

    /// Results of an attempt that were read here, the newest first.
    pub(super) fn results(&self, number: u16) -> impl Iterator<Item = &Sheet> {
        let mine = self.sheets.iter().rev();
        mine.filter(move |sheet| match &sheet.asked {
            Asked::Result(result) => result.attempt == number,
            Asked::Accept(_) => false,
        })
    }

    /// Who of the panel signed a digest, in the panel's order.
    pub(super) fn signed(&self, digest: B256) -> Vec<&PaperSignature> {
        let ours = |signature: &&PaperSignature| {
            signature.digest == digest && self.record.panel.contains(&signature.signer)
        };
        self.signatures.iter().filter(ours).collect()
    }

    /// How many of the panel signed a digest.
    pub(super) fn count(&self, digest: B256) -> u8 {
        u8::try_from(self.signed(digest).len()).unwrap_or(u8::MAX)
    }

    pub(super) fn has_signed(&self, digest: B256, member: Address) -> bool {
        let mut signed = self.signed(digest).into_iter();
        signed.any(|signature| signature.signer == member)
    }

    /// The wallet by which somebody is this to the goal.
    pub(super) fn wallet(&self, viewer: &Viewer, part: Part) -> Option<Address> {
        let parts = parts_of(&self.record, &viewer.wallets);
        parts
            .into_iter()
            .find(|(is, _)| *is == part)
            .map(|(_, wallet)| wallet)
    }
}

/// A definition whose hash is the goal's; one that says anything else is worth nothing here.
fn definition(record: &GoalRecord, text: &str) -> Option<GoalDefinition> {
    let definition = GoalDefinition::decode(text.as_bytes()).ok()?;
    let same = definition.goal == record.goal
        && definition.panel == record.panel
        && definition.m == record.m;
    same.then_some(definition)
}

/// Where a panel's signatures count.
pub(super) fn domain(context: &Context<'_>) -> GoalsDomain {
    GoalsDomain {
        chain_id: context.deployment.chain_id,
        goals: context.deployment.goals,
    }
}

//! A draft as the pages need it: its sheet, the choices made so far, and what is known here.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::B256;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::sheet::{
    self, Checked, Choices, Context, Defaults, Documents, Inherited, KnownGoals, NamedTerms,
    TokenSpec, Totals,
};
use guerdon_store::{ImportDraft, Read, Template};

use crate::error::PageError;
use crate::state::AppState;
use crate::strings::company as words;

/// A draft with what its sheet is read for.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) draft: ImportDraft,
    pub(crate) choices: Choices,
    /// As the sheet names its columns.
    pub(crate) theirs: Vec<String>,
    pub(crate) goals: KnownGoals,
}

/// Reads a draft.
pub(crate) async fn load(read: &mut Read, state: &AppState, id: &str) -> Result<Loaded, PageError> {
    let draft = read.import_draft(id).await?.ok_or(PageError::NoPage)?;
    load_of(read, state, draft).await
}

/// Reads what belongs to a draft, which need not be kept as it is yet.
pub(crate) async fn load_of(
    read: &mut Read,
    state: &AppState,
    draft: ImportDraft,
) -> Result<Loaded, PageError> {
    let matching = sheet::matching(&draft.sheet, &BTreeMap::new()).ok();
    let rows = draft.left_out.iter();
    let left_out: BTreeSet<_> = rows.filter_map(|row| usize::try_from(*row).ok()).collect();
    let choices = Choices {
        columns: Some(draft.matched.clone().unwrap_or_default()),
        left_out,
        ..choices(read, state).await?
    };
    Ok(Loaded {
        theirs: matching.map(|found| found.theirs).unwrap_or_default(),
        goals: known_goals(read).await?,
        draft,
        choices,
    })
}

/// What holds for every sheet: the token, and what templates mean.
pub(crate) async fn choices(read: &mut Read, state: &AppState) -> Result<Choices, PageError> {
    let templates = read.templates().await?.into_iter();
    Ok(Choices {
        token: Some(state.deployment.token.symbol.clone()),
        templates: templates
            .map(|template| (template.name.clone(), named(&template)))
            .collect(),
        ..Choices::default()
    })
}

/// A template as sheets read it.
pub(crate) fn named(template: &Template) -> NamedTerms {
    NamedTerms {
        kind: template.kind.clone(),
        cliff_months: template.cliff_months.clone(),
        duration_months: template.duration_months.clone(),
        interval_months: template.interval_months.clone(),
        cliff_percent: template.cliff_percent.clone(),
        vest_day: template.vest_day.clone(),
        gates: template.gates.clone(),
        defaults: Defaults {
            powers: template.powers,
            grace_seconds: template.grace_seconds,
            backdate_seconds: template.backdate_seconds,
            pause_max: template.pause_max,
            withhold_bps: template.withhold_bps,
        },
    }
}

/// The goals whose definitions were imported: ids by name, panels by id.
pub(crate) async fn known_goals(read: &mut Read) -> Result<KnownGoals, PageError> {
    let mut known = KnownGoals::default();
    for goal in read.goal_definitions().await? {
        known.ids.insert(goal.name, goal.id);
        if let Ok(definition) = GoalDefinition::decode(goal.definition.as_bytes()) {
            known.panels.insert(goal.id, definition.panel);
        }
    }
    Ok(known)
}

/// The goals that a form offers, by the names that sheets use.
pub(crate) async fn goals_offered(read: &mut Read) -> Result<Vec<(String, String)>, PageError> {
    let mut all: Vec<_> = read.goal_definitions().await?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all
        .iter()
        .map(|goal| words::whole_by_goal(&goal.name))
        .collect())
}

/// What a sheet is read for while it is only looked at: its agreements have no nonces yet.
pub(crate) fn context<'a>(state: &AppState, goals: &KnownGoals) -> Context<'a> {
    let deployment = &state.deployment;
    let named = |name: &str| {
        let mut contracts = deployment.contracts.iter();
        contracts.find(|contract| contract.name == name)
    };
    Context {
        chain_id: deployment.chain_id,
        grants: deployment.grants,
        token: named("AccessToken").map(|contract| contract.address),
        company: state.company.name.clone(),
        tokens: vec![TokenSpec {
            symbol: deployment.token.symbol.clone(),
            decimals: deployment.token.decimals,
        }],
        goals: goals.ids.clone(),
        defaults: Defaults::default(),
        inherited: Inherited::default(),
        documents: Documents::Salt(B256::ZERO),
    }
}

impl Loaded {
    /// Whether the columns were matched; before that nothing can be checked.
    pub(crate) fn is_matched(&self) -> bool {
        self.draft.matched.is_some()
    }

    /// The rows, judged by what stands in the sheet alone.
    pub(crate) fn checked(&self, state: &AppState) -> Checked {
        let mut context = context(state, &self.goals);
        let mut checked = sheet::check(&self.draft.sheet, &self.choices, &mut context);
        let judges = sheet::own_judges(&checked.good, &self.goals.panels);
        checked.refuse(judges);
        checked
    }

    /// What the sheet adds up to by itself.
    pub(crate) fn totals(&self, state: &AppState) -> Totals {
        let decimals = state.deployment.token.decimals;
        sheet::totals(&self.draft.sheet, &self.choices, decimals)
    }

    /// What the sheet calls one of our columns.
    pub(crate) fn their_name(&self, ours: &str) -> String {
        let columns = self.choices.columns.iter().flatten();
        let place = columns
            .zip(&self.theirs)
            .find(|(known, _)| known.as_deref() == Some(ours));
        place.map_or_else(|| ours.to_owned(), |(_, theirs)| theirs.clone())
    }

    /// The name of a goal, as sheets use it.
    pub(crate) fn goal_name(&self, id: B256) -> String {
        let known = self.goals.ids.iter().find(|(_, known)| **known == id);
        known.map_or_else(|| id.to_string(), |(name, _)| name.clone())
    }
}

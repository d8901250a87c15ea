//! What chance does with a definition: the figures of the page and their curve.

use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind};
use guerdon_valuation::calibrate::{
    CalibrateError, Claim, ClaimError, Odds, Setting, curve, odds, payment,
};
use tokio::sync::Semaphore;

use super::draft::{Asked, Draft};
use crate::charts::power::Power;
use crate::error::PageError;
use crate::strings::goal_builder as words;

/// Definitions judged at a time: each takes a processor for up to seconds.
static JUDGING: Semaphore = Semaphore::const_new(2);
/// A model that should be paid is to be paid so often.
const OFTEN: f64 = 0.8;
/// Points of the curve.
const POINTS: i64 = 32;

/// What a definition is worth.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) odds: Odds,
    /// Who, in one attempt, in all.
    pub(super) rows: Vec<[String; 3]>,
    /// What the better model gets.
    pub(super) brings: Option<String>,
    pub(super) power: Option<Power>,
    /// That the better model often gets nothing.
    pub(super) misses: Option<String>,
    /// The message of the curve.
    pub(super) message: String,
}

/// Judges a draft beside the requests that are answered; `embedded`: the chain is the company's.
pub(super) async fn judge(
    draft: Draft,
    embedded: bool,
) -> Result<Result<Figures, CalibrateError>, PageError> {
    let _permit = JUDGING.acquire().await.map_err(broken)?;
    let judged = tokio::task::spawn_blocking(move || figures(&draft, embedded));
    judged.await.map_err(broken)
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> PageError {
    PageError::Render(askama::Error::custom(error))
}

fn figures(draft: &Draft, embedded: bool) -> Result<Figures, CalibrateError> {
    let asked = draft.asked;
    let setting = Setting {
        embedded,
        counted: asked.counted,
    };
    let odds = odds(&draft.definition.goal, setting)?;
    let mut goal = draft.definition.goal.clone();
    goal.bound = odds.calibration.bound;
    let mut figures = Figures {
        odds,
        rows: Vec::new(),
        brings: None,
        power: None,
        misses: None,
        message: String::new(),
    };
    match figures.tell(&goal, asked) {
        // Claims were checked with the form.
        Ok(()) | Err(ClaimError::Kind | ClaimError::Share) => Ok(figures),
        Err(ClaimError::Bound(error)) => Err(error.into()),
    }
}

impl Figures {
    fn tell(&mut self, goal: &Goal, asked: Asked) -> Result<(), ClaimError> {
        if goal.kind == Kind::Count {
            return self.of_count(goal, asked);
        }
        let better = goal.threshold.saturating_add(asked.better);
        let mut wrong = String::new();
        if let Some(chance) = self.odds.wrong {
            let said = |share| words::chance(share, chance.strength);
            wrong = said(chance.all);
            let row = [words::no_better(goal), said(chance.one), wrong.clone()];
            self.rows.push(row);
        }
        if let Some(truth) = asked.truth {
            self.row(goal, words::the_baseline(truth), claim(goal, truth, asked))?;
        }
        let Some(claim) = claim(goal, better, asked) else {
            return Ok(());
        };
        let right = payment(goal, claim)?;
        self.row(goal, words::better(goal, asked.better), Some(claim))?;
        self.brings = Some(words::brings(right.expected, right.full, right.strength));
        let chance = words::chance(right.all, right.strength);
        self.message = words::curve((&wrong, &chance));
        if right.all < OFTEN {
            self.misses = Some(words::misses(goal, asked.better, &chance));
        }
        self.power = Some(power(goal, asked, better)?);
        Ok(())
    }

    /// One who can truly do this.
    fn row(&mut self, goal: &Goal, who: String, claim: Option<Claim>) -> Result<(), ClaimError> {
        if let Some(claim) = claim {
            let right = payment(goal, claim)?;
            let said = |share| words::chance(share, right.strength);
            self.rows.push([who, said(right.one), said(right.all)]);
        }
        Ok(())
    }

    fn of_count(&mut self, goal: &Goal, asked: Asked) -> Result<(), ClaimError> {
        let threshold = u32::try_from(goal.threshold).ok();
        let counted = asked
            .counted
            .zip(threshold)
            .filter(|(items, need)| need <= items);
        if let Some((items, need)) = counted {
            let skill = u64::from(need) * u64::from(PPB) / u64::from(items.max(1));
            let skill = u32::try_from(skill).unwrap_or(PPB);
            let who = words::on_average(goal.threshold, items);
            self.row(goal, who, Some(Claim::Each { items, skill }))?;
        }
        Ok(())
    }
}

/// A true figure as the claim that its kind takes; none beyond what can be.
fn claim(goal: &Goal, truth: i64, asked: Asked) -> Option<Claim> {
    let share = |ppb: i64| u32::try_from(ppb).ok().filter(|ppb| *ppb <= PPB);
    if goal.kind != Kind::Paired {
        return share(truth).map(Claim::Skill);
    }
    let differ = i64::from(asked.differ);
    let win = share((differ + truth).div_euclid(2))?;
    let loss = share(i64::from(win) - truth)?;
    Some(Claim::Pair { win, loss })
}

/// The curve around threshold and the better model.
fn power(goal: &Goal, asked: Asked, better: i64) -> Result<Power, ClaimError> {
    let span = asked
        .better
        .max(goal.stretch - goal.threshold)
        .max(20_000_000);
    let whole = i64::from(PPB);
    let (lowest, highest) = match goal.kind {
        Kind::Paired => (-i64::from(asked.differ), i64::from(asked.differ)),
        _ => (0, whole),
    };
    let low = (goal.threshold - span).max(lowest);
    let high = (better + span / 2).min(highest);
    let truths = (0..=POINTS).map(|place| low + (high - low) * place / POINTS);
    let mut truths: Vec<i64> = truths.chain([goal.threshold, better]).collect();
    truths.sort_unstable();
    truths.dedup();
    let claims: Vec<_> = truths
        .iter()
        .map(|truth| claim(goal, *truth, asked))
        .collect();
    let claimed: Vec<Claim> = claims.iter().copied().flatten().collect();
    let chances = curve(goal, &claimed)?;
    let known = truths
        .iter()
        .zip(claims)
        .filter_map(|(truth, claim)| claim.map(|_| *truth));
    Ok(Power {
        points: known.zip(chances).collect(),
        threshold: goal.threshold,
        better,
    })
}

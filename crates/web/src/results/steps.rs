//! The steps of an attempt in their order, each with who acts and by when.

use guerdon_core::goal::{AttemptStatus, Kind, draw};
use guerdon_core::ledger::AttemptRecord;
use guerdon_formats::eval::{Harness, Run, run_command, run_seed, whole_baseline};
use guerdon_formats::goal_file::GoalDefinition;

use super::papers::Sheet;
use super::sheet::{SheetView, Working};
use crate::access::Part;
use crate::dates;
use crate::error::PageError;
use crate::numbers::count;
use crate::strings::results as words;

/// Items that are shown one by one; all of them stand in the command.
const ITEMS_SHOWN: usize = 2_000;

/// One step.
#[derive(Debug, Default)]
pub(super) struct StepView {
    pub(super) name: &'static str,
    /// `done`, `now` or `later`.
    pub(super) mark: &'static str,
    pub(super) says: Vec<String>,
    pub(super) ask: Option<AskForm>,
    pub(super) upload: Option<UploadForm>,
    pub(super) items: Option<String>,
    pub(super) sheets: Vec<SheetView>,
    pub(super) links: Vec<(String, &'static str)>,
    pub(super) command: Option<String>,
}

/// Names the model of the next attempt.
#[derive(Debug)]
pub(super) struct AskForm {
    pub(super) action: String,
    pub(super) zone: String,
}

/// Takes a result file.
#[derive(Debug)]
pub(super) struct UploadForm {
    pub(super) action: String,
    /// The result is a count that is typed in, with a file as evidence.
    pub(super) counted: bool,
    /// Runs to bring: field and label of the file and of its answers.
    pub(super) runs: Vec<[&'static str; 4]>,
    /// Conditions to confirm: bit and words.
    pub(super) guards: Vec<(u32, String)>,
}

pub(super) fn steps(working: &Working<'_>) -> Result<Vec<StepView>, PageError> {
    let attempt = working.desk.attempt(working.number);
    let mut steps = vec![accept(working, attempt)?];
    steps.push(register(working, attempt)?);
    let Some(attempt) = attempt else {
        let later = [
            "Run the items",
            "Read and sign the result",
            "Propose",
            "Object",
            "Final",
        ];
        steps.extend(later.map(|name| StepView {
            name,
            mark: "later",
            ..StepView::default()
        }));
        return Ok(steps);
    };
    steps.push(run(working, attempt));
    steps.push(sign(working, attempt)?);
    steps.push(propose(working, attempt)?);
    steps.push(object(working, attempt));
    steps.push(end(working, attempt));
    Ok(steps)
}

fn accept(working: &Working<'_>, attempt: Option<&AttemptRecord>) -> Result<StepView, PageError> {
    let (desk, at) = (working.desk, working.at);
    let step = StepView {
        name: "Accept the model",
        mark: if attempt.is_some() { "done" } else { "now" },
        ..StepView::default()
    };
    if let Some(attempt) = attempt {
        return Ok(StepView {
            says: vec![format!("Model {}.", attempt.model)],
            ..step
        });
    }
    let mut sheets = Vec::new();
    for sheet in desk.accepts(working.number, at.now) {
        sheets.push(working.to_sign(sheet)?);
    }
    let names = desk.wallet(working.viewer, Part::Sponsor).is_some()
        || desk.wallet(working.viewer, Part::Member).is_some();
    let closes = dates::moment(desk.record.state.closes, &at.zone);
    Ok(StepView {
        says: vec![words::until("One member of the panel", &closes)],
        ask: names.then(|| AskForm {
            action: format!("{}/ask", working.base()),
            zone: at.zone_name.clone(),
        }),
        sheets,
        command: Some(format!("guerdon goal accept {} --model HASH", desk.named())),
        ..step
    })
}

fn register(working: &Working<'_>, attempt: Option<&AttemptRecord>) -> Result<StepView, PageError> {
    let (desk, at) = (working.desk, working.at);
    let step = StepView {
        name: "Register the attempt",
        ..StepView::default()
    };
    if let Some(attempt) = attempt {
        let on = dates::moment(attempt.word.registered_at, &at.zone);
        return Ok(StepView {
            mark: "done",
            says: vec![format!(
                "Registered on {on} in block {}.",
                crate::numbers::grouped(attempt.word.registered_block)
            )],
            ..step
        });
    }
    let mut sheets = Vec::new();
    let accepted = |sheet: &&Sheet| desk.count(sheet.paper.digest) > 0;
    for sheet in desk.accepts(working.number, at.now).filter(accepted) {
        sheets.extend(working.to_register(sheet)?);
    }
    let who = format!("The sponsor, or {} members of the panel", desk.record.m);
    let closes = dates::moment(desk.record.state.closes, &at.zone);
    Ok(StepView {
        mark: if sheets.is_empty() { "later" } else { "now" },
        says: vec![words::until(&who, &closes)],
        sheets,
        ..step
    })
}

/// Which items run, and by which command.
fn run(working: &Working<'_>, attempt: &AttemptRecord) -> StepView {
    let (desk, goal) = (working.desk, &working.desk.record.goal);
    let running = attempt.word.status == AttemptStatus::Registered;
    let drawn = goal.seed_blocks > 0;
    let step = StepView {
        name: "Run the items",
        mark: if running { "now" } else { "done" },
        ..StepView::default()
    };
    if drawn && attempt.word.seed == [0; 12] {
        let block = guerdon_core::goal::drawn_by(goal, &attempt.word);
        let seal = (
            format!("{}/seal", working.base()),
            "Let the chain draw them",
        );
        return StepView {
            says: vec![words::drawn_by(block)],
            links: Vec::from_iter(running.then_some(seal)),
            ..step
        };
    }
    let mut items: Vec<u32> = Vec::new();
    let mut says = vec![words::not_drawn(goal.kind).to_owned()];
    if drawn {
        items = draw(attempt.word.seed, goal.pool, goal.samples);
        items.sort_unstable();
        let seed = alloy_primitives::hex::encode_prefixed(attempt.word.seed);
        says = vec![words::drawn(goal.samples, goal.pool, &seed)];
    }
    let definition = desk.definition.as_ref();
    if definition.is_some_and(whole_baseline) {
        says.push(words::whole_baseline(goal.pool));
    }
    let command = definition.and_then(|definition| commands(definition, attempt, &items));
    let shown = items.len() <= ITEMS_SHOWN && !items.is_empty();
    StepView {
        says,
        items: shown.then(|| {
            let shown: Vec<String> = items.iter().map(u32::to_string).collect();
            shown.join(" ")
        }),
        command: command
            .or_else(|| drawn.then(|| format!("guerdon goal draw {} --model MODEL", desk.named()))),
        ..step
    }
}

/// The commands that run these items, all if there are none here; none where a number is the
/// result, or the harness is none of those whose commands are known.
fn commands(goal: &GoalDefinition, attempt: &AttemptRecord, items: &[u32]) -> Option<String> {
    let (task, harness) = (goal.specification.get("task")?, Harness::of_goal(goal)?);
    let models: &[&str] = match goal.goal.kind {
        Kind::Count => return None,
        Kind::Paired if !whole_baseline(goal) => &[words::MODEL, words::BASELINE],
        _ => &[words::MODEL],
    };
    let items: Vec<String> = items.iter().map(|item| harness.item(*item)).collect();
    let command = |model: &&str| {
        let run = Run {
            model,
            task,
            seed: run_seed(Some(goal), attempt.word.seed),
            items: &items,
        };
        run_command(harness, &run).0
    };
    Some(models.iter().map(command).collect::<Vec<_>>().join("\n"))
}

fn sign(working: &Working<'_>, attempt: &AttemptRecord) -> Result<StepView, PageError> {
    let (desk, goal) = (working.desk, &working.desk.record.goal);
    let sealed = goal.seed_blocks == 0 || attempt.word.seed != [0; 12];
    let running = attempt.word.status == AttemptStatus::Registered;
    let mut sheets = Vec::new();
    for sheet in desk.results(working.number) {
        let mut view = working.to_sign(sheet)?;
        if !running {
            view.sign = None;
        }
        sheets.push(view);
    }
    let by = dates::moment(attempt.word.deadline, &working.at.zone);
    let who = format!(
        "The sponsor or a member of the panel brings the file; {} members sign",
        desk.record.m
    );
    let guards = (0..32).filter(|bit| goal.guards >> bit & 1 == 1);
    let takes = running && sealed && working.at.now <= attempt.word.deadline;
    Ok(StepView {
        name: "Read and sign the result",
        mark: match () {
            () if !running => "done",
            () if sealed => "now",
            () => "later",
        },
        says: if running {
            vec![words::until(&who, &by)]
        } else {
            Vec::new()
        },
        upload: takes.then(|| UploadForm {
            action: format!("{}/file", working.base()),
            counted: goal.kind == Kind::Count,
            runs: words::runs(goal.kind),
            guards: guards.map(|bit| (bit, words::guard(bit))).collect(),
        }),
        sheets,
        command: Some(words::sign_command(goal.kind, &desk.named())),
        ..StepView::default()
    })
}

fn propose(working: &Working<'_>, attempt: &AttemptRecord) -> Result<StepView, PageError> {
    let desk = working.desk;
    let running = attempt.word.status == AttemptStatus::Registered;
    let step = StepView {
        name: "Propose the result",
        ..StepView::default()
    };
    if !running {
        return Ok(StepView {
            mark: "done",
            says: vec![match attempt.word.signed {
                true => "A signed result was proposed.".to_owned(),
                false => "No result came in time: a zero was proposed.".to_owned(),
            }],
            ..step
        });
    }
    let by = dates::moment(attempt.word.deadline, &working.at.zone);
    if working.at.now > attempt.word.deadline {
        let expire = (
            format!("{}/expire", working.base()),
            "Let the attempt expire",
        );
        return Ok(StepView {
            mark: "now",
            says: vec![format!("Nobody proposed a result by {by}.")],
            links: vec![expire],
            ..step
        });
    }
    let mut sheets = Vec::new();
    let mut says = vec![words::until("Anyone, once enough members signed", &by)];
    let mut most = 0;
    for sheet in desk.results(working.number) {
        let signed = desk.count(sheet.paper.digest);
        most = most.max(signed);
        if signed >= desk.record.m {
            sheets.extend(working.to_propose(sheet)?);
        }
    }
    if sheets.is_empty() {
        says.push(words::more_signatures(desk.record.m.saturating_sub(most)));
    }
    Ok(StepView {
        mark: if sheets.is_empty() { "later" } else { "now" },
        says,
        sheets,
        ..step
    })
}

fn object(working: &Working<'_>, attempt: &AttemptRecord) -> StepView {
    let (word, base) = (&attempt.word, working.base());
    let by = dates::moment(word.deadline, &working.at.zone);
    let over = working.at.now > word.deadline;
    let (mark, says, links) = match word.status {
        AttemptStatus::Registered => (
            "later",
            format!(
                "Anyone may challenge a proposal within {}.",
                dates::length(working.desk.record.goal.challenge_seconds.into())
            ),
            Vec::new(),
        ),
        AttemptStatus::Proposed if !over => (
            "now",
            words::until("Anyone who doubts it", &by),
            vec![(format!("{base}/challenge"), "Challenge it")],
        ),
        AttemptStatus::Challenged if !over => (
            "now",
            words::until("The arbiter decides", &by),
            vec![(format!("{base}/resolve"), "The arbiter's page")],
        ),
        AttemptStatus::Proposed | AttemptStatus::Challenged => (
            "done",
            format!("The time for it ended on {by}."),
            Vec::new(),
        ),
        _ if attempt.challenger.is_some() => ("done", "It was challenged.".to_owned(), Vec::new()),
        _ => ("done", "Nobody challenged it.".to_owned(), Vec::new()),
    };
    StepView {
        name: "Object",
        mark,
        says: vec![says],
        links,
        ..StepView::default()
    }
}

fn end(working: &Working<'_>, attempt: &AttemptRecord) -> StepView {
    let word = &attempt.word;
    let waits = matches!(
        word.status,
        AttemptStatus::Proposed | AttemptStatus::Challenged
    );
    let (mark, says, links) = match word.status {
        AttemptStatus::Finished => (
            "done",
            format!(
                "Final: it pays {}.",
                crate::numbers::payout(word.fraction.into())
            ),
            Vec::new(),
        ),
        AttemptStatus::Void => (
            "done",
            "Declared void and given back: it never counts.".to_owned(),
            Vec::new(),
        ),
        _ if waits && working.at.now > word.deadline => (
            "now",
            "Anyone may finalize it.".to_owned(),
            vec![(format!("{}/finalize", working.base()), "Finalize it")],
        ),
        _ => (
            "later",
            format!(
                "Then {} left.",
                count(
                    working
                        .desk
                        .record
                        .state
                        .attempts_left(working.desk.record.goal.attempts)
                        .into(),
                    "attempt"
                )
            ),
            Vec::new(),
        ),
    };
    StepView {
        name: "Final",
        mark,
        says: vec![says],
        links,
        ..StepView::default()
    }
}

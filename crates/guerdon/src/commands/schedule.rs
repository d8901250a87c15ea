//! `schedule import` and `schedule export`: vesting terms of the Open Cap Format, in and out.

use guerdon_core::PPB;
use guerdon_formats::amount;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::ocf::{
    Export, Imported, OcfError, Options, Quantity, read_vesting_terms, write_vesting_terms,
};
use guerdon_formats::schedule::{Vesting, Words};
use guerdon_formats::words::{describe_gates, describe_schedule, describe_segments};
use serde_json::{Value, json};

use super::goal::files::{known_goals, names};
use super::grant::files::find;
use crate::cli::{ScheduleCommand, ScheduleExportArgs, ScheduleImportArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Record, data};
use crate::words::time;

pub(crate) fn run(context: &Context, command: &ScheduleCommand) -> Outcome {
    match command {
        ScheduleCommand::Import(arguments) => import(context, arguments),
        ScheduleCommand::Export(arguments) => export(context, arguments),
    }
}

fn import(context: &Context, arguments: &ScheduleImportArgs) -> Outcome {
    let quantity = arguments.quantity.as_deref();
    let quantity = quantity.map(|text| {
        amount::parse(text, arguments.decimals)
            .map(|base_units| Quantity {
                base_units,
                decimals: arguments.decimals,
            })
            .map_err(|error| Failure::input(error.to_string()))
    });
    let mut goals = known_goals(context)?.ids;
    let named = arguments.goal.iter();
    goals.extend(named.map(|goal| (goal.name.clone(), goal.id)));
    let options = Options {
        vesting_start: arguments.start,
        zone: arguments.zone.clone(),
        quantity: quantity.transpose()?,
        goals,
        terms: arguments.terms.clone(),
    };
    let bytes = files::read(&arguments.file)?;
    let imported = read_vesting_terms(&bytes, &options).map_err(|error| refused(&error))?;
    if let Some(difference) = imported.difference.filter(|it| arguments.exact && *it > 0) {
        let decimals = arguments.decimals;
        return Err(Failure::input(format!(
            "a grant cannot say `{}` exactly: a date differs by {} tokens",
            imported.id,
            amount::exact(difference, decimals)
        ))
        .hint("without --exact the difference is told; the last date pays everything"));
    }
    context.global.output.record(&record(&imported, &options))
}

fn refused(error: &OcfError) -> Failure {
    let failure = Failure::input(error.to_string());
    match error {
        OcfError::TermsNeeded(_) | OcfError::NoSuchTerms { .. } => {
            failure.hint("choose with --terms ID")
        }
        OcfError::File(_) => failure.hint("one object VESTING_TERMS or a file of them is read"),
        _ => failure,
    }
}

fn record(imported: &Imported, options: &Options) -> Record {
    let Vesting { start, schedule } = &imported.vesting;
    let zone = &options.zone;
    let segments = schedule.segments().iter().map(|segment| {
        json!({"end": segment.end, "cumulative": segment.cumulative, "steps": segment.steps})
    });
    let cells = imported.words.as_ref().map(|words| {
        let cells = words.cells().into_iter();
        cells
            .map(|(column, text)| (column.to_owned(), Value::from(text)))
            .collect::<Value>()
    });
    let events = imported.events.iter().map(|event| {
        let gate = event.gate;
        json!({
            "event": event.condition,
            "goal": gate.goal.to_string(),
            "share_ppb": gate.share_ppb,
            "trigger": gate.rule.trigger,
        })
    });
    let told = describe_schedule(schedule, *start, zone);
    let value = json!({
        "id": imported.id,
        "name": imported.name,
        "allocation_type": imported.allocation.name(),
        "start": start,
        "vesting": segments.collect::<Vec<_>>(),
        "schedule": told,
        "words": cells,
        "gates": events.collect::<Vec<_>>(),
        "difference": imported.difference.map(|units| units.to_string()),
    });
    let words = imported.words.as_ref().map_or_else(
        || describe_segments(schedule, *start, zone).join("\n"),
        said,
    );
    let gates: Vec<_> = imported.events.iter().map(|event| event.gate).collect();
    let event = |goal| {
        let found = imported.events.iter().find(|event| event.gate.goal == goal);
        found.map_or_else(String::new, |event| event.condition.clone())
    };
    let gates = describe_gates(&gates, &event);
    let label = if imported.words.is_some() {
        "words"
    } else {
        "segments"
    };
    Record::new(value)
        .line("terms", format!("{} ({})", imported.name, imported.id))
        .line("allocation", imported.allocation.name())
        .line("start", time(*start))
        .line("schedule", told)
        .line(label, words)
        .line("gates", gates.join("\n"))
        .line_if("difference", difference(imported, options))
}

/// The cells of a sheet that say these words.
fn said(words: &Words) -> String {
    let cells = words.cells().into_iter();
    let cells = cells.filter(|(_, text)| !text.is_empty());
    let cells = cells.map(|(column, text)| format!("{column} {text}"));
    cells.collect::<Vec<_>>().join("\n")
}

fn difference(imported: &Imported, options: &Options) -> Option<String> {
    let decimals = options.quantity?.decimals;
    Some(match imported.difference? {
        0 => "none: every date pays what the terms say".to_owned(),
        units => format!(
            "at most {} tokens at a date, by the rounding of a part per billion",
            amount::exact(units, decimals)
        ),
    })
}

fn export(context: &Context, arguments: &ScheduleExportArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    let terms = &grant.file.terms;
    let zone = match &arguments.zone {
        Some(zone) => zone.clone(),
        None => grant.zone()?,
    };
    let mut goals = names(context)?;
    for goal in &grant.file.goals {
        all_or_nothing(goal)?;
        goals.extend(goal.id().map(|id| (id, goal.name.clone())));
    }
    let vesting = Vesting {
        start: terms.start,
        schedule: terms.vesting.clone(),
    };
    let told = describe_schedule(&vesting.schedule, vesting.start, &zone);
    let id = grant.id.to_string();
    let export = Export {
        id: &id,
        name: &grant.name,
        description: &told,
        zone: &zone,
        gates: &terms.gates,
        goals: &goals,
    };
    let written = write_vesting_terms(&vesting, &export).map_err(|error| refused(&error))?;
    match &arguments.to {
        Some(path) => files::write(path, &written.bytes)?,
        None => data(&String::from_utf8_lossy(&written.bytes))?,
    }
    context.say(&format!(
        "vesting starts on {} in {}: a TX_VESTING_START of the security says that",
        written.vesting_start,
        zone.name()
    ));
    if terms.unlock.is_some() {
        context.say("the unlock clock is not in the file: the format has no lock-ups");
    }
    Ok(())
}

/// An event of the format happens or does not.
fn all_or_nothing(goal: &GoalDefinition) -> Outcome {
    let rules = &goal.goal;
    if rules.threshold >= rules.stretch || rules.base_ppb >= PPB {
        return Ok(());
    }
    Err(Failure::input(format!(
        "the Open Cap Format cannot say this: the goal {} pays by degrees, and an event happens or \
         does not",
        goal.name
    )))
}

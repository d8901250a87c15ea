//! `people import`: a CSV in the form that `people list -o csv` writes.

use std::collections::BTreeMap;

use guerdon_formats::people_sheet;
use guerdon_formats::sheet::RowError;
use guerdon_store::{Member, NewMember, Store};
use serde_json::json;

use super::{add::entry, list::all, now, show};
use crate::cli::ImportPeopleArgs;
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Record, say, table};

/// What an import would do.
#[derive(Debug, Default)]
struct Work {
    new: Vec<NewMember>,
    changed: Vec<(Member, NewMember, Vec<&'static str>)>,
    same: usize,
}

pub(super) async fn run(context: &Context, store: &Store, arguments: &ImportPeopleArgs) -> Outcome {
    let csv = files::read(&arguments.file)?;
    let people = people_sheet::read(&csv, &show::role_names()).map_err(|errors| refuse(&errors))?;
    let known = all(&mut store.read().await?).await?;
    let work = Work::of(people.into_iter().map(show::of_entry).collect(), &known);
    tell(context, &work);
    let is_nothing = work.new.is_empty() && work.changed.is_empty();
    if !context.global.dry_run && !is_nothing {
        let (question, undone) = ("Write it?", "nothing was written");
        confirm_or(&context.global, question, Consent::Yes, undone)?;
    }
    let mut tx = store.write().await?;
    // What is changed first gives wallets free for the others.
    for (member, new, changes) in &work.changed {
        tx.put_member(member.person, new).await?;
        tx.append_audit(&entry(member.person, Some(changes), new))
            .await?;
    }
    for new in &work.new {
        let id = tx.add_member(new, now()).await?;
        tx.append_audit(&entry(id, None, new)).await?;
    }
    let counts = json!({
        "new": work.new.len(),
        "changed": work.changed.len(),
        "same": work.same,
        "dry_run": context.global.dry_run,
    });
    let record = Record::new(counts)
        .line("new", work.new.len().to_string())
        .line("changed", work.changed.len().to_string())
        .line("the same", work.same.to_string());
    if context.global.dry_run {
        // Everything was tried; dropped, it leaves no trace.
        let record = record.line("dry run", "nothing was written");
        return context.global.output.record(&record);
    }
    tx.commit().await?;
    context.global.output.record(&record)
}

impl Work {
    fn of(people: Vec<NewMember>, known: &[Member]) -> Self {
        let known = known.iter().map(|member| (member.number.as_str(), member));
        let known: BTreeMap<&str, &Member> = known.collect();
        let mut work = Self::default();
        for new in people {
            let Some(member) = known.get(new.number.as_str()) else {
                work.new.push(new);
                continue;
            };
            let changes = show::changes(&member.to_new(), &new);
            if changes.is_empty() {
                work.same += 1;
            } else {
                work.changed.push((Member::clone(member), new, changes));
            }
        }
        work
    }
}

fn tell(context: &Context, work: &Work) {
    context.say(&format!(
        "Import people: {} new, {} changed, {} the same.",
        work.new.len(),
        work.changed.len(),
        work.same
    ));
    for new in &work.new {
        let roles = match show::roles(&new.roles) {
            roles if roles.is_empty() => String::new(),
            roles => format!(", may read as {roles}"),
        };
        context.say(&format!("  new      {} {}{roles}", new.number, new.name));
    }
    for (_, new, changes) in &work.changed {
        context.say(&format!(
            "  changed  {}: {}",
            new.number,
            changes.join(", ")
        ));
    }
}

fn refuse(errors: &[RowError]) -> Failure {
    let cells = errors.iter().map(|error| {
        vec![
            error.row.to_string(),
            error.column.clone(),
            error.message.clone(),
        ]
    });
    let rows = cells.collect::<Vec<_>>();
    say(table(&["row", "column", "what is wrong"], &rows).trim_end());
    Failure::input("the file has errors; nothing was imported")
        .hint("correct the rows above and import it again; row 0 is the header")
}

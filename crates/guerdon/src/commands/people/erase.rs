//! `people erase`: takes a person out of the database, and says what stays and where.

use std::path::PathBuf;
use std::time::Duration;

use guerdon_store::{Actor, Erased, Held, Member, NewEntry, Page, Read, Store};
use serde_json::json;

use super::files::{naming, without_agreement};
use super::{find::find, now};
use crate::cli::EraseArgs;
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Record;

/// How often a page that is just being read is waited for, before old pages of the log stay.
const SCRUB_TRIES: u32 = 25;
const SCRUB_PAUSE: Duration = Duration::from_millis(200);

/// What erasing a person means here.
struct Plan {
    member: Member,
    grants: usize,
    files: Vec<PathBuf>,
}

pub(super) async fn run(context: &Context, store: &Store, arguments: &EraseArgs) -> Outcome {
    let plan = {
        let mut read = store.read().await?;
        let member = find(&mut read, &arguments.person).await?;
        Plan {
            grants: grants(&mut read, &member).await?,
            files: naming(context, &member)?,
            member,
        }
    };
    tell(context, arguments, &plan);
    let (id, number) = (plan.member.person.to_string(), &plan.member.number);
    if context.global.dry_run {
        let value = json!({"id": id, "grants": plan.grants, "files": plan.files, "dry_run": true});
        let record = Record::new(value).line("dry run", "nothing was erased");
        return context.global.output.record(&record);
    }
    let word = Consent::Type(number);
    confirm_or(
        &context.global,
        "Erase this person?",
        word,
        "nothing was erased",
    )?;
    let erased = erase(store, &plan.member).await?;
    let clean = scrub(store).await?;
    let mut left = plan.files;
    if arguments.grant_files {
        left = rewrite(left)?;
    }
    let value = json!({
        "id": id,
        "grants": erased.grants,
        "sessions": erased.sessions,
        "links": erased.links,
        "wallets": erased.wallets,
        "drafts": erased.drafts,
        "files_that_name_the_person": left,
        "backup_days": arguments.kept.backup_days,
        "database_files_are_clean": clean,
    });
    let record = Record::new(value)
        .line("erased", id)
        .line("sessions ended", erased.sessions.to_string())
        .line("links dead", erased.links.to_string())
        .line("drafts discarded", erased.drafts.to_string())
        .line_if("not yet", (!clean).then(|| BUSY.to_owned()))
        .line("files left", shown(&left));
    context.global.output.record(&record)
}

const BUSY: &str = "the database's log still has the old pages: a page was being read. They go \
                    when the server is stopped";

async fn erase(store: &Store, member: &Member) -> Outcome<Erased> {
    let mut tx = store.write().await?;
    let gone = || Failure::precondition(format!("{} was erased meanwhile", member.person));
    let erased = tx
        .erase_member(member.person, now())
        .await?
        .ok_or_else(gone)?;
    tx.append_audit(&NewEntry {
        at: now(),
        actor: Actor::CommandLine,
        action: "person erased".to_owned(),
        subject: member.person.to_string(),
        detail: format!("of {} grants", erased.grants.len()),
    })
    .await?;
    tx.commit().await?;
    Ok(erased)
}

async fn scrub(store: &Store) -> Outcome<bool> {
    for _ in 0..SCRUB_TRIES {
        if store.scrub().await? {
            return Ok(true);
        }
        tokio::time::sleep(SCRUB_PAUSE).await;
    }
    Ok(false)
}

/// Rewrites the grant files among them and answers the others.
fn rewrite(files: Vec<PathBuf>) -> Outcome<Vec<PathBuf>> {
    let mut left = Vec::new();
    for path in files {
        if !without_agreement(&path)? {
            left.push(path);
        }
    }
    Ok(left)
}

async fn grants(read: &mut Read, member: &Member) -> Outcome<usize> {
    let mut page = Page {
        after: None,
        limit: 500,
    };
    let mut count = 0;
    loop {
        let held = read.grants_of_person(member.person, &page).await?;
        count += held.len();
        page.after = held.last().map(Held::id);
        if page.after.is_none() {
            return Ok(count);
        }
    }
}

fn tell(context: &Context, arguments: &EraseArgs, plan: &Plan) {
    let Plan {
        member,
        grants,
        files,
    } = plan;
    context.say(&format!("Erase {} ({}).", member.name, member.number));
    let days = arguments.kept.backup_days;
    let id = member.person;
    let rewritten = match arguments.grant_files {
        true => "grant files among them lose their agreement and stay good for claiming",
        false => "--grant-files takes the agreement out of grant files",
    };
    let lines = [
        (
            "goes",
            "name, number, e-mail, country, zone, roles, wallets, settings, sessions, links,\n\
             the texts of agreements, and sheets not imported yet that name the person"
                .to_owned(),
        ),
        (
            "stays",
            format!(
                "{grants} grants by their ids and terms, payments and wallets: the chain keeps \
                 them for ever,\nwithout a name"
            ),
        ),
        (
            "stays",
            format!("entries of the audit log, which say {id} and nothing else of the person"),
        ),
        (
            "stays",
            "acceptances that the person signed: wallet, grant and time".to_owned(),
        ),
        (
            "stays",
            format!("backups of the database made before: they expire within {days} days"),
        ),
        (
            "stays",
            format!(
                "files here that name the person:\n{}\n{rewritten}",
                shown(files)
            ),
        ),
        (
            "stays",
            "sheets, exports and mails elsewhere: Guerdon does not know them".to_owned(),
        ),
        ("undo", "nobody can: the database forgets".to_owned()),
    ];
    for (label, text) in lines {
        let text = text.replace('\n', &format!("\n{}", " ".repeat(9)));
        context.say(&format!("  {label:5}  {text}"));
    }
}

fn shown(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return "none".to_owned();
    }
    let names = files.iter().map(|path| path.display().to_string());
    names.collect::<Vec<_>>().join("\n")
}

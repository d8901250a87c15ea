//! `people import`: a CSV in the form that `people list -o csv` writes.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use guerdon_store::{ListRole, Member, NewMember, Store};
use serde_json::json;

use super::{add::entry, check::check, list::all, now, show};
use crate::cli::ImportPeopleArgs;
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Record, say, table};

const COLUMNS: [&str; 8] = [
    "id", "number", "name", "email", "country", "zone", "roles", "wallets",
];

/// A wrong cell: row (data rows count from 1), column, sentence.
type Wrong = (usize, String, String);

/// What an import would do.
#[derive(Debug, Default)]
struct Work {
    new: Vec<NewMember>,
    changed: Vec<(Member, NewMember, Vec<&'static str>)>,
    same: usize,
}

pub(super) async fn run(context: &Context, store: &Store, arguments: &ImportPeopleArgs) -> Outcome {
    let csv = files::read(&arguments.file)?;
    let known = all(&mut store.read().await?).await?;
    let work = read(&csv, &known).map_err(|wrong| refuse(&wrong))?;
    tell(context, &work);
    let counts = json!({
        "new": work.new.len(),
        "changed": work.changed.len(),
        "same": work.same,
        "dry_run": context.global.dry_run,
    });
    let is_nothing = work.new.is_empty() && work.changed.is_empty();
    if !context.global.dry_run && !is_nothing {
        confirm_or(
            &context.global,
            "Write it?",
            Consent::Yes,
            "nothing was written",
        )?;
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
    let record = Record::new(counts)
        .line("new", work.new.len().to_string())
        .line("changed", work.changed.len().to_string())
        .line("the same", work.same.to_string());
    if context.global.dry_run {
        let record = record.line("dry run", "nothing was written");
        return context.global.output.record(&record);
    }
    tx.commit().await?;
    context.global.output.record(&record)
}

/// Reads the whole file, with all its errors at once.
fn read(csv: &[u8], known: &[Member]) -> Result<Work, Vec<Wrong>> {
    let mut reader =
        csv::ReaderBuilder::new().from_reader(csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv));
    let unreadable = |error: &csv::Error| {
        let row = error
            .position()
            .map_or(0, |at| usize::try_from(at.record()).unwrap_or(0));
        vec![(
            row,
            String::new(),
            format!("this is no CSV in UTF-8: {error}"),
        )]
    };
    let header = reader
        .headers()
        .map_err(|error| unreadable(&error))?
        .clone();
    let mut wrong = check_header(&header);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let by_number: BTreeMap<&str, &Member> = known
        .iter()
        .map(|member| (member.number.as_str(), member))
        .collect();
    let mut work = Work::default();
    let mut seen = Seen::default();
    for (row, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| unreadable(&error))?;
        let cells = header
            .iter()
            .zip(&record)
            .map(|(name, cell)| (name.trim(), plain(cell)));
        let cells: BTreeMap<_, _> = cells.collect();
        let number = cells.get("number").copied().unwrap_or_default();
        let before = by_number.get(number).copied();
        let (new, errors) = merged(&cells, before.map(Member::to_new).unwrap_or_default());
        let errors = errors
            .into_iter()
            .chain(check(&new))
            .chain(seen.twice(row, &new));
        wrong.extend(errors.map(|(column, text)| (row, column.to_owned(), text)));
        work.push(before, new);
    }
    if wrong.is_empty() {
        Ok(work)
    } else {
        Err(wrong)
    }
}

fn check_header(header: &csv::StringRecord) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let names: Vec<_> = header.iter().map(str::trim).collect();
    for (place, name) in names.iter().enumerate() {
        let sentence = match () {
            () if !COLUMNS.contains(name) => format!(
                "there is no column `{name}`: the columns are {}",
                COLUMNS.join(", ")
            ),
            () if names.iter().take(place).any(|other| other == name) => {
                format!("the column `{name}` is there twice")
            }
            () => continue,
        };
        wrong.push((0, (*name).to_owned(), sentence));
    }
    if !names.contains(&"number") {
        let sentence = "the file has no column `number`: add it".to_owned();
        wrong.push((0, "number".to_owned(), sentence));
    }
    wrong
}

/// The entry with what the row says; columns that the file lacks stay as they are.
fn merged(
    cells: &BTreeMap<&str, &str>,
    mut new: NewMember,
) -> (NewMember, Vec<(&'static str, String)>) {
    let mut wrong = Vec::new();
    for (column, field) in [
        ("number", &mut new.number),
        ("name", &mut new.name),
        ("email", &mut new.email),
        ("country", &mut new.country),
        ("zone", &mut new.zone),
    ] {
        if let Some(cell) = cells.get(column) {
            (*cell).clone_into(field);
        }
    }
    if let Some(cell) = cells.get("roles") {
        new.roles.clear();
        for word in cell.split_whitespace() {
            match ListRole::ALL.into_iter().find(|role| role.name() == word) {
                Some(role) => new.roles.push(role),
                None => wrong.push((
                    "roles",
                    format!("`{word}` is no role: write auditor, company or administrator"),
                )),
            }
        }
    }
    if let Some(cell) = cells.get("wallets") {
        new.wallets.clear();
        for word in cell.split_whitespace() {
            match address(word) {
                Ok(wallet) => new.wallets.push(wallet),
                Err(sentence) => wrong.push(("wallets", sentence)),
            }
        }
    }
    (new, wrong)
}

/// An address; capitals, if there are any, are its checksum.
fn address(word: &str) -> Result<Address, String> {
    let is_mixed = word
        .chars()
        .skip(2)
        .any(|letter| letter.is_ascii_uppercase());
    let parsed = match is_mixed {
        true => Address::parse_checksummed(word, None).ok(),
        false => word.parse().ok(),
    };
    parsed.ok_or_else(|| format!("`{word}` is no address, or its checksum is wrong: copy it again"))
}

/// What rows before had.
#[derive(Default)]
struct Seen {
    numbers: BTreeMap<String, usize>,
    wallets: BTreeMap<Address, usize>,
}

impl Seen {
    fn twice(&mut self, row: usize, new: &NewMember) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        if let Some(first) = self.numbers.insert(new.number.clone(), row) {
            wrong.push(("number", format!("the number is also in row {first}")));
        }
        for wallet in &new.wallets {
            match self.wallets.insert(*wallet, row) {
                Some(first) if first != row => wrong.push((
                    "wallets",
                    format!(
                        "the wallet {wallet} is also in row {first}: a wallet belongs to one person"
                    ),
                )),
                _ => (),
            }
        }
        wrong
    }
}

impl Work {
    fn push(&mut self, before: Option<&Member>, new: NewMember) {
        let Some(member) = before else {
            self.new.push(new);
            return;
        };
        let changes = show::changes(&member.to_new(), &new);
        if changes.is_empty() {
            self.same += 1;
        } else {
            self.changed.push((member.clone(), new, changes));
        }
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

fn refuse(wrong: &[Wrong]) -> Failure {
    let cells = wrong
        .iter()
        .map(|(row, column, sentence)| vec![row.to_string(), column.clone(), sentence.clone()]);
    let rows = cells.collect::<Vec<_>>();
    say(table(&["row", "column", "what is wrong"], &rows).trim_end());
    Failure::input("the file has errors; nothing was imported")
        .hint("correct the rows above and import it again; row 0 is the header")
}

/// A cell without the apostrophe that keeps a spreadsheet from running it.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

//! `round import`: a sheet becomes a round file, grant files and rows of the database; or all its
//! errors at once, and nothing.

use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use guerdon_formats::sheet::{self, Choices, Defaults, Documents, Inherited, Sheet, TokenSpec};
pub(crate) use guerdon_formats::sheet::{KnownGoals, Place};
use serde_json::json;

use super::write::{Imported, write_round};
use crate::cli::ImportArgs;
use crate::commands::goal::files::known_goals;
use crate::commands::{store, to_value};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Format, Record, say, table};
use crate::words::Unit;

/// A sheet and what it was read for.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) sheet: Sheet,
    pub(crate) unit: Unit,
}

pub(crate) async fn run(context: &Context, arguments: &ImportArgs) -> Outcome {
    let place = place(context, arguments)?;
    let csv = files::read(&arguments.file)?;
    let goals = goals(context, arguments)?;
    let mut read = read(&csv, &place, goals, arguments.document_salt)?;
    if arguments.contract.is_none() {
        let taken = store::wallets_of_others(context, &read.sheet.drafts).await?;
        read.sheet.errors.extend(taken);
    }
    if !read.sheet.errors.is_empty() {
        return refuse(context, arguments, &csv, &read.sheet);
    }
    if context.global.dry_run {
        return show(context.global.output, &read, None);
    }
    let name = arguments
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let imported = write_round(context, &place, &mut read, &name).await?;
    show(context.global.output, &read, Some(&imported))
}

/// Reads a sheet; its agreements have random nonces, or there are none and a salt instead.
pub(crate) fn read(
    csv: &[u8],
    place: &Place,
    goals: KnownGoals,
    salt: Option<B256>,
) -> Outcome<Read> {
    let mut nonce = || B256::random().0;
    let documents = match salt {
        Some(salt) => Documents::Salt(salt),
        None => Documents::Nonces(&mut nonce),
    };
    read_with(csv, place, goals, documents)
}

/// Reads a sheet with the documents given.
pub(crate) fn read_with(
    csv: &[u8],
    place: &Place,
    goals: KnownGoals,
    documents: Documents<'_>,
) -> Outcome<Read> {
    read_chosen((csv, &Choices::default()), place, goals, documents)
}

/// Reads a sheet by what a person decided about it.
pub(crate) fn read_chosen(
    (csv, choices): (&[u8], &Choices),
    place: &Place,
    goals: KnownGoals,
    documents: Documents<'_>,
) -> Outcome<Read> {
    let from = (Defaults::default(), Inherited::default());
    read_from((csv, choices), place, goals, (documents, from))
}

/// Reads the rows that take a grant's place: what they do not say is as it is in that grant.
pub(crate) fn read_replacing(
    csv: &[u8],
    place: &Place,
    goals: KnownGoals,
    from: (Defaults, Inherited),
) -> Outcome<Read> {
    let mut nonce = || B256::random().0;
    let documents = Documents::Nonces(&mut nonce);
    let choices = Choices::default();
    read_from((csv, &choices), place, goals, (documents, from))
}

fn read_from(
    (csv, choices): (&[u8], &Choices),
    place: &Place,
    goals: KnownGoals,
    (documents, (defaults, inherited)): (Documents<'_>, (Defaults, Inherited)),
) -> Outcome<Read> {
    let tokens = match &place.tokens {
        Some(tokens) => tokens.clone(),
        None => first_token(csv).into_iter().collect(),
    };
    let mut asked = sheet::Context {
        chain_id: place.chain_id,
        grants: place.grants,
        token: place.token,
        company: place.company.clone(),
        tokens: tokens.clone(),
        goals: goals.ids,
        defaults,
        inherited,
        documents,
    };
    let mut sheet = sheet::read_chosen(csv, choices, &mut asked);
    let conflicts = sheet::own_judges(&sheet.drafts, &goals.panels);
    if !conflicts.is_empty() {
        sheet.drafts.clear();
        sheet.errors.extend(conflicts);
    }
    let used = sheet.drafts.first().map(|draft| draft.token.clone());
    let used = used.or(tokens.into_iter().next());
    let unit = used.map_or_else(Unit::unknown, |used| Unit {
        symbol: used.symbol,
        decimals: used.decimals,
    });
    Ok(Read { sheet, unit })
}

fn goals(context: &Context, arguments: &ImportArgs) -> Outcome<KnownGoals> {
    let mut known = known_goals(context)?;
    for goal in &arguments.goal {
        known.ids.insert(goal.name.clone(), goal.id);
    }
    Ok(known)
}

fn place(context: &Context, arguments: &ImportArgs) -> Outcome<Place> {
    let named = arguments.token.iter().map(|token| TokenSpec {
        symbol: token.symbol.clone(),
        decimals: token.decimals,
    });
    let named: Option<Vec<_>> = (!arguments.token.is_empty()).then(|| named.collect());
    if let (Some(grants), Some(chain_id)) = (arguments.contract, arguments.chain_id) {
        if !context.global.dry_run {
            return Err(Failure::input("--contract and --chain-id are for dry runs")
                .hint("give --dry-run, or import with a deployment: guerdon deploy"));
        }
        let company = "the company".to_owned();
        return Ok(Place {
            chain_id,
            grants,
            token: None,
            company,
            tokens: named,
        });
    }
    let deployment = context.only_deployment()?.ok_or_else(|| {
        Failure::not_found("no deployment is known here, and ids depend on the contract")
            .hint("run guerdon deploy, or give --contract, --chain-id and --dry-run")
    })?;
    let mut place = super::place_of(&deployment);
    place.tokens = named.or(place.tokens);
    Ok(place)
}

/// What the first row grants, where nothing says which token there is.
fn first_token(csv: &[u8]) -> Option<TokenSpec> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let column = reader
        .headers()
        .ok()?
        .iter()
        .position(|name| name.trim() == "token")?;
    let first = reader.records().next()?.ok()?;
    Some(TokenSpec {
        symbol: first.get(column)?.trim().to_owned(),
        decimals: 18,
    })
}

/// Shows all errors, writes the annotated sheet, imports nothing.
fn refuse(context: &Context, arguments: &ImportArgs, csv: &[u8], sheet: &Sheet) -> Outcome {
    let rows: std::collections::BTreeSet<_> = sheet.errors.iter().map(|error| error.row).collect();
    let format = context.global.output;
    match format {
        Format::Table => {
            let cells = sheet.errors.iter().map(|error| {
                vec![
                    error.row.to_string(),
                    error.column.clone(),
                    error.message.clone(),
                ]
            });
            say(table(
                &["row", "column", "what is wrong"],
                &cells.collect::<Vec<_>>(),
            )
            .trim_end());
        }
        _ => show(
            format,
            &Read {
                sheet: copy_errors(sheet),
                unit: Unit::unknown(),
            },
            None,
        )?,
    }
    let mut hint = "correct the sheet and import it again".to_owned();
    if !context.global.dry_run || arguments.errors.is_some() {
        let path = arguments
            .errors
            .clone()
            .unwrap_or_else(|| annotated_path(&arguments.file));
        files::write(&path, &sheet::annotated(csv, &sheet.errors))?;
        hint = format!("{} says beside each row what is wrong", path.display());
    }
    let rows = rows.len();
    let text = match rows {
        1 => "one row of the sheet is wrong; nothing was imported".to_owned(),
        _ => format!("{rows} rows of the sheet are wrong; nothing was imported"),
    };
    Err(Failure::input(text).hint(hint))
}

fn copy_errors(sheet: &Sheet) -> Sheet {
    Sheet {
        errors: sheet.errors.clone(),
        ..Sheet::default()
    }
}

/// `sheet.csv` becomes `sheet.errors.csv`.
fn annotated_path(file: &Path) -> PathBuf {
    file.with_extension("errors.csv")
}

fn show(format: Format, read: &Read, imported: Option<&Imported>) -> Outcome {
    let summary = read
        .sheet
        .summary()
        .map_err(|error| Failure::input(format!("the sheet makes no round: {error}")))?;
    let mut value = to_value(&summary)?;
    if let (Some(imported), Some(object)) = (imported, value.as_object_mut()) {
        object.insert("round_file".to_owned(), json!(imported.round_file));
        object.insert("grant_files".to_owned(), json!(imported.grant_files));
        object.insert("imported_before".to_owned(), json!(imported.before));
    }
    let total = read
        .sheet
        .drafts
        .iter()
        .map(|draft| draft.terms.amount)
        .sum();
    let record = Record::new(value)
        .line("grants", summary.grants.to_string())
        .line("total", read.unit.show(total))
        .line_if("root", summary.root.clone())
        .line_if(
            "imported before",
            imported
                .filter(|it| it.before)
                .map(|_| "as this round: its files were written here".to_owned()),
        )
        .line_if(
            "round file",
            imported.map(|it| it.round_file.display().to_string()),
        )
        .line_if(
            "grant files",
            imported.map(|it| it.grant_folder.display().to_string()),
        );
    format.record(&record)
}

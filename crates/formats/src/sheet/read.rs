//! From bytes to drafts.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, keccak256};
use csv::ByteRecord;

use super::cells::Cells;
use super::columns::Header;
use super::row::Row;
use super::{Choices, Context, Documents, Draft, RowError, Sheet};
use crate::agreement::{Agreement, Statement};

/// Reads a sheet. Either there are drafts for all rows, or there are errors; any bytes are read or
/// refused with sentences.
pub fn read(csv: &[u8], context: &mut Context<'_>) -> Sheet {
    read_chosen(csv, &Choices::default(), context)
}

/// Reads a sheet as [`read`] does, by a person's choices. The doubts are there in either case.
pub fn read_chosen(csv: &[u8], choices: &Choices, context: &mut Context<'_>) -> Sheet {
    let records = match records(csv) {
        Ok(records) => records,
        Err(message) => return failed(vec![RowError::new(0, "", message)]),
    };
    let Some((first, rest)) = records.split_first() else {
        let message = "the file is empty: the first row must name the columns";
        return failed(vec![RowError::new(0, "", message)]);
    };
    let mut errors = Vec::new();
    let header = Header::read(first, choices, &mut errors);
    let mut doubts = Vec::new();
    let mut seen = Seen::default();
    let mut rows = Vec::new();
    for (number, record) in filled(&header, rest, choices) {
        match Cells::new(number, &header, record, choices) {
            Err(wrong) => errors.extend(wrong),
            Ok(mut cells) => {
                let row = Row::read(&mut cells, context);
                seen.check(&mut cells);
                errors.append(&mut cells.errors);
                doubts.append(&mut cells.doubts);
                rows.extend(row.map(|row| (number, row)));
            }
        }
    }
    if rest.iter().all(is_blank) && errors.is_empty() {
        errors.push(RowError::new(0, "", "the sheet has a header and no rows"));
    }
    let sheet = if errors.is_empty() {
        finish(rows, context)
    } else {
        failed(errors)
    };
    Sheet { doubts, ..sheet }
}

/// The rows that are grants, with their numbers: filled, and not left out on purpose.
pub(super) fn filled<'a>(
    header: &Header,
    rows: &'a [ByteRecord],
    choices: &Choices,
) -> Vec<(usize, &'a ByteRecord)> {
    let total = total_row(header, rows, choices).map(|(number, _)| number);
    let all = (1..).zip(rows).filter(|(_, record)| !is_blank(record));
    all.filter(|(number, _)| Some(*number) != total && !choices.left_out.contains(number))
        .collect()
}

/// The last row, if it names no grant and no wallet but an amount: the sheet's own total.
pub(super) fn total_row<'a>(
    header: &Header,
    rows: &'a [ByteRecord],
    choices: &Choices,
) -> Option<(usize, &'a str)> {
    if !choices.are_matched() {
        return None;
    }
    let last = (1..)
        .zip(rows)
        .filter(|(_, record)| !is_blank(record))
        .last();
    let (number, record) = last?;
    let cell = |column| -> Option<&'a str> {
        let cell = record.get(header.place(column)?)?;
        Some(std::str::from_utf8(cell).ok()?.trim())
    };
    let nobody = |column| cell(column).is_none_or(|text| text.is_empty() || is_total(text));
    let amount = cell("quantity").filter(|text| !text.is_empty())?;
    let is_sum = nobody("external_id") && cell("wallet").is_none_or(str::is_empty);
    is_sum.then_some((number, amount))
}

fn is_total(text: &str) -> bool {
    let lower = text.trim_end_matches(':').to_ascii_lowercase();
    matches!(lower.as_str(), "total" | "sum" | "totals")
}

/// All rows, the header first; a byte order mark is dropped. Shared with the annotated copy.
pub(super) fn records(csv: &[u8]) -> Result<Vec<ByteRecord>, String> {
    if csv.starts_with(&[0xFF, 0xFE]) || csv.starts_with(&[0xFE, 0xFF]) {
        return Err("the file is UTF-16: save the sheet as CSV UTF-8".to_owned());
    }
    let csv = csv.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(csv);
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).from_reader(csv);
    let records: Result<Vec<_>, _> = reader.byte_records().collect();
    records.map_err(|error| format!("the file is not CSV: {error}"))
}

fn is_blank(record: &ByteRecord) -> bool {
    record.iter().all(<[u8]>::is_empty)
}

fn failed(errors: Vec<RowError>) -> Sheet {
    Sheet {
        errors,
        ..Sheet::default()
    }
}

/// What earlier rows had, right or wrong in other cells.
#[derive(Default)]
struct Seen {
    ids: BTreeMap<String, usize>,
    wallets: BTreeMap<Address, (String, usize)>,
}

impl Seen {
    fn check(&mut self, cells: &mut Cells<'_>) {
        let (row, id) = (cells.row, cells.text("external_id").to_owned());
        if let Some(first) = self.ids.get(&id) {
            let message =
                format!("the id `{id}` is already in row {first}: each grant has its own");
            cells.refuse("external_id", message);
        } else if !id.is_empty() {
            self.ids.insert(id, row);
        }
        let Ok(wallet) = cells.text("wallet").parse::<Address>() else {
            return;
        };
        let person = cells.text("employee_id").to_owned();
        match self.wallets.get(&wallet) {
            Some((other, first)) if *other != person || person.is_empty() => {
                let message = format!(
                    "the wallet is also in row {first}, which has another employee_id or none: \
                     two people cannot share a wallet"
                );
                cells.refuse("wallet", message);
            }
            Some(_) => {}
            None if wallet.is_zero() => {}
            None => {
                self.wallets.insert(wallet, (person, row));
            }
        }
    }
}

fn finish(rows: Vec<(usize, Row)>, context: &mut Context<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let symbol = rows
        .first()
        .map(|(_, row)| row.token.symbol.clone())
        .unwrap_or_default();
    for (number, row) in rows {
        if row.token.symbol != symbol {
            let message = format!("a sheet grants one token, and the first row grants {symbol}");
            sheet.errors.push(RowError::new(number, "token", message));
            continue;
        }
        match draft(number, row, context) {
            Ok(draft) => sheet.drafts.push(draft),
            Err(error) => sheet
                .errors
                .push(RowError::new(number, "", error.to_string())),
        }
    }
    if !sheet.errors.is_empty() {
        sheet.drafts.clear();
    }
    sheet
}

fn draft(
    number: usize,
    mut row: Row,
    context: &mut Context<'_>,
) -> Result<Draft, guerdon_core::terms::TermsError> {
    let agreement = agreement(&row, context);
    row.terms.document = match (&agreement, &context.documents) {
        (Some(agreement), _) => agreement.document(),
        (None, Documents::Salt(salt)) => salted(*salt, &row.external_id),
        (None, Documents::Nonces(_)) => B256::ZERO,
    };
    let encoded = row.terms.encode()?;
    Ok(Draft {
        row: number,
        id: context.domain().id(&encoded),
        external_id: row.external_id,
        person: row.person,
        token: row.token,
        zone: row.zone.name().to_owned(),
        template: row.template,
        terms: row.terms,
        encoded,
        agreement,
        stated_value: row.stated_value,
    })
}

fn salted(salt: B256, external_id: &str) -> B256 {
    keccak256([salt.as_slice(), external_id.as_bytes()].concat())
}

fn agreement(row: &Row, context: &mut Context<'_>) -> Option<Agreement> {
    let Documents::Nonces(nonces) = &mut context.documents else {
        return None;
    };
    let nonce = nonces();
    let goals = &context.goals;
    let goal_name = |id: B256| {
        let known = goals.iter().find(|(_, known)| **known == id);
        known.map_or_else(|| id.to_string(), |(name, _)| format!("{name} ({id})"))
    };
    let statement = Statement {
        company: &context.company,
        name: &row.person.name,
        external_id: &row.external_id,
        grant_date: &row.grant_date,
        board_approval_date: &row.board_approval_date,
        document_refs: &row.document_refs,
        symbol: &row.token.symbol,
        decimals: row.token.decimals,
        zone: &row.zone,
        chain_id: context.chain_id,
        contract: context.grants,
        terms: &row.terms,
        goal_name: &goal_name,
    };
    Some(statement.agreement(nonce))
}

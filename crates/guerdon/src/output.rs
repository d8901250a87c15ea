//! Data goes to stdout in the form asked for; everything said to a person goes to stderr.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use guerdon_formats::visible::visible;
use serde_json::Value;

use crate::error::{Failure, Outcome};

/// The form of data on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: floored amounts, aligned columns.
    Table,
    /// One JSON document, exact amounts in base units.
    Json,
    /// One JSON document a line, for lists.
    Ndjson,
    /// Exact scalar fields, one row an item, formulas neutralised.
    Csv,
    /// Nothing: a command is a part of a longer story.
    #[value(skip)]
    Nothing,
}

/// One thing: labelled lines for people, a value for programs.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) value: Value,
}

impl Record {
    pub(crate) fn new(value: Value) -> Self {
        Self {
            lines: Vec::new(),
            value,
        }
    }

    pub(crate) fn line(mut self, label: &str, text: impl Into<String>) -> Self {
        self.lines.push((label.to_owned(), text.into()));
        self
    }

    pub(crate) fn line_if(self, label: &str, text: Option<String>) -> Self {
        match text {
            Some(text) => self.line(label, text),
            None => self,
        }
    }

    /// The lines with their labels aligned, each after a margin.
    pub(crate) fn text(&self, margin: &str) -> String {
        let labels = self.lines.iter().map(|(label, _)| label.chars().count());
        let width = labels.max().unwrap_or(0);
        let line = |(label, value): &(String, String)| {
            let indent = " ".repeat(margin.len() + width + 2);
            let value = visible(value).replace('\n', &format!("\n{indent}"));
            format!("{margin}{label:width$}  {value}")
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Many things of one kind.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) items: Vec<Value>,
    /// Said on stderr when there is nothing.
    pub(crate) empty: String,
}

impl Format {
    pub(crate) fn record(self, record: &Record) -> Outcome {
        match self {
            Self::Table => data(&format!("{}\n", record.text(""))),
            Self::Json => data(&format!("{:#}\n", record.value)),
            Self::Ndjson => data(&format!("{}\n", record.value)),
            Self::Csv => csv_rows(std::slice::from_ref(&record.value)),
            Self::Nothing => Ok(()),
        }
    }

    pub(crate) fn listing(self, listing: &Listing) -> Outcome {
        match self {
            Self::Table if listing.rows.is_empty() => {
                say(&listing.empty);
                Ok(())
            }
            Self::Table => data(&table(&listing.columns, &listing.rows)),
            Self::Json => data(&format!("{:#}\n", Value::Array(listing.items.clone()))),
            Self::Ndjson => data(
                &listing
                    .items
                    .iter()
                    .map(|item| format!("{item}\n"))
                    .collect::<String>(),
            ),
            Self::Csv => csv_rows(&listing.items),
            Self::Nothing => Ok(()),
        }
    }
}

/// Aligned columns; as wide as the terminal, or as wide as they are when there is none.
pub(crate) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(columns.iter().copied());
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| visible(cell)));
    }
    format!("{table}\n")
}

/// Writes to stdout; a reader that has gone away is not an error.
pub(crate) fn data(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::failed(
            format!("could not write the output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// What is said to a person becomes a line of the log: for programs that read stderr.
static SAID_AS_LOG: AtomicBool = AtomicBool::new(false);
/// The target of such lines.
pub(crate) const SAID: &str = "guerdon::said";

/// From now on.
pub(crate) fn say_as_log() {
    SAID_AS_LOG.store(true, Ordering::Relaxed);
}

/// Says one line to the person: whoever wrote a part of it, no letter of it moves the others.
pub(crate) fn say(text: &str) {
    if SAID_AS_LOG.load(Ordering::Relaxed) {
        return tracing::info!(target: SAID, "{}", visible(text));
    }
    let _ = writeln!(std::io::stderr().lock(), "{}", visible(text));
}

fn csv_rows(items: &[Value]) -> Outcome {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header: Vec<&String> = Vec::new();
    for item in items {
        for (key, value) in item.as_object().into_iter().flatten() {
            if !value.is_object() && !value.is_array() && !header.contains(&key) {
                header.push(key);
            }
        }
    }
    let broken = |error: csv::Error| Failure::failed(format!("could not write CSV: {error}"));
    if !header.is_empty() {
        writer.write_record(&header).map_err(broken)?;
    }
    for item in items {
        let row = header.iter().map(|key| csv_cell(item.get(key.as_str())));
        writer.write_record(row).map_err(broken)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::failed(format!("could not write CSV: {error}")))?;
    data(&String::from_utf8_lossy(&bytes))
}

/// A spreadsheet runs text that starts like a formula; a leading apostrophe keeps it text.
fn csv_cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => String::new(),
        Some(Value::String(text)) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_of_others_moves_nothing_on_the_terminal() {
        let hostile = "fine\u{1b}[9A\u{1b}[J\u{202e}\nmore";
        let record = Record::new(Value::Null).line("was", hostile);
        let shown = record.text("");
        assert_eq!(shown, "was  fine\u{fffd}[9A\u{fffd}[J\u{fffd}\n     more");
        let shown = table(&["name"], &[vec![hostile.to_owned()]]);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }

    #[test]
    fn formulas_in_csv_stay_text() {
        assert_eq!(
            csv_cell(Some(&json!("=HYPERLINK(\"x\")"))),
            "'=HYPERLINK(\"x\")"
        );
        assert_eq!(csv_cell(Some(&json!("Ada"))), "Ada");
        assert_eq!(csv_cell(Some(&json!(-3))), "-3");
    }
}

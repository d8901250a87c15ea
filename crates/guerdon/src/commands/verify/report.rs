//! What was checked, and what did not agree.

use std::collections::BTreeMap;
use std::fmt::Display;

use guerdon_formats::visible::visible;
use serde_json::{Map, Value, json};

use crate::error::{Failure, Outcome};
use crate::output::{Format, Record, data, table};
use crate::words::{Unit, time};

/// Findings that are told; more are only counted: whoever wrote what is checked chooses their number.
const TOLD_MAX: usize = 10_000;

/// One thing that does not agree: where, which field, and the two sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Finding {
    pub(crate) subject: String,
    pub(crate) field: String,
    pub(crate) message: String,
}

/// Counts of checks by what they were about, and every finding.
#[derive(Debug, Default)]
pub(crate) struct Report {
    counts: BTreeMap<&'static str, u64>,
    findings: Vec<Finding>,
    /// Findings that are not told any more.
    untold: usize,
    facts: Map<String, Value>,
    /// Facts as a person reads them, where that is not how data has them.
    words: BTreeMap<String, String>,
}

impl Report {
    /// Takes up one check: equal sides, or a finding.
    pub(crate) fn equal<T: PartialEq + Display + Copy>(
        &mut self,
        (kind, subject): (&'static str, &str),
        field: &str,
        found: T,
        want: T,
    ) {
        self.count(kind);
        if found != want {
            self.find(
                subject,
                field,
                format!("it is {found} and should be {want}"),
            );
        }
    }

    /// Takes up one check that holds.
    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }

    /// Takes up one check that does not hold.
    pub(crate) fn fail(
        &mut self,
        kind: &'static str,
        subject: &str,
        field: &str,
        message: impl Into<String>,
    ) {
        self.count(kind);
        self.find(subject, field, message.into());
    }

    /// A figure to print with the result.
    pub(crate) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// A figure that was taken up.
    #[cfg(test)]
    pub(crate) fn fact_of(&self, name: &str) -> Option<&Value> {
        self.facts.get(name)
    }

    /// An amount: data has its base units, a person its coins.
    pub(crate) fn amount(&mut self, name: &str, base_units: u128, unit: &Unit) {
        self.fact(name, base_units.to_string());
        self.words.insert(name.to_owned(), unit.exact(base_units));
    }

    /// A moment: data has unix seconds, a person the date.
    pub(crate) fn moment(&mut self, name: &str, seconds: u64) {
        self.fact(name, seconds);
        self.words.insert(name.to_owned(), time(seconds));
    }

    fn find(&mut self, subject: &str, field: &str, message: String) {
        if self.findings.len() >= TOLD_MAX {
            self.untold += 1;
            return;
        }
        let (subject, field) = (subject.to_owned(), field.to_owned());
        self.findings.push(Finding {
            subject,
            field,
            message,
        });
    }

    /// Prints the result; anything found is a failure.
    pub(crate) fn finish(self, format: Format) -> Outcome {
        let checked: u64 = self.counts.values().sum();
        let failed = self.findings.len() + self.untold;
        match format {
            Format::Table => self.print_table(checked)?,
            _ => {
                let mut value = Map::new();
                value.insert("checked".to_owned(), checked.into());
                value.insert("failed".to_owned(), failed.into());
                value.insert("checks".to_owned(), json!(self.counts));
                value.extend(self.facts);
                value.insert("failures".to_owned(), json!(self.findings));
                format.record(&Record::new(Value::Object(value)))?;
            }
        }
        match self.findings.first() {
            None => Ok(()),
            Some(first) => Err(Failure::failed(format!(
                "{failed} of {checked} checks failed; the first: {}, {}: {}",
                first.subject, first.field, first.message
            ))),
        }
    }

    fn print_table(&self, checked: u64) -> Outcome {
        let mut rows: Vec<Vec<String>> = self
            .counts
            .iter()
            .map(|(kind, count)| vec![(*kind).to_owned(), count.to_string()])
            .collect();
        rows.push(vec!["all".to_owned(), checked.to_string()]);
        data(&table(&["checks of", "how many"], &rows))?;
        for (name, value) in &self.facts {
            let plain = || value.as_str().map(str::to_owned);
            let text = self.words.get(name).cloned().or_else(plain);
            let text = text.unwrap_or_else(|| value.to_string());
            data(&format!("{name}: {}\n", visible(&text)))?;
        }
        if self.findings.is_empty() {
            return data("everything agrees\n");
        }
        let rows: Vec<_> = self
            .findings
            .iter()
            .map(|it| vec![it.subject.clone(), it.field.clone(), it.message.clone()])
            .collect();
        data(&table(&["does not agree", "field", "what is wrong"], &rows))?;
        match self.untold {
            0 => Ok(()),
            more => data(&format!("and {more} more, which are not told\n")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_moments_are_data_and_words() {
        let mut report = Report::default();
        report.amount("paid", 1_234_500_000_000_000_000, &Unit::new("ACC", 18));
        report.moment("time", 1_782_896_400);
        assert_eq!(report.facts["paid"], "1234500000000000000");
        assert_eq!(report.facts["time"], 1_782_896_400);
        assert_eq!(report.words["paid"], "1.2345 ACC");
        assert_eq!(report.words["time"], "2026-07-01 09:00 UTC");
    }

    #[test]
    fn equal_sides_count_and_others_are_found() {
        let mut report = Report::default();
        report.equal(("claims", "grant 1"), "gross", 5, 5);
        report.equal(("claims", "grant 2"), "gross", 5, 6);
        assert_eq!(report.counts.get("claims"), Some(&2));
        assert_eq!(report.findings.len(), 1);
        let failure = report.finish(Format::Table).unwrap_err();
        assert_eq!(failure.exit_code(), 1);
        assert!(failure.sentence.contains("grant 2, gross"), "{failure}");
    }

    #[test]
    fn findings_are_counted_and_the_first_of_them_told() {
        let mut report = Report::default();
        for number in 0..TOLD_MAX + 5 {
            report.fail("events", &number.to_string(), "order", "it is not in order");
        }
        assert_eq!((report.findings.len(), report.untold), (TOLD_MAX, 5));
        let failure = report.finish(Format::Nothing).unwrap_err();
        let want = "10005 of 10005 checks failed; the first: 0, order";
        assert!(failure.sentence.starts_with(want), "{failure}");
    }
}

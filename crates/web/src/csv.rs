//! CSV that spreadsheets can open without running it.

use std::fmt::Display;

/// Rows under a header, each ended by CR LF.
#[derive(Debug)]
pub(crate) struct Csv(String);

impl Csv {
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut csv = Self(String::new());
        let cells: Vec<&dyn Display> = header.iter().map(|name| name as &dyn Display).collect();
        csv.row(&cells);
        csv
    }

    pub(crate) fn row(&mut self, cells: &[&dyn Display]) {
        let cells = cells.iter().map(|value| cell(&value.to_string()));
        self.0.push_str(&cells.collect::<Vec<_>>().join(","));
        self.0.push_str("\r\n");
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Quoted where it must be; a text that a spreadsheet would take for a formula gets an apostrophe.
fn cell(text: &str) -> String {
    let number = text.parse::<i128>().is_ok();
    let formula = !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&[&"x,\"y\"", &"=1+1"]);
        csv.row(&[&-5, &"plain"]);
        assert_eq!(
            csv.into_text(),
            "a,b\r\n\"x,\"\"y\"\"\",'=1+1\r\n-5,plain\r\n"
        );
    }
}

//! One table as CSV, as JSON and as a workbook.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use guerdon_formats::amount;
use guerdon_formats::table::{Cell, Table};
use guerdon_formats::workbook;
use proptest::prelude::*;

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn sample() -> Table {
    let mut table = Table::new(&["name", "count", "paid_raw", "total", "change"]);
    table = table.amounts(("ACC", 18), &["paid_raw", "total"]);
    table.row(vec![
        text("x,\"y\""),
        Cell::Number(7),
        Cell::Number(7_300_000_000_000_000_000_001),
        Cell::Number(12_500_000_000_000_000_000),
        Cell::Signed(-5),
    ]);
    table.row(vec![
        text("=HYPERLINK(\"http://evil.example\")"),
        Cell::Number(u128::MAX),
        Cell::Number(0),
        text(""),
        text("-1+1"),
    ]);
    table
}

fn cells(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("Data").unwrap();
    let formulas = book.worksheet_formula("Data").unwrap();
    assert!(formulas.used_cells().next().is_none(), "a formula");
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn csv_quotes_and_keeps_formulas_as_text() {
    assert_eq!(
        sample().to_csv(),
        "name,count,paid_raw,total,change\r\n\
         \"x,\"\"y\"\"\",7,7300000000000000000001,12.5,-5\r\n\
         \"'=HYPERLINK(\"\"http://evil.example\"\")\",340282366920938463463374607431768211455,\
         0,,'-1+1\r\n"
    );
}

#[test]
fn json_names_the_columns_and_keeps_amounts_exact() {
    let json = sample().to_json();
    assert_eq!(json[0]["paid"]["raw"], "7300000000000000000001");
    assert_eq!(json[0]["paid"]["display"], "7,300.00");
    assert_eq!(json[0]["total"]["symbol"], "ACC");
    assert_eq!(json[0]["count"], 7);
    assert_eq!(json[0]["change"], -5);
    assert_eq!(json[1]["count"], u128::MAX.to_string());
    assert_eq!(json[1]["total"], "");
}

#[test]
fn a_workbook_has_the_exact_amount_as_text_beside_a_number() {
    let table = sample();
    let rows = cells(workbook::write(&[("Data", &table)]).unwrap());
    let names: Vec<_> = rows[0].iter().map(ToString::to_string).collect();
    let want = "name count paid_raw paid_rounded total total_rounded change";
    assert_eq!(names.join(" "), want);
    assert_eq!(
        rows[1][2],
        Data::String("7300000000000000000001".to_owned())
    );
    assert_eq!(rows[1][3], Data::Float(7_300.0));
    assert_eq!(rows[1][4], Data::String("12.5".to_owned()));
    assert_eq!(rows[1][5], Data::Float(12.5));
    assert_eq!(rows[1][6], Data::Float(-5.0));
    assert_eq!(rows[2][1], Data::String(u128::MAX.to_string()));
    assert_eq!(
        rows[2][0],
        Data::String("=HYPERLINK(\"http://evil.example\")".to_owned())
    );
    assert_eq!(rows[2][6], Data::String("-1+1".to_owned()));
}

#[test]
fn an_amount_with_a_sign_has_its_number_beside_it_too() {
    let mut table = Table::new(&["freed_raw"]).amounts(("ACC", 18), &["freed_raw"]);
    for units in [0, 12_500_000_000_000_000_000, -1_250_000_000_000_000_000] {
        table.row(vec![Cell::Signed(units)]);
    }
    let rows = cells(workbook::write(&[("Data", &table)]).unwrap());
    let row = |raw: &str, rounded| vec![Data::String(raw.to_owned()), Data::Float(rounded)];
    assert_eq!(rows[1], row("0", 0.0));
    assert_eq!(rows[2], row("12500000000000000000", 12.5));
    assert_eq!(rows[3], row("-1250000000000000000", -1.25));
    assert_eq!(table.to_json()[1]["freed"]["display"], "12.50");
    assert_eq!(
        table.to_csv(),
        "freed_raw\r\n0\r\n12500000000000000000\r\n-1250000000000000000\r\n"
    );
}

#[test]
fn the_same_table_is_the_same_bytes() {
    let first = workbook::write(&[("Data", &sample())]).unwrap();
    // Longer than the two seconds in which an archive counts.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!(first, workbook::write(&[("Data", &sample())]).unwrap());
}

#[test]
fn a_cell_that_is_too_long_says_where_it_is_whole() {
    let mut table = Table::new(&["data"]);
    table.row(vec![Cell::Text("a".repeat(40_000))]);
    let rows = cells(workbook::write(&[("Data", &table)]).unwrap());
    assert_eq!(
        rows[1][0],
        Data::String("40000 characters: see the CSV".to_owned())
    );
    assert!(table.to_csv().len() > 40_000);
}

#[test]
fn a_table_without_rows_has_its_columns() {
    let table = Table::new(&["a_raw", "b"]).amounts(("ACC", 6), &["a_raw"]);
    let rows = cells(workbook::write(&[("Data", &table)]).unwrap());
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].len(), 3);
    assert_eq!(table.to_csv(), "a_raw,b\r\n");
}

proptest! {
    #[test]
    fn any_text_reads_back_and_is_no_formula(written in "[ -~\u{e0}-\u{17f}=+@\t-]{1,40}") {
        let mut table = Table::new(&["name"]);
        table.row(vec![Cell::Text(written.clone())]);
        let mut csv = csv::ReaderBuilder::new().from_reader(Cursor::new(table.to_csv()));
        let record = csv.records().next().unwrap().unwrap();
        let cell = record.get(0).unwrap();
        let guarded = cell.strip_prefix('\'').unwrap_or(cell);
        prop_assert!(cell == written || guarded == written, "{}", cell);
        let is_number = cell.parse::<i128>().is_ok();
        prop_assert!(is_number || !cell.starts_with(['=', '+', '-', '@', '\t']), "{}", cell);
    }

    #[test]
    fn amounts_are_exact_in_both_columns(units: u128, decimals in 0u8..=30) {
        let mut table = Table::new(&["n_raw", "n"]).amounts(("T", decimals), &["n_raw", "n"]);
        table.row(vec![Cell::Number(units), Cell::Number(units)]);
        let rows = cells(workbook::write(&[("Data", &table)]).unwrap());
        prop_assert_eq!(&rows[1][0], &Data::String(units.to_string()));
        prop_assert_eq!(&rows[1][2], &Data::String(amount::exact(units, decimals)));
    }
}

//! Sheets as people bring them: other column names, workbooks, rows left out, named templates, and
//! each mistake with its own sentence.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use alloy_primitives::{Address, B256};
use guerdon_formats::amount;
use guerdon_formats::sheet::{
    Checked, Choices, Context, Defaults, Documents, Inherited, NamedTerms, TokenSpec,
    WorkbookError, annotated, check, is_workbook, matching, own_judges, read_chosen, totals,
    workbook_csv,
};
use proptest::prelude::*;

const ACC: u128 = 1_000_000_000_000_000_000;
const HEADER: &str = "Grant ID,Stakeholder,Employee Number,Wallet Address,Shares,Start Date,\
                      Time Zone,Schedule,Cliff,Duration,Frequency,Cliff %,Remarks";

fn context() -> Context<'static> {
    Context {
        chain_id: 31_337,
        grants: Address::repeat_byte(9),
        token: None,
        company: "Acme".to_owned(),
        tokens: vec![TokenSpec {
            symbol: "ACC".to_owned(),
            decimals: 18,
        }],
        goals: BTreeMap::from([("launch-eu".to_owned(), B256::repeat_byte(2))]),
        defaults: Defaults::default(),
        inherited: Inherited::default(),
        documents: Documents::Salt(B256::ZERO),
    }
}

fn named() -> NamedTerms {
    NamedTerms {
        cliff_months: "12".into(),
        duration_months: "48".into(),
        interval_months: "1".into(),
        cliff_percent: "25".into(),
        gates: "launch-eu:40".into(),
        defaults: Defaults {
            withhold_bps: 2_200,
            ..Defaults::default()
        },
        ..NamedTerms::default()
    }
}

fn sheet(rows: &[&str]) -> Vec<u8> {
    [&[HEADER], rows].concat().join("\n").into_bytes()
}

fn choices(csv: &[u8]) -> Choices {
    Choices {
        columns: Some(matching(csv, &BTreeMap::new()).unwrap().ours),
        token: Some("ACC".into()),
        left_out: BTreeSet::new(),
        templates: BTreeMap::from([("standard-4y".to_owned(), named())]),
    }
}

fn checked(rows: &[&str]) -> Checked {
    let csv = sheet(rows);
    check(&csv, &choices(&csv), &mut context())
}

const ADA: &str = "G-1,Ada,E1,0x1111111111111111111111111111111111111111,48000,2026-01-31,\
                   Europe/London,standard-4y,,,,,";
const BOB: &str = "G-2,Bob,E2,0x2222222222222222222222222222222222222222,12000.5,2026-02-01,\
                   Europe/Paris,,6,24,3,,joined early";

#[test]
fn columns_are_recognised_by_habit_by_name_and_by_what_others_call_them() {
    let csv = sheet(&[ADA]);
    let found = matching(&csv, &BTreeMap::new()).unwrap();
    let ours: Vec<_> = found
        .ours
        .iter()
        .map(|ours| ours.as_deref().unwrap_or("-"))
        .collect();
    let wanted = "external_id name employee_id wallet quantity vesting_start timezone template \
                  cliff_months duration_months interval_months cliff_percent -";
    assert_eq!(ours.join(" "), wanted);
    assert_eq!(found.example[1], "Ada");
    let habit = BTreeMap::from([
        ("Remarks".to_owned(), "notes".to_owned()),
        ("Shares".to_owned(), "-".to_owned()),
    ]);
    let found = matching(&csv, &habit).unwrap();
    assert_eq!(
        (found.ours[4].clone(), found.ours[12].as_deref()),
        (None, Some("notes"))
    );
    assert!(
        matching(b"a;b\n1;2\n", &habit)
            .unwrap_err()
            .contains("separated by commas")
    );
    assert!(matching(b"", &habit).unwrap_err().contains("is empty"));
}

#[test]
fn a_template_says_what_the_row_leaves_empty() {
    let good = checked(&[ADA, BOB]);
    assert_eq!(good.errors, []);
    let [ada, bob] = good.good.as_slice() else {
        panic!("{good:?}")
    };
    assert_eq!(ada.terms.amount, 48_000 * ACC);
    assert_eq!(ada.terms.withhold_bps, 2_200);
    assert_eq!(ada.terms.gates.len(), 1);
    assert_eq!(ada.terms.vesting.segments().len(), 37);
    assert_eq!(ada.template, "standard-4y");
    assert_eq!((bob.terms.withhold_bps, bob.terms.gates.len()), (0, 0));
    assert_eq!(good.doubts, []);
}

#[test]
fn each_mistake_has_its_own_sentence() {
    let rows = [
        // row, column, part of the sentence
        (
            ADA.replace("Europe/London", ""),
            "timezone",
            "have no time zone",
        ),
        (
            ADA.replace("standard-4y", "standrad-4y"),
            "duration_months",
            "names no template",
        ),
        (
            ADA.replace("0x1111", "0xAbcd"),
            "wallet",
            "the checksum of `0xAbcd",
        ),
        (ADA.replace("48000", "48,000"), "", "a comma too many"),
        (
            ADA.replace("2026-01-31", "31/01/2026"),
            "vesting_start",
            "is not a date",
        ),
        (ADA.replace("G-1", "../G"), "external_id", "names the file"),
    ];
    for (row, column, words) in rows {
        let found = checked(&[&row]);
        let told: Vec<_> = found.errors.iter().collect();
        let hit = told
            .iter()
            .any(|error| error.column == column && error.message.contains(words));
        assert!(hit && found.good.is_empty(), "{words}: {told:#?}");
        assert!(told.iter().all(|error| error.row == 1), "{told:#?}");
    }
    let shared = BOB.replace(&"2".repeat(40), &"1".repeat(40));
    let found = checked(&[ADA, &shared]);
    assert!(
        found.errors[0]
            .message
            .contains("two people cannot share a wallet")
    );
    assert_eq!((found.errors[0].row, found.good.len()), (2, 1));
}

#[test]
fn what_is_allowed_and_odd_is_a_doubt() {
    let rows = [
        (
            BOB.replace("Europe/Paris,,6,24,3", "Europe/Paris,,6,24,5"),
            "does not divide the 18",
        ),
        (
            BOB.replace("Paris,,6,24,3,,", "Paris,,6,24,3,0.25,"),
            "less than one per cent",
        ),
        (
            BOB.replace("Paris,,6", "Paris,standrad,6"),
            "is not defined here",
        ),
        (
            ADA.replace("standard-4y,,", "standard-4y,6,"),
            "its template `standard-4y` says 12",
        ),
    ];
    for (row, words) in rows {
        let found = checked(&[&row]);
        assert_eq!(found.errors, [], "{row}");
        let told: Vec<_> = found.doubts.iter().map(|doubt| &doubt.message).collect();
        assert!(
            told.len() == 1 && told[0].contains(words),
            "{words}: {told:?}"
        );
        assert_eq!(found.good.len(), 1);
    }
}

#[test]
fn rows_left_out_on_purpose_are_not_read_and_the_rest_is_a_round() {
    let csv = sheet(&["G-0,Eve,E0,nowhere,1,2026-01-01,UTC,,0,12,1,,", ADA, BOB]);
    let mut choices = choices(&csv);
    let found = check(&csv, &choices, &mut context());
    assert_eq!(found.wrong(), BTreeSet::from([1]));
    assert_eq!(found.good.len(), 2);
    let whole = read_chosen(&csv, &choices, &mut context());
    assert!(whole.drafts.is_empty(), "a sheet is never half imported");
    choices.left_out.insert(1);
    let whole = read_chosen(&csv, &choices, &mut context());
    assert_eq!(whole.errors, []);
    let rows: Vec<_> = whole.drafts.iter().map(|draft| draft.row).collect();
    assert_eq!(rows, [2, 3], "rows keep their numbers");
}

#[test]
fn totals_stand_beside_the_sheets_own() {
    let csv = sheet(&[ADA, BOB, "Total,,,,60000.5,,,,,,,,"]);
    let choices = choices(&csv);
    let sum = totals(&csv, &choices, 18);
    assert_eq!((sum.rows, sum.unread), (2, 0));
    assert_eq!(amount::exact(sum.sum, 18), "60000.5");
    assert_eq!(sum.stated, Some(sum.sum));
    assert!(!sum.disagree());
    assert_eq!(check(&csv, &choices, &mut context()).errors, []);
    let csv = sheet(&[ADA, &BOB.replace("12000.5", "many"), ",,,,60001,,,,,,,,"]);
    let sum = totals(&csv, &choices, 18);
    assert_eq!((sum.rows, sum.unread), (2, 1));
    assert!(sum.disagree());
}

#[test]
fn columns_that_nothing_is_matched_to_are_said() {
    let csv = sheet(&[ADA]);
    let mut choices = choices(&csv);
    let columns = choices.columns.as_mut().unwrap();
    columns[3] = None;
    columns[12] = Some("quantity".into());
    let told = check(&csv, &choices, &mut context());
    let lines: Vec<_> = told
        .errors
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    assert!(lines.contains(&"no column of the sheet is matched to `wallet`: choose one"));
    assert!(
        lines
            .iter()
            .any(|line| line.contains("two columns are matched to `quantity`"))
    );
    assert!(told.good.is_empty());
}

#[test]
fn nobody_judges_a_grant_of_his_own() {
    let good = checked(&[ADA, BOB]).good;
    let panels = BTreeMap::from([(B256::repeat_byte(2), vec![good[0].terms.recipient])]);
    let told = own_judges(&good, &panels);
    assert_eq!((told.len(), told[0].row), (1, 1));
}

/// A workbook of one sheet, by hand: shared strings, a date by its style, numbers, a failed
/// formula where asked.
fn workbook(rows: &str) -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#
                .to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Grants" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_is_the_sheet_that_people_see() {
    let head = [
        cell("B2", "Grant ID"),
        cell("C2", "Shares"),
        cell("D2", "Start Date"),
    ]
    .concat();
    let row = [
        cell("B3", "G-1"),
        r#"<c r="C3"><v>48000.25</v></c>"#.to_owned(),
    ]
    .concat();
    let date = r#"<c r="D3" s="1"><v>46053</v></c>"#;
    let rows = format!(r#"<row r="2">{head}</row><row r="3">{row}{date}</row>"#);
    let bytes = workbook(&rows);
    assert!(is_workbook(&bytes) && !is_workbook(HEADER.as_bytes()));
    let csv = workbook_csv(&bytes).unwrap();
    let csv = std::str::from_utf8(&csv).unwrap();
    assert_eq!(
        csv,
        ",Grant ID,Shares,Start Date\n,G-1,48000.25,2026-01-31\n"
    );
}

#[test]
fn a_workbook_that_fails_or_claims_too_much_is_refused_in_words() {
    let far = workbook(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    assert!(matches!(
        workbook_csv(&far),
        Err(WorkbookError::TooFar { .. })
    ));
    let failed = workbook(r#"<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>"#);
    let told = workbook_csv(&failed).unwrap_err().to_string();
    assert!(
        told.contains("row 1, column 1") && told.contains("#REF!"),
        "{told}"
    );
    assert_eq!(
        workbook_csv(&workbook("")).unwrap_err(),
        WorkbookError::Empty
    );
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("xl/zeros.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    for _ in 0..65 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert_eq!(workbook_csv(&bomb).unwrap_err(), WorkbookError::TooLarge);
    assert!(matches!(
        workbook_csv(b"PK\x03\x04"),
        Err(WorkbookError::Damaged(_))
    ));
}

proptest! {
    #[test]
    fn any_bytes_are_checked_and_annotated(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = workbook_csv(&bytes);
        if let Ok(found) = matching(&bytes, &BTreeMap::new()) {
            let choices = Choices { columns: Some(found.ours), ..Choices::default() };
            let checked = check(&bytes, &choices, &mut context());
            prop_assert!(checked.good.is_empty());
            let _ = (totals(&bytes, &choices, 18), annotated(&bytes, &checked.errors));
        }
    }

    #[test]
    fn a_damaged_workbook_is_read_or_refused(place in 0usize..4000, damage in any::<u8>()) {
        let mut bytes = workbook(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#);
        let place = place % bytes.len();
        bytes[place] = damage;
        let _ = workbook_csv(&bytes);
    }
}

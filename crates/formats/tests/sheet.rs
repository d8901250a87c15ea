//! The sample sheets: the right one against an independent oracle, the wrong one row by row.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_formats::calendar::{Zone, parse_date};
use guerdon_formats::sheet::{
    Context, Defaults, Documents, Inherited, Sheet, TokenSpec, annotated, read,
};
use proptest::prelude::*;
use serde_json::Value;

const SAMPLE: &[u8] = include_bytes!("data/grants/acme-2026-h1.csv");
const BAD_ROWS: &[u8] = include_bytes!("data/grants/acme-bad-rows.csv");

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../../vectors/sheet.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn goals() -> BTreeMap<String, B256> {
    let goals = oracle()["goals"].as_object().unwrap().clone();
    goals
        .into_iter()
        .map(|(name, id)| (name, text(&id).parse().unwrap()))
        .collect()
}

fn context(documents: Documents<'_>) -> Context<'_> {
    let oracle = oracle();
    Context {
        chain_id: text(&oracle["chain_id"]).parse().unwrap(),
        grants: text(&oracle["contract"]).parse().unwrap(),
        token: None,
        company: "Acme".to_owned(),
        tokens: vec![TokenSpec {
            symbol: "ACC".to_owned(),
            decimals: 18,
        }],
        goals: goals(),
        defaults: Defaults::default(),
        inherited: Inherited::default(),
        documents,
    }
}

fn import(csv: &[u8]) -> Sheet {
    let salt = text(&oracle()["salt"]).parse().unwrap();
    read(csv, &mut context(Documents::Salt(salt)))
}

/// The sheet with `from` replaced once by `to`.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let sheet = std::str::from_utf8(SAMPLE).unwrap();
    assert!(sheet.contains(from), "{from}");
    sheet.replacen(from, to, 1).into_bytes()
}

/// `row column: message` of each error.
fn told(sheet: &Sheet) -> Vec<String> {
    assert!(sheet.drafts.is_empty());
    let line = |error: &guerdon_formats::sheet::RowError| {
        format!("{} {}: {}", error.row, error.column, error.message)
    };
    sheet.errors.iter().map(line).collect()
}

#[test]
fn the_sample_is_what_the_oracle_computes() {
    let (sheet, oracle) = (import(SAMPLE), oracle());
    assert_eq!(sheet.errors, []);
    let grants = oracle["grants"].as_array().unwrap();
    assert_eq!((sheet.drafts.len(), grants.len()), (21, 21));
    for (draft, grant) in sheet.drafts.iter().zip(grants) {
        let name = text(&grant["external_id"]);
        assert_eq!(draft.external_id, name);
        assert_eq!(
            draft.terms.start.to_string(),
            text(&grant["start"]),
            "{name}"
        );
        assert_eq!(segments(&draft.terms.vesting), grant["segments"], "{name}");
        assert_eq!(
            format!("0x{}", hex::encode(&draft.encoded)),
            text(&grant["terms"]),
            "{name}"
        );
        assert_eq!(draft.id.to_string(), text(&grant["id"]), "{name}");
    }
    let summary = sheet.summary().unwrap();
    assert_eq!(summary.root.as_deref(), oracle["root"].as_str());
    assert_eq!(summary.total, text(&oracle["total"]));
    let printed = serde_json::to_value(&summary).unwrap();
    assert_eq!(printed["grants"], 21);
    assert_eq!(printed["leaves"][0]["external_id"], "G-1001");
    assert_eq!(printed["leaves"][3]["amount"], "7300000000000000000001");
    assert_eq!(printed["errors"], serde_json::json!([]));
}

fn segments(schedule: &guerdon_core::terms::Schedule) -> Value {
    let segment = |segment: &guerdon_core::terms::Segment| {
        serde_json::json!([segment.end, segment.cumulative, segment.steps])
    };
    schedule.segments().iter().map(segment).collect()
}

#[test]
fn days_and_dates_are_what_the_oracle_computes() {
    let oracle = oracle();
    for case in oracle["midnights"].as_array().unwrap() {
        let zone = Zone::named(text(&case[0])).unwrap();
        let midnight = zone.midnight(parse_date(text(&case[1])).unwrap()).unwrap();
        assert_eq!(midnight.to_string(), text(&case[2]), "{case}");
    }
    let columns = "external_id,employee_id,wallet,token,quantity,vesting_start,timezone,template,\
                   cliff_months,duration_months,interval_months,cliff_percent,vest_day";
    for case in oracle["words"].as_array().unwrap() {
        let cells: Vec<_> = case["row"].as_array().unwrap().iter().map(text).collect();
        let wallet = Address::repeat_byte(9);
        let sheet = format!("{columns}\nG-1,E1,{wallet},ACC,1,{}\n", cells.join(","));
        let sheet = import(sheet.as_bytes());
        assert_eq!(sheet.errors, [], "{case}");
        let terms = &sheet.drafts[0].terms;
        assert_eq!(terms.start.to_string(), text(&case["start"]), "{case}");
        assert_eq!(segments(&terms.vesting), case["segments"], "{case}");
    }
}

#[test]
fn thirteen_rows_are_wrong_each_in_its_own_way() {
    let sheet = import(BAD_ROWS);
    let wanted = [
        (1, "wallet", "the checksum of"),
        (2, "wallet", "`0x123` is not an address"),
        (3, "quantity", "`-5` is negative"),
        (4, "quantity", "`1e30` is not a plain number"),
        (5, "vesting_start", "`31/01/2026` is not a date"),
        (
            6,
            "timezone",
            "`Mars/Olympus` is not a time zone of the IANA database",
        ),
        (
            7,
            "cliff_months",
            "the cliff comes after 60 months, but all has vested after 48",
        ),
        (8, "gates", "140 % is more than 100 %"),
        (9, "quantity", "is finer than one base unit"),
        (11, "external_id", "the id `G-1010` is already in row 10"),
        (13, "wallet", "the zero address"),
        (14, "token", "the token `XYZ` is not known here; known: ACC"),
        (15, "", "the row has 24 fields and the header 23"),
    ];
    assert_eq!(told(&sheet).len(), wanted.len(), "{:#?}", told(&sheet));
    for (error, (row, column, message)) in sheet.errors.iter().zip(wanted) {
        assert_eq!((error.row, error.column.as_str()), (row, column));
        assert!(error.message.contains(message), "{}", error.message);
    }
    let summary = sheet.summary().unwrap();
    assert_eq!(
        (summary.grants, summary.root, summary.errors.len()),
        (0, None, 13)
    );
}

#[test]
fn the_annotated_sheet_keeps_its_columns_and_starts_no_formula() {
    let sheet = import(BAD_ROWS);
    let copy = annotated(BAD_ROWS, &sheet.errors);
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder
        .has_headers(false)
        .flexible(true)
        .from_reader(copy.as_slice());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 16);
    assert_eq!(
        (rows[0].len(), &rows[0][0], &rows[0][23]),
        (24, "external_id", "error")
    );
    let header = rows[0].iter().collect::<Vec<_>>().join(",");
    let wrong: Vec<_> = (1..16).filter(|row| !rows[*row][23].is_empty()).collect();
    assert_eq!(wrong, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15]);
    assert_eq!(&rows[12][1], "'=HYPERLINK(\"x\")");
    assert_eq!(&rows[3][6], "-5");
    assert_eq!((rows[15].len(), &rows[15][24]), (25, "extra"));
    for cell in rows
        .iter()
        .flat_map(csv::StringRecord::iter)
        .filter(|cell| *cell != "-5")
    {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
    // The copy can be corrected and read again: its own column is no error and stays one.
    let again = import(&copy);
    assert_eq!(again.errors.len(), 13);
    let copy = annotated(&copy, &again.errors);
    assert_eq!(
        copy.split(|byte| *byte == b'\n').next().unwrap(),
        header.as_bytes()
    );
}

#[test]
fn a_goal_without_an_id_is_an_error_of_its_rows() {
    let mut context = context(Documents::Salt(B256::ZERO));
    context.goals.remove("launch-eu");
    let sheet = read(SAMPLE, &mut context);
    let rows: Vec<_> = sheet
        .errors
        .iter()
        .map(|error| (error.row, &*error.column))
        .collect();
    assert_eq!(rows, [(5, "gates"), (11, "gates"), (17, "gates")]);
    assert!(sheet.errors[0].message.contains("--goal 'launch-eu=0x…'"));
}

#[test]
fn a_wallet_belongs_to_one_person() {
    let other = changed(
        "Ada Okafor,adaokafor@acme.example,E200",
        "Ada,a@acme.example,E999",
    );
    assert_eq!(
        told(&import(&other)),
        [
            "21 wallet: the wallet is also in row 1, which has another employee_id or none: two \
          people cannot share a wallet"
        ]
    );
}

#[test]
fn headers_are_checked_before_anything_else() {
    let rows = [
        (
            changed(",gates,", ",gate,"),
            "0 gate: there is no column `gate`",
        ),
        (
            changed(",wallet,", ",name,"),
            "0 wallet: the sheet has no column `wallet`: add it",
        ),
        (Vec::new(), "0 : the file is empty"),
        (b"\xEF\xBB\xBF".to_vec(), "0 : the file is empty"),
        (b"\xFF\xFEe\0x\0".to_vec(), "0 : the file is UTF-16"),
        (
            b"external_id;name;wallet\nG;A;0x\n".to_vec(),
            "0 : the columns are not separated by",
        ),
        (
            SAMPLE
                .split_inclusive(|byte| *byte == b'\n')
                .next()
                .unwrap()
                .to_vec(),
            "no rows",
        ),
    ];
    for (sheet, want) in rows {
        let told = told(&import(&sheet));
        assert!(
            told.iter().any(|line| line.contains(want)),
            "{want}: {told:#?}"
        );
    }
}

#[test]
fn byte_order_marks_windows_lines_and_blank_rows_change_nothing() {
    let plain = import(SAMPLE).summary().unwrap();
    let windows = std::str::from_utf8(SAMPLE).unwrap().replace('\n', "\r\n");
    let marked = ["\u{feff}", &windows, &",".repeat(22), "\r\n"].concat();
    assert_eq!(import(marked.as_bytes()).summary().unwrap(), plain);
}

#[test]
fn every_cell_of_a_row_is_read() {
    let row = "G-1001,Ada Okafor,adaokafor@acme.example,E200,\
               0xBcd4042DE499D14e55001CcbB24a551F3b954096,ACC,48000,2026-06-30,2025-03-01,\
               Europe/London,standard-4y,12,48,1,25,,CUMULATIVE_ROUND_DOWN,,2026-06-28,0.42";
    let wrong = "../G,Ada,,E200,0xnot,ACC,many,30.6.26,2025-02-29,London,standard-4y,a,,-1,101,32,\
                 HALF_UP,what,June,$1";
    let sheet = import(&changed(row, wrong));
    let columns: Vec<_> = sheet
        .errors
        .iter()
        .map(|error| error.column.as_str())
        .collect();
    let wanted = [
        "external_id",
        "wallet",
        "quantity",
        "vesting_start",
        "timezone",
        "cliff_months",
        "duration_months",
        "interval_months",
        "cliff_percent",
        "vest_day",
        "gates",
        "grant_date",
        "board_approval_date",
        "rounding",
        "unit_value_usd",
    ];
    assert_eq!(columns, wanted, "{:#?}", told(&sheet));
}

#[test]
fn agreements_are_the_documents_and_hold_a_nonce() {
    let mut next = 0u8;
    let mut nonces = || {
        next += 1;
        [next; 32]
    };
    let sheet = read(SAMPLE, &mut context(Documents::Nonces(&mut nonces)));
    assert_eq!(sheet.errors, []);
    for draft in &sheet.drafts {
        let agreement = draft.agreement.as_ref().unwrap();
        assert_eq!(agreement.document(), draft.terms.document);
    }
    let text = &sheet.drafts[9].agreement.as_ref().unwrap().text;
    for part in [
        "Grant G-1010",
        "Granted to: Jamal Washington, paid to 0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199",
        "Amount: at most 96000 ACC (96000000000000000000000 base units)",
        "25% after a one-year cliff, then 36 monthly steps, from 29 Feb 2024 to 29 Feb 2028 \
         (America/New_York)",
        "40% of it opens with the goal product_500@0.80..0.90 (0x1111",
        "The company may end this grant, at most 30 days back.",
        "The company may pause its clock for 365 days in all.",
        &format!("Nonce: {}", B256::repeat_byte(10)),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let ids: std::collections::BTreeSet<_> = sheet.drafts.iter().map(|draft| draft.id).collect();
    assert_eq!(ids.len(), 21);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let sheet = import(&bytes);
        prop_assert!(!sheet.errors.is_empty());
        let _ = annotated(&bytes, &sheet.errors);
    }

    #[test]
    fn damage_is_never_half_imported(
        place in 0..SAMPLE.len(),
        damage in prop::collection::vec(any::<u8>(), 0..6),
        cut in 0usize..6,
    ) {
        let end = (place + cut).min(SAMPLE.len());
        let sheet = [&SAMPLE[..place], &damage, &SAMPLE[end..]].concat();
        let read = import(&sheet);
        prop_assert!(read.errors.is_empty() || read.drafts.is_empty());
        let _ = annotated(&sheet, &read.errors);
    }
}

//! A replacement as both sides read it: every term that changes, and the new agreement.

use axum::http::StatusCode;

use crate::check;
use crate::office::{Office, PEOPLE};
use crate::people::{MINE, Who};
use crate::sample::Story;

/// Rows of the new grant, without a word of powers, withholding or results.
fn sheet(office: &Office, name: &'static str, (quantity, zone): (u32, &str)) -> String {
    let (_, terms, _) = &office.story.grants[name];
    let start = match name {
        MINE => "2026-06-01",
        _ => "2024-02-29",
    };
    let wallet = terms.recipient.to_checksum(None);
    format!(
        "external_id,employee_id,wallet,token,quantity,vesting_start,timezone,template,\
         cliff_months,duration_months,interval_months,cliff_percent\n\
         {name}b,E1,{wallet},ACC,{quantity},{start},{zone},standard-4y,12,48,1,\n"
    )
}

#[tokio::test]
async fn what_the_sheet_does_not_say_is_as_it_was_and_what_changes_is_said() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/replace");
    let csv = sheet(&office, MINE, (8_000, "Europe/Madrid"));
    let fields = [("sheet", csv.as_str()), ("days", "30")];
    let offer = office.sent(PEOPLE, &path, &fields).await;
    let answer = office.get(Who::Holder, &offer).await;
    let page = check::text(&answer.body);
    for words in [
        "In the first granted: 7300.000000000000000001 ACC before, 8000 ACC after",
        "its agreement: the text with the hash 0x",
        "every other term as before",
        "The agreement of G-1004b",
        "Nonce: 0x",
        "The company may end this grant, at most 30 days back.",
        "In G-1004b, granted: 7300.000000000000000001 ACC before, 8000 ACC after.",
        "Sign the replacement",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for same in [
        "results: ",
        "withheld for tax from each payment: ",
        "paid to: ",
    ] {
        assert!(
            !page.contains(&format!("In G-1004b, {same}")),
            "{same}: {page}"
        );
    }
    let auditor = office.get(Who::AuditorByMail, &offer).await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
    let file = format!("{offer}/replacement.json");
    let auditor = office.get(Who::AuditorByMail, &file).await;
    assert_eq!(auditor.status, StatusCode::FORBIDDEN);
    let file = office.get(Who::Holder, &file).await;
    assert!(
        file.body.contains("The company may end this grant"),
        "{}",
        file.body
    );

    // A quarter of its payments is withheld: a sheet that does not say so changes nothing of it.
    let path = office.grant("G-1010", "/replace");
    let csv = sheet(&office, "G-1010", (100_000, "America/New_York"));
    let fields = [("sheet", csv.as_str()), ("days", "30")];
    let offer = office.sent(PEOPLE, &path, &fields).await;
    let page = office.read(PEOPLE, &offer).await;
    assert!(
        page.contains("Withheld for tax from each payment: 25%"),
        "{page}"
    );
    assert!(
        !page.contains("withheld for tax from each payment: "),
        "{page}"
    );
}

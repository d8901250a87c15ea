//! A replacement as both sides read it: every term that changes, and the new agreement.

use axum::http::StatusCode;

use crate::check;
use crate::office::{Office, PEOPLE};
use crate::people::{MINE, Who};
use crate::sample::{Story, WALL};

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
    let (_, old, _) = &office.story.grants[MINE];
    let agreement = old.document.to_string();
    let short = format!("{}…{}", &agreement[..6], &agreement[62..]);
    for words in [
        // What changes, as people read it.
        "Granted 7,300.00 ACC 8,000.00 ACC",
        &format!("Its agreement {short} 0x"),
        "Nothing else changes: 11 terms as before",
        "Withheld for tax from each payment",
        // All of it, to the last digit.
        "In the first granted: 7300.000000000000000001 ACC before, 8000 ACC after",
        &format!("its agreement: the text with the hash {agreement} before, the text with"),
        "every other term as before",
        "The agreement of G-1004b",
        "Nonce: 0x",
        "The company may end this grant, at most 30 days back.",
        "In G-1004b, granted: 7,300.00 ACC before, 8,000.00 ACC after.",
        "Sign the replacement",
        "The holder's signature is good until ",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let exact = "<data value=\"7300.000000000000000001\" title=\"7300.000000000000000001 ACC\">";
    assert!(answer.body.contains(exact), "{}", answer.body);
    let until = page.split("signature is good until ").nth(1).unwrap();
    let until = until.split(", in 30 days.").next().unwrap();
    assert!(
        until.contains(" Europe/Madrid (") && until.ends_with(" UTC)"),
        "{until}"
    );
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
    on_the_desk(&office, &offer).await;

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
}

/// Where the company finds it: while it waits for the holder, and once it is signed.
async fn on_the_desk(office: &Office, offer: &str) {
    let desk = office.read(PEOPLE, "/company").await;
    assert!(
        desk.contains("The replacement of G-1004 SECRET waits for its holder until "),
        "{desk}"
    );
    let number = offer.rsplit_once('/').unwrap().1.parse().unwrap();
    let mut tx = office.store.write().await.unwrap();
    assert!(tx.sign_request(number, &[7; 65], WALL).await.unwrap());
    tx.commit().await.unwrap();
    let desk = office.get(PEOPLE, "/company").await.body;
    assert!(
        desk.contains(&format!("href=\"{offer}\">Send it</a>")),
        "{desk}"
    );
    let desk = check::text(&desk);
    assert!(
        desk.contains(
            "The replacement of G-1004 SECRET is signed by its holder and can be sent until "
        ) && !desk.contains("waits for its holder until "),
        "{desk}"
    );
}

#[tokio::test]
async fn what_a_sheet_leaves_out_is_inherited() {
    let office = Office::of(Story::told()).await;
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

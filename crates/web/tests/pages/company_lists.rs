//! The company's lists: templates, people and sheets.

use alloy_primitives::B256;
use axum::http::StatusCode;
use guerdon_store::ImportDraft;
use guerdon_web::router;
use serde_json::Value;

use crate::check;
use crate::company::{WALLETS, matched, post, row, sheet, text, upload};
use crate::people::{self, MINE, Who};
use crate::sample::{Story, WALL, state};
use crate::site::Site;

#[tokio::test]
async fn templates_fill_what_a_sheet_leaves_empty() {
    let site = Site::of(Story::told()).await;
    let path = "/company/templates/new";
    let wrong = "name=even&template=&cliff_months=60&duration_months=48&interval_months=1\
                 &withhold=22.222&grace_days=x";
    let page = post(&site, Who::CompanyByList, path, wrong).await;
    for words in [
        "Sheets already know this name",
        "the cliff comes after 60 months",
        "Write a whole number of days",
        "at most two decimal places",
    ] {
        assert!(
            page.body.to_lowercase().contains(&words.to_lowercase()),
            "{words}: {}",
            page.body
        );
    }
    let right = "name=std-4y&template=&cliff_months=12&duration_months=48&interval_months=1\
                 &cliff_percent=25&withhold=22&backdate_days=10&can_end=yes";
    let kept = post(&site, Who::CompanyByList, path, right).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let list = text(&site, "/company/templates").await;
    for words in [
        "25% after a one-year cliff, then 36 monthly steps.",
        "The company may end it, at most 10 days back. The company cannot pause it. 22\u{a0}% of \
         each payment is withheld for tax.",
        "no grant yet",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let csv = sheet(&[row(0, WALLETS[0], "5", "UTC").replace(",,12,48,1,25,", ",std-4y,,,,,")]);
    let draft = matched(&site, &csv).await;
    let preview = text(&site, &format!("{draft}/preview")).await;
    assert!(
        preview.contains("22\u{a0}% of each payment is withheld for tax."),
        "{preview}"
    );
    let change = right.replace("withhold=22", "withhold=30");
    let changed = post(
        &site,
        Who::CompanyByList,
        "/company/templates/std-4y",
        &change,
    )
    .await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    let preview = text(&site, &format!("{draft}/preview")).await;
    assert!(preview.contains("30\u{a0}% of each payment"), "{preview}");
    let gone = post(
        &site,
        Who::CompanyByList,
        "/company/templates/std-4y/discard",
        "",
    )
    .await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(
        text(&site, "/company/templates")
            .await
            .contains("No templates yet.")
    );
}

#[tokio::test]
async fn a_person_is_added_changed_exported_and_erased_and_the_log_names_nobody() {
    let site = Site::of(Story::told()).await;
    let form = "number=E500&name=Zo%C3%AB+Quill&email=zoe%40acme.example&country=NL\
                &zone=Europe%2FAmsterdam&role=auditor&wallets=0x4444444444444444444444444444444444444444";
    let added = post(&site, Who::AdministratorByList, "/company/people/new", form).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let path = added.headers["location"].clone();
    let page = text(&site, &path).await;
    for words in [
        "Zoë Quill",
        "Number E500",
        "May read, by this list auditor",
        "the list says so; never signed in with it no role on the chain",
        "No grants for this person yet.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let again = post(&site, Who::AdministratorByList, "/company/people/new", form).await;
    assert!(again.body.contains("id=\"number-wrong\"") && again.body.contains("value=\"E500\""));
    let change = form
        .replace("role=auditor", "role=company")
        .replace("country=NL", "country=nl");
    let edit = format!("{path}/edit");
    let wrong = post(&site, Who::AdministratorByList, &edit, &change).await;
    assert!(
        wrong.body.contains("is no country: write two capitals"),
        "{}",
        wrong.body
    );
    let change = change.replace("country=nl", "country=BE");
    let changed = post(&site, Who::AdministratorByList, &edit, &change).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    for find in ["quill", "e500", "0x4444"] {
        let found = text(&site, &format!("/company/people?find={find}")).await;
        assert!(found.contains("Zoë Quill"), "{find}: {found}");
    }
    let none = text(&site, "/company/people?find=%25").await;
    assert!(none.contains("Nobody on the list has this name"), "{none}");
    let taken = format!("{path}/export");
    let export = post(&site, Who::AdministratorByList, &taken, "").await;
    let export: serde_json::Value = serde_json::from_str(&export.body).unwrap();
    assert_eq!(
        (&export["number"], &export["country"]),
        (&"E500".into(), &"BE".into())
    );

    let erase = format!("{path}/erase");
    let wrong = post(&site, Who::AdministratorByList, &erase, "number=E5000").await;
    assert!(wrong.body.contains("Type E500 exactly."), "{}", wrong.body);
    let gone = post(&site, Who::AdministratorByList, &erase, "number=E500").await;
    assert_eq!(gone.headers["location"], "/company/people", "{}", gone.body);
    let missing = site.get_as(Who::AdministratorByList, &path).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let log = site
        .get_as(Who::AuditorByMail, "/company/audit.csv")
        .await
        .body;
    for words in [
        "person added",
        "person changed",
        "person exported",
        "person erased",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
    for word in ["Quill", "E500", "zoe@", "0x4444"] {
        assert!(!log.contains(word), "the log names {word}: {log}");
    }
}

#[tokio::test]
async fn people_come_in_by_a_sheet_all_or_none() {
    let site = Site::of(Story::told()).await;
    let path = ("/company/people/import", "people");
    let wrong = "number,name,email,country,zone,roles,wallets\n\
                 E700,Al,,,,,0x12\nE700,Bo,,,,,\n";
    let refused = upload(&site, path, wrong.as_bytes()).await;
    let told = check::text(&refused.body);
    assert!(
        told.contains("Row 1, column wallets: `0x12` is not an address"),
        "{told}"
    );
    assert!(
        told.contains("Row 2, column number: the number `E700` is already in row 1."),
        "{told}"
    );
    assert!(
        !text(&site, "/company/people?find=Al")
            .await
            .contains("E700")
    );
    let right = "number,name,email,country,zone,roles,wallets\n\
                 E700,Al,,,,auditor,0x7777777777777777777777777777777777777777\nE1,Ines,,,,,\n";
    let taken = upload(&site, path, right.as_bytes()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let csv = post(&site, Who::CompanyByList, "/company/people.csv", "")
        .await
        .body;
    let log = site.get_as(Who::CompanyByList, "/company/audit").await.body;
    assert!(log.contains("The whole people list exported:"), "{log}");
    assert!(csv.contains(",E700,Al,,,,auditor,0x7777"), "{csv}");
    assert!(
        csv.contains(",E1,Ines,"),
        "a known number is changed: {csv}"
    );
    let taken = "number,name,email,country,zone,roles,wallets\n\
                 E701,,,,,,0x7777777777777777777777777777777777777777\n";
    let refused = upload(&site, path, taken.as_bytes()).await;
    assert!(
        check::text(&refused.body).contains("E700"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn templates_are_files_that_say_what_their_page_says() {
    let site = Site::of(Story::told()).await;
    let form = "name=std-4y&template=&cliff_months=12&duration_months=48&interval_months=1\
                &cliff_percent=25&withhold=22.5&backdate_days=10&can_end=yes";
    let kept = post(&site, Who::CompanyByList, "/company/templates/new", form).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let found = rows(&site, ("/company/templates", "")).await;
    let page = text(&site, "/company/templates").await;
    let says = found[0]["says"].as_str().unwrap();
    assert!(
        says.starts_with("25% after a one-year cliff") && page.contains(says),
        "{says}: {page}"
    );
    for (column, value) in [
        ("template", Value::from("std-4y")),
        ("grants", 0.into()),
        ("kind", "".into()),
        ("cliff_months", "12".into()),
        ("duration_months", "48".into()),
        ("interval_months", "1".into()),
        ("cliff_percent", "25".into()),
        ("can_end", "yes".into()),
        ("can_move", "no".into()),
        ("can_recover", "no".into()),
        ("grace_seconds", 0.into()),
        ("backdate_seconds", 864_000.into()),
        ("withhold_bps", 2_250.into()),
    ] {
        assert_eq!(found[0][column], value, "{column}");
    }
    assert!(found[0]["changed"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn sheets_on_their_way_are_files_too() {
    let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let mut tx = store.write().await.unwrap();
    let draft = |id: &str, is_matched: bool, root: Option<B256>| ImportDraft {
        id: id.to_owned(),
        name: format!("{id}.csv"),
        sheet: b"secret".to_vec(),
        matched: is_matched.then(|| vec![None]),
        left_out: [].into(),
        created_by: String::new(),
        created_at: WALL - 60,
        changed_at: WALL,
        binding_at: None,
        root,
    };
    for draft in [
        draft("a1", false, None),
        draft("b2", true, None),
        draft("c3", true, Some(story.root)),
        draft("d4", true, Some(B256::repeat_byte(7))),
    ] {
        tx.put_import_draft(&draft).await.unwrap();
    }
    tx.commit().await.unwrap();
    let root = story.root.to_string();
    let none = B256::repeat_byte(7).to_string();
    let router = router(state(store, &story.facts, Some(WALL - 4)));
    let site = Site::over(router, story);
    let found = rows(&site, ("/company/imports", "")).await;
    for (row, (id, state, root)) in found.iter().zip([
        ("a1", "its columns are not matched", ""),
        ("b2", "not imported", ""),
        ("c3", "binding", root.as_str()),
        ("d4", "imported, not committed", none.as_str()),
    ]) {
        let said = ["import", "sheet", "state", "root"].map(|column| row[column].clone());
        assert_eq!(said, [id, format!("{id}.csv").as_str(), state, root]);
        let times = ["begun", "changed"].map(|column| row[column].as_str().unwrap());
        assert!(times[0] < times[1] && times[1].ends_with('Z'), "{times:?}");
    }
    assert_eq!(found.len(), 4);
}

#[tokio::test]
async fn batches_are_files_too() {
    let site = Site::of(Story::told()).await;
    let path = "/company/batches";
    for _ in 0..2 {
        let begun = post(&site, Who::CompanyByList, path, "").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    }
    let change = format!("/grants/{}/change", site.story.id(MINE));
    let call = post(
        &site,
        Who::CompanyByList,
        &change,
        "act=pause&go=batch&batch=1",
    )
    .await;
    assert_eq!(
        call.headers["location"], "/company/batches/1",
        "{}",
        call.body
    );
    let safe = "0x5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A";
    for form in [
        format!("go=safe&safe={}", safe.to_lowercase()),
        "go=close".to_owned(),
    ] {
        let changed = post(&site, Who::CompanyByList, "/company/batches/1", &form).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
    }
    let found = rows(&site, (path, "")).await;
    assert_eq!(found.len(), 2, "{found:?}");
    let (open, closed) = (&found[0], &found[1]);
    assert_eq!(
        (&open["batch"], &open["state"]),
        (&2.into(), &"open".into())
    );
    assert_eq!((&open["calls"], &open["closed"]), (&0.into(), &"".into()));
    assert_eq!(
        (&closed["batch"], &closed["state"]),
        (&1.into(), &"closed".into())
    );
    assert_eq!(closed["calls"], 1);
    assert_eq!(
        closed["safe"].as_str().unwrap().to_lowercase(),
        safe.to_lowercase()
    );
    assert_eq!(
        closed["closed"], closed["begun"],
        "the clock of the wall stands"
    );
    assert!(closed["begun"].as_str().unwrap().ends_with('Z'));
}

/// The rows of a page as its JSON says them; CSV and workbook have as many, the page too.
async fn rows(site: &Site, (path, query): (&str, &str)) -> Vec<Value> {
    let who = Who::CompanyByList;
    let mut files = Vec::new();
    for (end, kind) in [
        (".json", "application/json"),
        (".csv", "text/csv"),
        (".xlsx", "spreadsheetml.sheet"),
    ] {
        let file = site.get_as(who, &format!("{path}{end}{query}")).await;
        assert_eq!(file.status, StatusCode::OK, "{path}{end}{query}");
        assert!(file.headers["content-type"].contains(kind), "{path}{end}");
        files.push(file.body);
    }
    let json: Value = serde_json::from_str(&files[0]).unwrap();
    let rows = json["rows"].as_array().unwrap().clone();
    assert_eq!(files[1].lines().count(), rows.len() + 1, "{}", files[1]);
    assert!(files[2].starts_with("PK"), "no workbook");
    let page = site.get_as(who, &format!("{path}{query}")).await.body;
    let shown = page.matches("<th scope=\"row\"").count();
    assert_eq!(shown, rows.len(), "{page}");
    for end in [".json", ".csv", ".xlsx"] {
        assert!(
            page.contains(&format!("href=\"{path}{end}")),
            "{end}: {page}"
        );
    }
    rows
}

#[tokio::test]
async fn the_people_of_a_page_are_files_without_addresses_of_mail() {
    let site = Site::of(Story::told()).await;
    let path = "/company/people";
    let all = rows(&site, (path, "")).await;
    let names: Vec<_> = all
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    let sorted = [
        "Person A1",
        "Person C1",
        "Person E1",
        "Person E2",
        "Person R1",
    ];
    assert_eq!(names, sorted);
    let found = rows(&site, (path, "?find=person%20e1&from=0")).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let holder = site.story.grants[MINE].1.recipient.to_checksum(None);
    let row = serde_json::json!({
        "id": "P1", "number": "E1", "name": "Person E1", "wallets": holder, "roles": "",
        "country": "",
    });
    assert_eq!(found[0], row);
    let more: String = (0..47)
        .map(|at| format!("E7{at:02},=Al {at:02},,,,,\n"))
        .collect();
    let sheet = format!("number,name,email,country,zone,roles,wallets\n{more}");
    let taken = upload(
        &site,
        ("/company/people/import", "people"),
        sheet.as_bytes(),
    )
    .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let who = Who::CompanyByList;
    let first = site.get_as(who, "/company/people.csv").await;
    assert_eq!(first.body.lines().count(), 51);
    assert_eq!(first.headers["link"], "<?find=&from=50>; rel=\"next\"");
    assert!(
        first.body.contains(",E700,'=Al 00,"),
        "no formula: {}",
        first.body
    );
    let rest = site.get_as(who, "/company/people.csv?find=&from=50").await;
    assert_eq!(rest.body.lines().count(), 3, "{}", rest.body);
    assert!(!rest.headers.contains_key("link"));
    for file in [&first.body, &rest.body] {
        assert!(!file.contains('@'), "{file}");
    }
    let log = site.get_as(who, "/company/audit.csv").await.body;
    assert!(
        !log.contains("people exported"),
        "a reading is not written down: {log}"
    );
}

//! The company's desk: what each page says, and what its forms do.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use tower::ServiceExt;

use crate::check;
use crate::people::Who;
use crate::sample::{ORIGIN, Story};
use crate::site::{Answer, Site, send_form};

const HEADER: &str = "Grant ID,Employee,Employee Number,Wallet Address,Shares,Start Date,\
                      Time Zone,Schedule,Cliff,Duration,Frequency,Cliff %,Remarks";
pub(crate) const WALLETS: [&str; 3] = [
    "0x1111111111111111111111111111111111111111",
    "0x2222222222222222222222222222222222222222",
    "0x3333333333333333333333333333333333333333",
];

pub(crate) fn row(number: usize, wallet: &str, quantity: &str, zone: &str) -> String {
    format!(
        "G-9{number},Nobody {number},E9{number},{wallet},{quantity},2028-01-31,{zone},,12,48,1,25,"
    )
}

fn good_rows() -> Vec<String> {
    let rows = WALLETS.iter().enumerate();
    rows.map(|(number, wallet)| row(number, wallet, "100.5", "Europe/London"))
        .collect()
}

pub(crate) fn sheet(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

pub(crate) async fn post(site: &Site, who: Who, path: &str, form: &str) -> Answer {
    let asked = (Method::POST, path, Some(ORIGIN));
    send_form(
        &site.router,
        asked,
        who.cookie().as_deref(),
        form.to_owned(),
    )
    .await
}

/// Sends a file as a browser's form does.
pub(crate) async fn upload(site: &Site, (path, field): (&str, &str), bytes: &[u8]) -> Answer {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"acme.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let request = Request::post(path)
        .header("origin", ORIGIN)
        .header("host", "grants.acme.example")
        .header("cookie", Who::AdministratorByList.cookie().unwrap())
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let headers = response.headers().iter().map(|(name, value)| {
        (
            name.to_string(),
            value.to_str().unwrap_or_default().to_owned(),
        )
    });
    let headers = headers.collect();
    let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Uploads a sheet and takes the columns as they were recognised; answers the draft's path.
pub(crate) async fn matched(site: &Site, csv: &str) -> String {
    let sent = upload(site, ("/company/imports", "sheet"), csv.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let map = sent.headers["location"].clone();
    let page = site.get_as(Who::CompanyByList, &map).await;
    check::page(&map, &page.body);
    let form: Vec<_> = selected(&page.body)
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let taken = post(site, Who::CompanyByList, &map, &form.join("&")).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    map.trim_end_matches("/map").to_owned()
}

/// Name and chosen value of each select.
fn selected(html: &str) -> Vec<(String, String)> {
    let selects = html.split("<select name=\"").skip(1);
    selects
        .map(|select| {
            let name = select.split('"').next().unwrap_or_default();
            let chosen = select.split("\" selected").next().unwrap_or_default();
            (
                name.to_owned(),
                chosen.rsplit('"').next().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

pub(crate) async fn text(site: &Site, path: &str) -> String {
    let page = site.get_as(Who::AdministratorByList, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    check::page(path, &page.body);
    check::text(&page.body)
}

#[tokio::test]
async fn the_company_reaches_its_pages_and_reads_what_needs_it() {
    let site = Site::of(Story::told()).await;
    let pages = site.crawl(Who::AdministratorByList).await;
    for path in [
        "/company",
        "/company/people",
        "/company/people/new",
        "/company/rounds",
        "/company/imports",
        "/company/imports/small",
        "/company/templates",
        "/company/templates/new",
        "/company/audit",
    ] {
        let page = pages
            .get(path)
            .unwrap_or_else(|| panic!("{path} is not linked"));
        assert_eq!(page.status, StatusCode::OK, "{path}");
        check::page(path, &page.body);
    }
    assert!(
        pages
            .keys()
            .any(|path| path.starts_with("/company/people/P"))
    );
    let desk = check::text(&pages["/company"].body);
    for words in [
        "is free for rounds to come.",
        "9 grants were never accepted by their holders.",
        "Who acts next: each holder, on the page of the grant",
    ] {
        assert!(desk.contains(words), "{words}: {desk}");
    }
    let rounds = check::text(&pages["/company/rounds"].body);
    assert!(
        rounds.contains("2026 H1") && rounds.contains("binding"),
        "{rounds}"
    );

    let begun = Site::of(Story::begun()).await;
    let desk = text(&begun, "/company").await;
    assert!(
        desk.contains("becomes binding on 4 Jul 2026; until then nothing opens."),
        "{desk}"
    );
    let rounds = text(&begun, "/company/rounds").await;
    assert!(rounds.contains("committed, can be taken back"), "{rounds}");
}

#[tokio::test]
async fn an_import_says_each_mistake_and_takes_nothing_until_all_is_good() {
    let site = Site::of(Story::told()).await;
    let mut rows = good_rows();
    rows.push(row(3, WALLETS[0], "100", "Europe/London"));
    rows.push(row(
        4,
        "0xbcd4042DE499D14e55001CcbB24a551F3b954096",
        "1",
        "UTC",
    ));
    rows.push(row(
        5,
        "0x5555555555555555555555555555555555555555",
        "48000",
        "",
    ));
    rows.push("Total,,,,48402.5,,,,,,,,".to_owned());
    let path = matched(&site, &sheet(&rows)).await;
    let page = text(&site, &format!("{path}/check")).await;
    for words in [
        "3 rows are good, 3 are wrong.",
        "Row 4, column Wallet Address: the wallet is also in row 1, which has another employee_id \
         or none: two people cannot share a wallet.",
        "Row 5, column Wallet Address: the checksum of `0xbcd4",
        "Row 6, column Time Zone: the dates of this row have no time zone",
        "The rows of the sheet add up to 48,402.5 ACC, as its own last row says.",
        "Good, to be granted 3 301.5 ACC",
        "Wrong or left out 3 48,101 ACC",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let annotated = site
        .get_as(Who::CompanyByList, &format!("{path}/errors.csv"))
        .await;
    assert!(annotated.headers["content-type"].starts_with("text/csv"));
    let lines: Vec<_> = annotated.body.lines().collect();
    assert!(lines[0].ends_with(",error") && lines[0].starts_with("Grant ID,"));
    assert!(
        lines[6].contains("Time Zone: the dates of this row"),
        "{}",
        lines[6]
    );
    let refused = site
        .get_as(Who::CompanyByList, &format!("{path}/commit"))
        .await;
    assert_eq!(
        refused.status,
        StatusCode::SEE_OTHER,
        "nothing is imported with wrong rows"
    );
    leaves_out_and_reads(&site, &path).await;
}

async fn leaves_out_and_reads(site: &Site, path: &str) {
    let left = "shown=4&shown=5&shown=6&left_out=4&left_out=5&left_out=6";
    let taken = post(site, Who::CompanyByList, &format!("{path}/check"), left).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER);
    let page = text(site, &format!("{path}/check")).await;
    assert!(
        page.contains("3 rows are good, none is wrong, 3 left out on purpose."),
        "{page}"
    );
    let preview = text(site, &format!("{path}/preview")).await;
    for words in [
        "G-90, Nobody 0, E90: 100.50 ACC to 0x1111…1111.",
        "25% after a one-year cliff, then 36 monthly steps, from 31 Jan 2028 to 31 Jan 2032 \
         (Europe/London).",
        "No part of it waits for a result.",
        "The company may end it, at most 30 days back.",
        "3 wallets could not be asked about: no node answered",
    ] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    let form = "title=H2&binding=2028-08-01";
    let answer = post(site, Who::CompanyByList, &format!("{path}/commit"), form).await;
    let answer = check::text(&answer.body);
    assert!(
        answer.contains("This server shows pages and imports nothing"),
        "{answer}"
    );

    let gone = post(site, Who::CompanyByList, &format!("{path}/discard"), "").await;
    assert_eq!(gone.headers["location"], "/company/imports");
    let missing = site
        .get_as(Who::CompanyByList, &format!("{path}/check"))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_sheet_is_corrected_and_its_doubts_are_told() {
    let site = Site::of(Story::told()).await;
    let wrong = sheet(&[row(0, WALLETS[0], "many", "UTC")]);
    let path = matched(&site, &wrong).await;
    let page = text(&site, &format!("{path}/check")).await;
    assert!(
        page.contains("column Shares: `many` is not a plain number"),
        "{page}"
    );
    assert!(
        page.contains("1 row has no number as quantity and is not in that sum."),
        "{page}"
    );
    let odd = sheet(&[
        row(0, WALLETS[0], "9000000000", "UTC").replace(",,12,48,1,25,", ",std,12,48,7,25,")
    ]);
    let sent = upload(&site, (&format!("{path}/upload"), "sheet"), odd.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let page = text(&site, &format!("{path}/check")).await;
    for words in [
        "1 row is good, none is wrong.",
        "7 does not divide the 36 months after the cliff: the last date comes after 47 months",
        "the template `std` is not defined here",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let preview = text(&site, &format!("{path}/preview")).await;
    assert!(
        preview.contains("the contract refuses the round until at least"),
        "{preview}"
    );
    // Doubts are read before anything is imported, and the day must come.
    let form = "title=&binding=2020-01-01";
    let refused = post(&site, Who::CompanyByList, &format!("{path}/commit"), form).await;
    let refused = check::text(&refused.body);
    for words in [
        "Tick the box once you have read the doubts.",
        "binding on a day to come",
    ] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let imported = odd.replace("G-90", "G-1001 SECRET");
    upload(
        &site,
        (&format!("{path}/upload"), "sheet"),
        imported.as_bytes(),
    )
    .await;
    let page = text(&site, &format!("{path}/check")).await;
    assert!(
        page.contains("a grant G-1001 SECRET was imported before"),
        "{page}"
    );
    let other = odd.replace(WALLETS[0], &format!("0x{}", "c1".repeat(20)));
    upload(
        &site,
        (&format!("{path}/upload"), "sheet"),
        other.as_bytes(),
    )
    .await;
    let page = text(&site, &format!("{path}/check")).await;
    assert!(
        page.contains("the people list gives this wallet to C1"),
        "{page}"
    );
}

#[tokio::test]
async fn a_few_grants_are_typed_in_with_errors_beside_their_fields() {
    let site = Site::of(Story::told()).await;
    let path = "/company/imports/small";
    let nothing = post(&site, Who::CompanyByList, path, "vesting_start=2028-01-01").await;
    assert!(check::text(&nothing.body).contains("Fill in at least one grant."));
    let wrong = "vesting_start=2028-01-01&timezone=&duration_months=48&interval_months=1\
                 &external_id-2=G-2001&wallet-2=0x12&quantity-2=12%3Cb%3E";
    let page = post(&site, Who::CompanyByList, path, wrong).await;
    check::page(path, &page.body);
    for words in [
        "value=\"12&#60;b&#62;\"",
        "id=\"wallet-2-wrong\">`0x12` is not an address",
        "id=\"timezone-wrong\">The dates of this row have no time zone",
        "id=\"quantity-2-wrong\">",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let right = "vesting_start=2028-01-01&timezone=Europe%2FParis&duration_months=48\
                 &interval_months=1&external_id-1=G-2001&employee_id-1=E77&name-1=Zoe\
                 &wallet-1=0x1111111111111111111111111111111111111111&quantity-1=12";
    let sent = post(&site, Who::CompanyByList, path, right).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let preview = text(&site, &sent.headers["location"]).await;
    assert!(
        preview.contains("48 monthly steps, from 1 Jan 2028 to 1 Jan 2032"),
        "{preview}"
    );
}

#[tokio::test]
async fn no_upload_ends_in_a_failure_of_the_server() {
    let site = Site::of(Story::begun()).await;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let whole = sheet(&good_rows()).into_bytes();
    for round in 0..120 {
        let mut bytes: Vec<u8> = match round % 4 {
            0 => (0..next() % 400).map(|_| next() as u8).collect(),
            1 => whole.clone(),
            2 => [b"PK\x03\x04".to_vec(), whole.clone()].concat(),
            _ => whole[..usize::try_from(next()).unwrap() % whole.len()].to_vec(),
        };
        for _ in 0..next() % 8 {
            if !bytes.is_empty() {
                let place = usize::try_from(next()).unwrap() % bytes.len();
                bytes[place] = next() as u8;
            }
        }
        let sent = upload(&site, ("/company/imports", "sheet"), &bytes).await;
        assert!(!sent.status.is_server_error(), "{bytes:?}: {}", sent.body);
        let people = upload(&site, ("/company/people/import", "people"), &bytes).await;
        assert!(
            !people.status.is_server_error(),
            "{bytes:?}: {}",
            people.body
        );
        let Some(map) = sent.headers.get("location") else {
            check::page("/company/imports", &sent.body);
            continue;
        };
        let page = site.get_as(Who::CompanyByList, map).await;
        assert_eq!(page.status, StatusCode::OK, "{bytes:?}");
        let form: Vec<_> = selected(&page.body)
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let path = map.trim_end_matches("/map");
        post(&site, Who::CompanyByList, map, &form.join("&")).await;
        for step in ["check", "preview", "commit", "errors.csv"] {
            let page = site
                .get_as(Who::CompanyByList, &format!("{path}/{step}"))
                .await;
            assert!(
                !page.status.is_server_error(),
                "{step} {bytes:?}: {}",
                page.body
            );
        }
    }
    let large = vec![b'a'; (4 << 20) + 32_000];
    let refused = upload(&site, ("/company/imports", "sheet"), &large).await;
    assert!(
        refused.body.contains("The file is larger than 4 MB."),
        "{}",
        refused.body
    );
}

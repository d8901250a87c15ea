//! What an end would leave, and receipts of payments.

use axum::http::StatusCode;
use guerdon_core::fact::Fact;

use crate::check;
use crate::me::{HERS, Portal, says};
use crate::people::Who;

#[tokio::test]
async fn an_end_is_worked_out_for_today_and_for_a_day() {
    let site = Portal::told().await;
    let path = format!("{}/leave", site.grant("G-1004"));
    let page = site.page(Who::Holder, &path).await;
    says(
        &page,
        &[
            "What if I leave, or am ended?",
            "If it ends today, 30 Jun 2028.",
            "are yours, what was paid before included.",
            "more may still come, as far as results open them.",
            "go back to the pool.",
            "as far back as the terms allow, 30 days, on 31 May 2028.",
            "What was paid can never be taken back.",
            "at most 30 days back; more than that the contract refuses.",
            "if the clock stopped on 30 Jun 2028",
        ],
    );
    let later = site
        .page(Who::Holder, &format!("{path}?on=2029-03-01"))
        .await;
    says(
        &later,
        &[
            "If it ends on 1 Mar 2029.",
            "if the clock stopped on 1 Mar 2029",
            "the end",
        ],
    );
    let body = site
        .get(Who::Holder, &format!("{path}?on=2029-03-01"))
        .await
        .body;
    assert!(
        body.contains("value=\"2029-03-01\"") && body.contains("line left"),
        "{body}"
    );
    for (on, words) in [
        ("2028-01-01", "An end on 1 Jan 2028 is not possible"),
        ("soon", "`soon` is not a date: write it as 2027-03-01."),
        ("2029-02-30", "is not a date"),
    ] {
        says(
            &site.page(Who::Holder, &format!("{path}?on={on}")).await,
            &[words],
        );
    }
    let ended = site
        .page(Who::Holder, &format!("{}/leave", site.grant("G-1006")))
        .await;
    says(&ended, &["This grant ended on 15 May 2028"]);
    let unopened = site
        .page(Who::Holder, &format!("{}/leave", site.grant("G-1002")))
        .await;
    says(
        &unopened,
        &["If it ends today", "No result decides this grant."],
    );
}

#[tokio::test]
async fn what_an_end_leaves_adds_up_to_the_grant() {
    let site = Portal::told().await;
    for name in HERS {
        let body = site
            .get(
                Who::Holder,
                &format!("{}/leave?on=2029-03-01", site.grant(name)),
            )
            .await
            .body;
        let amount = site.story.grants[name].1.amount;
        for row in body
            .split("<tr>")
            .filter(|row| row.contains("scope=\"row\"") && row.contains("<data"))
        {
            let values = row.split("<data value=\"").skip(1);
            let raw = values.map(|value| base_units(value.split('"').next().unwrap()));
            let cells: Vec<u128> = raw.collect();
            if cells.len() == 3 {
                assert_eq!(cells.iter().sum::<u128>(), amount, "{name}: {row}");
            }
        }
    }
}

fn base_units(exact: &str) -> u128 {
    let (whole, rest) = exact.split_once('.').unwrap_or((exact, ""));
    format!("{whole}{rest:0<18}").parse().unwrap()
}

#[tokio::test]
async fn a_payment_has_a_receipt_and_nothing_else_has() {
    let site = Portal::told().await;
    let id = site.story.id("G-1010");
    let paid = site
        .story
        .facts
        .iter()
        .find_map(|(origin, fact)| match fact {
            Fact::Claimed {
                id: of,
                gross,
                withheld,
                ..
            } if *of == id => Some((origin.tx, *gross, *withheld)),
            _ => None,
        });
    let (tx, gross, withheld) = paid.unwrap();
    assert!(withheld > 0);
    let path = format!("{}/receipts/{tx}", site.grant("G-1010"));
    let answer = site.get(Who::Holder, &path).await;
    let page = check::text(&answer.body);
    says(
        &page,
        &[
            "Receipt: ",
            "Acme AI paid grant G-1010 SECRET on 2 Mar 2028.",
            "Withheld for tax",
            "Net: reached the wallet",
            "Dolores Ibárruri-Vega",
            &tx.to_string(),
            "guerdon verify grant GRANT.json --rpc-url NODE",
            "Europe/Madrid",
        ],
    );
    for units in [gross, withheld, gross - withheld] {
        let exact = format!("{}.{:018}", units / 10u128.pow(18), units % 10u128.pow(18));
        assert!(
            answer
                .body
                .contains(exact.trim_end_matches('0').trim_end_matches('.')),
            "{exact}"
        );
    }
    assert!(
        site.get(Who::Holder, &site.grant("G-1010"))
            .await
            .body
            .contains(&path)
    );
    let opened = site.story.ledger.grants[&id].opened.tx;
    for missing in [opened.to_string(), tx.to_string().replace("0x", "0x0")] {
        let path = format!("{}/receipts/{missing}", site.grant("G-1010"));
        assert_eq!(
            site.get(Who::Holder, &path).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let others = format!("{}/receipts/{tx}", site.grant("G-1004"));
    assert_eq!(
        site.get(Who::Holder, &others).await.status,
        StatusCode::NOT_FOUND
    );
}

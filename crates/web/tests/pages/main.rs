//! The router over a real store: every page that anyone can reach, read as a browser would.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod actions_company;
#[cfg(test)]
mod api;
#[cfg(test)]
mod api_once;
#[cfg(test)]
mod api_reads;
#[cfg(test)]
mod api_rights;
#[cfg(test)]
mod as_of;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod auditor_links;
#[cfg(test)]
mod check;
#[cfg(test)]
mod company;
#[cfg(test)]
mod company_lists;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod goal_builder;
#[cfg(test)]
#[path = "../../../store/tests/it/harness.rs"]
mod harness;
#[cfg(test)]
mod hers;
#[cfg(test)]
#[path = "../../../formats/tests/eval/inspect_runs.rs"]
mod inspect_runs;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod links;
#[cfg(test)]
mod log;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod me;
#[cfg(test)]
mod missing;
#[cfg(test)]
mod node;
#[cfg(test)]
mod office;
#[cfg(test)]
mod people;
#[cfg(test)]
mod pictured;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod promised;
#[cfg(test)]
mod replaced;
#[cfg(test)]
mod results;
#[cfg(test)]
#[path = "../../../formats/tests/eval/runs.rs"]
mod runs;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod site;
#[cfg(test)]
mod state;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod succession;
#[cfg(test)]
mod wallets;
#[cfg(test)]
mod webhooks;

use axum::http::{Method, StatusCode};
use guerdon_store::Store;
use guerdon_web::router;
use people::Who;
use sample::{Story, WALL, state};
use serde_json::Value;
use site::{Answer, Site, is_page, send, send_as};
use std::collections::BTreeMap;

#[tokio::test]
async fn every_link_leads_somewhere_and_every_page_obeys_the_policy() {
    let site = Site::of(Story::told()).await;
    for who in [
        Who::Nobody,
        Who::AuditorByMail,
        Who::AuditorByLink,
        Who::Holder,
    ] {
        let pages = site.crawl(who).await;
        assert!(pages.len() > 15, "{who:?}: {:?}", pages.keys());
        leads_somewhere(who, &pages);
    }
}

fn leads_somewhere(who: Who, pages: &BTreeMap<String, Answer>) {
    for (path, answer) in pages {
        // Grants are read by those who signed in, and by those who may.
        let grant = path.starts_with("/grants/");
        match who {
            Who::Nobody if grant => {
                let next = format!("/sign-in?next={path}");
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
                assert_eq!(answer.headers["location"], next, "{path}");
                continue;
            }
            Who::Holder if grant && answer.status == StatusCode::FORBIDDEN => continue,
            _ => assert_eq!(answer.status, StatusCode::OK, "{path} by {who:?}"),
        }
        for (name, value) in [
            ("content-security-policy", guerdon_web::POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(
                answer.headers.get(name).map(String::as_str),
                Some(value),
                "{path} {name}"
            );
        }
        if is_page(answer) {
            check::page(path, &answer.body);
        }
    }
    for kind in [
        "/rounds/",
        "/grants/",
        "/goals/",
        "/contracts",
        "/verify",
        "/glossary",
    ] {
        // Grants are not public; the contracts stand in the head for those who are not signed in.
        let elsewhere = match who {
            Who::Nobody => "/grants/",
            _ => "/contracts",
        };
        if kind == elsewhere {
            continue;
        }
        assert!(
            pages.keys().any(|path| path.starts_with(kind)),
            "{kind} was not reached by {who:?}: {:?}",
            pages.keys()
        );
    }
}

#[tokio::test]
async fn nothing_personal_and_nothing_unopened_is_public() {
    let site = Site::of(Story::told()).await;
    let pages = site.crawl(Who::Nobody).await;
    let opened = &site.story.ledger.grants;
    for (path, answer) in &pages {
        assert!(
            !answer.body.contains("SECRET") && !answer.body.contains("G-10"),
            "{path}"
        );
        for (id, _, _) in site
            .story
            .grants
            .values()
            .filter(|grant| !opened.contains_key(&grant.0))
        {
            assert!(
                !answer.body.contains(&id.to_string()),
                "{path} shows the unopened {id}"
            );
        }
    }
    let unopened = site.story.id("G-1002");
    let path = format!("/grants/{unopened}");
    let answer = site.get_as(Who::Nobody, &path).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let answer = site.get_as(Who::OtherHolder, &path).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("not yours to read"), "{}", answer.body);
}

#[tokio::test]
async fn the_company_page_adds_up() {
    let site = Site::of(Story::told()).await;
    let page = check::text(&site.get("/").await.body);
    for words in [
        "What Acme AI has promised, and holds",
        "Read from block 1,650 of chain 31337, 4 s ago.",
        "100\u{a0}% funded, always",
        "ACC, in 9 grants",
        "in 5 payments",
        "2026 H1",
        "428 of 500: 61.0\u{a0}%",
        "open until 30 Jun 2029; nobody has registered",
        "Counts 6 opened grants. Those not opened yet are left out",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let data: Value = serde_json::from_str(&site.get("/index.json").await.body).unwrap();
    let pool = site.story.ledger.pool;
    assert_eq!(data["funded"]["raw"], pool.funded.to_string());
    assert_eq!(data["promised"]["raw"], pool.promised.to_string());
    assert_eq!(data["paid"]["raw"], pool.paid_net().to_string());
}

#[tokio::test]
async fn a_grant_says_what_waits_and_for_whom() {
    let site = Site::of(Story::told()).await;
    let page = |name: &str| format!("/grants/{}", site.story.id(name));

    let gated = check::text(&site.get(&page("G-1004")).await.body);
    for words in [
        "7,300 ACC granted",
        "after a one-year cliff, then 36 monthly steps, from 1 Jun 2026 to 1 Jun 2030",
        "40\u{a0}% of it depends on one result",
        "are earned by time but wait for a result",
        "Who acts next: anyone, who may close it after 31 Jul 2028.",
        "yes, at most 30 days back",
        "at most 365 days in all, 0 used",
        "The 2nd attempt measured 0.8560 (428 of 500)",
        "guerdon verify grant",
        "Paid to its holder",
        "Opened: proven to be part of its round",
        "Times in Europe/Madrid",
    ] {
        assert!(gated.contains(words), "{words}: {gated}");
    }
    let milestone = check::text(&site.get(&page("G-1005")).await.body);
    assert!(milestone.contains("240,000.00 ACC are earned by time but wait for a result."));
    assert!(milestone.contains("the sponsor with one member of the panel, or 2 members"));
    assert!(milestone.contains("No attempt is registered yet"));

    let ended = check::text(&site.get(&page("G-1006")).await.body);
    assert!(
        ended.contains("State: ended.") && ended.contains("went back to the pool"),
        "{ended}"
    );
    assert!(ended.contains("The grant ended on 15 May 2028"));

    let early = check::text(&site.get(&page("G-1019")).await.body);
    assert!(
        early.contains("Nothing is earned before 1 Jun 2029"),
        "{early}"
    );

    let taxed = check::text(&site.get(&page("G-1010")).await.body);
    assert!(taxed.contains("withheld for tax"), "{taxed}");
}

#[tokio::test]
async fn a_grant_is_also_data() {
    let site = Site::of(Story::told()).await;
    let (id, terms, _) = &site.story.grants["G-1004"];
    let data = site.get(&format!("/grants/{id}.json")).await;
    assert_eq!(data.headers["content-type"], "application/json");
    let data: Value = serde_json::from_str(&data.body).unwrap();
    assert_eq!(data["granted"]["raw"], terms.amount.to_string());
    assert_eq!(data["history"].as_array().unwrap().len(), 3);
    let record = site.story.ledger.grants[id];
    assert_eq!(data["claimed"]["raw"], record.paid_net.to_string());
    let table = site.get(&format!("/grants/{id}.csv")).await;
    assert!(table.headers["content-type"].starts_with("text/csv"));
    assert_eq!(table.body.lines().count(), 4, "{}", table.body);
}

#[tokio::test]
async fn a_goal_tells_its_definition_its_attempts_and_who_acts() {
    let site = Site::of(Story::told()).await;
    let product = check::text(
        &site
            .get(&format!("/goals/{}", site.story.product))
            .await
            .body,
    );
    for words in [
        "product_500@0.80..0.90",
        "50\u{a0}% at 0.80, rising evenly to 100\u{a0}% at 0.90; below nothing",
        "exactly 500 out of a pool of 500",
        "1st attempt 355 of 500, lower bound 0.66",
        "pays nothing",
        "Result of the 2nd attempt proposed with 2 signatures",
        "The 2nd attempt final: pays 61.0\u{a0}%",
        "500.00 BOND, which a challenger puts down",
        "It decides 3 grants; 2 opened and shown here.",
    ] {
        assert!(product.contains(words), "{words}: {product}");
    }
    let launch = check::text(
        &site
            .get(&format!("/goals/{}", site.story.launch))
            .await
            .body,
    );
    assert!(launch.contains("A milestone: done, or not") && launch.contains("No attempts yet."));
}

#[tokio::test]
async fn what_is_not_there_is_said_in_words() {
    let site = Site::of(Story::begun()).await;
    let nowhere = format!("/goals/{}", sample::WALL);
    let zeros = format!("/rounds/0x{}", "0".repeat(64));
    for path in [
        "/nothing",
        &nowhere,
        &zeros,
        "/grants/G-1004",
        "/grants/%ff",
        "/assets/x.css",
    ] {
        let answer = site.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        assert!(
            answer.headers.contains_key("content-security-policy"),
            "{path}"
        );
        check::page(path, &answer.body);
        assert!(check::text(&answer.body).contains("Overview"), "{path}");
    }
    let data = site.get(&format!("{zeros}.json")).await;
    assert_eq!(data.status, StatusCode::NOT_FOUND);
    let data: Value = serde_json::from_str(&data.body).unwrap();
    assert!(
        data["error"]
            .as_str()
            .unwrap()
            .contains("No round with the id")
    );
    let asked = (Method::POST, "/", Some(sample::ORIGIN));
    let written = send_as(&site.router, asked, None).await;
    assert_eq!(written.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(written.body.contains("Only reading here"));
}

#[tokio::test]
async fn an_empty_and_a_stale_server_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_file(&folder.path().join("empty.db"))
        .await
        .unwrap();
    let empty = router(state(store, &[], None));
    let page = send(&empty, Method::GET, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    check::page("/", &page.body);
    let text = check::text(&page.body);
    assert!(
        text.contains("No rounds yet.") && text.contains("No goals yet."),
        "{text}"
    );
    assert!(
        text.contains("Nothing is read from the chain yet"),
        "{text}"
    );

    let story = Story::begun();
    let folder = tempfile::tempdir().unwrap();
    let store = story.stored(folder.path()).await;
    let stale = router(state(store, &story.facts, Some(WALL - 180)));
    let text = check::text(&send(&stale, Method::GET, "/").await.body);
    assert!(
        text.contains("3 minutes ago: the node does not answer."),
        "{text}"
    );
    let round = format!("/rounds/{}", story.root);
    let text = check::text(&send(&stale, Method::GET, &round).await.body);
    assert!(
        text.contains("Not binding before 4 Jul 2026.") && text.contains("None yet."),
        "{text}"
    );
}

#[tokio::test]
async fn assets_never_change_under_their_name() {
    let site = Site::of(Story::begun()).await;
    let page = site.get("/").await.body;
    let assets: Vec<_> = check::links(&page)
        .into_iter()
        .filter(|link| link.starts_with("/assets/"))
        .collect();
    assert!(assets.len() >= 2, "{assets:?}");
    for asset in assets {
        let answer = site.get(&asset).await;
        assert_eq!(answer.status, StatusCode::OK, "{asset}");
        assert!(
            answer.headers["cache-control"].contains("immutable"),
            "{asset}"
        );
    }
    assert_eq!(site.get("/").await.headers["cache-control"], "no-cache");
}

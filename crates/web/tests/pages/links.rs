//! Settings, the calendar, links that show a grant, and what is kept about a person.

use axum::http::StatusCode;
use guerdon_core::fact::Fact;

use crate::check;
use crate::me::{HERS, Portal, calendar_path, data, says};
use crate::people::{self, Who};
use crate::sample::{ORIGIN, Story};
use crate::site::Site;

#[tokio::test]
async fn a_zone_is_chosen_and_kept() {
    let site = Portal::told().await;
    let kept = site
        .post(Who::Holder, "/me/settings/zone", "zone=Asia%2FTokyo")
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    says(
        &site.page(Who::Holder, "/me").await,
        &["Times in Asia/Tokyo"],
    );
    says(
        &site.page(Who::Holder, &site.grant("G-1004")).await,
        &["Times in Asia/Tokyo"],
    );
    let wrong = site
        .post(Who::Holder, "/me/settings/zone", "zone=Mars")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    site.post(Who::Holder, "/me/settings/zone", "zone=").await;
    says(
        &site.page(Who::Holder, "/me").await,
        &["Times in Europe/Madrid"],
    );
    let page = site.page(Who::Holder, "/me/settings").await;
    says(
        &page,
        &[
            "Where you are signed in",
            "Firefox on Linux",
            "sends no notices",
            "Asia/Tokyo",
        ],
    );
}

#[tokio::test]
async fn a_calendar_tells_days_and_no_amounts() {
    let site = Portal::told().await;
    let answer = site.get(Who::Nobody, &calendar_path()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.headers["content-type"],
        "text/calendar; charset=utf-8"
    );
    let text = answer.body.replace("\r\n ", "");
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
            && text.ends_with("END:VCALENDAR\r\n")
    );
    for line in answer.body.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains('\n'), "{line}");
    }
    assert!(text.contains("REFRESH-INTERVAL;VALUE=DURATION:PT12H"));
    let id = site.story.id("G-1004");
    assert!(text.contains(&format!("UID:{id}-0-1\r\n")), "{text}");
    // The cliff of G-1004 in its own zone, whatever the server's.
    assert!(text.contains("DTSTART;VALUE=DATE:20270601"), "{text}");
    assert!(
        !text.contains("ACC") && !text.contains("7300") && !text.contains('$'),
        "{text}"
    );
    let events = text.matches("BEGIN:VEVENT").count();
    let mut ids: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("UID:"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), events > 100), (events, true));
    // The end of G-1006 in May 2028 took its later days away.
    let ended = site.story.id("G-1006").to_string();
    let after_end = text
        .split("BEGIN:VEVENT")
        .filter(|event| event.contains(&ended));
    assert!(
        after_end
            .clone()
            .any(|event| event.contains("STATUS:CANCELLED") && event.contains("SEQUENCE:1"))
    );
    assert!(
        after_end
            .clone()
            .any(|event| event.contains("STATUS:CONFIRMED"))
    );
    let unknown = format!("/calendar/{}.ics", "00".repeat(32));
    assert_eq!(
        site.get(Who::Nobody, &unknown).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_calendar_link_is_made_anew_and_revoked() {
    let site = Portal::told().await;
    let made = site.post(Who::Holder, "/me/settings/calendar", "").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let shown = made.headers["location"].clone();
    let page = site.page(Who::Holder, &shown).await;
    says(
        &page,
        &[&format!("{ORIGIN}{shown}.ics"), "It is shown once"],
    );
    assert_eq!(
        site.get(Who::Nobody, &format!("{shown}.ics")).await.status,
        StatusCode::OK
    );
    let old = site.get(Who::Nobody, &calendar_path()).await;
    assert_eq!(
        old.status,
        StatusCode::NOT_FOUND,
        "the link before has ended"
    );
    says(
        &site.page(Who::Holder, "/me/settings").await,
        &["There is a calendar link, made on"],
    );
    site.post(Who::Holder, "/me/settings/calendar/revoke", "")
        .await;
    let revoked = site.get(Who::Nobody, &format!("{shown}.ics")).await;
    assert_eq!(revoked.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_shared_page_shows_no_name_and_ends_when_the_holder_says() {
    let site = Portal::told().await;
    let base = site.grant("G-1004");
    let made = site
        .post(Who::Holder, &format!("{base}/share"), "label=my+bank")
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let link = made.headers["location"].clone();
    let answer = site.get(Who::Nobody, &link).await;
    check::page(&link, &answer.body);
    let page = check::text(&answer.body);
    says(
        &page,
        &[
            "The holder of this grant, 0x",
            "shared this page on",
            "with my bank",
            "7,300 ACC granted",
        ],
    );
    for secret in [
        "Dolores",
        "G-1004",
        "SECRET",
        "/claim",
        "/receipts/",
        "/leave",
    ] {
        assert!(!answer.body.contains(secret), "{secret}");
    }
    says(
        &site.page(Who::Holder, &link).await,
        &["Copy the address of this page"],
    );
    let listed = site.get(Who::Holder, "/me/settings").await.body;
    says(&check::text(&listed), &["my bank", "for my bank"]);
    let hash = alloy_primitives::keccak256(
        alloy_primitives::hex::decode(link.strip_prefix("/share/").unwrap()).unwrap(),
    );
    let by_other = site
        .post(
            Who::OtherHolder,
            &format!("{base}/share/revoke"),
            &format!("hash={hash}"),
        )
        .await;
    assert_eq!(by_other.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get(Who::Nobody, &link).await.status, StatusCode::OK);
    let revoked = site
        .post(
            Who::Holder,
            &format!("{base}/share/revoke"),
            &format!("hash={hash}"),
        )
        .await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    assert_eq!(
        site.get(Who::Nobody, &link).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_link_of_a_former_holder_opens_nothing() {
    let link = format!("/share/{}", alloy_primitives::hex::encode(people::SHARE));
    let site = Site::of(Story::told()).await;
    assert_eq!(site.get(&link).await.status, StatusCode::OK);
    let mut story = Story::told();
    let (id, to) = (story.id(people::MINE), crate::sample::address(0x99));
    let from = story.ledger.grants[&id].recipient;
    story.say(Fact::Moved { id, from, to });
    story.say(Fact::HolderChanged { id, holder: to });
    let site = Site::of(story).await;
    assert_eq!(site.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_kept_is_shown_and_taken_away_as_a_file() {
    let site = Portal::told().await;
    let page = site.page(Who::Holder, "/me/privacy").await;
    says(
        &page,
        &[
            "Person E1",
            "e1@acme.example",
            "What stays on the chain",
            "guerdon people export ID",
        ],
    );
    let answer = site.get(Who::Holder, "/me/privacy.json").await;
    assert!(answer.headers["content-disposition"].contains("attachment"));
    let all = data(&answer);
    assert_eq!(all["person"]["number"], "E1");
    assert_eq!(all["grants"].as_array().unwrap().len(), HERS.len());
    assert!(
        all["grants"][0]["agreement"]
            .as_str()
            .unwrap()
            .contains("SECRET agreement")
    );
    assert_eq!(all["share_links"][0]["label"], "for my bank");
    assert!(all["sessions"].as_array().unwrap().len() >= 2);
    // Hashes of secrets are nobody's data.
    assert!(!answer.body.contains(&Who::Holder.session().to_string()));
    let page = site.page(Who::Engineer, "/me/privacy").await;
    says(&page, &["The people list does not know this wallet"]);
    drop(site.store);
}

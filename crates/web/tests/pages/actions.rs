//! What the company and holders change: previews, typed confirmation, requests.

use alloy_primitives::B256;
use axum::http::StatusCode;
use guerdon_core::act::{Act, Standing};
use guerdon_core::fact::Origin;
use guerdon_core::grant::{Desk, holder, payment};
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GrantRecord, Record};
use guerdon_formats::amount;
use guerdon_store::{Actor, Owner};

use crate::check;
use crate::office::{Office, PEOPLE};
use crate::people::{MINE, Who};
use crate::sample::{CHAIN_ID, Story, address};

fn acc(units: u128) -> String {
    format!("{} ACC", amount::display(units, 18))
}

fn standing<'a>(
    story: &'a Story,
    id: &B256,
    terms: &'a guerdon_core::terms::Terms,
) -> Standing<'a> {
    let record = &story.ledger.grants[id];
    Standing {
        desk: Desk {
            domain: Domain::new(CHAIN_ID, address(0x6a)),
            grants: address(0x6a),
            token: address(0x70),
            now: story.now,
        },
        terms,
        state: &record.state,
        recovery: &record.recovery,
        holder: holder(terms, &record.state, record.moved_to),
        results: &story.ledger,
        free: story.ledger.pool.free(),
    }
}

/// Every act with the query that asks for it.
fn asked(now: u64) -> Vec<(Act, String)> {
    let to = address(0x99);
    let end = |stop_at, grace, leaver: &str| {
        let query = format!("/end?when=moment&stop_at={stop_at}&leaver={leaver}");
        (Act::End { stop_at, grace }, query)
    };
    let plain = |act, word: &str| (act, format!("/change?act={word}"));
    vec![
        end(now, false, "bad"),
        end(now - 20 * 86_400, false, "bad"),
        end(now + 40 * 86_400, false, "bad"),
        plain(Act::WithdrawEnd, "withdraw-end"),
        plain(Act::Pause, "pause"),
        plain(Act::Resume, "resume"),
        plain(Act::Accelerate { by: 90 * 86_400 }, "accelerate&days=90"),
        plain(
            Act::LowerWithholding { withhold_bps: 125 },
            "lower-withholding&percent=1.25",
        ),
        plain(Act::Settle, "settle"),
        plain(Act::Waive, "waive"),
        plain(Act::Hold { on: true }, "hold"),
        plain(Act::Hold { on: false }, "release"),
        plain(Act::Move { to }, &format!("move&to={to}")),
        plain(
            Act::AnnounceRecovery { to },
            &format!("announce-recovery&to={to}"),
        ),
        plain(Act::ExecuteRecovery, "execute-recovery"),
        plain(Act::ClearRecovery, "clear-recovery"),
        plain(Act::Veto, "veto"),
    ]
}

#[tokio::test]
async fn every_preview_says_what_the_ledger_says_after_the_fact() {
    let office = Office::of(Story::told()).await;
    let (mut weighed, mut refused) = (0, 0);
    for (name, (id, terms, _)) in &office.story.grants {
        if !office.story.ledger.grants.contains_key(id) {
            continue;
        }
        for (act, query) in asked(office.story.now) {
            let page = office.read(PEOPLE, &office.grant(name, &query)).await;
            let before = standing(&office.story, id, terms);
            let Ok(after) = act.apply(&before, true) else {
                assert!(!page.contains("Figure Now After"), "{name} {act:?}: {page}");
                refused += 1;
                continue;
            };
            let mut record: GrantRecord = office.story.ledger.grants[id];
            for fact in act.facts(*id, &before, &after) {
                record.apply(&Origin::default(), &fact).unwrap();
            }
            let then = Standing {
                state: &record.state,
                ..before
            };
            let (now, then) = (
                before.amounts_at(before.state, before.desk.now).unwrap(),
                then.amounts_at(&record.state, before.desk.now).unwrap(),
            );
            let net = |payable, bps| payment(payable, bps).net;
            let bps = (before.state.withhold_bps, record.state.withhold_bps);
            for line in [
                format!("Vested {} {}", acc(now.vested), acc(then.vested)),
                format!(
                    "A claim would bring {} {}",
                    acc(net(now.payable, bps.0)),
                    acc(net(then.payable, bps.1))
                ),
                format!(
                    "The most it can still pay {} {}",
                    acc(now.held - now.released),
                    acc(then.held - then.released)
                ),
            ] {
                assert!(page.contains(&line), "{name} {act:?}: {line}: {page}");
            }
            if then.held < now.held {
                let freed = format!(
                    "{} go back to the pool and are free.",
                    acc(now.held - then.held)
                );
                assert!(page.contains(&freed), "{name} {act:?}: {freed}: {page}");
            }
            weighed += 1;
        }
    }
    assert!(
        weighed > 40 && refused > 20,
        "{weighed} weighed, {refused} refused"
    );
}

#[tokio::test]
async fn an_end_is_previewed_confirmed_by_name_and_kept_to_sign() {
    let office = Office::of(Story::told()).await;
    let (path, name) = (office.grant(MINE, "/end"), format!("{MINE} SECRET"));
    let blank = office.read(PEOPLE, &path).await;
    assert!(
        blank.contains("When vesting stops") && !blank.contains("What this means"),
        "{blank}"
    );

    let asked = format!("{path}?when=day&day=2028-07-20&leaver=bad");
    let page = office.read(PEOPLE, &asked).await;
    for words in [
        "Nothing changes before 20 Jul 2028, 23:59 Europe/Madrid; then vesting stops.",
        "What was paid is never taken back, and a claim has no last day.",
        "The company can move or withdraw it until that moment; then nobody can.",
        "What results can still pay",
        "wait for the goal “product_500@0.80..0.90",
        "The goal's window closes on 31 Jul 2028.",
        "What they will read",
        "ends at the end of 20 Jul 2028, Europe/Madrid time.",
        "guerdon grant end G-1004 SECRET --at 2028-07-20T21:59:59Z",
        "Type G-1004 SECRET to confirm",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let stop = "1847743199";
    let order = |confirm| {
        let name: &str = confirm;
        [
            ("when", "moment"),
            ("stop_at", stop),
            ("leaver", "bad"),
            ("confirm", name),
            ("go", "sign"),
        ]
    };
    let wrong = office.post(PEOPLE, &path, &order("G-1005")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = check::text(&wrong.body);
    assert!(
        again.contains("Type G-1004 SECRET exactly as it stands here."),
        "{again}"
    );
    assert!(office.log().await.is_empty());

    let to = office.sent(PEOPLE, &path, &order(&name)).await;
    assert_eq!(to, office.grant(MINE, "/sign/1"));
    let answer = office.get(PEOPLE, &to).await;
    assert!(answer.body.contains("<guerdon-sign") && answer.body.contains("data-call=\"0x"));
    let page = check::text(&answer.body);
    assert!(page.contains("End this grant"), "{page}");
    assert!(
        page.contains("It was not tried: this server has no node to ask."),
        "{page}"
    );
    let id = office.story.id(MINE).to_string();
    let log = office.log().await;
    assert_eq!(log, [("request made".into(), id, "end, request 1".into())]);
    let mut read = office.store.read().await.unwrap();
    let entry = &read.audit(None, 1).await.unwrap()[0].entry;
    assert_eq!(entry.actor, Actor::Owner(Owner::Wallet(address(0xc2))));
    let kept = read.request(1).await.unwrap().unwrap();
    assert!(
        !kept.request.body.contains("SECRET"),
        "{}",
        kept.request.body
    );
}

#[tokio::test]
async fn each_thing_that_cannot_be_asked_says_why() {
    let office = Office::of(Story::told()).await;
    let active = office.read(PEOPLE, &office.grant(MINE, "/change")).await;
    for words in [
        "What you may do for the company",
        "What its holder may do",
        "Nothing is withheld from its payments, and the rate cannot fall below that.",
        "It can be settled once all of it is earned by time, or it has ended.",
        "Prepare a replacement",
    ] {
        assert!(active.contains(words), "{words}: {active}");
    }
    let ended = office
        .read(PEOPLE, &office.grant("G-1006", "/change"))
        .await;
    assert!(
        ended.contains("The grant's state is ended, which does not allow this."),
        "{ended}"
    );
    let unopened = office
        .read(PEOPLE, &office.grant("G-1002", "/change"))
        .await;
    assert!(
        unopened.contains("This grant is not opened yet"),
        "{unopened}"
    );
    let end = office.read(PEOPLE, &office.grant("G-1002", "/end")).await;
    assert!(end.contains("This grant is not opened yet"), "{end}");
    let late = office.grant(MINE, "/end?when=day&day=2028-01-01&leaver=bad");
    let late = office.read(PEOPLE, &late).await;
    assert!(
        late.contains("The terms let an end reach back to"),
        "{late}"
    );
    for (query, words) in [
        (
            "/change?act=accelerate&days=x",
            "A whole number of days from 1 to 49,710.",
        ),
        (
            "/change?act=move&to=0x12",
            "An address: 0x and 40 hexadecimal digits.",
        ),
        (
            "/end?when=day&day=soon",
            "That is no day: write it as 2026-11-30.",
        ),
    ] {
        let page = office.read(PEOPLE, &office.grant(MINE, query)).await;
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn the_holder_asks_for_what_is_hers_and_nobody_else_can() {
    let office = Office::of(Story::told()).await;
    let (path, to) = (office.grant(MINE, "/change"), address(0x99).to_string());
    let preview = office
        .read(Who::Holder, &format!("{path}?act=move&to={to}"))
        .await;
    assert!(
        preview.contains("holds it and is paid from then on, for good."),
        "{preview}"
    );
    assert!(!preview.contains("Add to batch"), "{preview}");
    let fields = [
        ("act", "move"),
        ("to", to.as_str()),
        ("confirm", "G-1004 SECRET"),
    ];
    let door = format!("{path}/holder");
    let signed = office.sent(Who::Holder, &door, &fields).await;
    let page = office.get(Who::Holder, &signed).await;
    assert!(page.body.contains("<guerdon-sign"), "{}", page.body);
    let other = office.read(PEOPLE, &signed).await;
    assert!(
        other.contains("Only the holder can do this: sign in with the wallet"),
        "{other}"
    );
    assert!(!other.contains("Move this grant Back"), "{other}");
    assert_eq!(
        office.post(PEOPLE, &door, &fields).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        office.post(PEOPLE, &path, &fields).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "not the company's to ask"
    );
    let holds = [("act", "hold")];
    let held = office.sent(Who::Holder, &door, &holds).await;
    assert_eq!(
        held,
        office.grant(MINE, "/sign/2"),
        "no name is typed for what can be undone"
    );
    let stranger = office.get(Who::Engineer, &signed).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    let elsewhere = office.grant("G-1001", "/sign/1");
    assert_eq!(
        office.get(PEOPLE, &elsewhere).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_is_shown_again_filled_in() {
    let office = Office::of(Story::told()).await;
    let now = office.story.now;
    let until = (now + 40 * 86_400).to_string();
    let end = [
        ("when", "moment"),
        ("stop_at", until.as_str()),
        ("leaver", "bad"),
        ("confirm", "G-1001"),
        ("go", "sign"),
    ];
    let to = address(0x99).to_string();
    let moved = [("act", "move"), ("to", to.as_str()), ("confirm", "G-1")];
    let far = [("act", "accelerate"), ("days", "x")];
    let typed = "Type G-1004 SECRET exactly as it stands here. Nothing was changed.";
    for (who, path, fields, words, again) in [
        (PEOPLE, "/end", end.as_slice(), typed, until.as_str()),
        (
            Who::Holder,
            "/change/holder",
            moved.as_slice(),
            typed,
            to.as_str(),
        ),
        (
            PEOPLE,
            "/change",
            far.as_slice(),
            "A whole number of days from 1 to 49,710.",
            "accelerate",
        ),
    ] {
        let path = office.grant(MINE, path);
        let answer = office.post(who, &path, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        check::page(&path, &answer.body);
        let page = check::text(&answer.body);
        assert!(page.contains(words), "{words}: {page}");
        assert!(answer.body.contains(again), "{again}: {}", answer.body);
    }
    assert!(office.log().await.is_empty());
    let batch = [("act", "pause"), ("go", "batch"), ("batch", "new")];
    let path = office.grant(MINE, "/change");
    let batch = office.sent(PEOPLE, &path, &batch).await;
    let wrong = [("go", "safe"), ("safe", "0x12")];
    let answer = office.post(PEOPLE, &batch, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = check::text(&answer.body);
    assert!(
        page.contains("An address: 0x and 40 hexadecimal digits."),
        "{page}"
    );
}

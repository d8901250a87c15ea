//! What the company and holders change: previews, typed confirmation, requests, batches.

use alloy_primitives::{B256, keccak256};
use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_core::act::{Act, Standing};
use guerdon_core::fact::Origin;
use guerdon_core::grant::{Desk, holder, payment};
use guerdon_core::id::Domain;
use guerdon_core::ledger::{GrantRecord, Record};
use guerdon_formats::amount;
use guerdon_store::{Actor, Owner, Store};
use guerdon_web::router;
use tempfile::TempDir;

use crate::check;
use crate::people::{self, MINE, Who};
use crate::sample::{CHAIN_ID, ORIGIN, Story, WALL, address, state};
use crate::site::{Answer, is_page, send_form};

/// Has the people role on the chain.
const PEOPLE: Who = Who::CompanyByChain;
/// On the list alone: no role on the chain.
const LISTED: Who = Who::CompanyByList;

struct Office {
    router: Router,
    story: Story,
    store: Store,
    _folder: TempDir,
}

impl Office {
    async fn of(story: Story) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        people::put(&store, &story).await;
        Self {
            router: router(state(store.clone(), &story.facts, Some(WALL - 4))),
            story,
            store,
            _folder: folder,
        }
    }

    fn grant(&self, name: &str, rest: &str) -> String {
        format!("/grants/{}{rest}", self.story.id(name))
    }

    async fn get(&self, who: Who, path: &str) -> Answer {
        let asked = (Method::GET, path, None);
        let answer = send_form(&self.router, asked, who.cookie().as_deref(), String::new()).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
        if answer.status == StatusCode::OK && is_page(&answer) {
            check::page(path, &answer.body);
        }
        answer
    }

    async fn read(&self, who: Who, path: &str) -> String {
        let answer = self.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        check::text(&answer.body)
    }

    async fn post(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        send_form(&self.router, asked, who.cookie().as_deref(), form).await
    }

    /// Where a form leads.
    async fn sent(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(who, path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{path}: {}",
            answer.body
        );
        answer.headers["location"].clone()
    }

    /// The last entries of the log: action, subject, detail.
    async fn log(&self) -> Vec<(String, String, String)> {
        let mut read = self.store.read().await.unwrap();
        let entries = read.audit(None, 50).await.unwrap().into_iter();
        entries
            .map(|it| (it.entry.action, it.entry.subject, it.entry.detail))
            .collect()
    }
}

fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let bytes = value.bytes();
    bytes
        .map(|byte| match plain(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

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
                assert!(!page.contains("Figure now after"), "{name} {act:?}: {page}");
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
        "Nothing changes before 20 Jul 2028, 23:59; then vesting stops.",
        "What was paid is never taken back, and a claim has no last day.",
        "The company can move or withdraw it until that moment; then nobody can.",
        "What results can still pay",
        "wait for the goal product_500@0.80..0.90",
        "The goal's window closes on 31 Jul 2028.",
        "What they will read",
        "ends on 20 Jul 2028, 23:59 (Europe/Madrid)",
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
    let wrong = office.sent(PEOPLE, &path, &order("G-1005")).await;
    let again = office.read(PEOPLE, &wrong).await;
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
async fn who_lacks_the_role_is_told_so_and_can_add_to_a_batch() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/change");
    let answer = office.get(LISTED, &format!("{path}?act=pause")).await;
    let page = check::text(&answer.body);
    assert!(page.contains("You cannot sign this yourself."), "{page}");
    assert!(page.contains("has no people role on 0x"), "{page}");
    assert!(
        answer
            .body
            .contains("value=\"sign\" class=\"button\" disabled")
    );

    let fields = [("act", "pause"), ("go", "batch"), ("batch", "new")];
    let to = office.sent(LISTED, &path, &fields).await;
    assert_eq!(to, "/company/batches/1");
    let page = office.read(LISTED, &to).await;
    assert!(page.contains("Pause the grant of 0x"), "{page}");
    assert!(page.contains("Give the address of the Safe"), "{page}");
    let fields = [("act", "hold"), ("go", "batch"), ("batch", "1")];
    assert_eq!(
        office.sent(LISTED, &path, &fields).await,
        path,
        "no company's call"
    );

    let fields = [
        ("act", "accelerate"),
        ("seconds", "86400"),
        ("confirm", "G-1004 SECRET"),
    ];
    let more = [&fields[..], &[("go", "batch"), ("batch", "1")]].concat();
    office.sent(PEOPLE, &path, &more).await;
    let safe = "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
    let seen = office
        .read(PEOPLE, &format!("{to}?safe={safe}&nonce=7"))
        .await;
    for words in [
        "Advance the clock of the grant of 0x",
        "safeTxHash",
        "Domain hash",
        "Message hash",
        "MultiSend assumed",
        "This server has no node to ask",
    ] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    let unknown = office.read(PEOPLE, &format!("{to}?safe={safe}")).await;
    assert!(
        unknown.contains("Give the Safe's nonce: a whole number."),
        "{unknown}"
    );

    let file = office
        .get(PEOPLE, &format!("{to}/safe.json?safe={safe}"))
        .await;
    let file: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(file["transactions"].as_array().unwrap().len(), 2);
    let checksum = guerdon_formats::safe_batch::checksum(&file).to_string();
    assert_eq!(file["meta"]["checksum"], checksum);

    office
        .sent(PEOPLE, &to, &[("go", "remove"), ("place", "0")])
        .await;
    office.sent(PEOPLE, &to, &[("go", "close")]).await;
    let page = office.read(PEOPLE, &to).await;
    assert!(
        page.contains("Closed on ") && !page.contains("Pause the grant"),
        "{page}"
    );
    let late = [&fields[..], &[("go", "batch"), ("batch", "1")]].concat();
    assert_eq!(
        office.sent(PEOPLE, &path, &late).await,
        "/company/batches?said=closed"
    );
    let actions: Vec<_> = office
        .log()
        .await
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(
        actions,
        [
            "batch closed",
            "call taken out of batch",
            "call added to batch",
            "call added to batch"
        ]
    );
}

#[tokio::test]
async fn each_thing_that_cannot_be_asked_says_why() {
    let office = Office::of(Story::told()).await;
    let active = office.read(PEOPLE, &office.grant(MINE, "/change")).await;
    for words in [
        "What the company may do",
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
        unopened.contains("The grant is not opened yet"),
        "{unopened}"
    );
    let end = office.read(PEOPLE, &office.grant("G-1002", "/end")).await;
    assert!(end.contains("The grant is not opened yet"), "{end}");
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
        office.sent(PEOPLE, &path, &fields).await,
        path,
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
async fn a_binding_round_cannot_be_taken_back_and_is_committed_once() {
    let office = Office::of(Story::told()).await;
    let root = office.story.root;
    let commit = office
        .read(PEOPLE, &format!("/company/rounds/{root}/commit"))
        .await;
    assert!(
        commit.contains("This round was committed on 1 Jul 2026"),
        "{commit}"
    );
    let rescind = office
        .read(PEOPLE, &format!("/company/rounds/{root}/rescind"))
        .await;
    assert!(
        rescind.contains("It is binding since 4 Jul 2026"),
        "{rescind}"
    );
    let nowhere = B256::repeat_byte(9);
    let nowhere = office
        .get(PEOPLE, &format!("/company/rounds/{nowhere}/commit"))
        .await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_round_is_committed_with_its_day_and_can_be_taken_back_until_then() {
    let mut story = Story::begun();
    story.at("2026-07-02");
    let office = Office::of(story).await;
    let root = office.story.root;
    let path = format!("/company/rounds/{root}/rescind");
    let page = office.read(PEOPLE, &path).await;
    for words in [
        "Free 588,796.00 ACC 1,443,596.00 ACC",
        "It binds on 4 Jul 2026, 12:00.",
        "has no issuer role on 0x",
        "Nobody can take it back: the root is used up.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let short: String = root.to_string().chars().take(10).collect();
    let wrong = office
        .sent(PEOPLE, &path, &[("confirm", "0x"), ("go", "sign")])
        .await;
    assert_eq!(wrong, format!("{path}?confirm=wrong"));
    let to = office
        .sent(PEOPLE, &path, &[("confirm", &short), ("go", "sign")])
        .await;
    let page = office.read(PEOPLE, &to).await;
    assert!(
        page.contains("There is nothing to sign here for you."),
        "{page}"
    );

    let other = put_round(&office.store, 900_000).await;
    let short = format!("/company/rounds/{other}/commit");
    let page = office.read(PEOPLE, &short).await;
    assert!(
        page.contains("fund the pool with at least 311,204.00 ACC first."),
        "{page}"
    );
    let small = put_round(&office.store, 1_000).await;
    let path = format!("/company/rounds/{small}/commit");
    let page = office
        .read(PEOPLE, &format!("{path}?binding=2026-07-15"))
        .await;
    assert!(page.contains("It binds on 15 Jul 2026, 00:00."), "{page}");
    assert!(
        page.contains(&format!(
            "guerdon round commit {small} --binding-at 2026-07-15"
        )),
        "{page}"
    );
    let late = office
        .read(PEOPLE, &format!("{path}?binding=2026-09-15"))
        .await;
    assert!(
        late.contains("A round binds 30 days ahead at the latest"),
        "{late}"
    );
    let now = office.read(PEOPLE, &path).await;
    assert!(
        now.contains("It binds at once: nobody can ever take it back"),
        "{now}"
    );
}

/// An imported round of one grant of so many tokens; answers its root.
async fn put_round(store: &Store, tokens: u128) -> B256 {
    let root = keccak256(tokens.to_be_bytes());
    let mut tx = store.write().await.unwrap();
    tx.put_imported_round(&guerdon_store::ImportedRound {
        root,
        total: tokens * 10_u128.pow(18),
        count: 1,
        label: format!("round of {tokens}"),
        file: "more.csv".to_owned(),
        document: B256::ZERO,
        tzdb: "2026a".to_owned(),
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    root
}

#[tokio::test]
async fn a_replacement_that_is_wrong_says_so_and_keeps_nothing() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/replace");
    let form = office.read(PEOPLE, &path).await;
    assert!(form.contains("Days that the holder has to sign"), "{form}");
    let fields = [("sheet", "external_id,amount\nX-1,12"), ("days", "30")];
    let answer = office.post(PEOPLE, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    check::page(&path, &answer.body);
    assert!(
        check::text(&answer.body).contains("Row "),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("X-1,12"),
        "what was typed stands again"
    );
    let fields = [("sheet", ""), ("days", "900")];
    let answer = office.post(PEOPLE, &path, &fields).await;
    assert!(
        check::text(&answer.body).contains("from 1 to 365"),
        "{}",
        answer.body
    );
    assert!(office.log().await.is_empty());
}

//! Claims, the relay, acceptances, transactions and the stream of events, over a real store.

use alloy_primitives::{Address, B256, hex, keccak256};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use futures::StreamExt;
use guerdon_chain::{Signer, typed_data_digest};
use guerdon_core::fact::Fact;
use guerdon_store::{Means, NewMember, RelayState, Session, Store};
use guerdon_web::{AppState, Options, RelayPolicy, router};
use serde_json::Value;
use tower::ServiceExt;

use crate::check;
use crate::people::{self, MINE, Who};
use crate::sample::{ACC, ORIGIN, Story, WALL, inner};
use crate::site::{Answer, send_as, send_form};

const TOKEN: [u8; 32] = [0x77; 32];

struct Desk {
    router: axum::Router,
    store: Store,
    id: B256,
    head: u64,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// The story's pages with a relay; the grant was moved to an account whose key is known.
    async fn of(signer: &Signer) -> Self {
        let mut story = Story::told();
        let (id, holder) = (story.id(MINE), signer.address());
        let from = story.grants[MINE].1.recipient;
        story.say(Fact::Moved {
            id,
            from,
            to: holder,
        });
        story.say(Fact::HolderChanged { id, holder });
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        people::put(&store, &story).await;
        let mut tx = store.write().await.unwrap();
        let session = Session {
            hash: keccak256(TOKEN),
            means: Means::Wallet,
            person: None,
            wallet: Some(holder),
            agent: "Firefox on Linux".to_owned(),
            created_at: WALL - 60,
            seen_at: WALL - 60,
            idle_at: WALL + 3_600,
            expires_at: WALL + 86_400,
        };
        tx.add_session(&session).await.unwrap();
        tx.commit().await.unwrap();
        let mut parts = inner(store.clone(), &story.facts, Some(WALL - 4));
        parts.options = Options {
            relay: Some(RelayPolicy {
                min_payout: ACC,
                gas_per_day: 1_000_000,
            }),
            ..Options::at(ORIGIN)
        };
        let head = store.read().await.unwrap().checkpoint().await.unwrap();
        Self {
            router: router(AppState::new(parts)),
            store,
            id,
            head: head.unwrap().block,
            _folder: folder,
        }
    }

    fn cookie() -> String {
        format!("__Host-guerdon={}", hex::encode(TOKEN))
    }

    /// The cookie of a session by e-mail of the person who has this wallet.
    async fn by_mail(&self, wallet: Address) -> String {
        let token = [0x3a; 32];
        let member = NewMember {
            number: "E9".to_owned(),
            wallets: vec![wallet],
            ..NewMember::default()
        };
        let mut tx = self.store.write().await.unwrap();
        let person = tx.add_member(&member, WALL).await.unwrap();
        let session = Session {
            hash: keccak256(token),
            means: Means::MailLink,
            person: Some(person),
            wallet: None,
            agent: "Firefox on Linux".to_owned(),
            created_at: WALL - 60,
            seen_at: WALL - 60,
            idle_at: WALL + 3_600,
            expires_at: WALL + 86_400,
        };
        tx.add_session(&session).await.unwrap();
        tx.commit().await.unwrap();
        format!("__Host-guerdon={}", hex::encode(token))
    }

    fn path(&self, rest: &str) -> String {
        format!("/grants/{}/{rest}", self.id)
    }

    async fn get(&self, path: &str) -> Answer {
        send_as(
            &self.router,
            (Method::GET, path, None),
            Some(&Self::cookie()),
        )
        .await
    }

    async fn post(&self, path: &str, form: String) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        send_form(&self.router, asked, Some(&Self::cookie()), form).await
    }

    /// The first event of a stream that has this name, with its id.
    async fn event(&self, query: &str, name: &str, last: Option<&str>) -> Option<String> {
        let mut request = Request::builder()
            .uri(format!("/events?{query}"))
            .header("cookie", Self::cookie())
            .header("host", "grants.acme.example");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut frames = response.into_body().into_data_stream();
        let wanted = format!("event: {name}\n");
        let found = async {
            while let Some(frame) = frames.next().await {
                let text = String::from_utf8(frame.unwrap().to_vec()).unwrap();
                if text.contains(&wanted) {
                    return text;
                }
            }
            panic!("the stream ended");
        };
        let soon = std::time::Duration::from_millis(1_500);
        tokio::time::timeout(soon, found).await.ok()
    }
}

fn signer() -> Signer {
    Signer::embedded(13).unwrap()
}

#[tokio::test]
async fn the_page_names_what_arrives_and_signs_one_call() {
    let desk = Desk::of(&signer()).await;
    let answer = desk.get(&desk.path("claim")).await;
    assert_eq!(answer.status, StatusCode::OK);
    check::page("claim", &answer.body);
    let text = check::text(&answer.body);
    assert!(text.contains("No node was asked."), "{text}");
    assert!(
        text.contains("wait for the goal “product_500@0.80..0.90"),
        "{text}"
    );
    let holder = signer().address().to_checksum(None);
    assert!(answer.body.contains(&format!("data-from=\"{holder}\"")));
    assert!(answer.body.contains("data-call=\"0x"), "{}", answer.body);

    let path = desk.path("claim");
    let asked = (Method::GET, path.as_str(), None);
    let auditor = Who::AuditorByMail.cookie();
    let answer = send_as(&desk.router, asked.clone(), auditor.as_deref()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let by_mail = desk.by_mail(signer().address()).await;
    let answer = send_as(&desk.router, asked, Some(&by_mail)).await;
    assert!(check::text(&answer.body).contains("without a wallet"));
    assert!(
        !answer.body.contains("<guerdon-sign"),
        "nobody can sign there"
    );
}

#[tokio::test]
async fn the_holder_asks_the_relay_once_a_day() {
    let desk = Desk::of(&signer()).await;
    let path = desk.path("relay");
    let foreign = (Method::POST, path.as_str(), Some("https://evil.example"));
    let refused = send_as(&desk.router, foreign, Some(&Desk::cookie())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let last = async || {
        let mut read = desk.store.read().await.unwrap();
        read.last_relay_request(desk.id).await.unwrap()
    };
    assert_eq!(last().await, None);
    let made_up = desk.get(&format!("{}?asked=yes", desk.path("claim"))).await;
    assert!(!made_up.body.contains("took your request"), "nobody asked");

    let asked = desk.post(&path, String::new()).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let [yes, no] = ["yes", "no"].map(|taken| format!("{}?asked={taken}", desk.path("claim")));
    assert_eq!(asked.headers["location"], yes);
    let told = async |path: &str| check::text(&desk.get(path).await.body);
    assert!(told(&yes).await.contains("The relay took your request."));
    let first = last().await.unwrap();
    assert_eq!(
        (first.state, first.wallet),
        (RelayState::Open, signer().address())
    );
    let again = desk.post(&path, String::new()).await;
    assert_eq!(again.headers["location"], no);
    assert!(
        told(&no)
            .await
            .contains("took no new request: one of this grant is with it.")
    );
    assert_eq!(last().await.unwrap(), first, "one in flight");
    let waits = desk.get(&desk.path("claim")).await;
    assert!(waits.body.contains("<guerdon-live"), "{}", waits.body);

    let mut tx = desk.store.write().await.unwrap();
    let (id, says) = (first.id, "Paid by the relay.");
    tx.set_relay_outcome(id, RelayState::Done, says, None, WALL)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let again = desk.post(&path, String::new()).await;
    assert_eq!(again.headers["location"], no);
    assert!(told(&no).await.contains("The relay took no request."));
    assert_eq!(last().await.unwrap().id, first.id, "one a day");
    let text = check::text(&desk.get(&desk.path("claim")).await.body);
    assert!(
        text.contains("Paid by the relay. The relay paid this grant less than"),
        "{text}"
    );
}

#[tokio::test]
async fn an_acceptance_is_judged_before_it_is_kept() {
    let (signer, other) = (signer(), Signer::embedded(14).unwrap());
    let desk = Desk::of(&signer).await;
    let path = desk.path("accept");
    let page = desk.get(&path).await;
    check::page("accept", &page.body);
    let typed = page.body.split("data-typed=\"").nth(1).unwrap();
    let typed = typed.split('"').next().unwrap().replace("&#34;", "\"");
    let document: Value = serde_json::from_str(&typed).unwrap();
    assert_eq!(document["domain"]["name"], "Guerdon Portal");
    assert_eq!(document["message"]["signedAt"], WALL);
    let digest = typed_data_digest(&document).unwrap();
    let form = |signer: &Signer, at: u64| {
        let signature = signer.sign_digest(&digest).unwrap();
        format!(
            "signature={}&signed_at={at}",
            hex::encode_prefixed(signature)
        )
    };
    for wrong in [
        form(&other, WALL),
        form(&signer, WALL - 1),
        form(&signer, WALL - 90_000),
        form(&signer, WALL + 60),
        format!("signature=0xzz&signed_at={WALL}"),
    ] {
        let answer = desk.post(&path, wrong.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {}",
            answer.body
        );
    }
    let kept = async || {
        let mut read = desk.store.read().await.unwrap();
        read.acceptances(desk.id).await.unwrap()
    };
    assert!(kept().await.is_empty());
    let answer = desk.post(&path, form(&signer, WALL)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(kept().await[0].wallet, signer.address());
    let text = check::text(&desk.get(&path).await.body);
    assert!(text.contains("Accepted by you (0x"), "{text}");

    let file = desk.get(&desk.path("acceptance.json")).await;
    let file: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(
        typed_data_digest(&file["acceptances"][0]["typed_data"]).unwrap(),
        digest
    );
}

#[tokio::test]
async fn a_transaction_is_followed_and_leads_only_to_pages_of_ours() {
    let desk = Desk::of(&signer()).await;
    let tx = B256::repeat_byte(0x11);
    let answer = desk
        .get(&format!("/sent/{tx}?done=/grants/0x1/receipts/"))
        .await;
    let text = check::text(&answer.body);
    assert!(text.contains("nothing can be said about it yet"), "{text}");
    assert!(text.contains("Look again"));
    for evil in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example/",
    ] {
        let answer = desk.get(&format!("/sent/{tx}?done={evil}")).await;
        assert!(!answer.body.contains("href=\"//evil"), "{evil}");
        assert!(!answer.body.contains(">Receipt<"), "{evil}");
    }
    assert_eq!(desk.get("/sent/0x12").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn events_go_to_who_may_read_the_grant_and_go_on_where_they_ended() {
    let desk = Desk::of(&signer()).await;
    let query = format!("grant={}&after=0", desk.id);
    for who in [Who::Nobody, Who::Engineer, Who::OtherHolder] {
        let path = format!("/events?{query}");
        let cookie = who.cookie();
        let asked = (Method::GET, path.as_str(), None);
        let answer = send_as(&desk.router, asked, cookie.as_deref()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who:?}");
    }
    let told = desk.event(&query, "news", None).await.unwrap();
    let id = told
        .lines()
        .find_map(|line| line.strip_prefix("id: "))
        .unwrap();
    assert!(told.contains("Something happened to this grant"), "{told}");
    assert_eq!(
        desk.event(&query, "news", Some(id)).await,
        None,
        "told before"
    );
    assert!(desk.event(&query, "news", Some("0.0")).await.is_some());

    let late = format!("grant={}&after={}", desk.id, desk.head);
    assert_eq!(desk.event(&late, "news", None).await, None);
    let block = desk.event(&late, "block", None).await.unwrap();
    assert!(block.contains("block 1,"), "{block}");
    let sent = format!("tx={}", B256::repeat_byte(1));
    let told = desk.event(&sent, "sent", None).await.unwrap();
    assert!(told.contains("does not answer"), "{told}");
}

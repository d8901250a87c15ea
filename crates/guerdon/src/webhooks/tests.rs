//! The two jobs against scripts of a chain and a receiver that listens on this machine.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, keccak256};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use guerdon_chain::{ChainError, Head};
use guerdon_core::fact::{Log, Origin, Subject};
use guerdon_indexer::{Finality, Source};
use guerdon_store::{Actor, Checkpoint, LogRow, NewEvent, NewWebhook, Store, Told};
use guerdon_web::Token;
use serde_json::Value;

use super::data_key::DataKey;
use super::found::Facts;
use super::scribe::Scribe;
use super::sender::Sender;
use super::sign::{Secret, signatures};
use super::target::{Lookup, PRIVATE, Reach};
use super::turn::Turn;

mod off;

const NOW: u64 = 1_800_000_000;
const HOOK: &str = "wh_0000000000000001";

/// What the receiver heard, and what it answers.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(HeaderMap, String)>>>, Arc<Mutex<u16>>);

async fn hear(State(heard): State<Heard>, headers: HeaderMap, body: String) -> impl IntoResponse {
    heard.0.lock().unwrap().push((headers, body));
    let status = *heard.1.lock().unwrap();
    let location = [("location", "/elsewhere")];
    (StatusCode::from_u16(status).unwrap(), location)
}

impl Heard {
    /// Begins to listen; answers the port.
    async fn listen(&self) -> u16 {
        *self.1.lock().unwrap() = 204;
        let router = axum::Router::new().fallback(hear).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        port
    }

    fn answer(&self, status: u16) {
        *self.1.lock().unwrap() = status;
    }

    fn take(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A resolver that answers what a test wants, and counts.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<IpAddr>>>, Arc<AtomicUsize>);

impl Lookup for Names {
    async fn lookup(&self, _name: &str) -> std::io::Result<Vec<SocketAddr>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let all = self.0.lock().unwrap().clone();
        Ok(all.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect())
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    store: Store,
    key: Arc<DataKey>,
    heard: Heard,
    port: u16,
    names: Names,
    told: Told,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (database, file) = (
            folder.path().join("guerdon.db"),
            folder.path().join("data.key"),
        );
        let store = Store::open_file(&database).await.unwrap();
        let key = Arc::new(DataKey::open(&file, &store).await.unwrap());
        let (heard, names) = (Heard::default(), Names::default());
        names.0.lock().unwrap().push([127, 0, 0, 1].into());
        let port = heard.listen().await;
        let told = Told {
            seq: 0,
            block: 0,
            hash: B256::ZERO,
            begun_at: 0,
        };
        Self {
            _folder: folder,
            store,
            key,
            heard,
            port,
            names,
            told,
        }
    }

    async fn hook(&self, url: &str) {
        self.hook_of(HOOK, url).await;
    }

    async fn hook_of(&self, id: &str, url: &str) {
        let mut tx = self.store.write().await.unwrap();
        let secret = Secret::of([7; 32]).text();
        tx.add_webhook(&NewWebhook {
            id: id.to_owned(),
            url: url.to_owned(),
            events: std::collections::BTreeSet::new(),
            secret: self.key.seal(id, &secret).unwrap(),
            made_at: NOW,
            made_by: Actor::CommandLine,
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    async fn event(&mut self, number: u8) {
        let mut tx = self.store.write().await.unwrap();
        let event = NewEvent {
            id: format!("evt_{number:032x}"),
            kind: "pool.funded".to_owned(),
            at: NOW,
            body: format!(r#"{{"type":"pool.funded","number":{number}}}"#),
        };
        tx.add_event(&mut self.told, &event, NOW).await.unwrap();
        tx.put_told(&self.told).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn turn(&self, job: &'static str, holder: &str) -> Turn {
        Turn {
            store: self.store.clone(),
            job,
            holder: holder.to_owned(),
            seconds: 30,
        }
    }

    /// Sends what is due, to its end.
    async fn send(&self, sender: &mut Sender, now: u64) {
        sender.pass(now).await.unwrap();
        sender.settle().await.unwrap();
    }

    fn sender(&self, holder: &str) -> Sender {
        let turn = self.turn("webhooks", holder);
        let (key, names) = (Arc::clone(&self.key), self.names.clone());
        Sender::new(turn, key, Reach::Loopback, names).unwrap()
    }

    async fn last(&self) -> guerdon_store::Delivery {
        let mut read = self.store.read().await.unwrap();
        let log = read.deliveries(HOOK, 10).await.unwrap();
        log.into_iter().next().unwrap()
    }

    fn local(&self) -> String {
        format!("http://localhost:{}/hook", self.port)
    }
}

#[tokio::test]
async fn what_is_sent_is_signed_and_sent_once_by_the_one_whose_turn_it_is() {
    let mut desk = Desk::new().await;
    desk.hook(&desk.local()).await;
    desk.event(1).await;
    let (mut one, mut other) = (desk.sender("one"), desk.sender("other"));
    desk.send(&mut one, NOW).await;
    let heard = desk.heard.take();
    assert_eq!(heard.len(), 1);
    let (headers, body) = &heard[0];
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    assert_eq!(id, format!("evt_{:032x}", 1));
    assert_eq!(at, NOW.to_string());
    let want = signatures(&[Secret::of([7; 32])], (&id, NOW, body));
    assert_eq!(header("webhook-signature"), want);
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(desk.last().await.status, Some(204));

    desk.event(2).await;
    desk.send(&mut other, NOW + 1).await;
    assert!(desk.heard.take().is_empty(), "it is not its turn");
    one.release().await;
    desk.send(&mut other, NOW + 1).await;
    assert_eq!(desk.heard.take().len(), 1);
    desk.send(&mut other, NOW + 2).await;
    assert!(
        desk.heard.take().is_empty(),
        "what arrived is not sent again"
    );
    desk.store.close().await;
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_sign() {
    let mut desk = Desk::new().await;
    desk.hook(&desk.local()).await;
    let newer = desk.key.seal(HOOK, &Secret::of([8; 32]).text()).unwrap();
    let mut tx = desk.store.write().await.unwrap();
    tx.rotate_webhook(HOOK, &newer, NOW + 10).await.unwrap();
    tx.commit().await.unwrap();
    let mut sender = desk.sender("one");
    for (number, now, count) in [(1, NOW + 9, 2), (2, NOW + 10, 1)] {
        desk.event(number).await;
        desk.send(&mut sender, now).await;
        let heard = desk.heard.take();
        let sent = heard[0].0["webhook-signature"].to_str().unwrap();
        assert_eq!(sent.split(' ').count(), count, "{sent}");
        let secrets = [Secret::of([8; 32]), Secret::of([7; 32])];
        let id = format!("evt_{number:032x}");
        let want = signatures(&secrets[..count], (&id, now, &heard[0].1));
        assert_eq!(sent, want);
    }
    desk.store.close().await;
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let mut desk = Desk::new().await;
    desk.hook(&desk.local()).await;
    desk.heard.answer(307);
    desk.event(1).await;
    desk.send(&mut desk.sender("one"), NOW).await;
    assert_eq!(desk.heard.take().len(), 1, "nothing was asked elsewhere");
    let last = desk.last().await;
    assert_eq!(last.status, Some(307));
    assert!(last.failure.unwrap().contains("not followed"));
    assert_eq!(last.next_at, Some(NOW + 5));
    desk.store.close().await;
}

#[tokio::test]
async fn a_name_is_resolved_once_for_each_try_and_checked_each_time() {
    let mut desk = Desk::new().await;
    desk.hook(&desk.local()).await;
    desk.event(1).await;
    let mut sender = desk.sender("one");
    desk.send(&mut sender, NOW).await;
    assert_eq!(desk.names.1.load(Ordering::Relaxed), 1);
    assert_eq!(desk.heard.take().len(), 1);

    // Its owner lets the name lead into the company's network.
    *desk.names.0.lock().unwrap() = vec![[10, 0, 0, 7].into()];
    desk.event(2).await;
    desk.send(&mut sender, NOW).await;
    assert_eq!(desk.names.1.load(Ordering::Relaxed), 2);
    assert_eq!(desk.last().await.failure.as_deref(), Some(PRIVATE));
    // Among others, too.
    *desk.names.0.lock().unwrap() = vec![[127, 0, 0, 1].into(), [10, 0, 0, 7].into()];
    desk.send(&mut sender, NOW + 5).await;
    assert_eq!(desk.last().await.failure.as_deref(), Some(PRIVATE));
    assert!(desk.heard.take().is_empty());
    desk.store.close().await;
}

#[tokio::test]
async fn a_receiver_that_never_answers_keeps_no_other_waiting() {
    let mut desk = Desk::new().await;
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let other = "wh_0000000000000002";
    desk.hook_of(other, &format!("http://127.0.0.1:{port}/"))
        .await;
    desk.hook(&desk.local()).await;
    for number in 1..=40 {
        desk.event(number).await;
    }
    let began = std::time::Instant::now();
    let mut sender = desk.sender("one");
    let mut heard = 0;
    while heard < 41 {
        sender.pass(NOW).await.unwrap();
        heard += desk.heard.take().len();
        if heard == 40 {
            // New facts go to the one that answers while the other still hangs.
            desk.event(41).await;
        }
        assert!(began.elapsed().as_secs() < 10, "{heard} of 41 arrived");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut read = desk.store.read().await.unwrap();
    assert_eq!(read.deliveries_waiting(other).await.unwrap(), 41);
    drop(read);
    sender.release().await;
    desk.store.close().await;
}

/// A chain of heads alone: the logs are in the store already.
#[derive(Clone, Default)]
struct Chain(Arc<Mutex<Vec<Head>>>, Arc<Mutex<u64>>);

impl Chain {
    fn mine(&self, mark: u8) -> Head {
        let mut blocks = self.0.lock().unwrap();
        let number = blocks.len() as u64;
        let head = Head {
            number,
            hash: keccak256([number as u8, mark]),
            parent: B256::ZERO,
            time: NOW + number,
        };
        blocks.push(head);
        head
    }
}

impl Source for Chain {
    async fn head(&self, finality: Finality) -> Result<Head, ChainError> {
        assert_eq!(finality, Finality::Finalized);
        let at = *self.1.lock().unwrap();
        Ok(self.0.lock().unwrap()[at as usize])
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        let blocks = self.0.lock().unwrap();
        Ok(blocks.get(number as usize).copied())
    }

    async fn logs(&self, _: u64, _: u64, _: &[Address]) -> Result<Vec<Log>, ChainError> {
        panic!("the scribe reads logs from the store");
    }
}

/// `Funded` of so many base units.
fn funded(head: &Head, tx: u8, log_index: u64, amount: u8) -> LogRow {
    let log = Log {
        origin: Origin {
            block: head.number,
            block_hash: head.hash,
            block_time: head.time,
            tx: B256::repeat_byte(tx),
            log_index,
        },
        address: Address::repeat_byte(1),
        topics: vec![
            keccak256("Funded(address,uint128)"),
            Address::repeat_byte(2).into_word(),
        ],
        data: B256::with_last_byte(amount).to_vec(),
    };
    LogRow {
        log,
        name: "Funded".to_owned(),
        subject: Subject::Pool,
        moves_pool: true,
    }
}

async fn index(store: &Store, head: &Head, logs: &[LogRow]) {
    let mut tx = store.write().await.unwrap();
    tx.insert_logs(logs).await.unwrap();
    tx.set_checkpoint(&Checkpoint {
        block: head.number,
        hash: head.hash,
        time: head.time,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

fn scribe(desk: &Desk, chain: &Chain, chain_id: u64) -> Scribe<Chain> {
    let token = Token {
        symbol: "ACC".to_owned(),
        name: "Access".to_owned(),
        decimals: 0,
    };
    let facts = Facts {
        chain_id,
        genesis: B256::ZERO,
        token,
    };
    Scribe::new(chain.clone(), desk.turn("events", "one"), facts)
}

/// Amounts of what was told, in order.
async fn amounts(store: &Store) -> Vec<String> {
    let mut read = store.read().await.unwrap();
    let told = read.events_after(0, 100).await.unwrap();
    let raw = |body: &str| {
        let body: Value = serde_json::from_str(body).unwrap();
        body["data"]["amount"]["raw"].as_str().unwrap().to_owned()
    };
    told.iter().map(|one| raw(&one.event.body)).collect()
}

#[tokio::test]
async fn a_fact_is_told_when_its_block_is_final_and_not_before() {
    let desk = Desk::new().await;
    let chain = Chain::default();
    chain.mine(0);
    let mut scribe = scribe(&desk, &chain, 1);
    assert!(!scribe.pass(NOW).await.unwrap(), "nothing is read yet");
    let first = chain.mine(0);
    *chain.1.lock().unwrap() = 1;
    index(&desk.store, &first, &[funded(&first, 1, 0, 1)]).await;
    while scribe.pass(NOW).await.unwrap() {}
    assert!(amounts(&desk.store).await.is_empty(), "it was before all");
    let second = chain.mine(0);
    let same = [funded(&second, 2, 0, 2), funded(&second, 2, 1, 2)];
    index(&desk.store, &second, &same).await;
    while scribe.pass(NOW).await.unwrap() {}
    assert!(amounts(&desk.store).await.is_empty(), "not final yet");
    *chain.1.lock().unwrap() = 2;
    let third = chain.mine(0);
    index(&desk.store, &third, &[funded(&third, 3, 0, 3)]).await;
    while scribe.pass(NOW).await.unwrap() {}
    assert_eq!(
        amounts(&desk.store).await,
        ["2", "2"],
        "each of a transaction"
    );
    *chain.1.lock().unwrap() = 3;
    // A process that begins anew.
    let mut again = self::scribe(&desk, &chain, 1);
    while again.pass(NOW).await.unwrap() {}
    assert_eq!(amounts(&desk.store).await, ["2", "2", "3"]);
    desk.store.close().await;
}

#[tokio::test]
async fn blocks_that_are_replaced_tell_nothing_twice_and_nothing_is_missed() {
    let desk = Desk::new().await;
    let chain = Chain::default();
    chain.mine(0);
    let local = 31_337;
    let mut scribe = scribe(&desk, &chain, local);
    let first = chain.mine(0);
    index(&desk.store, &first, &[]).await;
    while scribe.pass(NOW).await.unwrap() {}
    let second = chain.mine(0);
    let old = [funded(&second, 2, 0, 2), funded(&second, 3, 1, 3)];
    index(&desk.store, &second, &old).await;
    while scribe.pass(NOW).await.unwrap() {}
    assert_eq!(amounts(&desk.store).await, ["2", "3"]);

    // Another second block: one transaction is in it again, one is new.
    chain.0.lock().unwrap().pop();
    let mut tx = desk.store.write().await.unwrap();
    tx.delete_logs_after(1).await.unwrap();
    tx.commit().await.unwrap();
    let other = chain.mine(9);
    let new = [funded(&other, 4, 0, 4), funded(&other, 3, 1, 3)];
    index(&desk.store, &other, &new).await;
    while scribe.pass(NOW).await.unwrap() {}
    let third = chain.mine(9);
    index(&desk.store, &third, &[]).await;
    while scribe.pass(NOW).await.unwrap() {}
    assert_eq!(amounts(&desk.store).await, ["2", "3", "4"]);
    desk.store.close().await;
}

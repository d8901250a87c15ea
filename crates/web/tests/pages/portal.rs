//! Pages with a clock that the test moves, and a mailbox: signing in as a person's wallet does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use alloy_primitives::eip191_hash_message;
use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_chain::Signer;
use guerdon_store::{ListRole, NewMember, PersonId, Store};
use guerdon_web::{AppState, Letter, Options, router};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};

use crate::sample::{ORIGIN, Story, WALL, inner};
use crate::site::{Answer, send_form};

/// Pages with a clock that the test moves, and a mailbox.
pub(crate) struct Portal {
    pub(crate) router: Router,
    pub(crate) store: Store,
    now: Arc<AtomicU64>,
    mailbox: Mutex<Receiver<Letter>>,
    _folder: Option<TempDir>,
}

impl Portal {
    pub(crate) async fn open() -> Self {
        Self::with(Options::at(ORIGIN)).await
    }

    /// With what an operator chose.
    pub(crate) async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
        Self {
            _folder: Some(folder),
            ..Self::made(&url, options).await
        }
    }

    /// Over a database of the test's.
    pub(crate) async fn over(url: &str) -> Self {
        Self::made(url, Options::at(ORIGIN)).await
    }

    async fn made(url: &str, options: Options) -> Self {
        let story = Story::begun();
        let store = Store::open(url).await.unwrap();
        story.put(&store).await;
        let mut inner = inner(store.clone(), &story.facts, Some(WALL - 4));
        let now = Arc::new(AtomicU64::new(WALL));
        let clock = Arc::clone(&now);
        inner.wall = Box::new(move || clock.load(Ordering::Relaxed));
        let (mail, mailbox) = channel(10);
        inner.options = Options {
            mail: Some(mail),
            ..options
        };
        Self {
            router: router(AppState::new(inner)),
            store,
            now,
            mailbox: Mutex::new(mailbox),
            _folder: None,
        }
    }

    /// Puts a person with these wallets on the list.
    pub(crate) async fn list(
        &self,
        number: &str,
        roles: &[ListRole],
        wallets: &[&Signer],
    ) -> PersonId {
        let member = NewMember {
            number: number.to_owned(),
            name: format!("Person {number}"),
            roles: roles.to_vec(),
            wallets: wallets.iter().map(|signer| signer.address()).collect(),
            ..NewMember::default()
        };
        let mut tx = self.store.write().await.unwrap();
        let person = tx.add_member(&member, WALL).await.unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// Words of the log, the newest first.
    pub(crate) async fn log(&self) -> Vec<String> {
        let entries = self.store.read().await.unwrap().audit(None, 100).await;
        let entries = entries.unwrap().into_iter();
        entries.map(|entry| entry.entry.action).collect()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let asked = (Method::GET, path, None);
        send_form(&self.router, asked, cookie, String::new()).await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        cookie: Option<&str>,
        form: &[(&str, &str)],
    ) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        let fields = form
            .iter()
            .map(|(name, value)| format!("{name}={}", written(value)));
        let form = fields.collect::<Vec<_>>().join("&");
        send_form(&self.router, asked, cookie, form).await
    }

    /// The message that the server writes for a wallet.
    pub(crate) async fn message(&self, signer: &Signer) -> String {
        let address = signer.address().to_string();
        let answer = self
            .post("/sign-in/message.json", None, &[("address", &address)])
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let data: Value = serde_json::from_str(&answer.body).unwrap();
        data["message"].as_str().unwrap().to_owned()
    }

    /// Hands in a message that a wallet signed.
    pub(crate) async fn hand_in(
        &self,
        message: &str,
        signer: &Signer,
        cookie: Option<&str>,
    ) -> Answer {
        let digest = eip191_hash_message(message.as_bytes());
        let signature = signer.sign_digest(&digest).unwrap();
        let signature = format!("0x{}", alloy_primitives::hex::encode(signature));
        // As a browser's form sends line ends.
        let message = message.replace('\n', "\r\n");
        let form = [
            ("message", message.as_str()),
            ("signature", &signature),
            ("next", "/me/grants"),
        ];
        self.post("/sign-in", cookie, &form).await
    }

    /// Signs in and answers the cookie.
    pub(crate) async fn sign_in(&self, signer: &Signer) -> String {
        let message = self.message(signer).await;
        let answer = self.hand_in(&message, signer, None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(answer.headers["location"], "/me/grants");
        cookie(&answer)
    }

    /// Whether a cookie opens anything.
    pub(crate) async fn is_open(&self, cookie: &str) -> bool {
        self.get("/sign-in", Some(cookie))
            .await
            .body
            .contains("You are signed in as")
    }

    pub(crate) async fn letter(&self) -> Option<Letter> {
        // Sent beside the answer.
        for _ in 0..200 {
            if let Ok(letter) = self.mailbox.lock().unwrap().try_recv() {
                return Some(letter);
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        None
    }
}

pub(crate) fn cookie(answer: &Answer) -> String {
    let set = &answer.headers["set-cookie"];
    for part in [
        "__Host-guerdon=",
        "; Path=/",
        "; HttpOnly",
        "; Secure",
        "; SameSite=Lax",
    ] {
        assert!(set.contains(part), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

fn written(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A signature of a text, as wallets give it.
pub(crate) fn signed(message: &str, signer: &Signer) -> String {
    let digest = eip191_hash_message(message.as_bytes());
    let signature = signer.sign_digest(&digest).unwrap();
    format!("0x{}", alloy_primitives::hex::encode(signature))
}

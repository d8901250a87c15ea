//! A node that takes requests and does not answer them.

use std::io::copy;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::company::Acme;
use crate::harness::{START, Served};

/// Stands before a node, and hangs until it is told to go on.
struct Gate {
    url: String,
    is_open: Arc<AtomicBool>,
}

impl Gate {
    fn before(node: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let node = node.trim_start_matches("http://").to_owned();
        let is_open = Arc::new(AtomicBool::new(false));
        let open = Arc::clone(&is_open);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (open, node) = (Arc::clone(&open), node.clone());
                std::thread::spawn(move || pass_on(client, &open, &node));
            }
        });
        Self { url, is_open }
    }
}

fn pass_on(client: TcpStream, is_open: &AtomicBool, node: &str) {
    while !is_open.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let node = TcpStream::connect(node).unwrap();
    let (mut asks, mut takes) = (client.try_clone().unwrap(), node.try_clone().unwrap());
    std::thread::spawn(move || copy(&mut asks, &mut takes));
    let (mut answers, mut gets) = (node, client);
    let _ = copy(&mut answers, &mut gets);
}

#[test]
fn pages_come_up_at_once_though_the_node_hangs_and_go_on_when_it_answers() {
    let mut acme = Acme::with_round();
    let mut served = Served::start(&acme.company);
    let known = acme.rpc.head();
    served.wait_for(known);
    assert_eq!(served.stop(), Some(0));

    let gate = Gate::before(acme.company.url.as_deref().unwrap());
    acme.company.url = Some(gate.url.clone());
    let begun = Instant::now();
    let command = ["serve", "--port", "0"];
    let (mut served, said) = Served::run(&acme.company, &command);
    // Twice a second for the node, and what a busy machine needs to start.
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    assert!(said.lock().unwrap().contains("does not answer yet"));
    let page = served.get("/");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let index = served.get("/index.csv");
    assert!(index.starts_with("HTTP/1.1 200"), "{index}");

    acme.rpc.travel(START + 1_000);
    let head = acme.rpc.head();
    assert!(head > known);
    gate.is_open.store(true, Ordering::Relaxed);
    served.wait_for(head);
    assert_eq!(served.stop(), Some(0));
}

#[test]
fn a_new_database_says_that_nothing_is_read_while_the_node_hangs() {
    let mut acme = Acme::with_round();
    let gate = Gate::before(acme.company.url.as_deref().unwrap());
    acme.company.url = Some(gate.url.clone());
    let (mut served, _) = Served::run(&acme.company, &["serve", "--port", "0"]);
    let ready = served.get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    assert!(ready.contains("its node does not answer"), "{ready}");
    assert!(served.get("/").contains("its node does not answer"));
    // Told to stop while nobody answers, it does.
    let begun = Instant::now();
    assert_eq!(served.stop(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
}

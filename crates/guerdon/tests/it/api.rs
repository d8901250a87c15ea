//! The API of a real server: keys by the command line, and a server killed in the middle of writes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Company, Served};

/// Kills, each at another moment.
const KILLS: u64 = 12;
/// Requests that are under way at a kill.
const CLIENTS: u64 = 8;

fn key(company: &Company, scopes: &[&str]) -> String {
    let mut words = vec!["key", "create", "payroll"];
    for scope in scopes {
        words.extend(["--scope", scope]);
    }
    let made = company.json(&words);
    made["key"].as_str().unwrap().to_owned()
}

/// Status and body; nothing if the server went before it answered.
fn ask(url: &str, key: &str, (path, sent): (&str, Option<(&str, Value)>)) -> Option<(u16, Value)> {
    let address = url.trim_start_matches("http://");
    let (method, rest) = match sent {
        None => ("GET", "\r\n".to_owned()),
        Some((name, body)) => {
            let body = body.to_string();
            let length = body.len();
            (
                "POST",
                format!(
                    "Content-Type: application/json\r\nIdempotency-Key: {name}\r\n\
                     Content-Length: {length}\r\n\r\n{body}"
                ),
            )
        }
    };
    let request = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
         Connection: close\r\n{rest}"
    );
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n")?.1;
    Some((status, serde_json::from_str(body).ok()?))
}

fn numbers(company: &Company) -> Vec<String> {
    let listed = company.json(&["people", "list"]);
    let people = listed.as_array().unwrap().iter();
    let numbers = people.map(|person| person["number"].as_str().unwrap().to_owned());
    numbers.collect()
}

#[test]
fn a_server_killed_in_the_middle_of_a_write_leaves_all_or_nothing() {
    let company = Company::new(None);
    company.json(&["demo", "--no-serve"]);
    let key = key(&company, &["people:write", "read:people"]);
    let wrong = ask("http://127.0.0.1:1", &key, ("/people", None));
    assert!(wrong.is_none(), "nobody listens there");
    let mut served = Served::start(&company);
    let url = served.url.clone();
    let listed = ask(&url, &key, ("/people?limit=1", None)).unwrap();
    assert_eq!(listed.0, 200, "{}", listed.1);
    assert_eq!(ask(&url, &key, ("/grants", None)).unwrap().0, 403);
    for kill in 0..KILLS {
        let url = served.url.clone();
        let person = |client: u64| json!({"number": format!("K{kill}-{client}"), "name": "Ada"});
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (url, key) = (url.clone(), key.clone());
                let sent = (format!("kill-{kill}-{client}"), person(client));
                std::thread::spawn(move || {
                    let (name, body) = sent;
                    ask(&url, &key, ("/people", Some((&name, body))))
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(kill * 4));
        served.process.kill().unwrap();
        served.process.wait().unwrap();
        let answers: Vec<_> = clients.into_iter().map(|it| it.join().unwrap()).collect();
        let before = numbers(&company);
        served = Served::start(&company);
        for (client, answer) in (0..).zip(answers) {
            let number = format!("K{kill}-{client}");
            let written = before.contains(&number);
            assert!(
                written || answer.is_none(),
                "{number} was answered: {answer:?}"
            );
            // Whether or not it was written: the same request again ends with one person.
            let name = format!("kill-{kill}-{client}");
            let again = ask(
                &served.url,
                &key,
                ("/people", Some((&name, person(client)))),
            );
            let again = again.unwrap();
            assert_eq!(again.0, 201, "{number}: {}", again.1);
            if let Some((_, first)) = answer {
                assert_eq!(first, again.1, "{number}");
            }
        }
        let after = numbers(&company);
        for client in 0..CLIENTS {
            let number = format!("K{kill}-{client}");
            let count = after.iter().filter(|known| **known == number).count();
            assert_eq!(count, 1, "{number}");
        }
    }
}

#[test]
fn a_key_is_printed_once_listed_without_its_secret_and_ends_when_revoked() {
    let company = Company::new(None);
    company.json(&["demo", "--no-serve"]);
    let key = key(&company, &["read:grants"]);
    let listed = company.json(&["key", "list"]);
    assert_eq!(listed[0]["scopes"], "read:grants", "{listed}");
    let prefix = listed[0]["prefix"].as_str().unwrap();
    assert!(key.starts_with(prefix));
    assert!(!listed.to_string().contains(&key[prefix.len()..]));
    let mut served = Served::start(&company);
    assert_eq!(ask(&served.url, &key, ("/overview", None)).unwrap().0, 200);
    company.json(&["key", "revoke", "1"]);
    let refused = ask(&served.url, &key, ("/overview", None)).unwrap();
    assert_eq!(refused.1["code"], "key_unknown");
    company.run(&["--yes", "key", "revoke", "1"]).expect(5);
    served.stop();
}

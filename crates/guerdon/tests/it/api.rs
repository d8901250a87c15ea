//! The API of a real server, and keys by the command line.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Company, Served};

pub(crate) fn key(company: &Company, database: Option<&str>, scopes: &[&str]) -> String {
    let mut words = vec!["key", "create", "payroll"];
    words.extend(database.iter().flat_map(|url| ["--database-url", url]));
    for scope in scopes {
        words.extend(["--scope", scope]);
    }
    let made = company.json(&words);
    made["key"].as_str().unwrap().to_owned()
}

/// Status and body; nothing if the server went before it answered.
pub(crate) fn ask(
    url: &str,
    key: &str,
    (path, sent): (&str, Option<(&str, Value)>),
) -> Option<(u16, Value)> {
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

#[test]
fn a_key_is_printed_once_listed_without_its_secret_and_ends_when_revoked() {
    let company = Company::new(None);
    company.json(&["demo", "--no-serve"]);
    let key = key(&company, None, &["read:grants"]);
    let listed = company.json(&["key", "list"]);
    assert_eq!(listed[0]["scopes"], "read:grants", "{listed}");
    let prefix = listed[0]["prefix"].as_str().unwrap();
    assert!(key.starts_with(prefix));
    assert!(!listed.to_string().contains(&key[prefix.len()..]));
    let mut served = Served::start(&company);
    assert_eq!(ask(&served.url, &key, ("/overview", None)).unwrap().0, 200);
    assert_eq!(ask(&served.url, &key, ("/people", None)).unwrap().0, 403);
    let nobody = ask("http://127.0.0.1:1", &key, ("/overview", None));
    assert!(nobody.is_none(), "nobody listens there");
    company.json(&["key", "revoke", "1"]);
    let refused = ask(&served.url, &key, ("/overview", None)).unwrap();
    assert_eq!(refused.1["code"], "key_unknown");
    company.run(&["--yes", "key", "revoke", "1"]).expect(5);
    served.stop();
}

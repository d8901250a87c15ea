//! What an operator tries before it counts, and what a process says and does until it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};

use crate::database::Postgres;
use crate::harness::{DAY, Rpc, Served, json_in, signal};
use crate::operations::{demo, file, node_url, with};

#[test]
fn a_dry_run_makes_and_changes_nothing() {
    let company = demo();
    let first = file(&company, "guerdon.db");
    let backup = company.path("all.backup");
    let keep = format!("-o json backup {}", backup.display());
    let planned = with(&company, &first, &format!("--dry-run {keep}"))
        .expect(0)
        .value();
    assert_eq!(planned["dry_run"], true, "{planned}");
    assert!(!backup.exists(), "a file was made");
    let kept = with(&company, &first, &keep).expect(0).value();
    assert_eq!(planned["rows"], kept["rows"]);

    let second = file(&company, "second.db");
    let restore = format!("--dry-run -o json restore {}", backup.display());
    let planned = with(&company, &second, &restore).expect(0).value();
    assert_eq!(
        (&planned["rows"], &planned["tables"]),
        (&kept["rows"], &kept["tables"])
    );
    let copy = format!("--dry-run -o json db copy --to {second}");
    let planned = with(&company, &first, &copy).expect(0).value();
    assert!(planned["rows"].as_u64().unwrap() > 100, "{planned}");
    assert!(!company.path("second.db").exists(), "a file was made");

    let full = with(&company, &first, &restore).expect(5);
    assert!(full.stderr.contains("is not empty"), "{}", full.stderr);
    with(&company, &second, "--dry-run backup x.backup").expect(3);
    let Some(postgres) = Postgres::new("dry") else {
        return;
    };
    let copy = format!("--dry-run db copy --to {}", postgres.url);
    with(&company, &first, &copy).expect(0);
    with(&company, &postgres.url, &restore).expect(0);
    assert_eq!(tables_of(&postgres.url), 0);
    with(&company, &first, &format!("db copy --to {}", postgres.url)).expect(0);
    with(&company, &first, &copy).expect(5);
}

fn tables_of(url: &str) -> i64 {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let sql = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()";
        let (count,) = sqlx::query_as::<_, (i64,)>(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        count
    })
}

#[test]
fn a_backup_older_than_its_days_is_refused_unless_told() {
    let company = demo();
    let backup = company.path("all.backup");
    let shown = backup.display().to_string();
    with(
        &company,
        &file(&company, "guerdon.db"),
        &format!("backup {shown}"),
    )
    .expect(0);
    made_days_ago(&backup, 31);

    let restored = file(&company, "restored.db");
    let line = format!("restore {shown}");
    for more in ["", " --dry-run", " --backup-days 30"] {
        let refused = with(&company, &restored, &format!("{line}{more}")).expect(5);
        let says = "the backup is 31 days old and was to be deleted after 30";
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
        assert!(!company.path("restored.db").exists(), "a file was made");
    }
    with(&company, &restored, &format!("{line} --backup-days 31")).expect(0);
    let other = file(&company, "other.db");
    with(&company, &other, &format!("{line} --expired")).expect(0);
}

/// Writes another date into a backup, and the seal that belongs to it.
fn made_days_ago(path: &std::path::Path, days: u64) {
    let whole = std::fs::read(path).unwrap();
    let (body, _) = whole.split_at(whole.len() - 72);
    let end = body.iter().position(|byte| *byte == b'\n').unwrap();
    let mut header: Value = serde_json::from_slice(&body[..end]).unwrap();
    header["made_at"] = json!(header["made_at"].as_u64().unwrap() - days * DAY);
    let mut changed = header.to_string().into_bytes();
    changed.extend_from_slice(&body[end..]);
    let seal = hex::encode(Sha256::digest(&changed));
    changed.extend_from_slice(format!("sha256 {seal}\n").as_bytes());
    std::fs::write(path, changed).unwrap();
}

#[test]
fn the_log_is_json_where_programs_read_it() {
    let company = demo();
    let mut process = company
        .command(&["--log-format", "json", "-v", "serve", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        for part in ["timestamp", "level", "target", "message"] {
            assert!(line[part].is_string(), "{part} is missing in {line}");
        }
        let message = line["message"].as_str().unwrap().to_owned();
        let began = message.starts_with("pages at http://127.0.0.1:");
        said.push(message);
        if began {
            break;
        }
    }
    assert!(!said.is_empty());
    signal(process.id(), "-TERM");
    for line in lines {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        said.push(line["message"].as_str().unwrap().to_owned());
    }
    assert_eq!(process.wait().unwrap().code(), Some(0));
    assert!(said.iter().any(|it| it == "stopping"), "{said:?}");

    let failed = company.run(&["--log-format", "json", "grant", "show", "nobody"]);
    let lines = failed.stderr.lines().map(serde_json::from_str::<Value>);
    let lines: Vec<Value> = lines.map(Result::unwrap).collect();
    let error = |it: &Value| it["message"].as_str().unwrap().starts_with("error: ");
    assert!(failed.code != 0 && lines.iter().any(error), "{lines:?}");
}

#[test]
fn an_index_may_follow_the_blocks_alone_that_cannot_be_replaced() {
    let company = demo();
    let mut newest_of_all = Served::start(&company);
    let rpc = Rpc::new(&node_url(&company));
    rpc.ask("anvil_mine", &json!(["0x50"]));
    let block = |tag: &str| {
        let block = rpc.ask("eth_getBlockByNumber", &json!([tag, false]));
        let number = block["number"]
            .as_str()
            .unwrap()
            .trim_start_matches("0x")
            .to_owned();
        u64::from_str_radix(&number, 16).unwrap()
    };
    let (last, newest) = (block("finalized"), block("latest"));
    assert!(0 < last && last < newest, "{last} {newest}");
    let fresh = file(&company, "fresh.db");
    let words = [
        "--database-url",
        &fresh,
        "--head",
        "finalized",
        "serve",
        "--port",
        "0",
    ];
    let (mut served, _) = Served::run(&company, &words);
    served.wait_for(last);
    std::thread::sleep(Duration::from_secs(1));
    let ready = json_in(&served.get("/readyz")).unwrap();
    assert_eq!(
        (&ready["block"], &ready["status"]),
        (&json!(last), &json!("ready"))
    );
    newest_of_all.wait_for(newest);
    assert_eq!(served.stop(), Some(0));
    assert_eq!(newest_of_all.stop(), Some(0));
}

#[test]
fn what_is_under_way_is_answered_before_the_end() {
    let company = demo();
    let mut served = Served::start(&company);
    let address = served.url.trim_start_matches("http://").to_owned();
    let body = "address=0xBcd4042DE499D14e55001CcbB24a551F3b954096";
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /sign-in/message.json HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(20);
    stream
        .write_all(format!("{head}{first}").as_bytes())
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(served.process.id(), "-TERM");
    std::thread::sleep(Duration::from_millis(500));
    let refused = TcpStream::connect(&address).and_then(|mut late| {
        late.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        late.read_to_string(&mut answer).map(|_| answer)
    });
    assert!(
        refused.as_deref().unwrap_or_default().is_empty(),
        "{refused:?}"
    );
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("wants you to sign in"), "{answer}");
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
}

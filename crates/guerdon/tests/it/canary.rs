//! Marked secrets and marked personal data go through everything that handles them, with every log
//! of every library on. None of them may be in what the program says.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::company::Acme;
use crate::harness::{Served, sample};
use crate::visitor::Visitor;

const NAME: &str = "Canarina Zzyzxdaughter";
const MAIL: &str = "canary.mailbox@zzyzx.example";
const NUMBER: &str = "CANARY-NUMBER-200";
/// She is account 10 of the embedded chain.
const HOLDER: u32 = 10;
const GRANT: &str = "C-1001";

#[test]
fn no_log_holds_a_secret_or_a_person() {
    let acme = Acme::with_round();
    let mut said = vec![imported(&acme)];
    acme.rpc.travel(acme.rpc.now() + 400 * 86_400);

    let mail = acme.company.path("letters");
    let folder = mail.display().to_string();
    let serve = ["-vvv", "serve", "--port", "0", "--mail-folder", &folder];
    let keeper = ["--relay", "--every", "1", "--from", "9"];
    let (mut served, log) = Served::run(&acme.company, &[&serve[..], &keeper[..]].concat());
    let mut secrets = vec![NAME.to_owned(), MAIL.to_owned(), NUMBER.to_owned()];
    secrets.extend(at_the_pages(&acme, &served, &mail));
    // The keeper takes up what was asked of the relay.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(served.stop(), Some(0));
    said.push(log.lock().unwrap().clone());
    said.push(erased(&acme));

    let all = said.join("\n");
    assert!(all.contains("TRACE"), "the log is not as deep as it can be");
    assert!(secrets.len() > 9, "{secrets:?}");
    for secret in &secrets {
        let short = secret.chars().take(12).collect::<String>();
        let found = all
            .find(secret.as_str())
            .or_else(|| all.find(&escaped(secret)));
        let around = found.map(|at| {
            let from = at.saturating_sub(200);
            all.get(from..at).unwrap_or_default()
        });
        assert_eq!(around, None, "{short}… stands in a log");
    }
}

/// As a form writes it.
fn escaped(secret: &str) -> String {
    secret.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A sheet with one marked row becomes a round; a list of people with her is read as well.
fn imported(acme: &Acme) -> String {
    let sheet = std::fs::read_to_string(sample("acme-2026-h1.csv")).unwrap();
    let mut lines = sheet.lines();
    let header = lines.next().unwrap();
    let row = lines.find(|row| row.starts_with("G-1001,")).unwrap();
    let row = row
        .replace("G-1001", GRANT)
        .replace("Ada Okafor", NAME)
        .replace("adaokafor@acme.example", MAIL)
        .replace("E200", NUMBER);
    let path = acme.company.path("canary.csv");
    std::fs::write(&path, format!("{header}\n{row}\n")).unwrap();
    let people = acme.company.path("people.csv");
    let list =
        format!("number,name,email,country,zone,roles,wallets\n{NUMBER},{NAME},{MAIL},GB,,,\n");
    std::fs::write(&people, list).unwrap();

    let mut said = String::new();
    let file = path.display().to_string();
    // The sheet's other grants are hers under her old name: the wallet is one person's.
    said.push_str(&quiet(acme, &["people", "erase", "E200"]));
    said.push_str(&quiet(
        acme,
        &["people", "import", &people.display().to_string()],
    ));
    said.push_str(&quiet(acme, &["round", "import", &file]));
    let rounds = acme.company.json(&["round", "list"]);
    let roots = rounds
        .as_array()
        .unwrap()
        .iter()
        .map(|round| round["root"].as_str().unwrap());
    let root = roots
        .into_iter()
        .find(|root| **root != acme.root)
        .unwrap()
        .to_owned();
    said.push_str(&quiet(acme, &["round", "commit", &root, "--from", "0"]));
    said
}

fn erased(acme: &Acme) -> String {
    quiet(acme, &["people", "erase", NUMBER])
}

/// Runs a command with every log on; what it logs on stderr. What it says to the person there is no
/// log: the lines that it says without logs, too.
fn quiet(acme: &Acme, command: &[&str]) -> String {
    let common = ["-o", "json", "--yes"];
    let plain = [&common[..], command, &["--dry-run"]].concat();
    let said = acme.company.run(&plain).expect(0).stderr;
    let said: Vec<&str> = said.lines().collect();
    let all = [&["-vvv"], &common[..], command].concat();
    let heard = acme.company.run(&all).expect(0).stderr;
    let logged = heard.lines().filter(|line| !said.contains(line));
    logged.collect::<Vec<_>>().join("\n")
}

/// Signs in, asks for links of every kind and for the relay; answers every secret that was made.
fn at_the_pages(acme: &Acme, served: &Served, mail: &Path) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut visitor = Visitor::at(&served.url);
    let (message, signature) = visitor.sign_in(HOLDER);
    let nonce = message
        .lines()
        .find_map(|line| line.strip_prefix("Nonce: "));
    secrets.push(nonce.unwrap().to_owned());
    secrets.push(signature.trim_start_matches("0x").to_owned());
    secrets.push(token(visitor.cookie.as_deref()));

    let grant = grant_id(acme);
    let shared = visitor.form(&format!("/grants/{grant}/share"), &[("label", "my bank")]);
    secrets.push(last(shared.expect(303).header("location")));
    let calendar = visitor.form("/me/settings/calendar", &[]).expect(303);
    secrets.push(last(calendar.header("location")));
    visitor
        .form(&format!("/grants/{grant}/relay"), &[])
        .expect(303);
    visitor.get("/me").expect(200);
    for secret in secrets.clone().iter().skip(3) {
        visitor.get(&format!("/share/{secret}"));
        visitor.get(&format!("/calendar/{secret}.ics"));
    }

    let mut reader = Visitor::at(&served.url);
    reader.form("/sign-in/mail", &[("email", MAIL)]).expect(303);
    let link = last(Some(&letter(mail)));
    reader.get(&format!("/sign-in/mail/{link}")).expect(200);
    reader
        .form(&format!("/sign-in/mail/{link}"), &[])
        .expect(303);
    secrets.push(link);
    secrets.push(token(reader.cookie.as_deref()));
    // A wrong link, a wrong cookie and a wrong message are told to nobody either.
    let wrong = "c0ffee".repeat(10) + "beef";
    reader.form(&format!("/sign-in/mail/{wrong}"), &[]);
    reader.cookie = Some(format!("guerdon-loopback={wrong}"));
    reader.get("/me");
    secrets.push(wrong);
    visitor.form("/sign-out", &[]).expect(303);
    secrets.extend(auditors(served));
    secrets
}

/// Makes a link for auditors and opens it: the link, and the session.
fn auditors(served: &Served) -> [String; 2] {
    let mut administrator = Visitor::at(&served.url);
    administrator.sign_in(0);
    let form = [("label", "auditors of this year"), ("days", "14")];
    let made = administrator.form("/audit/links", &form).expect(200);
    let link = made.body.split("/sign-in/auditor/").nth(1).unwrap();
    let link = link[..64].to_owned();
    let mut auditor = Visitor::at(&served.url);
    let path = format!("/sign-in/auditor/{link}");
    auditor.get(&path).expect(200);
    auditor.form(&path, &[]).expect(303);
    [link, token(auditor.cookie.as_deref())]
}

fn grant_id(acme: &Acme) -> String {
    let file = std::fs::read(acme.grant_file(GRANT)).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    file["id"].as_str().unwrap().to_owned()
}

/// The value of a cookie.
fn token(cookie: Option<&str>) -> String {
    cookie.unwrap().split_once('=').unwrap().1.to_owned()
}

/// The last part of a path.
fn last(path: Option<&str>) -> String {
    let path = path.unwrap().trim_end_matches(".ics");
    path.rsplit('/').next().unwrap().to_owned()
}

/// The link in the one letter of a folder.
fn letter(folder: &Path) -> String {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files: Vec<PathBuf> = files.map(|file| file.path()).collect();
        let letter = files
            .iter()
            .find(|path| path.extension().is_some_and(|end| end == "eml"));
        if let Some(path) = letter {
            // Long lines of e-mails are broken.
            let text = std::fs::read_to_string(path).unwrap().replace("=\r\n", "");
            let link = text.lines().find(|line| line.contains("/sign-in/mail/"));
            return link.unwrap().trim().to_owned();
        }
        assert!(Instant::now() < until, "no letter came");
        std::thread::sleep(Duration::from_millis(50));
    }
}

//! One sheet becomes one round and is promised once, on machines that share a database and no folder.

use std::process::{Child, Stdio};
use std::time::Duration;

use alloy_primitives::{U256, keccak256};
use guerdon_store::Store;
use serde_json::{Value, json};

use crate::company::{Acme, address};
use crate::database::Postgres;
use crate::harness::{Company, Ran, sample};
use crate::operations::file;

/// Moments at which an import is killed.
const KILLS: u32 = 6;

/// Two machines of a company: one database, a folder each.
struct Machines<'a> {
    acme: &'a Acme,
    other: Company,
    database: String,
}

impl<'a> Machines<'a> {
    /// The second machine knows the deployment and the goals, and no round.
    fn new(acme: &'a Acme, database: &str) -> Self {
        let other = Company::new(acme.company.url.as_deref());
        for folder in ["deployments", "goals"] {
            std::fs::create_dir_all(other.path(folder)).unwrap();
            for entry in std::fs::read_dir(acme.company.path(folder)).unwrap() {
                let entry = entry.unwrap();
                let to = other.path(folder).join(entry.file_name());
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
        let database = database.to_owned();
        Self {
            acme,
            other,
            database,
        }
    }

    fn both(&self) -> [&Company; 2] {
        [&self.acme.company, &self.other]
    }

    fn start(&self, machine: &Company, line: &str) -> Child {
        let mut command = machine.command(&["-o", "json", "--yes"]);
        command.args(["--database-url", &self.database]);
        command.args(line.split(' '));
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().unwrap()
    }

    fn run(&self, machine: &Company, line: &str) -> Ran {
        ended(self.start(machine, line))
    }

    /// The same on both at once.
    fn race(&self, line: &str) -> [Ran; 2] {
        let started = self.both().map(|machine| self.start(machine, line));
        started.map(ended)
    }

    /// A sheet of grants of its own names.
    fn sheet(&self, prefix: &str) -> String {
        let sheet = std::fs::read_to_string(sample("acme-2026-h1.csv")).unwrap();
        let path = self.acme.company.path(&format!("{prefix}.csv"));
        std::fs::write(&path, sheet.replace("G-1", prefix)).unwrap();
        path.display().to_string()
    }

    /// The rounds of the database that have a grant of this name.
    fn rounds_of(&self, name: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = Store::open(&self.database).await.unwrap();
            let mut read = store.read().await.unwrap();
            let named = read.grants_named(name).await.unwrap();
            drop(read);
            store.close().await;
            named.iter().map(|grant| grant.root.to_string()).collect()
        })
    }

    fn files(&self, root: &str, name: &str) -> Vec<Vec<u8>> {
        let read = |machine: &Company| {
            let paths = [
                machine.path(&format!("rounds/{root}.ndjson.zst")),
                machine.path(&format!("grants/{name}.json")),
            ];
            paths.map(|path| std::fs::read(path).unwrap())
        };
        self.both().into_iter().flat_map(read).collect()
    }
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What the pool promises, asked without any code of ours.
fn promised(acme: &Acme) -> u128 {
    let data = hex::encode(&keccak256("promised()")[..4]);
    let call = json!({"to": acme.contract("Grants"), "data": format!("0x{data}")});
    let answer = acme.rpc.ask("eth_call", &json!([call, "latest"]));
    let sum: U256 = answer.as_str().unwrap().parse().unwrap();
    sum.to()
}

fn root_of(ran: &Value) -> String {
    ran["root"].as_str().unwrap().to_owned()
}

/// SQLite, and PostgreSQL where the test command names one.
fn on_both(purpose: &str, test: impl Fn(&Machines<'_>)) {
    let acme = Acme::with_round();
    acme.company
        .json(&["token", "mint", "60000000", "--from", "0"]);
    acme.company.json(&["fund", "50000000", "--from", "0"]);
    test(&Machines::new(&acme, &file(&acme.company, "shared.db")));
    if let Some(postgres) = Postgres::new(purpose) {
        test(&Machines::new(&acme, &postgres.url));
    }
}

#[test]
fn of_two_machines_with_one_sheet_one_promises_it() {
    on_both("once", |machines| {
        let prefix = if machines.database.starts_with("sqlite") {
            "S-1"
        } else {
            "P-1"
        };
        let sheet = machines.sheet(prefix);
        let before = promised(machines.acme);

        let imported = machines.race(&format!("round import {sheet}"));
        let imported = imported.map(|ran| ran.expect(0).value());
        let root = root_of(&imported[0]);
        assert_eq!(root, root_of(&imported[1]), "one sheet is one round");
        let mut earlier = imported.each_ref().map(|it| it["imported_before"].clone());
        earlier.sort_by_key(|it| it == true);
        assert_eq!(earlier, [json!(false), json!(true)]);
        let name = format!("{prefix}001");
        assert_eq!(machines.rounds_of(&name), std::slice::from_ref(&root));
        let files = machines.files(&root, &name);
        assert_eq!(files[..2], files[2..], "the same files on both");

        let committed = machines.race(&format!("round commit {root} --from 0"));
        let won = committed.iter().filter(|ran| ran.code == 0).count();
        assert_eq!(won, 1, "{committed:?}");
        let lost = committed.iter().find(|ran| ran.code != 0).unwrap();
        assert!(matches!(lost.code, 5 | 6), "{lost:?}");
        assert!(lost.stderr.contains("was committed"), "{lost:?}");
        let total: u128 = imported[0]["total"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            promised(machines.acme),
            before + total,
            "it is promised once"
        );

        // Another sheet with one of the grants is refused, on every machine.
        let text = std::fs::read_to_string(&sheet).unwrap();
        let lines: Vec<_> = text.lines().take(2).collect();
        let one = machines.other.path("one.csv");
        std::fs::write(&one, lines.join("\n")).unwrap();
        std::fs::remove_dir_all(machines.other.path("grants")).unwrap();
        let again = machines.run(&machines.other, &format!("round import {}", one.display()));
        let again = again.expect(5);
        assert!(again.stderr.contains("is in the round"), "{again:?}");
        assert!(again.stderr.contains(&root), "{again:?}");
        assert_eq!(machines.rounds_of(&name), [root]);
    });
}

#[test]
fn an_import_killed_at_any_moment_becomes_one_round_on_both_machines() {
    on_both("once_killed", |machines| {
        let engine = if machines.database.starts_with("sqlite") {
            "KS"
        } else {
            "KP"
        };
        for kill in 0..KILLS {
            let prefix = format!("{engine}{kill}-1");
            let line = format!("round import {}", machines.sheet(&prefix));
            let mut first = machines.start(&machines.acme.company, &line);
            std::thread::sleep(Duration::from_millis(u64::from(60 * kill)));
            let _ = first.kill();
            let _ = first.wait();
            let root = root_of(&machines.run(&machines.other, &line).expect(0).value());
            let again = machines.run(&machines.acme.company, &line);
            match again.code {
                0 => assert_eq!(root_of(&again.value()), root),
                // It was complete before it was killed.
                _ => assert!(again.expect(5).stderr.contains("is there already")),
            }
            let name = format!("{prefix}001");
            assert_eq!(
                machines.rounds_of(&name),
                std::slice::from_ref(&root),
                "kill {kill}"
            );
            let files = machines.files(&root, &name);
            assert_eq!(files[..2], files[2..], "kill {kill}");
        }
    });
}

#[test]
fn a_commitment_that_may_still_get_a_block_keeps_its_grants() {
    on_both("once_pending", |machines| {
        let rpc = &machines.acme.rpc;
        let engine = if machines.database.starts_with("sqlite") {
            "WS-1"
        } else {
            "WP-1"
        };
        let sheet = machines.sheet(engine);
        let line = format!("round import {sheet}");
        let root = root_of(
            &machines
                .run(&machines.acme.company, &line)
                .expect(0)
                .value(),
        );
        machines.run(&machines.other, &line).expect(0);

        // Killed while its transaction waits for a block; then the node forgets it.
        rpc.ask("evm_setAutomine", &json!([false]));
        let commit = format!("round commit {root} --from 0");
        let sent = sent_and_killed(machines, &commit);
        let discard = format!("round discard {root}");
        let refused = machines.run(&machines.other, &discard).expect(5);
        assert!(
            refused.stderr.contains("may still get a block"),
            "{refused:?}"
        );
        rpc.ask("anvil_dropTransaction", &json!([sent]));
        rpc.ask("evm_setAutomine", &json!([true]));
        let refused = machines.run(&machines.other, &discard).expect(5);
        assert!(
            refused.stderr.contains("may still get a block"),
            "{refused:?}"
        );

        // Its nonce is used for something else: now it never can.
        machines
            .acme
            .company
            .json(&["token", "mint", "1", "--from", "0"]);
        machines.run(&machines.other, &discard).expect(0);
        let anew = machines.run(&machines.other, &line).expect(0).value();
        assert_ne!(
            root_of(&anew),
            root,
            "a new round with documents of its own"
        );
        // The first machine has the files of the one that was discarded.
        let late = machines.run(&machines.acme.company, &commit).expect(5);
        assert!(late.stderr.contains("would be promised twice"), "{late:?}");
        let now = format!("round commit {} --from 0", root_of(&anew));

        // Killed again; who resumes finds it, or makes it.
        rpc.ask("evm_setAutomine", &json!([false]));
        sent_and_killed(machines, &now);
        rpc.ask("evm_setAutomine", &json!([true]));
        rpc.ask("evm_mine", &json!([]));
        let resumed = machines.run(&machines.other, &now).expect(5);
        assert!(resumed.stderr.contains("was committed on"), "{resumed:?}");
        assert_eq!(machines.acme.company.json(&["verify", "all"])["failed"], 0);
    });
}

/// Commits on the machine that has the round, and kills the command when its transaction waits.
fn sent_and_killed(machines: &Machines<'_>, commit: &str) -> Value {
    let root = commit.split(' ').nth(2).unwrap();
    let has = |machine: &&Company| machine.path(&format!("rounds/{root}.ndjson.zst")).is_file();
    let machine = machines.both().into_iter().find(has).unwrap();
    let rpc = &machines.acme.rpc;
    let mut child = machines.start(machine, commit);
    let until = std::time::Instant::now() + Duration::from_secs(30);
    let sender = address(0).to_lowercase();
    let sent = loop {
        let pool = rpc.ask("txpool_content", &json!([]));
        let all = pool["pending"].as_object().unwrap();
        let hers = all.iter().find(|(from, _)| from.to_lowercase() == sender);
        if let Some((_, waiting)) = hers {
            let first = waiting.as_object().unwrap().values().next().unwrap();
            break first["hash"].clone();
        }
        assert!(std::time::Instant::now() < until, "nothing was sent");
        std::thread::sleep(Duration::from_millis(50));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    sent
}

//! Time on the embedded chain, for whoever tries things out.

use crate::harness::{Company, DAY, NodeProcess, START};

#[test]
fn time_passes_on_the_embedded_chain_and_never_backwards() {
    let company = Company::new(None);
    let dry = company.json(&["travel", "90d", "--dry-run"]);
    let again = company.json(&["travel", "90d", "--dry-run"]);
    assert!(again["from"].as_u64().unwrap() < dry["to"].as_u64().unwrap());
    let first = company.json(&["travel", "90d"]);
    let (from, to) = (
        first["from"].as_u64().unwrap(),
        first["to"].as_u64().unwrap(),
    );
    assert!(to >= from + 90 * DAY, "{first}");
    let wanted = to + 1_000 * DAY;
    let second = company.json(&["travel", "--to", &wanted.to_string()]);
    assert_eq!(second["to"], wanted);
    assert!(second["from"].as_u64().unwrap() >= to, "{second}");

    let back = company
        .run(&["travel", "--to", "2020-01-01", "--yes"])
        .expect(5);
    assert!(back.stderr.contains("stands at"), "{}", back.stderr);
}

#[test]
fn nobody_moves_the_clock_of_another_node() {
    let node = NodeProcess::start(START);
    let company = Company::new(Some(&node.url));
    let refused = company.run(&["travel", "1d", "--yes"]).expect(5);
    assert!(
        refused.stderr.contains("only the embedded chain's clock"),
        "{}",
        refused.stderr
    );
}

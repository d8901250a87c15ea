//! Verification without a database, and with one byte changed.

use crate::company::Acme;
use crate::harness::{DAY, START};

#[test]
fn one_changed_byte_is_named() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 200 * DAY);
    acme.company
        .json(&["grant", "claim", "G-1001", "--from", "9"]);
    std::fs::remove_file(acme.company.path("guerdon.db")).unwrap();
    let fine = acme.company.json(&["verify", "all"]);
    assert_eq!(
        (fine["failed"].as_u64(), fine["claims"].as_u64()),
        (Some(0), Some(1))
    );

    let path = acme.grant_file("G-1001");
    let whole = std::fs::read(&path).unwrap();
    let places = [
        "\"amount\":\"48",
        "\"terms\":\"0x",
        "\"proof\":\"0x",
        "\"text\":\"Grant",
    ];
    for place in places {
        let start = find(&whole, place) + place.len() + 3;
        let mut changed = whole.clone();
        changed[start] = if changed[start] == b'1' { b'2' } else { b'1' };
        std::fs::write(&path, &changed).unwrap();
        let ran = acme.company.run(&["-o", "json", "verify", "all"]).expect(1);
        let found = &ran.value()["failures"][0];
        assert!(
            found["subject"].as_str().unwrap().ends_with("G-1001.json"),
            "{place}: {found}"
        );
        assert!(ran.stderr.contains("G-1001.json"), "{}", ran.stderr);
        acme.company.run(&["verify", "grant", &path]).expect(1);
        acme.company
            .run(&["--yes", "grant", "claim", &path, "--from", "9"])
            .expect(2);
    }
    std::fs::write(&path, [whole.as_slice(), b" "].concat()).unwrap();
    let ran = acme.company.run(&["verify", "all"]).expect(1);
    assert!(ran.stderr.contains("canonical"), "{}", ran.stderr);

    std::fs::write(&path, &whole).unwrap();
    acme.company.run(&["verify", "all"]).expect(0);
    let round = acme
        .company
        .path(&format!("rounds/{}.ndjson.zst", acme.root));
    acme.company
        .run(&["verify", "round", round.to_str().unwrap()])
        .expect(0);
    // Without the round file the grant files alone are enough.
    std::fs::remove_file(&round).unwrap();
    acme.company.run(&["verify", "all"]).expect(0);
    // Without both, a claim cannot be recomputed, and that is said.
    std::fs::remove_file(&path).unwrap();
    let ran = acme.company.run(&["-o", "json", "verify", "all"]).expect(1);
    assert!(
        ran.stdout.contains("cannot be recomputed"),
        "{}",
        ran.stdout
    );
}

fn find(bytes: &[u8], text: &str) -> usize {
    bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .expect(text)
}

//! Bundles of evidence: the same bytes whenever they are made, refused with any byte changed.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Log, Origin};
use guerdon_formats::audit::{Bundle, BundleError, Code, Manifest, Pin, read_logs, write_logs};

fn logs() -> Vec<Log> {
    let log = |index: u64| Log {
        origin: Origin {
            block: 7 + index,
            block_hash: B256::repeat_byte(7),
            block_time: 1_782_864_000,
            tx: B256::repeat_byte(8),
            log_index: index,
        },
        address: Address::repeat_byte(0x6a),
        topics: vec![B256::repeat_byte(1), B256::repeat_byte(2)],
        data: vec![1, 2, 3],
    };
    vec![log(0), log(1)]
}

fn bundle() -> Bundle {
    let manifest = Manifest {
        company: "Acme \"A\"".to_owned(),
        pin: Pin {
            date: "2026-07-01".to_owned(),
            block: 9,
            hash: B256::repeat_byte(9),
            time: 1_782_864_100,
        },
        chain_id: 31_337,
        genesis_hash: B256::repeat_byte(5),
        start_block: 1,
        symbol: "ACC".to_owned(),
        decimals: 18,
        contracts: vec![Code {
            name: "Grants".to_owned(),
            address: Address::repeat_byte(0x6a),
            code_hash: B256::repeat_byte(4),
        }],
        files: Vec::new(),
    };
    let files = BTreeMap::from([
        ("logs.ndjson".to_owned(), write_logs(&logs())),
        ("register.csv".to_owned(), b"id\r\n".to_vec()),
        ("empty".to_owned(), Vec::new()),
    ]);
    Bundle::new(manifest, files)
}

#[test]
fn a_bundle_reads_back_and_is_the_same_bytes() {
    let bytes = bundle().encode().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!(bytes, bundle().encode().unwrap());
    let read = Bundle::decode(&bytes).unwrap();
    assert_eq!(read, bundle());
    assert_eq!(read.seal().len(), 64);
    assert_eq!(
        read_logs(read.file("logs.ndjson").unwrap()).unwrap(),
        logs()
    );
    assert_eq!(read.manifest.files.len(), 3);
}

#[test]
fn every_changed_byte_is_refused() {
    let bytes = bundle().encode().unwrap();
    for place in 0..bytes.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= flip;
            assert!(Bundle::decode(&changed).is_err(), "byte {place} by {flip}");
        }
    }
    for length in 0..bytes.len() {
        assert!(Bundle::decode(&bytes[..length]).is_err(), "cut at {length}");
    }
    for more in [&b"x"[..], b"\0", b"PK\x05\x06"] {
        let longer = [&bytes, more].concat();
        assert!(Bundle::decode(&longer).is_err(), "with {more:?} at its end");
        let before = [more, &bytes].concat();
        assert!(Bundle::decode(&before).is_err(), "with {more:?} before it");
    }
}

#[test]
fn what_was_changed_is_named() {
    let path = "register.csv".to_owned();
    let mut added = bundle();
    added.files.insert("more.csv".to_owned(), b"x".to_vec());
    let extra = BundleError::Extra {
        path: "more.csv".to_owned(),
    };
    let mut removed = bundle();
    removed.files.remove(&path);
    let missing = BundleError::Missing { path: path.clone() };
    let mut changed = bundle();
    changed.files.insert(path.clone(), b"ID\r\n".to_vec());
    let other = BundleError::Changed { path };
    for (bundle, want) in [(added, extra), (removed, missing), (changed, other)] {
        let bytes = bundle.encode().unwrap();
        assert_eq!(Bundle::decode(&bytes), Err(want));
    }
    assert!(matches!(
        Bundle::decode(b"no archive"),
        Err(BundleError::Archive(_))
    ));
}

/// A directory of many files, each the same bytes of the archive: 200 times a megabyte.
#[test]
fn files_that_lie_in_one_another_are_refused_before_they_fill_the_memory() {
    let mut big = bundle();
    big.files = BTreeMap::from([("f000".to_owned(), vec![7; 1 << 20])]);
    let bytes = big.encode().unwrap();
    let end = bytes.len() - 22;
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let directory = word(end + 16) as usize;
    let entry = bytes[..end].windows(4).rposition(|it| it == b"PK\x01\x02");
    let entry = &bytes[entry.unwrap()..end];
    let name = entry.windows(4).position(|it| it == b"f000").unwrap();

    let mut nested = bytes[..end].to_vec();
    for place in 1..200_u16 {
        let mut entry = entry.to_vec();
        entry[name..name + 4].copy_from_slice(format!("f{place:03}").as_bytes());
        nested.extend(entry);
    }
    let length = u32::try_from(nested.len() - directory).unwrap();
    let mut last = bytes[end..].to_vec();
    last[8..10].copy_from_slice(&202_u16.to_le_bytes());
    last[10..12].copy_from_slice(&202_u16.to_le_bytes());
    last[12..16].copy_from_slice(&length.to_le_bytes());
    nested.extend(last);
    let told = Bundle::decode(&nested).unwrap_err().to_string();
    assert!(told.contains("lies inside of other files"), "{told}");
}

#[test]
fn a_line_that_is_no_log_is_named() {
    let mut bytes = write_logs(&logs());
    bytes.extend(b"{}\n");
    assert_eq!(read_logs(&bytes).unwrap_err().0, 3);
}

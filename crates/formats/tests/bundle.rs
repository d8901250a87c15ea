//! Bundles of evidence: the same bytes whenever they are made, refused with any byte changed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Log, Origin};
use guerdon_formats::audit::{Bundle, BundleError, Code, Manifest, Pin, read_logs, write_logs};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

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

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}

/// The parts of a bundle's archive by their paths, in their order.
fn parts(bundle: &Bundle) -> Vec<(String, Vec<u8>)> {
    let manifest = bundle.manifest.encode();
    let seal = format!("sha256 of manifest.json: {}\n", bundle.seal());
    let first = [
        ("manifest.json".to_owned(), manifest),
        ("seal.txt".to_owned(), seal.into()),
    ];
    first.into_iter().chain(bundle.files.clone()).collect()
}

/// An archive that `put` writes part by part.
fn archive(
    parts: &[(String, Vec<u8>)],
    put: impl Fn(&mut ZipWriter<Cursor<Vec<u8>>>, &str, &[u8]),
) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in parts {
        put(&mut writer, path, bytes);
    }
    writer.finish().unwrap().into_inner()
}

fn plain(writer: &mut ZipWriter<Cursor<Vec<u8>>>, path: &str, bytes: &[u8]) {
    writer.start_file(path, options()).unwrap();
    writer.write_all(bytes).unwrap();
}

/// Why an archive is refused.
fn told(bytes: &[u8]) -> String {
    Bundle::decode(bytes).unwrap_err().to_string()
}

/// Every place of a text in an archive.
fn places(bytes: &[u8], text: &[u8]) -> Vec<usize> {
    let windows = bytes.windows(text.len()).enumerate();
    let found = windows.filter(|(_, it)| *it == text);
    found.map(|(place, _)| place).collect()
}

#[test]
fn what_a_bundle_has_not_is_refused_before_it_is_read() {
    let parts = parts(&bundle());
    assert_eq!(archive(&parts, plain), bundle().encode().unwrap());
    // A megabyte of one letter, packed into a few bytes.
    let packed = archive(&parts, |writer, path, bytes| {
        let (bytes, method) = match path {
            "register.csv" => (&[b'7'; 1 << 20][..], CompressionMethod::Deflated),
            _ => (bytes, CompressionMethod::Stored),
        };
        let options = options().compression_method(method);
        writer.start_file(path, options).unwrap();
        writer.write_all(bytes).unwrap();
    });
    assert!(told(&packed).contains("`register.csv` is compressed"));
    // A link whose target is what the file holds.
    let linked = archive(&parts, |writer, path, bytes| match path {
        "register.csv" => {
            let target = std::str::from_utf8(bytes).unwrap();
            writer.add_symlink(path, target, options()).unwrap();
        }
        _ => plain(writer, path, bytes),
    });
    assert!(told(&linked).contains("outside of its files"));
    // Another order of the same files.
    let turned: Vec<_> = parts.iter().rev().cloned().collect();
    assert!(told(&archive(&turned, plain)).contains("outside of its files"));
}

#[test]
fn names_stand_once_and_are_text() {
    let mut twice = parts(&bundle());
    twice.push(("regisxxx.csv".to_owned(), b"id\r\n".to_vec()));
    let mut bytes = archive(&twice, plain);
    for place in places(&bytes, b"regisxxx.csv") {
        bytes[place..place + 12].copy_from_slice(b"register.csv");
    }
    assert!(told(&bytes).contains("two of its files have one name"));

    let mut bytes = bundle().encode().unwrap();
    for place in places(&bytes, b"empty") {
        bytes[place] = 0xff;
    }
    assert!(Bundle::decode(&bytes).is_err());

    let mut doubled = bundle();
    doubled
        .manifest
        .files
        .push(doubled.manifest.files[2].clone());
    assert!(told(&doubled.encode().unwrap()).contains("its paths do not rise"));
}

#[test]
fn lengths_that_no_bundle_has_are_refused_before_they_fill_the_memory() {
    // A file that says it is as long as four gigabytes.
    let mut bytes = bundle().encode().unwrap();
    let entry = *places(&bytes, b"PK\x01\x02").last().unwrap();
    bytes[entry + 20..entry + 28].copy_from_slice(&[0xfe; 8]);
    assert!(told(&bytes).contains("lies inside of other files"));

    let long = vec![b' '; (16 << 20) + 1];
    let mut parts = parts(&bundle());
    parts[0].1 = long;
    let why = told(&archive(&parts, plain));
    assert!(
        why.contains("`manifest.json` is longer than 16777216 bytes"),
        "{why}"
    );
}

/// A directory of 17 MiB: entries with long comments.
#[test]
fn a_directory_without_end_is_not_read() {
    let bytes = bundle().encode().unwrap();
    let end = bytes.len() - 22;
    let entries = places(&bytes, b"PK\x01\x02");
    let (first, entry) = (entries[0], *entries.last().unwrap());
    let mut long = bytes[..end].to_vec();
    for _ in 0..272 {
        let mut entry = bytes[entry..end].to_vec();
        entry[32..34].copy_from_slice(&u16::MAX.to_le_bytes());
        long.extend(entry);
        long.extend(vec![0; u16::MAX.into()]);
    }
    let count = u16::try_from(entries.len() + 272).unwrap().to_le_bytes();
    let length = u32::try_from(long.len() - first).unwrap();
    let mut last = bytes[end..].to_vec();
    last[8..10].copy_from_slice(&count);
    last[10..12].copy_from_slice(&count);
    last[12..16].copy_from_slice(&length.to_le_bytes());
    long.extend(last);
    let why = told(&long);
    assert!(why.contains("its directory is too long"), "{why}");
}

#[test]
fn a_line_that_is_no_log_is_named() {
    let mut bytes = write_logs(&logs());
    bytes.extend(b"{}\n");
    assert_eq!(read_logs(&bytes).unwrap_err().0, 3);
}

//! The form of a bundle: the files that every bundle has and no others, and each contract once.

use std::io::{Read, Seek};

use guerdon_formats::audit::{Manifest, README};

use super::bundle::Opened;
use super::evidence;
use super::report::Report;

const README_PATH: &str = "README.txt";

/// Every bundle has these.
const FILES: [&str; 7] = [
    README_PATH,
    "attempts.csv",
    "logs.ndjson",
    "pool.csv",
    "register.csv",
    "rounds.csv",
    "terms.ndjson",
];

/// Every manifest names these.
const CONTRACTS: [&str; 4] = ["Grants", "Goals", "AccessToken", "AccessManager"];

/// A manifest may name these: not every deployment has them.
const MORE_CONTRACTS: [&str; 3] = ["Succession", "BondToken", "BondManager"];

/// Reports what is missing, and what was added.
pub(super) fn check<S: Read + Seek>((manifest, archive): &mut Opened<'_, S>, report: &mut Report) {
    let paths = || manifest.files.iter().map(|file| file.path.as_str());
    for path in FILES {
        if !paths().any(|named| named == path) {
            report.fail("files", path, "content", "it is missing from the bundle");
        }
    }
    for path in paths() {
        if !FILES.contains(&path) && !is_goal(path) && evidence::place(path).is_none() {
            let message = "no bundle has such a file: somebody added it";
            report.fail("files", path, "name", message);
        }
        if path == README_PATH && archive.file(path).ok().as_deref() != Some(README.as_bytes()) {
            let message = "it is not the text that stands in every bundle";
            report.fail("files", path, "content", message);
        }
    }
    contracts(manifest, report);
}

/// `goals/0x` and 64 digits of the goal's hash.
fn is_goal(path: &str) -> bool {
    let digits = path.strip_prefix("goals/0x");
    let digits = digits.and_then(|path| path.strip_suffix(".json"));
    let is_digit = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_digit))
}

fn contracts(manifest: &Manifest, report: &mut Report) {
    let kind = "files";
    let named = |name: &str| {
        let contracts = manifest.contracts.iter();
        contracts.filter(|code| code.name == name).count()
    };
    for name in CONTRACTS {
        if named(name) == 0 {
            let message = "the manifest names no such contract";
            report.fail(kind, "manifest.json", name, message);
        }
    }
    for (place, code) in manifest.contracts.iter().enumerate() {
        let name = code.name.as_str();
        let earlier = manifest.contracts.iter().take(place);
        let message = if !CONTRACTS.contains(&name) && !MORE_CONTRACTS.contains(&name) {
            "no deployment has such a contract"
        } else if earlier.clone().any(|other| other.name == code.name) {
            "the manifest names it twice"
        } else if earlier.clone().any(|other| other.address == code.address) {
            "the manifest gives it the address of another contract"
        } else {
            continue;
        };
        report.fail(kind, "manifest.json", name, message);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use alloy_primitives::{Address, B256};
    use guerdon_formats::audit::{Archive, Bundle, Code, Pin};

    use super::*;
    use crate::output::Format;

    fn bundle() -> Bundle {
        let code = |(name, place): (&&str, u8)| Code {
            name: (*name).to_owned(),
            address: Address::repeat_byte(place),
            code_hash: B256::ZERO,
        };
        let manifest = Manifest {
            company: "Acme".to_owned(),
            pin: Pin {
                date: "2026-07-01".to_owned(),
                block: 9,
                hash: B256::ZERO,
                time: 1_782_864_000,
            },
            chain_id: 31_337,
            genesis_hash: B256::ZERO,
            start_block: 1,
            symbol: "ACC".to_owned(),
            decimals: 18,
            contracts: CONTRACTS.iter().zip(1..).map(code).collect(),
            files: Vec::new(),
        };
        let files = FILES.map(|path| (path.to_owned(), Vec::new()));
        let mut files = BTreeMap::from(files);
        files.insert(README_PATH.to_owned(), README.into());
        files.insert(
            format!("goals/{}.json", B256::repeat_byte(0xab)),
            Vec::new(),
        );
        Bundle::new(manifest, files)
    }

    /// The first thing that is wrong with a bundle that was changed so.
    fn told(change: impl FnOnce(&mut Bundle)) -> Option<String> {
        let mut bundle = bundle();
        change(&mut bundle);
        let bytes = Bundle::new(bundle.manifest, bundle.files).encode().unwrap();
        let (manifest, mut archive) = Archive::open(|| Ok(Cursor::new(&bytes))).unwrap();
        let mut report = Report::default();
        check(&mut (&manifest, &mut archive), &mut report);
        let failure = report.finish(Format::Nothing).err();
        failure.map(|failure| failure.sentence)
    }

    #[test]
    fn files_are_those_of_every_bundle_and_no_others() {
        assert_eq!(told(|_| ()), None);
        let goal = B256::repeat_byte(0xab).to_string();
        for added in [
            "notes.txt".to_owned(),
            "Register.csv".to_owned(),
            "goals/notes.json".to_owned(),
            format!("goals/{}.json", goal.replace("ab", "AB")),
            format!("goals/{goal}0.json"),
            format!("goals/{goal}.txt"),
            format!("goals/{goal}/{goal}.json"),
            format!("results/{goal}/0/../{goal}"),
            "../register.csv".to_owned(),
            "/etc/passwd".to_owned(),
            "goals\\notes.json".to_owned(),
            "logs.ndjson ".to_owned(),
            "\u{1b}[2Jlogs.ndjson".to_owned(),
        ] {
            let told = told(|bundle| drop(bundle.files.insert(added.clone(), Vec::new())));
            let told = told.unwrap();
            assert!(told.contains(&added) && told.contains("added it"), "{told}");
        }
        for path in FILES {
            let told = told(|bundle| drop(bundle.files.remove(path))).unwrap();
            assert!(
                told.contains(&format!("{path}, content: it is missing")),
                "{told}"
            );
        }
        let longer = format!("{README}All of it was audited.\n");
        let readme = |bundle: &mut Bundle| {
            bundle.files.insert(README_PATH.to_owned(), longer.into());
        };
        let told = told(readme).unwrap();
        assert!(
            told.contains("README.txt, content: it is not the text"),
            "{told}"
        );
    }

    #[test]
    fn contracts_are_named_each_once() {
        for (place, name) in CONTRACTS.iter().enumerate() {
            let told = told(|bundle| drop(bundle.manifest.contracts.remove(place))).unwrap();
            assert!(told.contains(name), "{told}");
            assert!(told.contains("names no such contract"), "{told}");
        }
        let added = |name: &str, place: u8| {
            let code = Code {
                name: name.to_owned(),
                address: Address::repeat_byte(place),
                code_hash: B256::ZERO,
            };
            told(|bundle| bundle.manifest.contracts.push(code))
        };
        assert_eq!(added("Succession", 9), None);
        for (name, place, want) in [
            ("Grants", 9, "names it twice"),
            ("Succession", 1, "address of another"),
            ("Vault", 9, "no deployment has"),
        ] {
            let told = added(name, place).unwrap();
            assert!(told.contains(want), "{told}");
        }
    }
}

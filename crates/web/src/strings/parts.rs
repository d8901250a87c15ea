//! Every sentence of every part as it stands in its source, holes and all, in one plain file a part:
//! whoever changes, adds or drops one sees it in the review. `GUERDON_SNAPSHOTS=write` writes the
//! files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that say nothing to readers.
const SILENT: [&str; 4] = ["mod.rs", "parts.rs", "snapshot.rs", "tests.rs"];

#[test]
fn every_part_says_what_its_file_keeps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/strings");
    let kept = folder.join("snapshots/parts");
    let writes = std::env::var_os("GUERDON_SNAPSHOTS").is_some_and(|value| value == "write");
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, path) in sources(&folder) {
        let now = said(&fs::read_to_string(path).unwrap());
        let file = kept.join(format!("{name}.txt"));
        if writes {
            fs::create_dir_all(&kept).unwrap();
            fs::write(&file, &now).unwrap();
        }
        if fs::read_to_string(&file).unwrap_or_default() != now {
            wrong.push(name.clone());
        }
        names.insert(format!("{name}.txt"));
    }
    let files = fs::read_dir(&kept).into_iter().flatten();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    for gone in files.collect::<BTreeSet<_>>().difference(&names) {
        wrong.push(format!("{gone}, which has no part any more"));
    }
    let how = "read them and run this test with GUERDON_SNAPSHOTS=write";
    assert!(
        wrong.is_empty(),
        "the sentences of {wrong:?} changed: {how}"
    );
    assert!(names.len() > 25, "{names:?}");
}

/// The parts with the files that hold their sentences; `actions-acts` for `actions/acts.rs`.
fn sources(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = sources(&path).into_iter();
            all.extend(inner.map(|(part, path)| (format!("{name}-{part}"), path)));
        } else if let Some(part) = name.strip_suffix(".rs")
            && !SILENT.contains(&name.as_str())
        {
            all.push((part.to_owned(), path.clone()));
        }
    }
    all
}

/// The sentences and labels of a source, one a line, in its order.
fn said(source: &str) -> String {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut lines = String::new();
    let mut rest = source;
    while let Some(place) = rest.find(['"', '/', '\'']) {
        let (_, from) = rest.split_at(place);
        rest = match from.as_bytes() {
            [b'/', b'/', ..] => from.split_once('\n').map_or("", |(_, after)| after),
            [b'"', ..] => {
                let (text, after) = literal(&from[1..]);
                if is_said(&text) {
                    lines.push_str(&text);
                    lines.push('\n');
                }
                after
            }
            // A sign, not a lifetime.
            [b'\'', b'\\', ..] => &from[from[3..].find('\'').map_or(1, |end| end + 4)..],
            _ if from.starts_with('\'') && from.chars().nth(2) == Some('\'') => {
                &from[from.char_indices().nth(3).map_or(from.len(), |it| it.0)..]
            }
            _ => &from[1..],
        };
    }
    lines
}

/// What a literal says, from after its first quote on, and what follows it.
fn literal(from: &str) -> (String, &str) {
    let mut text = String::new();
    let mut signs = from.char_indices();
    while let Some((place, sign)) = signs.next() {
        match sign {
            '"' => return (text, &from[place + 1..]),
            '\\' => match signs.next() {
                // A line that goes on.
                Some((_, '\n')) => {
                    let blank = |next: &(usize, char)| next.1.is_whitespace();
                    let mut ahead = signs.clone();
                    while ahead.next().as_ref().is_some_and(blank) {
                        signs.next();
                    }
                }
                Some((_, '"')) => text.push('"'),
                Some((_, other)) => text.extend(['\\', other]),
                None => {}
            },
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
    (text, "")
}

fn is_said(text: &str) -> bool {
    let words = text.contains(' ') || text.starts_with(char::is_uppercase);
    words && text.contains(char::is_alphabetic)
}

#[test]
fn sentences_are_found_in_their_source() {
    let source = "/// `Not \"this\" one`\nconst A: &str = \"One \\\n    sentence.\";\n\
                  fn f<'a>(x: char) -> &'a str { let _ = '\"'; if x == '\\'' { \"Two\" } else { \
                  format!(\"{x} has {y}\\u{a0}%\") } }\n#[cfg(test)] const Z: &str = \"No test\";";
    assert_eq!(said(source), "One sentence.\nTwo\n{x} has {y}\\u{a0}%\n");
}

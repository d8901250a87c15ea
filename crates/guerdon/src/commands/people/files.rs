//! Files of the data directory that name a person, and grant files without their agreement.

use std::fs;
use std::path::{Path, PathBuf};

use guerdon_formats::grant_file::GrantFile;
use guerdon_store::Member;

use crate::context::Context;
use crate::error::{Outcome, file_error};
use crate::files;

/// Files that have the name, number or e-mail address in their text, beside the database and the
/// embedded chain. Packed files (rounds) hold terms only, which name nobody.
pub(super) fn naming(context: &Context, member: &Member) -> Outcome<Vec<PathBuf>> {
    let words = [&member.name, &member.email, &member.number];
    let words: Vec<&str> = words
        .into_iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    search(&context.data.0, &words, &mut found)?;
    let chain = context.data.chain();
    found.retain(|path| !path.starts_with(&chain) && !is_database(context, path));
    found.sort();
    Ok(found)
}

fn search(folder: &Path, words: &[&str], found: &mut Vec<PathBuf>) -> Outcome {
    let failed = |error: &std::io::Error| file_error("read the folder", folder, error);
    for entry in fs::read_dir(folder).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| failed(&error))?;
        if kind.is_dir() {
            search(&path, words, found)?;
        } else if kind.is_file() && words.iter().any(|word| has(&files::read(&path), word)) {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether the bytes have the word with no letter or digit beside it.
fn has(bytes: &Outcome<Vec<u8>>, word: &str) -> bool {
    let Ok(bytes) = bytes else { return false };
    let text = String::from_utf8_lossy(bytes);
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let (before, after) = (text.split_at(at).0, text.split_at(at + found.len()).1);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}

fn is_database(context: &Context, path: &Path) -> bool {
    let database = context.data.database();
    let name = database.file_name().unwrap_or_default().to_string_lossy();
    let ours = path.file_name().unwrap_or_default().to_string_lossy();
    path.parent() == database.parent() && ours.starts_with(&*name)
}

/// Writes a grant file again without its agreement, whose hash stays in the terms. Answers whether
/// it was one.
pub(super) fn without_agreement(path: &Path) -> Outcome<bool> {
    let Ok(mut grant) = GrantFile::decode(&files::read(path)?) else {
        return Ok(false);
    };
    grant.agreement = None;
    match grant.encode() {
        Ok(bytes) => files::write(path, &bytes).map(|()| true),
        Err(_) => Ok(false),
    }
}

//! The words after `cargo xtask mutate`.

use anyhow::{Context, Result, bail};

use super::mutant::Mutant;

pub(super) const USAGE: &str = "\
usage: cargo xtask mutate [--list] [--only FILE] [--sample N] [--minutes N] [--workers N]
                          [--commit REV] [--fresh] [-o table|json]

  --list       only name the mutants
  --only FILE  those of one file, such as Grants.sol; may be said again for others
  --sample N   N of them, evenly spread
  --minutes N  begin no other after that time: what is left waits for the next run
  --workers N  that many at a time (2)
  --commit REV the sources and tests of a commit, not those that lie here now
  --fresh      forget earlier results";

#[derive(Debug)]
pub(super) struct Options {
    pub(super) list: bool,
    pub(super) fresh: bool,
    pub(super) json: bool,
    pub(super) workers: usize,
    pub(super) minutes: usize,
    pub(super) commit: Option<String>,
    only: Vec<String>,
    sample: Option<usize>,
}

impl Options {
    pub(super) fn read(words: &[String]) -> Result<Self> {
        let mut options = Self {
            list: false,
            fresh: false,
            json: false,
            workers: 2,
            minutes: usize::MAX,
            commit: None,
            only: Vec::new(),
            sample: None,
        };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--list" => options.list = true,
                "--fresh" => options.fresh = true,
                "--only" => options.only.push(value(word, words.next())?.to_owned()),
                "--sample" => options.sample = Some(number(word, words.next())?),
                "--commit" => options.commit = Some(value(word, words.next())?.to_owned()),
                "--minutes" => options.minutes = number(word, words.next())?,
                "--workers" => options.workers = number(word, words.next())?,
                "-o" => options.json = format(value(word, words.next())?)?,
                _ => bail!("mutate knows no {word}\n\n{USAGE}"),
            }
        }
        Ok(options)
    }

    /// The mutants that are asked for.
    pub(super) fn choose(&self, all: Vec<Mutant>) -> Result<Vec<Mutant>> {
        let mut chosen = all;
        if !self.only.is_empty() {
            let named = |mutant: &Mutant| self.only.iter().any(|only| mutant.file.ends_with(only));
            chosen.retain(named);
        }
        if chosen.is_empty() {
            bail!("there is nothing to change in {}", self.only.join(", "));
        }
        if let Some(sample) = self.sample {
            let step = chosen.len().div_ceil(sample.max(1));
            chosen = chosen.into_iter().step_by(step).collect();
        }
        Ok(chosen)
    }
}

fn value<'a>(name: &str, word: Option<&'a str>) -> Result<&'a str> {
    word.with_context(|| format!("{name} has no value\n\n{USAGE}"))
}

fn number(name: &str, word: Option<&str>) -> Result<usize> {
    let word = value(name, word)?;
    let number = word.parse().ok().filter(|number| *number > 0);
    number.with_context(|| format!("{name} takes a number above 0, not `{word}`"))
}

fn format(word: &str) -> Result<bool> {
    match word {
        "json" => Ok(true),
        "table" => Ok(false),
        _ => bail!("-o takes table or json, not `{word}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Options> {
        Options::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn unknown_and_incomplete_words_are_refused() {
        for words in [
            &["--all"][..],
            &["--sample"],
            &["--workers", "0"],
            &["-o", "xml"],
        ] {
            assert!(read(words).is_err(), "{words:?}");
        }
        let options = read(&["--workers", "1", "-o", "json", "--only", "Grants.sol"]).unwrap();
        assert!(options.json && !options.list && !options.fresh && options.workers == 1);
    }
}

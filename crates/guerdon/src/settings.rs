//! `guerdon.toml`: every option that has a variable of the environment, under its name in small
//! letters. A flag is stronger than the environment, and the environment than the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory};

use crate::cli::Global;
use crate::error::{Failure, Outcome};

/// Read when no other file is named, if it is there.
const DEFAULT: &str = "guerdon.toml";
const PREFIX: &str = "GUERDON_";

/// The command line with the file's values as defaults.
pub(crate) fn with_file(command: Command, arguments: &[OsString]) -> Outcome<Command> {
    let Some((path, text)) = read(command.clone(), arguments)? else {
        return Ok(command);
    };
    let shown = path.display();
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let why = error.message().to_owned();
        Failure::input(format!("{shown} is no settings file: {why}"))
            .hint("one setting a line: name = \"value\"")
    })?;
    let mut command = command;
    for (key, value) in &table {
        let value = text_of(value).ok_or_else(|| {
            Failure::input(format!(
                "{shown}: {key} is neither text, a number nor true or false"
            ))
        })?;
        check_secret(&path, key, &value)?;
        let found;
        (command, found) = set(command, key, &value);
        if !found {
            return Err(
                Failure::input(format!("{shown} names {key}, which is no setting"))
                    .hint("`guerdon serve --help` shows the settings as [env: GUERDON_NAME=]"),
            );
        }
    }
    Ok(command)
}

/// The named file, or the usual one if it is there.
fn read(command: Command, arguments: &[OsString]) -> Outcome<Option<(PathBuf, String)>> {
    // Only this option is looked for: whatever else is wrong, the whole parse says it later.
    let matches = command.ignore_errors(true).try_get_matches_from(arguments);
    let named = matches
        .ok()
        .and_then(|matches| matches.get_one::<PathBuf>("config").cloned());
    let path = named.clone().unwrap_or_else(|| DEFAULT.into());
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let sentence = format!("{} cannot be read: {error}", path.display());
            Err(Failure::not_found(sentence))
        }
    }
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// Settings files are shared and kept; passwords are not.
fn check_secret(path: &Path, key: &str, value: &str) -> Outcome {
    let authority = value.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority
        .split('/')
        .next()
        .and_then(|it| it.rsplit_once('@'));
    if user.is_some_and(|(user, _)| user.contains(':')) {
        let sentence = format!("{}: {key} holds a password", path.display());
        return Err(Failure::input(sentence).hint(
            "write it into a file of its own and name that: database_url_file, smtp_password_file",
        ));
    }
    Ok(())
}

/// Gives the option of this name its value, in every command that has it.
fn set(command: Command, key: &str, value: &str) -> (Command, bool) {
    let variable = format!("{PREFIX}{}", key.to_uppercase());
    let small = key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_it = |arg: &Arg| small && arg.get_env().is_some_and(|env| env == variable.as_str());
    let ids: Vec<_> = command
        .get_arguments()
        .filter(|arg| is_it(arg))
        .map(|arg| arg.get_id().clone())
        .collect();
    let names: Vec<_> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let mut found = !ids.is_empty();
    let mut command = command;
    for id in ids {
        let value = value.to_owned();
        command = command.mut_arg(id, |arg| arg.default_value(value));
    }
    for name in names {
        let within = std::cell::Cell::new(false);
        command = command.mut_subcommand(name, |sub| {
            let (sub, inside) = set(sub, key, value);
            within.set(inside);
            sub
        });
        found |= within.get();
    }
    (command, found)
}

/// Which options of every command were given, and by what: a flag, a variable or the settings
/// file, which shows as a default that the program does not have itself.
pub(crate) fn sources(settled: &Command, matches: &ArgMatches) -> Vec<(String, String)> {
    let bare = crate::cli::Cli::command();
    let source = |arg: &Arg| {
        let variable = arg.get_env()?.to_string_lossy().into_owned();
        let own = bare.get_arguments().find(|it| it.get_id() == arg.get_id());
        let of_file = own.is_some_and(|own| own.get_default_values() != arg.get_default_values());
        let by = match matches.value_source(arg.get_id().as_str())? {
            ValueSource::CommandLine => "flag".to_owned(),
            ValueSource::EnvVariable => variable,
            _ if of_file => "the settings file".to_owned(),
            _ => return None,
        };
        Some((arg.get_id().as_str().replace('_', "-"), by))
    };
    settled.get_arguments().filter_map(source).collect()
}

/// Who signs by `--from` needs no key of the file: what was typed is stronger.
pub(crate) fn prefer_typed(global: &mut Global, matches: &ArgMatches) {
    let of_file = matches.value_source("account") == Some(ValueSource::DefaultValue);
    if of_file && global.from.is_some() {
        global.account = None;
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::cli::{Cli, Command as Verb};

    fn parse(text: &str, arguments: &[&str]) -> Result<Cli, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let arguments: Vec<OsString> = ["guerdon", "--config", path]
            .iter()
            .chain(arguments)
            .map(OsString::from)
            .collect();
        let command = with_file(Cli::command(), &arguments).map_err(|failure| {
            let sentence = failure.to_string();
            assert!(sentence.contains("settings.toml"), "{sentence}");
            sentence
        })?;
        let matches = command
            .try_get_matches_from(&arguments)
            .map_err(|error| error.to_string())?;
        let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.to_string())?;
        prefer_typed(&mut cli.global, &matches);
        Ok(cli)
    }

    fn serving(text: &str, arguments: &[&str]) -> crate::cli::ServeArgs {
        match parse(text, arguments).unwrap().command {
            Verb::Serve(arguments) => arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_flag_is_stronger_than_the_file() {
        let text =
            "port = 9000\npublic_url = \"https://grants.acme.example\"\ncompany = \"Acme\"\n";
        let served = serving(text, &["serve"]);
        assert_eq!(served.port, 9_000);
        assert_eq!(
            served.portal.public_url.as_deref(),
            Some("https://grants.acme.example")
        );
        assert_eq!(serving(text, &["serve", "--port", "9001"]).port, 9_001);
        let global = parse("rpc_url = \"http://a\"\naccount = \"me\"\n", &["doctor"])
            .unwrap()
            .global;
        assert_eq!(
            (global.rpc_url.as_deref(), global.account.as_deref()),
            (Some("http://a"), Some("me"))
        );
        let from = parse("account = \"me\"\n", &["--from", "3", "doctor"])
            .unwrap()
            .global;
        assert_eq!((from.account, from.from), (None, Some(3)));
    }

    #[test]
    fn what_is_no_setting_is_said_in_a_sentence() {
        for wrong in [
            "prot = 9000",
            "PORT = 9000",
            "yes = true",
            "output = \"json\"",
        ] {
            let refused = parse(wrong, &["serve"]).unwrap_err();
            assert!(refused.contains("which is no setting"), "{refused}");
        }
        let refused = parse("port = [1]", &["serve"]).unwrap_err();
        assert!(refused.contains("port is neither text"), "{refused}");
        let refused = parse("port", &["serve"]).unwrap_err();
        assert!(refused.contains("is no settings file"), "{refused}");
        let refused = parse("port = \"many\"", &["serve"]).unwrap_err();
        assert!(refused.contains("many"), "{refused}");
    }

    #[test]
    fn passwords_stand_in_files_of_their_own() {
        for wrong in [
            "database_url = \"postgres://me:secret@db/guerdon\"",
            "smtp_url = \"smtps://me:secret@mail\"",
        ] {
            let refused = parse(wrong, &["serve"]).unwrap_err();
            assert!(
                refused.contains("holds a password") && !refused.contains("secret"),
                "{refused}"
            );
        }
        assert!(
            parse(
                "database_url = \"postgres://me@db:5432/guerdon\"",
                &["serve"]
            )
            .is_ok()
        );
    }
}

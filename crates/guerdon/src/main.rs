//! The one binary: parses arguments, assembles the crates, runs a command.

mod cli;
mod commands;
mod confirm;
mod context;
mod delay;
mod demo;
mod error;
mod execute;
mod files;
mod handover;
mod keeper;
mod mail;
mod metrics;
mod origin;
mod output;
mod session;
mod settings;
mod wallet_network;
mod webhooks;
mod words;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::EnvFilter;

use error::{Failure, Outcome};

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(failure) => return refuse(&failure),
    };
    trace(&arguments.global);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::say(&format!("error: could not start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    runtime.spawn(confirm::end_questions());
    let outcome = runtime.block_on(commands::run(arguments));
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure),
    }
}

/// The command line, with the settings file below it and secrets read from their files.
fn arguments() -> Outcome<cli::Cli> {
    let given: Vec<_> = std::env::args_os().collect();
    let command = settings::with_file(cli::Cli::command(), &given)?;
    let settled = command.clone();
    let matches = command.get_matches_from(given);
    let mut arguments = cli::Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    arguments.global.sources = settings::sources(&settled, &matches);
    settings::prefer_typed(&mut arguments.global, &matches);
    if let Some(path) = &arguments.global.database_url_file {
        arguments.global.database_url = Some(files::read_secret(path)?);
    }
    Ok(arguments)
}

fn refuse(failure: &Failure) -> ExitCode {
    output::say(&format!("error: {failure}"));
    if let Some(hint) = &failure.hint {
        output::say(&format!("hint: {hint}"));
    }
    ExitCode::from(failure.exit_code())
}

/// What parts say while they work goes to stderr; by default only what went wrong.
fn trace(global: &cli::Global) {
    let level = match global.verbose {
        0 => "warn",
        1 => "guerdon=info,warn",
        2 => "guerdon=debug,info",
        // That layer writes the addresses of pages, and links of holders are in them.
        _ => "trace,tower_http::csrf=info",
    };
    let filter = EnvFilter::new(format!("{level},{}=info", output::SAID));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match global.log_format {
        cli::LogFormat::Text => log.init(),
        cli::LogFormat::Json => {
            output::say_as_log();
            log.json().flatten_event(true).init();
        }
    }
}

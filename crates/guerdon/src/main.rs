//! The one binary: parses arguments, assembles the crates, runs a command.

mod cli;
mod commands;
mod confirm;
mod context;
mod demo;
mod error;
mod execute;
mod files;
mod handover;
mod keeper;
mod output;
mod session;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    trace(arguments.global.verbose);
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
        Err(failure) => {
            output::say(&format!("error: {failure}"));
            if let Some(hint) = &failure.hint {
                output::say(&format!("hint: {hint}"));
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

/// What parts say while they work goes to stderr; by default only what went wrong.
fn trace(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "guerdon=info,warn",
        _ => "guerdon=debug,info",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

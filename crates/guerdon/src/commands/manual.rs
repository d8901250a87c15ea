//! Completion scripts and manual pages, made from the command line itself.

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::error::{Outcome, file_error};
use crate::files;
use crate::output::{data, say};

/// Prints a completion script.
pub(crate) fn completions(arguments: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "guerdon", &mut script);
    data(&String::from_utf8_lossy(&script))
}

/// Prints the first page, or writes a page for each command into a folder.
pub(crate) fn man(arguments: &ManArgs) -> Outcome {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &arguments.to else {
        return data(&String::from_utf8_lossy(&page(&command)?));
    };
    let mut waiting = vec![command];
    let mut written = 0;
    while let Some(command) = waiting.pop() {
        let name = command.get_display_name().unwrap_or("guerdon").to_owned();
        files::write(&folder.join(format!("{name}.1")), &page(&command)?)?;
        written += 1;
        let below = command.get_subcommands();
        waiting.extend(below.filter(|it| it.get_name() != "help").cloned());
    }
    say(&format!("{written} pages in {}", folder.display()));
    Ok(())
}

fn page(command: &clap::Command) -> Outcome<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| file_error("write", std::path::Path::new("the page"), &error))?;
    Ok(page)
}

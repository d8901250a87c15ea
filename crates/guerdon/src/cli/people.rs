use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// The people list; with -o csv in the form that `people import` reads.
    List,
    /// Put a person onto the list, or add to what it says about one.
    Add(AddPersonArgs),
    /// Read a CSV of people: new ones are added, known ones take over what the file says.
    Import(ImportPeopleArgs),
    /// Everything that is kept here about a person, as JSON.
    Export(PersonArgs),
    /// Clear all personal data of a person, and say what stays and where.
    Erase(EraseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddPersonArgs {
    /// The company's number for the person.
    pub(crate) number: String,
    /// Full name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// E-mail address; a link sent there signs the person in, to read only.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Tax country, two letters.
    #[arg(long, value_name = "CC")]
    pub(crate) country: Option<String>,
    /// Time zone in which times are shown to the person, such as Europe/Paris.
    #[arg(long)]
    pub(crate) zone: Option<String>,
    /// What the person may read, beside grants of his or her own; can be given again.
    #[arg(long, value_enum)]
    pub(crate) role: Vec<RoleName>,
    /// A wallet of the person; can be given again.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) wallet: Vec<Address>,
}

/// Roles of the people list. What a wallet can sign is decided on the chain alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Reads the auditor's pages.
    Auditor,
    /// Reads the company's pages and edits its drafts.
    Company,
    /// Reads everything and edits the people list.
    Administrator,
}

#[derive(Debug, Args)]
pub(crate) struct ImportPeopleArgs {
    /// CSV in UTF-8 with the columns number, name, email, country, zone, roles, wallets; several
    /// roles or wallets are separated by blanks, and an empty cell takes away what was there.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    /// The number on the list, the id (P17), a wallet or the e-mail address.
    pub(crate) person: String,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The number on the list, the id (P17), a wallet or the e-mail address.
    pub(crate) person: String,
    /// Take the agreement's text, which names the person, out of the grant files of the data
    /// directory; they can be claimed as before.
    #[arg(long)]
    pub(crate) grant_files: bool,
    #[command(flatten)]
    pub(crate) kept: super::BackupDays,
}

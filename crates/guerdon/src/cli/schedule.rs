use std::path::PathBuf;

use clap::{Args, Subcommand};
use guerdon_formats::calendar::{Zone, parse_date};
use jiff::civil::Date;

use super::NamedGoal;

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// Read vesting terms of the Open Cap Format: as segments, as words of a sheet, as gates.
    Import(ScheduleImportArgs),
    /// Write a grant's schedule and gates as vesting terms of the Open Cap Format.
    Export(ScheduleExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleImportArgs {
    /// An object VESTING_TERMS, or an OCF_VESTING_TERMS_FILE.
    pub(crate) file: PathBuf,
    /// The day on which vesting starts.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) start: Date,
    /// The time zone of its days, a name of the IANA database.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(crate) zone: Zone,
    /// Which terms of a file of several.
    #[arg(long, value_name = "ID")]
    pub(crate) terms: Option<String>,
    /// The size of the grant in tokens; needed where terms round to whole units or fix them.
    #[arg(long, value_name = "TOKENS")]
    pub(crate) quantity: Option<String>,
    /// Decimal places of the token.
    #[arg(long, value_name = "N", default_value_t = 18, requires = "quantity")]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=36))]
    pub(crate) decimals: u8,
    /// The goal that decides an event; by default the goal file of that name.
    #[arg(long, value_name = "EVENT=ID")]
    pub(crate) goal: Vec<NamedGoal>,
    /// Refuse what differs from the terms by the rounding of a part per billion.
    #[arg(long, requires = "quantity")]
    pub(crate) exact: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleExportArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// The time zone of its days; by default the one that its agreement names.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(crate) zone: Option<Zone>,
    /// Where the terms go; by default to stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

fn date(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|error| error.to_string())
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::named(text).map_err(|error| error.to_string())
}

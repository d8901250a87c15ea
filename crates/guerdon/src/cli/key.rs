use clap::{Args, Subcommand, ValueEnum};
use guerdon_store::Scope;

/// Keys by which other systems use the API.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; it is printed once.
    Create(CreateKeyArgs),
    /// Every key, revoked and expired ones included.
    List,
    /// End a key at once.
    Revoke(RevokeKeyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateKeyArgs {
    /// Which system uses it, such as payroll.
    pub(crate) label: String,
    /// What it may do; can be given again.
    #[arg(long, value_enum, required = true)]
    pub(crate) scope: Vec<ScopeName>,
    /// Days until it ends; without it, it has no end.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=3_650))]
    pub(crate) days: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeKeyArgs {
    /// The key's number, as `guerdon key list` names it.
    pub(crate) key: u64,
}

/// Scopes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScopeName(pub(crate) Scope);

impl ValueEnum for ScopeName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [ScopeName; Scope::ALL.len()] = {
            let mut all = [ScopeName(Scope::ReadGrants); Scope::ALL.len()];
            let mut place = 0;
            while place < all.len() {
                all[place] = ScopeName(Scope::ALL[place]);
                place += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()))
    }
}

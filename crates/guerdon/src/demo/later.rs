//! What happens to single grants, as a person would type it; each looks first whether it is done.

use clap::Parser;
use guerdon_core::state::Flags;

use super::input::{EMPLOYED, PROMOTED};
use crate::cli::Cli;
use crate::commands::dispatch;
use crate::commands::grant::files::find as find_grant;
use crate::context::{Context, Node};
use crate::error::{Failure, Outcome};
use crate::files;
use crate::session::Session;

/// A command about a grant, and the mark that it leaves on the grant's word.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) grant: &'static str,
    pub(super) leaves: Flags,
    /// The command after `guerdon grant`.
    pub(super) does: &'static [&'static str],
}

/// Carries out a command about a grant, unless its mark stands.
pub(super) async fn change(context: &Context, node: &Node, change: &Change) -> Outcome {
    if stands(context, node, (change.grant, change.leaves)).await? {
        return Ok(());
    }
    typed(context, &[&["grant"], change.does].concat()).await
}

/// The contractor is employed: his grant becomes a larger one, with his signature.
pub(super) async fn employ(context: &Context, node: &Node, name: &str) -> Outcome {
    let file = context.data.replacement(name);
    let with = file.display().to_string();
    if !stands(context, node, (name, Flags::CLOSED)).await? {
        if !file.exists() {
            let sheet = context.data.0.join("sheets").join("acme-2028-nikhil.csv");
            files::write(&sheet, EMPLOYED)?;
            let sheet = sheet.display().to_string();
            typed(context, &["grant", "replace", name, "--with", &sheet]).await?;
        }
        typed(context, &["grant", "agree", name, "--with", &with]).await?;
    }
    // Safe to repeat: it writes the new grant's file, which a kill may have left out.
    typed(context, &["grant", "replace", name, "--with", &with]).await
}

/// An engineer is promoted: new terms for her grant are written, and wait for her signature.
pub(super) async fn promote(context: &Context, name: &str) -> Outcome {
    if context.data.replacement(name).exists() {
        return Ok(());
    }
    let sheet = context.data.0.join("sheets").join("acme-2028-rosa.csv");
    files::write(&sheet, PROMOTED)?;
    let sheet = sheet.display().to_string();
    typed(context, &["grant", "replace", name, "--with", &sheet]).await
}

/// One pass of the keeper: everybody who is due is paid.
pub(super) async fn keep(context: &Context) -> Outcome {
    typed(context, &["keep", "--once"]).await
}

async fn stands(context: &Context, node: &Node, (name, flags): (&str, Flags)) -> Outcome<bool> {
    let session = Session::open(context, node)?;
    let grant = find_grant(context, name)?;
    let state = node.chain.words(session.grants(), grant.id, None).await?;
    Ok(state.has(flags))
}

/// Runs a command on the demo's data, with nothing printed and nothing asked.
pub(super) async fn typed(context: &Context, words: &[&str]) -> Outcome {
    let words = std::iter::once("guerdon").chain(words.iter().copied());
    let cli = Cli::try_parse_from(words).map_err(|error| Failure::failed(error.to_string()))?;
    let mut told = context.clone();
    told.global.from = cli.global.from;
    dispatch(&told, &cli.command).await
}

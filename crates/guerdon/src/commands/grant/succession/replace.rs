//! `grant replace`: written for the holder to sign, then sent with the signature.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy_primitives::{B256, keccak256};
use guerdon_chain::{Receipt, plan, recover};
use guerdon_core::state::Flags;
use guerdon_core::succession::signed_word;
use guerdon_formats::replacement::Weighed;
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::typed_data::replace_document;
use serde_json::json;

use super::offer::{domain, encoded, require_same, weigh};
use super::sources::{self, Given};
use crate::cli::ReplaceArgs;
use crate::commands::grant::change::Subject;
use crate::commands::grant::claim::require_chain;
use crate::commands::grant::files::{Grant, find, read_all};
use crate::commands::money::COMPANY;
use crate::commands::round::{self, write::grant_path};
use crate::confirm::Consent;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::files;
use crate::output::Record;
use crate::session::Session;

/// How long a holder has to sign unless the company says.
const DEADLINE_SECONDS: u64 = 30 * 86_400;

pub(crate) async fn run_replace(context: &Context, arguments: &ReplaceArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            session.succession()?;
            let subject = Subject::load(&session, &grant).await?;
            let given = sources::read(&subject, &arguments.with)?;
            match given {
                Given::New(successors) => draft(&subject, successors, arguments),
                Given::Written(mut file) => {
                    if let Some(signature) = &arguments.signature {
                        file.signature = Some(sources::signature(signature)?);
                    }
                    send(&subject, &file).await
                }
            }
        })
        .await
}

/// Writes what the holder is to sign, after everything that the contract would check but her
/// signature.
fn draft(subject: &Subject<'_>, successors: Vec<NewGrant>, arguments: &ReplaceArgs) -> Outcome {
    let context = subject.session.context;
    if context.global.hands_over() || arguments.signature.is_some() {
        return Err(
            Failure::input("there is no call yet: the holder signs first").hint(
                "run this without --calldata, --safe-batch and --signature to write the file",
            ),
        );
    }
    let path = match &arguments.to {
        Some(path) => path.clone(),
        None => default_path(context, &subject.grant.name),
    };
    refuse_signed(&path)?;
    refuse_known(context, &successors)?;
    let deadline = arguments.deadline.map(|moment| moment.0);
    let file = ReplacementFile {
        domain: domain(subject)?,
        old: subject.grant.id,
        old_word: signed_word(&subject.state),
        successors,
        deadline: deadline.unwrap_or(subject.now.saturating_add(DEADLINE_SECONDS)),
        signature: None,
    };
    let weighed = weigh(subject, &file, true)?;
    let mut record = told(subject, &file, &weighed);
    if context.global.dry_run {
        return context
            .global
            .output
            .record(&record.line("dry run", "nothing was written"));
    }
    let wallet = path.with_extension("wallet.json");
    files::write(&path, &bytes_of(&file)?)?;
    let document = replace_document(&file.domain, &file.message());
    files::write(&wallet, format!("{document:#}\n").as_bytes())?;
    merge(
        &mut record.value,
        json!({"file": path, "wallet_file": wallet}),
    );
    let name = &subject.grant.name;
    let next = format!(
        "the holder signs it: guerdon grant agree {name} --with {}, or a wallet the other file",
        path.display()
    );
    let record = record
        .line("file", path.display().to_string())
        .line("for a wallet", wallet.display().to_string())
        .line("next", next);
    context.global.output.record(&record)
}

/// The holder's signature is nobody's to throw away.
fn refuse_signed(path: &Path) -> Outcome {
    if !path.exists() {
        return Ok(());
    }
    let there = ReplacementFile::decode(&files::read(path)?).ok();
    if there.is_none_or(|file| file.signature.is_none()) {
        return Ok(());
    }
    let text = format!("{} is signed by the holder already", path.display());
    Err(Failure::precondition(text)
        .hint("name another file with --to, or move it away: drafting anew drops the signature"))
}

fn default_path(context: &Context, name: &str) -> PathBuf {
    let name = format!("{}.json", files::file_name(name));
    context.data.replacements().join(name)
}

pub(super) fn bytes_of(file: &ReplacementFile) -> Outcome<Vec<u8>> {
    file.encode()
        .map_err(|error| Failure::failed(format!("the replacement cannot be written: {error}")))
}

/// The grant and what becomes of it, for a person.
pub(super) fn told(subject: &Subject<'_>, file: &ReplacementFile, weighed: &Weighed) -> Record {
    let grant = subject.grant;
    let mut value = json!({"grant": grant.id, "name": grant.name, "holder": subject.holder});
    merge(&mut value, weighed.value(file));
    let mut record = Record::new(value)
        .line("grant", format!("{} ({})", grant.name, grant.id))
        .line("holder", subject.holder.to_string());
    for (label, text) in weighed.facts() {
        record = record.line(label, text);
    }
    record
}

/// Each label once: a plan is also data.
fn once(facts: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    for (label, text) in facts {
        match all.last_mut().filter(|(last, _)| *last == label) {
            Some((_, whole)) => *whole = format!("{whole}; {text}"),
            None => all.push((label, text)),
        }
    }
    all
}

async fn send(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome {
    let (session, grant) = (subject.session, subject.grant);
    let context = session.context;
    if was_done(subject, file)? {
        write_grants(context, &file.successors)?;
        return finish(subject, file, None);
    }
    let Some(signature) = &file.signature else {
        let text = format!(
            "the holder of {} has not signed this replacement",
            grant.name
        );
        return Err(Failure::precondition(text).hint(format!(
            "let the holder run guerdon grant agree {} --with FILE, or give --signature",
            grant.name
        )));
    };
    if !subject.state.has(Flags::CLOSED) {
        require_same(subject, file)?;
    }
    let is_good = is_holders(subject, file, signature).await?;
    let weighed = weigh(subject, file, is_good)?;
    let signer = session.signer(COMPANY)?;
    let terms = encoded(file)?;
    let order = (file.deadline, signature.as_slice());
    let plan = plan::replace(session.succession()?, &grant.encoded, &terms, order);
    let plan = grant.held_by(plan, subject.holder);
    let mut intent = Intent::new(plan, "nobody: the old grant is closed for good")
        .fact("grant", format!("{} ({})", grant.name, grant.id))
        .fact("signed by the holder", subject.holder.to_string())
        .consent(Consent::Type(&grant.name));
    for (label, text) in once(weighed.facts()) {
        intent = intent.fact(label, text);
    }
    let receipt = execute(context, session.chain, &signer, intent).await?;
    if context.global.dry_run {
        return Ok(());
    }
    write_grants(context, &file.successors)?;
    match receipt {
        Some(receipt) => finish(subject, file, Some(&receipt)),
        None => Ok(()),
    }
}

/// Whether exactly this replacement is on chain already: then only its files may be missing.
fn was_done(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome<bool> {
    let ledger = &subject.history.ledger;
    for new in &file.successors {
        let record = ledger.grants.get(&id_of(new)?);
        let descent = record.and_then(|record| record.descent);
        if descent.is_none_or(|descent| descent.old != subject.grant.id) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the holder made the signature. One of a contract only the chain can judge: it is taken
/// here, and tried before it is sent.
async fn is_holders(
    subject: &Subject<'_>,
    file: &ReplacementFile,
    signature: &[u8],
) -> Outcome<bool> {
    let form: Option<[u8; 65]> = signature.try_into().ok();
    let signer = form.and_then(|form| recover(&file.digest(), &form));
    if signer == Some(subject.holder) {
        return Ok(true);
    }
    let code = subject.session.chain.code_hash(subject.holder).await?;
    Ok(code != keccak256([]))
}

fn id_of(new: &NewGrant) -> Outcome<B256> {
    let id = new.file.id();
    id.map_err(|error| Failure::input(format!("{}: {error}", new.name)))
}

/// A grant file is never overwritten by another grant's, and terms that wait in a round never
/// stand for a new grant: the round's could not be opened any more.
fn refuse_known(context: &Context, successors: &[NewGrant]) -> Outcome {
    let mut known: BTreeSet<B256> = BTreeSet::new();
    known.extend(read_all(context)?.into_iter().map(|(_, grant)| grant.id));
    for (_, file) in round::read_all(context)? {
        known.extend(round::ids(&file));
    }
    for new in successors {
        if known.contains(&id_of(new)?) {
            let text = format!("the terms of {} are those of a grant known here", new.name);
            return Err(Failure::precondition(text).hint(
                "a new grant needs terms of its own; another nonce in its agreement is enough",
            ));
        }
        let path = grant_path(context, &new.name);
        if path.exists() {
            let text = format!("{} is there already", path.display());
            return Err(Failure::precondition(text)
                .hint("give the new grants names of their own: an external_id, or a file name"));
        }
    }
    Ok(())
}

fn write_grants(context: &Context, successors: &[NewGrant]) -> Outcome {
    for new in successors {
        let path = grant_path(context, &new.name);
        let bytes = new.file.encode();
        let bytes = bytes.map_err(|error| Failure::input(format!("{}: {error}", new.name)))?;
        if path.exists() && files::read(&path)? != bytes {
            return Err(Failure::precondition(format!(
                "{} is the file of another grant: that of the new grant was not written",
                path.display()
            ))
            .hint("move it away and run the same command again"));
        }
        files::write(&path, &bytes)?;
    }
    Ok(())
}

fn finish(subject: &Subject<'_>, file: &ReplacementFile, receipt: Option<&Receipt>) -> Outcome {
    let (context, grant): (_, &Grant) = (subject.session.context, subject.grant);
    let mut new = Vec::new();
    for one in &file.successors {
        let path = grant_path(context, &one.name);
        new.push(json!({"name": one.name, "id": id_of(one)?, "file": path}));
    }
    let mut value = json!({
        "grant": grant.id,
        "name": grant.name,
        "successors": new,
        "already": receipt.is_none(),
    });
    if let Some(receipt) = receipt {
        merge(&mut value, receipt_value(receipt));
    }
    let names: Vec<&str> = file
        .successors
        .iter()
        .map(|new| new.name.as_str())
        .collect();
    let folder = context.data.grants().display().to_string();
    let label = match receipt {
        Some(_) => "replaced",
        None => "replaced before",
    };
    let record = Record::new(value)
        .line(label, format!("{} ({})", grant.name, grant.id))
        .line("by", names.join(", "))
        .line("grant files", folder)
        .line_if("transaction", receipt.map(|receipt| receipt.tx.to_string()));
    context.global.output.record(&record)
}

//! `grant agree`: the holder reads what becomes of her grant, and signs it.

use guerdon_formats::replacement_file::ReplacementFile;
use serde_json::json;

use super::offer::{encoded, require_same, weigh};
use super::refusal::not_holder;
use super::replace::{bytes_of, told};
use super::sources::written;
use crate::cli::AgreeArgs;
use crate::commands::grant::change::Subject;
use crate::commands::grant::claim::require_chain;
use crate::commands::grant::files::find;
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::merge;
use crate::files;
use crate::session::Session;

pub(crate) async fn run_agree(context: &Context, arguments: &AgreeArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    let file = written(&arguments.with, &files::read(&arguments.with)?)?;
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            session.succession()?;
            let subject = Subject::load(&session, &grant).await?;
            agree(&subject, file, arguments).await
        })
        .await
}

async fn agree(subject: &Subject<'_>, mut file: ReplacementFile, arguments: &AgreeArgs) -> Outcome {
    let session = subject.session;
    let (context, grant) = (session.context, subject.grant);
    require_same(subject, &file)?;
    let weighed = weigh(subject, &file, true)?;
    let signer = context.signer(subject.holders_account()?)?;
    if signer.address() != subject.holder {
        return Err(not_holder(subject));
    }
    require_same_digest(subject, &file).await?;

    let shown = told(subject, &file, &weighed);
    for new in &file.successors {
        if let Some(agreement) = &new.file.agreement {
            context.say(&quoted(&new.name, &agreement.text));
        }
    }
    context.say(&shown.text("  "));
    if context.global.dry_run {
        let record = shown.line("dry run", "nothing was signed");
        return context.global.output.record(&record);
    }
    let consent = Consent::Type(&grant.name);
    confirm_or(&context.global, "Sign this?", consent, "nothing was signed")?;
    file.signature = Some(signer.sign_digest(&file.digest())?.to_vec());
    let path = arguments.to.as_ref().unwrap_or(&arguments.with);
    files::write(path, &bytes_of(&file)?)?;

    let mut record = told(subject, &file, &weighed);
    merge(
        &mut record.value,
        json!({"file": path, "signer": signer.address()}),
    );
    let next = format!(
        "the company sends it: guerdon grant replace {} --with {}",
        grant.name,
        path.display()
    );
    let record = record
        .line("signed", path.display().to_string())
        .line("next", next);
    context.global.output.record(&record)
}

/// An agreement behind a margin: no line of its text reads as one of the changes, which stand below
/// it, next to the question.
fn quoted(name: &str, text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("  | {line}\n")).collect();
    format!("The agreement of {name}:\n{}", lines.concat())
}

/// What is signed must be what the contract computes from the same terms.
async fn require_same_digest(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome {
    let session = subject.session;
    let order = (encoded(file)?, file.deadline);
    let found = session
        .chain
        .replace_digest(
            session.succession()?,
            &subject.grant.encoded,
            (&order.0, order.1),
        )
        .await?;
    if found == file.digest() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the contract computes another message ({found}) than this program ({}): nothing was signed",
        file.digest()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_an_agreement_reads_as_a_change() {
        let told = quoted(
            "A",
            "Fine.\n  in the first  every other term as before\r\n\nNonce: 0x",
        );
        let mut lines = told.lines();
        assert_eq!(lines.next(), Some("The agreement of A:"));
        let rest: Vec<_> = lines.collect();
        assert_eq!(rest.len(), 4, "{told}");
        assert!(rest.iter().all(|line| line.starts_with("  | ")), "{told}");
    }
}

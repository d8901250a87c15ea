//! The sentences as they stand, in plain files: whoever changes one sees it in the review.

use super::access::{self, Refusal};
use super::sign_in;

/// Fails when the sentences of a part are not those of its file.
#[track_caller]
pub(crate) fn check(kept: &str, sentences: &[String]) {
    let now = sentences.join("\n") + "\n";
    assert!(now == kept, "the sentences changed; they are now:\n{now}");
}

fn said(Refusal { what, hint }: Refusal) -> String {
    assert!(what.ends_with('.') && hint.ends_with('.'), "{what} {hint}");
    format!("{what} {hint}")
}

#[test]
fn refusals_say_what_and_what_to_do() {
    let all = [
        access::NOT_SIGNED_IN,
        access::FOREIGN_FORM,
        access::VIEW_ONLY,
        access::COMPANY_ONLY,
        access::ADMINISTRATOR_ONLY,
        access::AUDITOR_ONLY,
        access::OTHERS_GRANT,
        access::GOAL_PARTIES_ONLY,
        access::PARTIES_ONLY,
        access::HOLDER_ONLY,
    ];
    check(include_str!("snapshots/access.txt"), &all.map(said));
}

#[test]
fn signing_in_is_said_in_words() {
    use sign_in::*;
    let refusals = [
        NO_ADDRESS,
        NOT_OURS,
        USED,
        OTHER_DOMAIN,
        OTHER_URI,
        OTHER_CHAIN,
        FROM_LATER,
        EXPIRED,
        NO_SIGNATURE,
        OTHER_SIGNER,
        NO_NODE,
        TOO_MANY,
        DEAD_LINK,
        NO_MAIL,
    ];
    let mut all = refusals.map(said).to_vec();
    all.extend(ISLAND.map(|(moment, words)| format!("{moment}: {words}")));
    all.extend([
        statement("Acme AI"),
        BY_WALLET.into(),
        BY_LINK.into(),
        OTHER_AGENT.into(),
    ]);
    all.extend([last_used("3 minutes"), mail_subject("Acme AI")]);
    all.push(mail_text(
        "Acme AI",
        "https://grants.acme.example/sign-in/mail/ab",
    ));
    check(include_str!("snapshots/sign_in.txt"), &all);
    assert_eq!(statement("Acme\nURI: x").lines().count(), 1);
}

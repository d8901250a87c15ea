//! Words of signing in and out.

use super::access::Refusal;

/// What the signature says: shown by the wallet.
pub(crate) fn statement(company: &str) -> String {
    // One line, whatever the company is called: the message is read line by line.
    let company: String = company.chars().filter(|c| !c.is_control()).collect();
    format!("Sign in to {company}. This signs no transaction and moves no money.")
}

const AGAIN: &str = "Nothing was signed in. Go back to the sign-in and try once more.";

const fn refusal(what: &'static str) -> Refusal {
    Refusal { what, hint: AGAIN }
}

pub(crate) const NO_ADDRESS: Refusal = refusal("The wallet gave no address.");
pub(crate) const NOT_OURS: Refusal =
    refusal("The message that was signed is not one that this server wrote.");
pub(crate) const USED: Refusal =
    refusal("This message was used before, or is older than five minutes.");
pub(crate) const OTHER_DOMAIN: Refusal =
    refusal("The signed message is for another site than this one.");
pub(crate) const OTHER_URI: Refusal =
    refusal("The signed message is for another address of a page than this one.");
pub(crate) const OTHER_CHAIN: Refusal =
    refusal("The signed message is for another chain than this one.");
pub(crate) const FROM_LATER: Refusal = refusal("The signed message is dated later than now.");
pub(crate) const EXPIRED: Refusal = refusal("The signed message has expired.");
pub(crate) const NO_SIGNATURE: Refusal = refusal("The wallet sent no signature.");
pub(crate) const OTHER_SIGNER: Refusal =
    refusal("The signature is not of the wallet that the message names.");
pub(crate) const NO_NODE: Refusal = Refusal {
    what: "The key of this wallet did not sign, and its contract could not be asked: the node does \
           not answer.",
    hint: "Nothing was signed in. Try again in a moment.",
};
pub(crate) const TOO_MANY: Refusal = Refusal {
    what: "Too many sign-ins are tried at this moment.",
    hint: "Nothing was signed in. Wait a minute, then try again.",
};
pub(crate) const DEAD_LINK: Refusal = Refusal {
    what: "This link was used before, or is older than 15 minutes.",
    hint: "Ask for a new one at the sign-in.",
};
pub(crate) const DEAD_AUDITOR_LINK: Refusal = Refusal {
    what: "This link for auditors is not good: it has expired, was revoked, or was not copied whole.",
    hint: "Ask the company for a new one.",
};
pub(crate) const NO_MAIL: Refusal = Refusal {
    what: "This server sends no e-mail.",
    hint: "Sign in with your wallet.",
};

pub(crate) const BY_WALLET: &str = "by wallet";
pub(crate) const BY_LINK: &str = "by e-mail, to look only";
pub(crate) const BY_AUDITOR_LINK: &str = "by a link for auditors";
pub(crate) const OTHER_AGENT: &str = "another program";

/// `last used 3 minutes ago`
pub(crate) fn last_used(ago: &str) -> String {
    format!("last used {ago} ago")
}

/// Subject of the e-mail with the link.
pub(crate) fn mail_subject(company: &str) -> String {
    format!("Your link to {company}'s grants")
}

/// The e-mail with the link.
pub(crate) fn mail_text(company: &str, link: &str) -> String {
    format!(
        "Somebody asked for a link to your grants at {company}.\n\n{link}\n\nIt works once, within \
         15 minutes, and lets you look: to claim or sign anything, sign in with your wallet. If \
         you did not ask for it, ignore this e-mail; nothing happened.\n"
    )
}

/// What the script of the page says, by the name of the moment.
pub(crate) const ISLAND: [(&str, &str); 13] = [
    ("looking", "Looking for wallets in this browser…"),
    (
        "none",
        "No wallet was found in this browser. Install one, or open this page in your wallet's own \
         browser, and reload.",
    ),
    ("ready", "Choose the wallet that your grants pay."),
    ("button", "Sign in with {wallet}"),
    ("old", "the wallet of this browser"),
    ("connecting", "Allow this page in {wallet}."),
    (
        "confirm",
        "Sign the message in {wallet}. It moves no money.",
    ),
    ("signed", "Signed. Opening your pages…"),
    ("rejected", "You declined in {wallet}. Nothing was signed."),
    ("account", "{wallet} shows no account to this page."),
    (
        "network",
        "{wallet} is on another chain than {chain}, where these contracts are. Switch it there \
         and try again.",
    ),
    ("pending", "{wallet} waits for an answer already: open it."),
    ("failed", "Signing in failed: {said} Nothing was signed in."),
];

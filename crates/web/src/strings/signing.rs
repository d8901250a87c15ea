//! What is said around signing: the island's sentences, one for each way a wallet can fail.

use alloy_primitives::B256;
use serde_json::{Value, json};

use crate::numbers::grouped;
use crate::signing::Fate;
use crate::strings::access::Refusal;

/// Said until the island runs.
pub(crate) const NO_SCRIPT: &str = "A wallet in this browser signs this, and that needs script. \
                                    Without script, use the command below.";

/// The sentences of `ui/islands/sign.ts`, by name. `{…}` is filled in by the island: `{wallet}` the
/// wallet's name, `{have}` and `{want}` accounts, `{chain}` the chain's id, `{said}` the wallet's own
/// words.
pub(crate) fn island() -> Value {
    json!({
        "ready": "{wallet} will ask you to confirm.",
        "choose": "Which wallet?",
        "old": "the wallet of this browser",
        "none": "No wallet was found in this browser. Install one, or open this page in your \
                 wallet's own browser.",
        "deployment": "This page asks for another chain or contract than it was made for. Nothing \
                       was sent. Reload it; if it stays, tell the company.",
        "connecting": "Waiting for {wallet}.",
        "account": "Your wallet shows {have}, and this must be signed by {want}. Change the account \
                    in {wallet} and try again.",
        "network": "{wallet} is on another network, and you did not switch. Nothing was sent. \
                    Switch it to chain {chain} and try again.",
        "unknown": "{wallet} does not know chain {chain}. Add it there with the address of a node, \
                    then try again.",
        "confirm": "Confirm in {wallet}.",
        "rejected": "You refused it in {wallet}. Nothing was sent.",
        "pending": "{wallet} already shows a request. Open it and answer that one first.",
        "locked": "{wallet} is locked, or this page is not connected to it. Unlock it and try again.",
        "disconnected": "{wallet} is cut off from its network. Nothing was sent. Check its \
                         connection and try again.",
        "gas": "The account has not enough of the chain's own coin to pay for gas. Nothing was sent.",
        "reverted": "The contract would refuse this now, so {wallet} did not send it. Reload the page \
                     for what holds now.",
        "unsupported": "{wallet} cannot do this. Use another wallet, or the command below.",
        "failed": "{wallet} said: {said} Nothing is known to have been sent.",
        "sent": "Sent. Waiting for block confirmation.",
        "signed": "Signed. Handing it in.",
        "follow": "Follow this transaction",
        "confirmed": "Confirmed in block {block}: transaction {tx}.",
        "fell": "Transaction {tx} failed in block {block}. Nothing was paid; the wallet says why.",
    })
}

pub(crate) const NO_STREAM: Refusal = Refusal {
    what: "Too many pages listen for news at this moment.",
    hint: "Every page works without; reload it to see what is new.",
};

pub(crate) const MANY_STREAMS: Refusal = Refusal {
    what: "Too many of your pages listen for news at this moment.",
    hint: "Every page works without; reload it to see what is new, or close some.",
};

/// The headline of a transaction's page.
pub(crate) fn fate_heading(fate: Fate) -> &'static str {
    match fate {
        Fate::Waiting | Fate::Unread { .. } | Fate::Unknown => "Sent",
        Fate::Seen { .. } => "Done",
        Fate::Failed { .. } => "It failed",
        Fate::Dropped => "Not known",
        Fate::Replaced => "Replaced",
    }
}

/// What became of a transaction.
pub(crate) fn fate(fate: Fate) -> String {
    match fate {
        Fate::Waiting => "Sent. Waiting for block confirmation.".to_owned(),
        Fate::Unread { block } => format!(
            "In block {}. Waiting until this server has read it.",
            grouped(block)
        ),
        Fate::Seen { block } => format!("Confirmed in block {}, and read.", grouped(block)),
        Fate::Failed { block } => format!(
            "The transaction is in block {} and failed there: nothing was changed but the gas that \
             it used. Go back; the page says what holds now.",
            grouped(block)
        ),
        Fate::Dropped => {
            "The node does not have this transaction: it was not passed on yet, or it \
                          was dropped. If it stays so for some minutes, send it again; what was \
                          done once is never done twice."
                .to_owned()
        }
        Fate::Replaced => "Another transaction of your wallet took its place, so this one will \
                           never count. Go back; the page says what holds now."
            .to_owned(),
        Fate::Unknown => "Sent. The node of this server does not answer, so nothing can be said \
                          about it yet."
            .to_owned(),
    }
}

/// The link to the receipt.
pub(crate) const RECEIPT: &str = "Receipt";

/// Something happened to a grant while its page was open; `name` is the event's.
pub(crate) fn news(name: &str, block: u64) -> String {
    let block = grouped(block);
    match name {
        "Claimed" => format!("The claim was paid in block {block}."),
        "ClaimFailed" => format!("The token refused the payment in block {block}."),
        _ => format!("Something happened to this grant in block {block}."),
    }
}

/// The link that loads the page again.
pub(crate) const RELOAD: &str = "Load this page again";

/// What an acceptance is and is not.
pub(crate) const NO_EFFECT: &str = "Accepting has no effect on money: the contract pays by the \
                                    terms, accepted or not. It shows that you have read this.";

pub(crate) const NO_TEXT: &str = "The text of the agreement is not kept here; the company has it. \
                                  Its hash stands in the terms.";

pub(crate) const ACCEPT: &str = "Accept the agreement";

pub(crate) const ONLY_HOLDER_ACCEPTS: &str = "Its holder can accept it, signed in with the wallet \
                                              that the grant pays.";

/// What is signed.
pub(crate) fn accepting(grant: &str, agreement: &B256) -> Vec<String> {
    vec![
        format!("You accept grant {grant} under the agreement above, whose hash is {agreement}."),
        "It is a message, no transaction: it costs no gas and moves nothing.".to_owned(),
    ]
}

/// Who accepted, and when.
pub(crate) fn accepted(who: &str, day: &str) -> String {
    format!("Accepted by {who} on {day}.")
}

pub(crate) const NO_SIGNATURE: Refusal = Refusal {
    what: "What was handed in is no signature.",
    hint: "A signature is 0x and hexadecimal digits. Go back and sign again: nothing was changed.",
};

pub(crate) const NOT_HERS: Refusal = Refusal {
    what: "The signature is not of the wallet that the grant pays.",
    hint: "Go back and sign with that wallet: nothing was changed.",
};

pub(crate) const NOT_JUDGED: Refusal = Refusal {
    what: "The signature is of a contract's account, and the node does not answer.",
    hint: "Try again in a moment: nothing was changed.",
};

pub(crate) const TOO_OLD: Refusal = Refusal {
    what: "The page was made more than a day ago, or its time was changed.",
    hint: "Go back, load it again and sign what it says then: nothing was changed.",
};

pub(crate) const EXIT_FIRST: &str = "Claim what is vested";
pub(crate) const EXIT_FIRST_SAYS: &str = "It proves the grant's place in its round, opens it if \
                                          nobody has, and pays all that is claimable now.";
pub(crate) const EXIT_LATER: &str = "Claim with less gas";
pub(crate) const EXIT_LATER_SAYS: &str = "It pays all that is claimable now. The grant must have \
                                          been opened, as its first claim does.";
pub(crate) const EXIT_NOTES: [&str; 3] = [
    "Opened from disk (a file: address), most wallets show themselves only after you allow it: in \
     the browser's list of extensions, let the wallet access file URLs. Or serve the file from any \
     web server.",
    "The claim costs gas, which your wallet pays. What is paid stays paid; a claim pays only what \
     is not claimed yet, however often it is sent.",
    "A wallet that refuses says why: nothing may be claimable yet, or the company may have \
     announced a recovery, when only the holder's own call is paid.",
];

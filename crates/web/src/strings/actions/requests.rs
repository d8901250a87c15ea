use guerdon_formats::words::listed;

use crate::dates;
use crate::numbers::{Token, count, shortened};

/// The wallet lacks the role on the chain.
pub(crate) fn no_role(
    role: &str,
    (wallet, manager): (&str, Option<&str>),
    held: &[String],
) -> String {
    let wallet = shortened(wallet);
    let place = match manager {
        Some(manager) => format!(" on {}", shortened(manager)),
        None => String::new(),
    };
    let held = match held {
        [] => "No wallet has it now: an administrator gives it.".to_owned(),
        held => format!("It is held by {}.", listed(held)),
    };
    format!(
        "Your wallet {wallet} has no {role} role{place}. {held} Sign in with a wallet that has it, \
         or add the call to a batch for the Safe that has it."
    )
}

/// The session has no wallet.
pub(crate) const NO_WALLET: &str = "You signed in by e-mail, which lets you look and nothing else. \
                                    Sign in with your wallet to do this.";

/// Somebody else holds the grant.
pub(crate) fn not_your_grant(holder: &str) -> String {
    format!(
        "Only the holder can do this: sign in with the wallet {}.",
        shortened(holder)
    )
}

/// The role's calls must wait.
pub(crate) fn delayed(role: &str, delay_seconds: u32) -> String {
    let delay = dates::length(delay_seconds.into());
    format!(
        "Your {role} role must wait {delay} between announcing a call and making it. What you sign \
         announces it; it can be made from then on, and stands under Jobs until it is."
    )
}

/// The end that is announced now can be made only later than the terms let it reach back.
pub(crate) fn delay_outruns(backdate: &str) -> String {
    format!(
        "By then the moment of the end lies further back than the {backdate} that the terms allow: \
         the call would be refused. Name a later day."
    )
}

/// What was typed is not what had to be typed.
pub(crate) fn typed_wrong(wanted: &str) -> String {
    format!("Type {wanted} exactly as it stands here. Nothing was changed.")
}

/// What has to be typed.
pub(crate) fn type_this(wanted: &str) -> String {
    format!("Type {wanted} to confirm")
}

/// Nothing can be asked of a grant that the chain has no word for.
pub(crate) const OPEN_FIRST: &str = "This grant is not opened yet, so nothing can be asked of it.";

/// Its round does not bind yet.
pub(crate) fn not_binding(from: &str) -> String {
    format!(
        "Its round is not binding before {from}. Until then nothing of it opens, so nothing can be \
         asked of this grant."
    )
}

/// What opening a grant is.
pub(crate) const OPENING: &str = "The grant's terms and its place in the round are proven to the \
                                  contract, which keeps a word of its own for it from then on. \
                                  Anyone may do that, and its first claim does it too.";

/// It changes nothing.
pub(crate) const OPENING_IS_SAFE: &str = "It pays nothing and changes nothing of what the grant will \
                                          pay. It costs gas, and nobody has to take it back.";

/// It is opened.
pub(crate) const OPENED: &str = "This grant is opened.";

/// The request was made, and waits.
pub(crate) const WAITS: &str = "Nothing is sent yet: what you sign below is sent by your wallet.";

/// It is on the chain.
pub(crate) fn happened(at: &str, block: u64) -> String {
    format!(
        "On the chain since {at}, in block {}.",
        crate::numbers::grouped(block)
    )
}

/// The request was taken back.
pub(crate) const WITHDRAWN: &str = "This request was taken back. Nothing of it can be signed here.";

/// The request cannot be carried out any more, or not yet.
pub(crate) fn no_longer(why: &str) -> String {
    format!("This cannot be carried out as the grant stands now. {why}")
}

/// The call was tried on the node.
pub(crate) const WOULD_SUCCEED: &str = "Tried on the node just now: it would succeed.";

/// The call was tried on the node, and refused.
pub(crate) fn would_fail(why: &str) -> String {
    let why = crate::numbers::capital(&told(why));
    format!("Tried on the node just now: it would be refused. {why}.")
}

/// What a node or a contract said, as a part of a sentence: commands stand in it without marks.
pub(super) fn told(why: &str) -> String {
    why.trim_end_matches('.').replace('`', "")
}

/// There is no node to try it on.
pub(crate) const NOT_TRIED: &str = "It was not tried: this server has no node to ask.";

/// The holder has still to sign a replacement.
pub(crate) fn waits_for_holder(holder: &str, until: &str) -> String {
    format!(
        "The holder {holder} has still to sign, until {until}. Send them the address of this page."
    )
}

/// The holder signed, and the company sends.
pub(crate) fn signed_by_holder(holder: &str, at: &str) -> String {
    format!("The holder {holder} signed on {at}. The company's issuer can send it now.")
}

/// The replacement is on the chain.
pub(crate) const REPLACED: &str = "This replacement is on the chain: the grant is closed, and those \
                                   in its place pay.";

/// The grant changed since the message was written.
pub(crate) const CHANGED_SINCE: &str = "The grant has changed since this was written, so a signature \
                                        of it would be worthless. The company writes it anew.";

/// The signature handed in is no signature.
pub(crate) const NO_SIGNATURE: &str = "That is no signature: it is 0x and pairs of hexadecimal \
                                       digits, as the wallet returned it.";

/// It was signed before.
pub(crate) const SIGNED_BEFORE: &str = "It was signed before, or taken back. Nothing was changed.";

/// No day.
pub(crate) const NO_DAY: &str = "That is no day: write it as 2026-11-30.";

/// A grant that is over.
pub(crate) const NOTHING_TO_CHANGE: &str = "This grant is closed or its terms are not known to this \
                                            server, so nothing can be asked of it here.";

/// What a number of days is.
pub(crate) const DAYS_HINT: &str = "A whole number of days from 1 to 49,710.";

/// What a rate is.
pub(crate) const RATE_HINT: &str =
    "Per cent with at most two places, below the present rate: 12.5.";

/// What an account is.
pub(crate) const ACCOUNT_HINT: &str = "An address: 0x and 40 hexadecimal digits.";

/// A mistyped address.
pub(crate) const CHECKSUM_WRONG: &str = "The capital letters of this address do not fit its digits: \
                                         it is mistyped, or was copied wrong.";

/// The signature is somebody else's, without a name.
pub(crate) const WRONG_SIGNER: &str = "That signature is not the holder's for exactly these grants. \
                                       Nothing was kept.";

/// What the holder signs.
pub(crate) const HOLDER_SIGNS: &str = "You agree that the grants above take this one's place. Your \
                                       signature costs nothing and sends nothing: the company sends \
                                       it. Any other change of the grant makes it worthless.";

/// A term of a new grant that is not as it was.
pub(crate) fn changes_in(grant: &str, changed: &str) -> String {
    format!("In {grant}, {changed}.")
}

/// Of a term, what holds and what would hold.
pub(crate) fn changed(what: &str, before: &str, after: &str) -> String {
    format!("{what}: {before} before, {after} after")
}

/// An agreement in a sentence, by its shortened hash.
pub(crate) fn agreement_of(hash: &str) -> String {
    format!("the text with the hash {hash}")
}

/// The figures of all new grants together.
pub(crate) const IN_ALL: &str = "In all";

/// The figures of what stays with the holder.
pub(crate) const THE_HOLDERS: &str = "The holder's";

/// What a replacement leaves alone.
pub(crate) fn stays(terms: u64) -> String {
    format!("Nothing else changes: {} as before", count(terms, "term"))
}

/// What it does to the free money; nothing if nothing.
pub(crate) fn frees(base_units: i128, token: &Token) -> Option<String> {
    let amount = token.words(base_units.unsigned_abs());
    match base_units {
        0 => None,
        1.. => Some(format!("It gives {amount} back to the pool's free money.")),
        _ => Some(format!("It needs {amount} of the pool's free money.")),
    }
}

/// What was paid and is not earned by the new terms.
pub(crate) fn takes_over(amount: &str) -> String {
    format!(
        "The first takes over {amount} more as paid than its own terms have earned: it pays nothing \
         until they have, and meanwhile that much more is vested in all."
    )
}

/// What of the old grant's state nobody inherits.
pub(crate) fn not_carried_over(lost: &[&str]) -> String {
    format!("Not carried over: {}.", lost.join(", "))
}

/// Until when a signature counts.
pub(crate) fn good_until(until: &str, relative: &str) -> String {
    format!("The holder's signature is good until {until}, {relative}.")
}

/// What the company sends.
pub(crate) const COMPANY_SENDS: &str = "Nobody can take it back: the old grant is closed for good.";

/// The contract computes another message.
pub(crate) const OTHER_DIGEST: &str = "The contract computes another message than this server, so \
                                       nothing can be signed here. Nothing was changed.";

/// No Succession contract.
pub(crate) const NO_SUCCESSION: &str = "This deployment is from before Succession: no contract here \
                                        can replace a grant.";

/// How long the holder has.
pub(crate) const DEADLINE_WRONG: &str = "The holder has a whole number of days to sign, from 1 to \
                                         365.";

/// What is wrong with a row of new grants; row 0 is the line of column names.
pub(crate) fn row_wrong(row: usize, column: &str, message: &str) -> String {
    let column = match column {
        "" => String::new(),
        column => format!(", {column}"),
    };
    let message = message.trim_end_matches('.');
    match row {
        0 => format!("The column names{column}: {message}."),
        row => format!("Row {row}{column}: {message}."),
    }
}

use super::requests::told;
use crate::numbers::count;

/// A batch without calls.
pub(crate) const EMPTY_BATCH: &str = "No call is in it yet. Every page of an action has a button \
                                      that adds its call here.";

/// No batch at all.
pub(crate) const NO_BATCHES: &str = "No batch yet. Begin one on the page of an action, or here.";

/// Nothing can be added any more.
pub(crate) fn closed_on(day: &str) -> String {
    format!("Closed on {day}: nothing can be added or taken out.")
}

/// How many calls.
pub(crate) fn calls(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX), "call")
}

/// A batch is carried out whole or not at all.
pub(crate) fn would_be_refused(calls: usize) -> Option<String> {
    let number = u64::try_from(calls).unwrap_or(u64::MAX);
    (number > 0).then(|| {
        format!(
            "{} of this batch would be refused now, and then none of it is carried out: take out \
             what is marked below before the owners sign.",
            count(number, "call")
        )
    })
}

/// What signers see.
pub(crate) const SIGNERS_SEE: &str = "The owners of the Safe load the file in its transaction \
                                      builder. Their wallets show the hashes below: compare them \
                                      before signing.";

/// The Safe is not named.
pub(crate) const NAME_THE_SAFE: &str = "Give the address of the Safe to see the hashes that its \
                                        owners sign, and whether the batch would succeed.";

/// The address is none.
pub(crate) const NO_ADDRESS: &str = "That is no address: it is 0x and 40 hexadecimal digits.";

/// No node to ask.
pub(crate) const NO_NODE: &str = "This server has no node to ask, so give the Safe's nonce and \
                                  version.";

/// The batch was tried.
pub(crate) const BATCH_SUCCEEDS: &str = "Tried on the node just now, with the Safe as the sender: \
                                         every call of it would succeed.";

/// The batch that was chosen is closed.
pub(crate) const BATCH_CLOSED: &str = "That batch is closed or gone, so the call was not added. Begin \
                                       another.";

/// Bytes that are no call of ours.
pub(crate) const NOT_OURS: &str = "Not a call that a page or command of ours makes: read its bytes \
                                   before you sign.";

/// The nonce is missing.
pub(crate) const NONCE_WANTED: &str = "Give the Safe's nonce: a whole number.";

/// There is no Safe at the address.
pub(crate) const NO_SAFE_THERE: &str = "There is no Safe at this address on this chain. If it is to \
                                        be created, give the nonce that the transaction will have.";

/// What the Safe says of itself.
pub(crate) fn owners(threshold: u64, owners: usize, nonce: u64) -> String {
    format!(
        "On the chain: {threshold} of {owners} owners must sign, and its next transaction has the \
         nonce {nonce}."
    )
}

/// A version whose hashes may be others.
pub(crate) fn safe_version(found: &str, known: &str) -> Option<String> {
    (found != known).then(|| {
        format!(
            "The hashes below are those of Safe {known}; this one says {found}. Compare them in the \
             Safe's own pages before signing."
        )
    })
}

/// The Safe computes the same hash.
pub(crate) const SAME_HASH: &str = "The Safe on the chain computes the same safeTxHash.";

/// The Safe computes another hash.
pub(crate) const OTHER_HASH: &str = "The Safe on the chain computes another safeTxHash: do not sign \
                                     this.";

/// MultiSend is missing.
pub(crate) const NO_MULTI_SEND: &str = "The MultiSend contract assumed here is not on this chain: a \
                                        batch of several calls cannot be carried out through it.";

/// Other code stands where MultiSend should.
pub(crate) const OTHER_MULTI_SEND: &str = "Other code stands where the MultiSend contract should be: \
                                           do not use it.";

/// A call would be refused.
pub(crate) fn batch_fails(number: usize, why: &str) -> String {
    let why = crate::numbers::capital(&told(why));
    format!("Tried on the node just now: call {number} would be refused. {why}.")
}

/// Only the first call could be tried.
pub(crate) fn batch_untried(why: &str) -> String {
    let why = told(why);
    format!("The first call would succeed; the others could not be tried: {why}.")
}

/// The node did not answer.
pub(crate) fn node_failed(why: &str) -> String {
    let why = told(why);
    format!("The node did not answer: {why}. Nothing is said about it here.")
}

//! Errors of AccessToken, most of which are those of any OpenZeppelin ERC-20.

use alloy::primitives::{Address, U256};

use super::RevertKind::{Forbidden, Input, Precondition};
use super::{Words, say, tokens};
use crate::bindings::IAccessToken::IAccessTokenErrors as Error;
use crate::plan::date;

pub(super) fn words(error: Error) -> Words {
    match error {
        Error::BadCap(e) => say(
            Input,
            format!(
                "the cap of {} tokens is zero or above what a grant can hold",
                tokens(e.cap)
            ),
            "choose a cap above zero and below 2^104 base units",
        ),
        Error::AccessManagedUnauthorized(e) => unauthorized(e.caller),
        Error::ERC20ExceededCap(e) => exceeded_cap(e.increasedSupply, e.cap),
        Error::ERC20InsufficientBalance(e) => balance(e.sender, e.balance, e.needed),
        Error::ERC20InsufficientAllowance(e) => allowance(e.spender, e.allowance, e.needed),
        Error::ERC20InvalidReceiver(e) => invalid("receive tokens", e.receiver),
        Error::ERC20InvalidSender(e) => invalid("send tokens", e.sender),
        Error::ERC20InvalidApprover(e) => invalid("allow others to take its tokens", e.approver),
        Error::ERC20InvalidSpender(e) => invalid("be allowed to take tokens", e.spender),
        other => signed_words(other),
    }
}

fn signed_words(error: Error) -> Words {
    match error {
        Error::ERC3009InvalidAuthorizationTime(e) => say(
            Precondition,
            format!(
                "the signed transfer is good after {} and before {}",
                date(e.validAfter),
                date(e.validBefore)
            ),
            "bring it inside that time, or ask for a new one",
        ),
        Error::ERC3009UsedAuthorization(e) => say(
            Precondition,
            format!(
                "the signed transfer {} of {} was used or cancelled",
                e.nonce, e.authorizer
            ),
            "ask for a new one",
        ),
        Error::ERC3009InvalidSignature(_) => say(
            Input,
            "the signature of the transfer is not its sender's",
            "check chain, token and every field that was signed",
        ),
        Error::ERC2612ExpiredSignature(e) => expired(e.deadline),
        Error::VotesExpiredSignature(e) => expired(e.expiry),
        Error::ERC2612InvalidSigner(e) => say(
            Input,
            format!(
                "the permit was signed by {} and not by the owner {}",
                e.signer, e.owner
            ),
            "let the owner sign",
        ),
        Error::ERC5805FutureLookup(e) => say(
            Input,
            format!(
                "votes of day {} are not known on day {}",
                e.timepoint, e.clock
            ),
            "ask for a day that is over",
        ),
        // Those of the function above, which calls this one for what it does not know.
        _ => say(
            Input,
            "the token refused",
            "check the amounts and the accounts",
        ),
    }
}

pub(super) fn unauthorized(caller: Address) -> Words {
    say(
        Forbidden,
        format!("{caller} has not the role that this needs"),
        "sign with an account that has it, or let the company's administrator grant it",
    )
}

pub(super) fn balance(sender: Address, balance: U256, needed: U256) -> Words {
    let (has, needs) = (tokens(balance), tokens(needed));
    say(
        Precondition,
        format!("{sender} has {has} tokens and {needs} are needed (counted with 18 decimals)"),
        "send or mint the rest to it first",
    )
}

pub(super) fn allowance(spender: Address, allowance: U256, needed: U256) -> Words {
    let (has, needs) = (tokens(allowance), tokens(needed));
    say(
        Precondition,
        format!("{spender} may take {has} tokens and needs {needs} (counted with 18 decimals)"),
        format!("approve {spender} for the whole amount first"),
    )
}

pub(super) fn invalid(what: &str, account: Address) -> Words {
    say(
        Input,
        format!("{account} cannot {what}"),
        "give another account",
    )
}

fn exceeded_cap(increased: U256, cap: U256) -> Words {
    say(
        Precondition,
        format!(
            "{} tokens would exist and the cap is {}",
            tokens(increased),
            tokens(cap)
        ),
        "mint less: the cap can never be raised",
    )
}

fn expired(deadline: U256) -> Words {
    say(
        Precondition,
        format!("the signature was good until {}", date(deadline)),
        "sign anew",
    )
}

//! Errors of the AccessManager and of the OpenZeppelin parts inside contracts.

use super::RevertKind::{Forbidden, Input, Other, Precondition};
use super::token::{allowance, balance, invalid, unauthorized};
use super::{Words, say, tokens};
use crate::bindings::IAccessManager::IAccessManagerErrors as Manager;
use crate::bindings::ILibraries::ILibrariesErrors as Error;

pub(super) fn manager(error: Manager) -> Words {
    match error {
        Manager::AccessManagerAlreadyScheduled(e) => say(
            Precondition,
            format!("operation {} is scheduled already", e.operationId),
            "wait until its delay is over, then `guerdon job execute` it",
        ),
        Manager::AccessManagerNotScheduled(e) => say(
            Precondition,
            format!("operation {} is not scheduled", e.operationId),
            "schedule it first: the role has a delay, and the same command offers it",
        ),
        Manager::AccessManagerNotReady(e) => say(
            Precondition,
            format!("the delay of operation {} is not over", e.operationId),
            "wait until it is; `guerdon job list` shows when",
        ),
        Manager::AccessManagerExpired(e) => say(
            Precondition,
            format!(
                "operation {} waited too long and has expired",
                e.operationId
            ),
            "schedule it again",
        ),
        Manager::AccessManagerLockedRole(e) => say(
            Input,
            format!("role {} cannot be given or taken", e.roleId),
            "use one of the roles 1 to 5: issuer, people, payroll, treasury, minter",
        ),
        Manager::AccessManagerLockedFunction(e) => say(
            Input,
            format!("function {} cannot be given to a role", e.selector),
            "leave it to the administrator",
        ),
        Manager::AccessManagerBadConfirmation(_) => say(
            Input,
            "a role is given up only by the account that has it",
            "confirm with the caller's own address",
        ),
        Manager::AccessManagerUnauthorizedAccount(e) => say(
            Forbidden,
            format!("{} has not role {}", e.msgsender, e.roleId),
            "sign with the company's administrator",
        ),
        Manager::AccessManagerUnauthorizedCall(e) => say(
            Forbidden,
            format!(
                "{} may not call function {} of {}",
                e.caller, e.selector, e.target
            ),
            "sign with an account that has the role",
        ),
        Manager::AccessManagerUnauthorizedConsume(e) => say(
            Forbidden,
            format!("{} may not use up a scheduled operation", e.target),
            "execute it through the AccessManager",
        ),
        Manager::AccessManagerUnauthorizedCancel(e) => say(
            Forbidden,
            format!("{} may not cancel what {} scheduled", e.msgsender, e.caller),
            "sign with who scheduled it, a guardian or the administrator",
        ),
        Manager::AccessManagerInvalidInitialAdmin(e) => {
            invalid("be the first administrator", e.initialAdmin)
        }
    }
}

pub(super) fn words(error: Error) -> Words {
    match error {
        Error::AccessManagedUnauthorized(e) => unauthorized(e.caller),
        Error::AccessManagedRequiredDelay(e) => say(
            Precondition,
            format!(
                "the role of {} has a delay of {} seconds",
                e.caller, e.delay
            ),
            "schedule the call with the AccessManager and execute it after the delay",
        ),
        Error::AccessManagedInvalidAuthority(e) => invalid("be the authority", e.authority),
        Error::SafeERC20FailedOperation(e) => say(
            Precondition,
            format!("a transfer of token {} failed", e.token),
            "check balance and allowance, and that the address is a token",
        ),
        Error::ERC20InsufficientBalance(e) => balance(e.sender, e.balance, e.needed),
        Error::ERC20InsufficientAllowance(e) => allowance(e.spender, e.allowance, e.needed),
        Error::ERC20InvalidReceiver(e) => invalid("receive tokens", e.receiver),
        Error::ERC20InvalidSender(e) => invalid("send tokens", e.sender),
        Error::ERC20InvalidApprover(e) => invalid("allow others to take its tokens", e.approver),
        Error::ERC20InvalidSpender(e) => invalid("be allowed to take tokens", e.spender),
        Error::ERC20InvalidCap(e) => say(
            Input,
            format!("{} cannot be the cap of a token", tokens(e.cap)),
            "choose a cap above zero",
        ),
        Error::ERC20ExceededSafeSupply(e) => say(
            Precondition,
            format!(
                "{} tokens are more than votes can count",
                tokens(e.increasedSupply)
            ),
            "mint less",
        ),
        Error::InvalidAccountNonce(e) => say(
            Precondition,
            format!(
                "the next signature of {} has number {}",
                e.account, e.currentNonce
            ),
            "sign again with that number",
        ),
        Error::InsufficientBalance(e) => say(
            Precondition,
            format!("a contract has {} wei and needs {}", e.balance, e.needed),
            "send it the rest",
        ),
        other => inner_words(&other),
    }
}

/// What can only come from a fault in a contract or from addresses mixed up.
fn inner_words(error: &Error) -> Words {
    let sentence = match error {
        Error::ReentrancyGuardReentrantCall(_) => {
            "a token called back into the contract while it paid".to_owned()
        }
        Error::SafeCastOverflowedUintDowncast(e) => {
            format!("{} does not fit into {} bits", e.value, e.bits)
        }
        Error::SafeCastOverflowedUintToInt(e) => format!("{} is too large a number", e.value),
        Error::ECDSAInvalidSignature(_)
        | Error::ECDSAInvalidSignatureLength(_)
        | Error::ECDSAInvalidSignatureS(_) => "a signature is malformed".to_owned(),
        Error::AddressEmptyCode(e) => format!("there is no contract at {}", e.target),
        Error::FailedCall(_) => "a call to another contract failed without a reason".to_owned(),
        Error::StringTooLong(_) | Error::InvalidShortString(_) => {
            "a name is too long for the contract".to_owned()
        }
        Error::CheckpointUnorderedInsertion(_) | Error::ERC6372InconsistentClock(_) => {
            "the clock of the votes went backwards".to_owned()
        }
        _ => "a part of the contract refused".to_owned(),
    };
    say(Other, sentence, "check the input and the addresses")
}

//! What auditors are told.

use jiff::civil::Date;

use super::access::Refusal;
use crate::numbers::grouped;

/// Above the pages of an auditor.
pub(crate) const LEAD: &str = "Every figure here is folded from the events of the contracts up to \
                               one block, which is named. Choose a day; its last final block before \
                               midnight UTC speaks for it.";

/// Archives are on their way to others, or to this reader.
pub(crate) const NO_BUNDLE: Refusal = Refusal {
    what: "Too many bundles are downloaded at this moment.",
    hint: "Try again in a minute.",
};
pub(crate) const MANY_BUNDLES: Refusal = Refusal {
    what: "You download two bundles already.",
    hint: "Try again when one of them is there.",
};

/// No event on that day or before it.
pub(crate) const NOTHING: &str = "Nothing was granted by then.";

/// The rows of the database differ from its own events.
pub(crate) const ROWS_DIFFER: &str = "A row of the database is not what its own events add up to: \
                                      somebody changed it, or it was not written whole. The chain \
                                      is not touched by it; read the chain into a new database.";

/// The contracts answer other than the events say.
pub(crate) const CHAIN_DIFFERS: &str = "The contract answers other than its events add up to: an \
                                        event is missing here, or the node is on another chain. \
                                        Ask another node, and read the chain into a new database.";

/// The contract holds less than it owes.
pub(crate) const SHORT: &str = "The contract holds fewer tokens than were funded and not paid.";

/// No node at all.
pub(crate) const NO_NODE: &str = "No node is connected, so the contracts were not asked.";

/// The day is not over.
pub(crate) const OPEN_DAY: &str = "This day is not over: its last block is still to come, and the \
                                   figures will move.";

/// The block may still be replaced.
pub(crate) const NOT_FINAL: &str = "The node does not say that this block is final: the chain could \
                                    still replace it.";

/// The block stays.
pub(crate) const FINAL: &str = "This block is final.";

/// What the bundle is.
pub(crate) const BUNDLE: &str = "One archive with everything that the figures of a day follow from: \
                                 every event of the contracts up to its last block, the terms of \
                                 opened grants, definitions of goals, the files that signed results were \
                                 read from, and the tables. It is the same \
                                 bytes whenever it is made.";

/// Beside the link that downloads it.
pub(crate) const BUNDLE_HOLDS: &str = "The files of results are in it byte for byte: they may hold \
                                       questions, answers and names, and whoever is given the \
                                       bundle reads them.";

/// Above the register.
pub(crate) const IDS: &str = "Names are not among what auditors read. The company's people see at \
                              the page of an id whose grant it is: ask them for the names of the \
                              ids that you sample, and compare the wallet there with the recipient \
                              in the terms of the bundle.";

/// Above the reports of the company.
pub(crate) const REPORTS: &str = "What moved in a month, from its first block to its last, by round: \
                                  opening, what came, what went, closing. A month that is over is \
                                  the same bytes whenever you take it, while its rounds keep their \
                                  names.";

/// What is compared with rows.
pub(crate) fn against_rows(block: &str) -> String {
    format!("Rows of the database, at its newest block {block}")
}

/// What is compared with the contracts.
pub(crate) fn against_chain(block: &str) -> String {
    format!("What the contracts answer at block {block}")
}

/// The node lacks an old state.
pub(crate) fn no_archive(block: &str, error: &str) -> String {
    format!(
        "This node does not answer for block {block} ({error}): it may keep only the newest states. \
         The contracts were asked at the newest block instead; an archive node can be asked for any."
    )
}

/// The node fails altogether.
pub(crate) fn node_failed(error: &str) -> String {
    format!("The node did not answer, so the contracts were not asked: {error}")
}

/// More grants than one page asks for.
pub(crate) fn some_grants(all: &str) -> String {
    format!(
        "The words of the first 500 of {all} grants were asked for. `guerdon verify bundle FILE \
         --chain` compares every event."
    )
}

/// Whether everything agrees.
pub(crate) fn verdict(compared: &str, differences: usize) -> String {
    match differences {
        0 => format!("Everything agrees: {compared} figures were compared."),
        1 => format!("1 of {compared} figures does not agree."),
        _ => format!("{differences} of {compared} figures do not agree."),
    }
}

/// How many opened grants nobody here knows the terms of.
pub(crate) fn unknown_terms(count: u64) -> Option<String> {
    match count {
        0 => None,
        1 => Some(
            "The terms of 1 opened grant were not imported here: what vested of it is not \
                   counted."
                .to_owned(),
        ),
        _ => Some(format!(
            "The terms of {count} opened grants were not imported here: what vested of them is not \
             counted."
        )),
    }
}

/// Nobody has a role.
pub(crate) const NOBODY: &str = "Nobody had a role by then.";

/// The code is as deployed and as built.
pub(crate) const SAME_CODE: &str = "As deployed, and the code of this program but for its immutable \
                                    values.";

/// The same of a contract that names others.
pub(crate) const SAME_NAMES: &str = "As deployed, and the code of this program but for its \
                                     immutable values, which name the right contracts.";

/// The code is another than was deployed.
pub(crate) const OTHER_CODE: &str = "Not the code that was deployed: ask another node. If it says \
                                     the same, this is not the company's contract.";

/// The code is as deployed and not as built.
pub(crate) fn other_artifact(difference: &str) -> String {
    format!("As deployed, but not the code of this program: {difference}.")
}

/// A contract names another one.
pub(crate) fn wrong_name(function: &str, found: &str) -> String {
    format!("Its {function} is {found}, which is not the contract of this deployment.")
}

/// How many events and bytes a bundle has.
pub(crate) fn bundle_size(events: &str, files: usize, bytes: &str) -> String {
    format!("{events} events, {files} files, {bytes} bytes.")
}

/// Where movements begin: the end of a day, and its block.
pub(crate) fn opening(from: Option<(Date, u64)>) -> String {
    match from {
        Some((date, block)) => format!("From the end of {date} (block {})", grouped(block)),
        None => "From the first block of these contracts".to_owned(),
    }
}

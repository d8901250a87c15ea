//! What an engineer reads about her own grants.

use super::access::Refusal;
use crate::dates;
use crate::numbers::count;

/// Instead of everything, when nothing is there.
pub(crate) const NO_GRANTS: &str =
    "No grants for this wallet. Ask the people team, or open a grant file.";
pub(crate) const NO_GRANTS_HINT: &str = "The company adds grants by committing a round; yours then \
    stand here. If you were given a grant file, it works without this server: \
    guerdon grant show FILE says what it holds, guerdon grant claim FILE claims.";
pub(crate) const NO_GRANTS_MAIL: &str = "No grants for this e-mail address. Ask the people team, \
    or open a grant file.";

pub(crate) const NO_BLOCK: &str = "No block was read yet.";
pub(crate) const NOT_VALUED: &str = "Not valued";
pub(crate) const NO_STATED_VALUE: &str = "The company's sheet states no value for these tokens, \
    and nothing here invents one.";
pub(crate) const NO_GAS: &str = ", no gas needed";
pub(crate) const NOTHING_NOW: &str = "Nothing";
pub(crate) const NOTHING_BY_TIME: &str = "Nothing by time";
pub(crate) const VIEW_ONLY: &str = "You signed in by e-mail, which lets you look. Sign in with \
    your wallet to claim.";
pub(crate) const NOTHING_LATELY: &str = "Nothing has happened to these grants yet.";
pub(crate) const ALL_CLAIMED: &str = "All that is vested is claimed.";
pub(crate) const DEPENDS_ON_RESULTS: &str = "All is earned by time; the rest depends on results.";
pub(crate) const NOTHING_MORE: &str = "All that these grants can earn by time is earned.";

pub(crate) const CLAIM_FORMULA: &str = "Claimable is payable less withholding. Payable is the \
    smaller of vested and unlocked, less what was released before.";
pub(crate) const NEXT_FORMULA: &str = "The first second after this block in which the schedule \
    releases more, with results as they are now.";
pub(crate) const WORTH_FORMULA: &str = "What was paid and what can still be paid, times the value \
    that the company's sheet states for one token, rounded down to the cent: each row by itself, the \
    sum once. Within reach is all that time and open results can still bring; what a final result \
    keeps shut, and what an end gave back, is not. It is the company's word, not a market price.";

/// The three questions, and what is explained under each.
pub(crate) const CLAIMABLE: &str = "You can claim now";
pub(crate) const NEXT: &str = "What comes next";
pub(crate) const WORTH: &str = "What it is worth";
pub(crate) const OF_CLAIM: &str = "what you can claim";
pub(crate) const OF_NEXT: &str = "what comes next";
pub(crate) const OF_WORTH: &str = "what it is worth";

/// Whom a claim pays.
pub(crate) const TO_EACH_WALLET: &str = "Each grant to its own wallet";

/// `To the wallet 0x1CBd…C9Ec`
pub(crate) fn to_wallet(wallet: &impl std::fmt::Display) -> String {
    format!("To the wallet {wallet}")
}

/// Inputs of a worth.
pub(crate) fn granted(grant: &str) -> String {
    format!("{grant} granted")
}

pub(crate) fn within_reach(grant: &str) -> String {
    format!("{grant} paid or within reach")
}

pub(crate) fn at_each(grant: &str, unit: &str) -> String {
    format!("{grant} at ${unit} each")
}

/// What a worth leaves out: shares that can never open, and what went back.
/// `shut` of them stand at the end of the bar today; none where that is all of them.
pub(crate) fn out_of_reach(amount: &str, shut: Option<&str>) -> String {
    let amount = format!("Leaves out {amount} that can no longer be paid");
    match shut {
        None => format!("{amount}."),
        Some(shut) => format!(
            "{amount}: {shut} at the end of the bar today, and what the same final results keep \
             shut later, when time would earn it."
        ),
    }
}

/// In the place of an amount, before a round binds.
pub(crate) fn nothing_until(day: &str) -> String {
    format!("nothing before {day}")
}

/// Under a bar and under a table with a sum.
pub(crate) const ROUNDED: &str = "Each part is rounded down; the sum is exact.";
pub(crate) const ROWS_ROUNDED: &str = "Rows are rounded down; the sum is exact.";

/// A grant whose agreement waits for its holder's word.
pub(crate) const NOT_ACCEPTED: &str = "Its agreement is not accepted yet.";

/// A notice about one of several grants.
pub(crate) fn of_grant(grant: &str, what: &str) -> String {
    format!("{grant}: {what}")
}

pub(crate) const ACCEPT_WHY: &str = "Read it, and sign that you accept it. That costs nothing and \
    changes no amount: the grant vests and pays without it.";
pub(crate) const ACCEPT_NEXT: &str = "you.";
pub(crate) const ACCEPT_NEXT_ELSEWHERE: &str = "you: sign in with the wallet that holds it.";
/// A replacement that waits, as its holder and as the company reads it.
pub(crate) const REPLACE_ASKED: &str = "The company asks you to sign a replacement of this grant.";
pub(crate) const REPLACE_WHY: &str = "Nothing changes without your signature: read the new terms \
    beside the old ones, then sign or leave it.";
pub(crate) const REPLACE_DRAFTED: &str = "A replacement waits for its holder's signature.";
pub(crate) const REPLACE_WHY_DRAFTED: &str =
    "The grant stays as it is until it is signed and sent.";
pub(crate) const REPLACE_SIGNED: &str = "A replacement is signed by its holder and not sent yet.";
pub(crate) const REPLACE_WHY_SIGNED: &str = "The grant stays as it is until the company sends it.";
pub(crate) const HOLDER_NEXT: &str = "the holder.";
pub(crate) const COMPANY_NEXT: &str = "the company's issuer.";
pub(crate) const READ_REPLACEMENT: &str = "Read the replacement";
pub(crate) const READ_AND_ACCEPT: &str = "Read and accept";

/// No file can be made of what is here.
pub(crate) const NO_GRANT_FILE: Refusal = Refusal {
    what: "This server cannot make the file of this grant.",
    hint: "It lacks the round, a goal's definition or the agreement as they were signed. The \
        company has the file: guerdon round export writes it again.",
};

/// `As of block 18,204 of 24 Nov 2026 12:00:00 UTC.`
pub(crate) fn as_of_block(block: &str, time: u64) -> String {
    format!("As of block {block} of {}.", dates::exact(time))
}

/// What stands where the claim button would, when the index is behind.
pub(crate) fn claiming_is_off(block: &str, age: u64) -> String {
    let age = dates::duration(age);
    format!("As of block {block}, {age} ago; claiming is off until the index catches up.")
}

/// Before this server has heard of the chain at all.
pub(crate) const CLAIMING_WAITS: &str = "Claiming is off until this server has read the chain.";

/// `Your grants at Acme AI`
pub(crate) fn heading(company: &str) -> String {
    format!("Your grants at {company}")
}

/// `2 grants in Acme Access (ACC), the first since 1 Jun 2026`
pub(crate) fn lead(grants: u64, token: (&str, &str), since: &str) -> String {
    let (name, symbol) = token;
    let first = if grants == 1 {
        "since"
    } else {
        "the first since"
    };
    format!(
        "{} in {name} ({symbol}), {first} {since}",
        count(grants, "grant")
    )
}

/// `All your tokens, 7,300.00 ACC granted`
pub(crate) fn all_tokens(granted: &str) -> String {
    format!("All your tokens, {granted} granted")
}

/// More grants than one page sums.
pub(crate) fn only_the_first(grants: u64) -> String {
    format!(
        "Only the first {} are summed and drawn here; the list has them all.",
        count(grants, "grant")
    )
}

/// The message of the chart over all grants.
pub(crate) fn earned(earned: &str, opened: Option<&str>, grants: u64) -> String {
    let whose = if grants == 1 {
        "your grant"
    } else {
        "your grants"
    };
    match opened {
        Some(opened) => {
            format!("You have earned {earned} of {whose}; results have unlocked {opened} of that.")
        }
        None => format!("You have earned {earned} of {whose} by time."),
    }
}

/// `+128.36 ACC of G-1004 vest`
pub(crate) fn vest(amount: &str, grant: &str) -> String {
    format!("+{amount} of {grant} vest")
}

/// `More of G-1004 may leave`
pub(crate) fn may_leave(grant: &str) -> String {
    format!("More of what is vested of {grant} may leave")
}

/// `The round of G-1004 becomes binding`
pub(crate) fn binds(grant: &str) -> String {
    format!("The round of {grant} becomes binding; nothing of it opens before that")
}

/// `Then on 1 Jan 2027: +40.00 ACC of G-1011 vest`
pub(crate) fn then(what: &str, day: &str) -> String {
    let mut letters = what.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    let what: String = first.chain(letters).collect();
    format!("Then on {day}: {what}")
}

/// How many wait for a result, when nothing can be claimed.
pub(crate) fn waits(amount: &str) -> String {
    format!("{amount} are earned by time and wait for a result.")
}

/// Nothing was earned yet.
pub(crate) fn nothing_before(day: &str) -> String {
    format!("Nothing is earned before {day}.")
}

/// A grant that took the place of one of the sheet.
pub(crate) fn in_place_of(sheet_id: &str) -> String {
    format!("in place of {sheet_id}")
}

/// How sure a worth is: `Stated by the company, no market price: $0.42 each (30 Jun 2026)`
pub(crate) fn stated(values: &[(&str, String)]) -> String {
    let each = values.iter().map(|(unit, on)| match on.is_empty() {
        true => format!("${unit} each (without a date)"),
        false => format!("${unit} each ({on})"),
    });
    let each: Vec<_> = each.collect();
    format!(
        "Stated by the company, no market price: {}",
        each.join(", ")
    )
}

/// What a worth takes for granted, and what of it is sure.
pub(crate) fn if_all_is_paid(vested: &str) -> String {
    format!("If all that is still open is paid; {vested} of it is vested")
}

/// Grants that the worth leaves out.
pub(crate) fn unvalued(grants: u64) -> String {
    match grants {
        1 => "1 grant has no stated value and is left out.".to_owned(),
        more => format!(
            "{} have no stated value and are left out.",
            count(more, "grant")
        ),
    }
}

/// `after 32.00 ACC withheld for tax`
pub(crate) fn after_withholding(amount: &str) -> String {
    format!("after {amount} withheld for tax")
}

/// `Only the first 6 reasons are shown…`
pub(crate) fn more_reasons(more: u64) -> String {
    format!("{} on the pages of the grants.", count(more, "more reason"))
}

/// Who sent a claim, when it was not our keeper: the event does not say.
pub(crate) const ANY_WALLET: &str = "a wallet, not this company's keeper; whoever calls, only the \
    holder is paid";

/// The first line of a receipt.
pub(crate) fn receipt_lead(company: &str, grant: &str, day: &str) -> String {
    format!("{company} paid grant {grant} on {day}.")
}

/// The last line of a receipt.
pub(crate) fn receipt_made(block: &str, zone: &str) -> String {
    format!(
        "Made from the events of the chain as read up to block {block}. Days are those of {zone}. \
         Amounts are rounded down to two places, with every place below."
    )
}

/// Opens what stands behind a figure.
pub(crate) const EXPLAIN: &str = "Explain this number";

/// Opens what stands behind one of several figures.
pub(crate) fn explain(figure: &str) -> String {
    format!("Explain “{figure}”")
}

pub(crate) const VESTED_FORMULA: &str = "The amount granted times the share earned by time, times \
    the share that results let through, rounded down; never less than what was released.";
pub(crate) const CLAIMED_FORMULA: &str = "What payments released, less what they withheld: the sum \
    of the Claimed events of this grant.";
pub(crate) const WAITS_FORMULA: &str = "What is earned by time, less what is vested.";
pub(crate) const UNEARNED_FORMULA: &str = "What the grant holds, less what is earned by time.";
pub(crate) const SHARED_LABEL: &str = "somebody";

/// The notice above a shared page.
pub(crate) fn shared_by(wallet: &str, label: &str, day: &str) -> String {
    let label = if label.is_empty() {
        SHARED_LABEL
    } else {
        label
    };
    format!(
        "The holder of this grant, {wallet}, shared this page on {day} with {label}. It can be read \
         and not changed, it shows no name, and the holder can end this link at any time."
    )
}

/// A link in the list.
pub(crate) fn made_on(day: &str) -> String {
    format!("made on {day}")
}

/// On the shared page, for the holder who has just made it.
pub(crate) const COPY_THIS_ADDRESS: &str = "Copy the address of this page and hand it on: it is the \
    link, and it is not kept here to be shown again.";

pub(crate) const NOTHING_TO_CLAIM: &str = "Nothing to claim now";
pub(crate) const CLAIM_COMMAND: &str = "guerdon grant claim GRANT.json --rpc-url NODE";

/// `Claim 352.59 ACC`
pub(crate) fn claim_heading(amount: &str) -> String {
    format!("Claim {amount}")
}

/// What the page of all claims offers.
pub(crate) fn claim_lead(grants: usize, wallets: usize) -> String {
    let whose = if wallets == 1 {
        "your wallet"
    } else {
        "the wallet that holds it"
    };
    match grants {
        1 => format!("One grant can be claimed now; it pays {whose}."),
        more => format!("{more} grants can be claimed now; each pays {whose}."),
    }
}

/// What one transaction for several grants does.
pub(crate) fn pays_each(grants: &str, wallets: usize) -> String {
    match wallets {
        1 => format!("It pays what is claimable of {grants} to the wallet that holds them."),
        _ => format!("It pays what is claimable of {grants}, each to the wallet that holds it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sentence that is made of parts, as it reads.
    #[test]
    fn sentences_read_as_they_should() {
        let day = 1_795_521_600; // 24 Nov 2026 12:00 UTC
        let rows = [
            (
                as_of_block("18,204", day),
                "As of block 18,204 of 24 Nov 2026 12:00:00 UTC.",
            ),
            (
                claiming_is_off("18,204", 840),
                "As of block 18,204, 14 minutes ago; claiming is off until the index catches up.",
            ),
            (heading("Acme AI"), "Your grants at Acme AI"),
            (
                lead(1, ("Acme", "ACC"), "1 Jun 2026"),
                "1 grant in Acme (ACC), since 1 Jun 2026",
            ),
            (
                lead(2, ("Acme", "ACC"), "1 Jun 2026"),
                "2 grants in Acme (ACC), the first since 1 Jun 2026",
            ),
            (
                all_tokens("7,300 ACC"),
                "All your tokens, 7,300 ACC granted",
            ),
            (
                only_the_first(200),
                "Only the first 200 grants are summed and drawn here; the list has them all.",
            ),
            (
                earned("37 %", Some("84 %"), 2),
                "You have earned 37 % of your grants; results have unlocked 84 % of that.",
            ),
            (
                earned("37 %", None, 1),
                "You have earned 37 % of your grant by time.",
            ),
            (vest("128.36 ACC", "G-1004"), "+128.36 ACC of G-1004 vest"),
            (
                may_leave("G-1004"),
                "More of what is vested of G-1004 may leave",
            ),
            (
                binds("G-1004"),
                "The round of G-1004 becomes binding; nothing of it opens before that",
            ),
            (
                then("+1 ACC of G-1 vest", "1 Jan 2027"),
                "Then on 1 Jan 2027: +1 ACC of G-1 vest",
            ),
            (
                then(&may_leave("G-1"), "1 Jan 2027"),
                "Then on 1 Jan 2027: more of what is vested of G-1 may leave",
            ),
            (
                waits("1 ACC"),
                "1 ACC are earned by time and wait for a result.",
            ),
            (
                nothing_before("1 Jun 2027"),
                "Nothing is earned before 1 Jun 2027.",
            ),
        ];
        for (said, wanted) in rows {
            assert_eq!(said, wanted);
        }
    }

    #[test]
    fn amounts_and_receipts_read_as_they_should() {
        let rows = [
            (in_place_of("G-1016"), "in place of G-1016"),
            (
                stated(&[("0.42", "30 Jun 2026".to_owned())]),
                "Stated by the company, no market price: $0.42 each (30 Jun 2026)",
            ),
            (
                stated(&[("0.42", String::new()), ("1.15", "15 Jun 2028".to_owned())]),
                "Stated by the company, no market price: $0.42 each (without a date), $1.15 each \
                 (15 Jun 2028)",
            ),
            (
                if_all_is_paid("$9.00"),
                "If all that is still open is paid; $9.00 of it is vested",
            ),
            (
                out_of_reach("1 ACC", None),
                "Leaves out 1 ACC that can no longer be paid.",
            ),
            (
                out_of_reach("3 ACC", Some("1 ACC")),
                "Leaves out 3 ACC that can no longer be paid: 1 ACC at the end of the bar today, \
                 and what the same final results keep shut later, when time would earn it.",
            ),
            (
                of_grant("G-1", NOT_ACCEPTED),
                "G-1: Its agreement is not accepted yet.",
            ),
            (within_reach("G-1"), "G-1 paid or within reach"),
            (unvalued(1), "1 grant has no stated value and is left out."),
            (
                unvalued(3),
                "3 grants have no stated value and are left out.",
            ),
            (after_withholding("1 ACC"), "after 1 ACC withheld for tax"),
            (more_reasons(1), "1 more reason on the pages of the grants."),
            (
                claim_lead(1, 1),
                "One grant can be claimed now; it pays your wallet.",
            ),
            (
                claim_lead(3, 2),
                "3 grants can be claimed now; each pays the wallet that holds it.",
            ),
            (
                pays_each("G-1, G-2", 1),
                "It pays what is claimable of G-1, G-2 to the wallet that holds them.",
            ),
            (
                receipt_lead("Acme AI", "G-1004", "5 Jun 2028"),
                "Acme AI paid grant G-1004 on 5 Jun 2028.",
            ),
            (explain("vested"), "Explain “vested”"),
            (made_on("5 Jun 2028"), "made on 5 Jun 2028"),
        ];
        for (said, wanted) in rows {
            assert_eq!(said, wanted);
        }
    }
}

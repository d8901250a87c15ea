//! The company's desk in words.

use crate::numbers::{count, grouped};

pub(crate) const RECIPIENT_IS_A_CONTRACT: &str = "the wallet is a contract: be sure that its owner can call from it on this chain, such as by a \
     Safe; an address of an exchange or of a token loses what it is paid";

pub(crate) const NOTHING_TO_DO: &str = "Nothing needs the company now.";

pub(crate) const NO_PEOPLE: &str = "Nobody is on the list yet. Add the first person, or import a CSV of people; importing a round \
     of grants adds its people as well.";

/// Before the links to the rows of one page.
pub(crate) const PEOPLE_AS_SHOWN: &str = "What stands here, as";

pub(crate) const NO_TEMPLATES: &str = "No templates yet. A template is a named set of terms: a sheet names it in its column \
     template and leaves the other columns empty.";

pub(crate) const NO_ROUNDS: &str =
    "No rounds yet. Import a sheet of grants: it becomes a round, and one signature commits it.";

pub(crate) const NO_IMPORTS: &str =
    "No sheets yet. Upload one, or type in up to five grants below.";

/// How a sheet stands before its round is imported.
pub(crate) const NOT_MATCHED: &str = "its columns are not matched";
pub(crate) const NOT_IMPORTED: &str = "not imported";

pub(crate) const NOT_ACCEPTED_BY: &str = "People with a grant that they have not accepted. Grants \
                                          of nobody on this list are not among them.";

pub(crate) const CHANGED_MEANWHILE: &str = "Somebody changed this sheet while you matched its \
                                            columns. Nothing was kept: look at it again.";

pub(crate) const NOTHING_FOUND: &str = "Nobody on the list has this name, number or wallet.";

pub(crate) const NO_FILE: &str = "Choose a file first: a CSV in UTF-8, or a workbook in XLSX.";

pub(crate) const TOO_LARGE: &str =
    "The file is larger than 4 MB. Split the sheet: each part becomes a round of its own.";

pub(crate) const UPLOAD_BROKE: &str = "The upload broke off: nothing was kept. Send it again.";

pub(crate) const WORKBOOK_BROKE: &str =
    "The workbook cannot be read: save it again as XLSX, or as CSV UTF-8.";

pub(crate) const NOTHING_TYPED: &str = "Fill in at least one grant.";

pub(crate) const NO_IMPORTER: &str =
    "This server shows pages and imports nothing: import the sheet with guerdon round import.";

/// What the API says of a sheet.
pub(crate) const SHEET_NOT_READY: &str = "Rows of the sheet are wrong, or none is left: read the import, and send the \
     sheet again, corrected or with rows left out. Nothing was imported.";
pub(crate) const SHEET_HAS_DOUBTS: &str = "The sheet has doubts: read the import, and send `doubts_read` once somebody did. \
     Nothing was imported.";

pub(crate) fn no_such_column(name: &str) -> String {
    format!("The sheet has no column {name}.")
}

pub(crate) const READ_THE_DOUBTS: &str = "Tick the box once you have read the doubts.";

pub(crate) const NOT_A_DATE: &str = "Write a date, such as 2028-07-15, or leave it empty.";

pub(crate) const BINDING_IS_PAST: &str =
    "A round becomes binding on a day to come; leave it empty to be bound at once.";

pub(crate) const BINDING_TOO_FAR: &str =
    "A round becomes binding at most 30 days after it is committed: choose an earlier day.";

pub(crate) const ERASE_STAYS: &str = "What stays: the chain keeps wallets, amounts and payments, which nobody can erase; the \
     grant's terms and the round file keep the wallet and no name; the audit log keeps a serial \
     number. Backups made before lose the data when they expire.";

/// The grant of a row was imported earlier.
pub(crate) fn imported_before(external_id: &str) -> String {
    format!(
        "a grant {external_id} was imported before, and a grant is imported once: give it another \
         number, or leave the row out"
    )
}

/// The people list gives the wallet to somebody else.
pub(crate) fn wallet_of_another(number: &str) -> String {
    format!(
        "the people list gives this wallet to {number}, and two people cannot share one: correct \
         the row, or the list"
    )
}

/// `Row 3, column Shares: …`
pub(crate) fn row_error(row: usize, column: &str, message: &str) -> String {
    let mut sentence = match (row, column) {
        (0, _) => message.to_owned(),
        (_, "") => format!("row {row}: {message}"),
        (_, column) => format!("row {row}, column {column}: {message}"),
    };
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    crate::numbers::capital(&sentence)
}

/// How a sheet stands.
pub(crate) fn verdict(good: u64, wrong: u64, left_out: u64) -> String {
    let good_rows = match good {
        0 => "No row is good".to_owned(),
        1 => "1 row is good".to_owned(),
        _ => format!("{} rows are good", grouped(good)),
    };
    let wrong_rows = match wrong {
        0 => "none is wrong".to_owned(),
        1 => "1 is wrong".to_owned(),
        _ => format!("{} are wrong", grouped(wrong)),
    };
    let left = match left_out {
        0 => String::new(),
        _ => format!(", {} left out on purpose", grouped(left_out)),
    };
    format!("{good_rows}, {wrong_rows}{left}.")
}

/// What the file's own total says.
pub(crate) fn own_total(sum: &str, stated: Option<&str>) -> String {
    match stated {
        None => format!("The rows of the sheet add up to {sum}."),
        Some(stated) if stated == sum => {
            format!("The rows of the sheet add up to {sum}, as its own last row says.")
        }
        Some(stated) => format!(
            "The rows of the sheet add up to {sum}, but its own last row says {stated}: a row is \
             missing, or a number is wrong."
        ),
    }
}

/// Quantities that are no numbers.
pub(crate) fn unread_quantities(number: u64) -> String {
    format!(
        "{} no number as quantity and {} not in that sum.",
        if number == 1 {
            "1 row has".to_owned()
        } else {
            format!("{} rows have", grouped(number))
        },
        if number == 1 { "is" } else { "are" }
    )
}

/// The pool is too small.
pub(crate) fn over_the_pool(total: &str, free: &str, missing: &str) -> String {
    format!(
        "The grants come to {total}, and {free} of the pool is free: the contract refuses the \
         round until at least {missing} more is funded."
    )
}

/// The pool is large enough.
pub(crate) fn within_the_pool(free: &str, after: &str) -> String {
    format!("{free} of the pool is free; {after} stays free after this round.")
}

/// Wallets that no node was asked about.
pub(crate) fn unasked(number: u64) -> String {
    format!(
        "{} not be asked about: no node answered whether {}.",
        if number == 1 {
            "1 wallet could".to_owned()
        } else {
            format!("{} wallets could", grouped(number))
        },
        if number == 1 {
            "it is"
        } else {
            "they are each"
        }
    )
}

/// Used by how many grants.
pub(crate) fn template_used(uses: u64) -> String {
    match uses {
        0 => "no grant yet".to_owned(),
        _ => count(uses, "grant"),
    }
}

/// What the company and the holder may do later, and what is withheld.
pub(crate) fn powers(terms: &guerdon_core::terms::Terms) -> Vec<String> {
    let mut all = Vec::new();
    let days = |seconds: u32| count(u64::from(seconds / 86_400), "day");
    all.push(match (terms.powers.end, terms.grace_seconds) {
        (false, _) => "The company cannot end it.".to_owned(),
        (true, 0) => format!(
            "The company may end it, at most {} back.",
            days(terms.backdate_seconds)
        ),
        (true, grace) => format!(
            "The company may end it, at most {} back; a good leaver vests {} longer.",
            days(terms.backdate_seconds),
            days(grace)
        ),
    });
    all.push(match terms.pause_max {
        0 => "The company cannot pause it.".to_owned(),
        most => format!("The company may pause it for {} in all.", days(most)),
    });
    if terms.withhold_bps > 0 {
        all.push(format!(
            "{} of each payment is withheld for tax.",
            crate::numbers::percent(u64::from(terms.withhold_bps) * 100_000)
        ));
    }
    all
}

pub(crate) const NOT_DAYS: &str = "Write a whole number of days, or leave it empty for none.";

pub(crate) const NOT_WITHHELD: &str =
    "Write a percentage of at most two decimal places, such as 22 or 37.5, or leave it empty.";

pub(crate) const WRONG_TEMPLATE_NAME: &str =
    "A template's name has 1 to 64 letters, digits, hyphens, dots or underscores, and is not new.";

pub(crate) const TAKEN_TEMPLATE_WORD: &str = "Sheets already know this name: the words even and continuous, and names that begin with \
     graded-, say a schedule by themselves. Choose another.";

pub(crate) const KNOWN_TEMPLATE_NAME: &str = "There is a template of this name already.";

pub(crate) const TEMPLATE_KINDS: &str = "Empty for calendar dates; even for equal steps of time; continuous for every second; or \
     graded-5-15-40-40, one date a year.";

/// Kinds of schedule that are offered; empty is the usual one.
pub(crate) const SCHEDULE_KINDS: [(&str, &str); 4] = [
    ("even", "equal steps of time"),
    ("continuous", "every second"),
    ("graded-25-25-25-25", "four dates, one a year"),
    ("graded-5-15-40-40", "four dates, more in the later years"),
];

/// A goal as sheets name it, offered for the whole of a grant.
pub(crate) fn whole_by_goal(goal: &str) -> (String, String) {
    (
        format!("{goal}:100"),
        "decides all of it; another share may follow the colon".to_owned(),
    )
}

/// Free money beside what waits for a signature.
pub(crate) fn free_money(free: &str, next: Option<String>) -> String {
    match next {
        None => format!("{free} of the pool is free for rounds to come."),
        Some(next) => format!(
            "{free} of the pool is free; rounds that were imported and not committed come to {next}."
        ),
    }
}

/// The state of a round.
pub(crate) fn round_stage(stage: crate::company::Stage) -> &'static str {
    use crate::company::Stage;
    match stage {
        Stage::Imported => "imported, not committed",
        Stage::Revocable => "committed, can be taken back",
        Stage::Binding => "binding",
        Stage::Rescinded => "taken back",
    }
}

pub(crate) const ISSUER: &str = "a wallet with the issuer's role";
pub(crate) const TIME_OR_ISSUER: &str = "nobody, time does; the issuer could still take it back";
pub(crate) const TREASURY: &str = "the treasury, by funding the pool";
pub(crate) const COMPANY: &str = "the company";
pub(crate) const HOLDERS: &str = "each holder, on the page of the grant";
pub(crate) const TIME: &str = "nobody, time does";
pub(crate) const PEOPLE_ROLE: &str = "a wallet with the people role, by resuming it";
pub(crate) const IS_PAUSED: &str = "is paused: its clock stands still.";

pub(crate) fn round_waits(name: &str, grants: &str, total: &str) -> String {
    format!("The round {name} of {grants} over {total} is imported and waits for its signature.")
}

pub(crate) fn round_binds(name: &str, total: &str, day: &str) -> String {
    format!("The round {name} over {total} becomes binding on {day}; until then nothing opens.")
}

pub(crate) fn pool_lacks(sum: &str, free: &str, missing: &str) -> String {
    format!("Rounds that wait come to {sum}, and {free} is free: {missing} is missing.")
}

pub(crate) fn draft_waits(name: &str, day: &str) -> String {
    format!("The sheet {name} was last touched on {day} and is not imported.")
}

pub(crate) fn more_drafts(rest: &str) -> String {
    format!("{rest} more are not imported.")
}

pub(crate) fn replacement_is_signed(grant: &str, until: &str) -> String {
    format!("The replacement of {grant} is signed by its holder and can be sent until {until}.")
}

pub(crate) fn replacement_waits(grant: &str, until: &str) -> String {
    format!("The replacement of {grant} waits for its holder until {until}.")
}

pub(crate) fn replacement_is_stale(grant: &str) -> String {
    format!(
        "The replacement of {grant} cannot be sent any more: the grant has changed since it was \
         written. Take it back and write it anew."
    )
}

pub(crate) fn by_signing(holder: &str) -> String {
    format!("{holder}, by signing it")
}

pub(crate) fn call_waits(what: &str, day: &str) -> String {
    format!("{what}: scheduled, and can be executed from {day}.")
}

pub(crate) fn call_is_ready(what: &str, day: &str) -> String {
    format!("{what}: scheduled, can be executed since {day}, and expires a week after.")
}

pub(crate) fn call_of(caller: &str) -> String {
    format!("{caller}, who scheduled it")
}

pub(crate) fn goal_due(name: &str, state: &str) -> String {
    format!("The goal “{name}”: {state}.")
}

pub(crate) fn keeper_failed(grant: &str, times: u32, reason: &str) -> String {
    let often = match times {
        1 => "once".to_owned(),
        times => format!("{times} times in a row"),
    };
    let reason = reason.trim_end_matches('.');
    format!("The keeper could not pay {grant}, {often}: {reason}.")
}

pub(crate) fn keeper_tries(day: &str) -> String {
    format!("the keeper, again from {day}")
}

pub(crate) fn not_accepted(number: u64) -> String {
    match number {
        1 => "1 grant was never accepted by its holder.".to_owned(),
        _ => format!(
            "{} grants were never accepted by their holders.",
            grouped(number)
        ),
    }
}

pub(crate) fn ends_on(day: &str) -> String {
    format!("ends on {day}: notice is given.")
}

pub(crate) fn more_clocks(number: u64) -> String {
    match number {
        1 => "1 more grant has notice or is paused.".to_owned(),
        _ => format!("{} more grants have notice or are paused.", grouped(number)),
    }
}

pub(crate) const NEVER_SIGNED_IN: &str = "the list says so; never signed in with it";
pub(crate) const NO_CHAIN_ROLE: &str = "no role on the chain";
pub(crate) const TOO_MANY_PEOPLE: &str =
    "The file is larger than 1 MB. Split it: each part can be imported by itself.";

pub(crate) fn on_the_list(people: &str) -> String {
    format!("{people} on the list. It decides who may read what; the chain decides who can sign.")
}

pub(crate) fn person_lead(number: &str, day: &str) -> String {
    format!("Number {number}, on the list since {day}.")
}

pub(crate) fn list_role(role: &str) -> &'static str {
    match role {
        "administrator" => "Administrator: reads everything and changes this list",
        "company" => "Company: reads and drafts what the company does",
        _ => "Auditor: reads the auditor's pages",
    }
}

/// Why an imported grant is not opened.
pub(crate) fn unopened(stage: crate::company::Stage) -> &'static str {
    use crate::company::Stage;
    match stage {
        Stage::Imported => "its round is not committed",
        Stage::Revocable => "its round is not binding yet",
        Stage::Binding => "not opened yet",
        Stage::Rescinded => "its round was taken back",
    }
}

pub(crate) fn type_the_number(number: &str) -> String {
    format!("Type {number} exactly.")
}

pub(crate) fn erase_goes(grants: &str) -> String {
    format!(
        "What goes: name, number, e-mail, country, zone, roles, wallets, sessions, links, settings, \
         the text of agreements of {grants}, reasons of challenges, names of files brought for \
         results, and sheets not imported yet that name the person."
    )
}

pub(crate) fn erase_files(id: &str) -> String {
    format!(
        "Grant files on the company's disk hold the agreement and so the name: \
         guerdon people erase {id} --grant-files does the same as this page and clears them too."
    )
}

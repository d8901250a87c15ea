use crate::numbers::{Token, count, shortened};

/// Totals of the pool, from the first day on.
pub(crate) const FUNDED: &str = "Put into the pool, what was paid since included";
pub(crate) const PROMISED: &str = "Promised, what was paid since included";

/// What a commit promises.
pub(crate) fn commit_lead(token: &Token, (total, grants): (u128, u64)) -> String {
    format!(
        "One transaction promises {} to the holders of {}. It needs that much free money in the \
         pool, and gives nobody a token before it binds.",
        token.words(total),
        count(grants, "grant")
    )
}

/// From when on it binds.
pub(crate) fn binds(binding_at: Option<&str>) -> String {
    match binding_at {
        None => "It binds at once: nobody can ever take it back, and grants can be opened in the \
                 same second."
            .to_owned(),
        Some(day) => format!(
            "It binds on {day}. Until then the issuer can take it back whole, and none of its \
             grants can be opened; from then on nobody can."
        ),
    }
}

/// It was committed.
pub(crate) const COMMITTED: &str =
    "The round is committed: what it promises is set aside in the pool.";

/// It was taken back.
pub(crate) const TAKEN_BACK: &str = "The round was taken back, and what it promised is free again.";

/// The round stands.
pub(crate) fn committed_before(day: &str) -> String {
    format!("This round was committed on {day}. A root is committed once.")
}

/// The round was taken back.
pub(crate) const RESCINDED: &str = "This round was taken back. Its root is used up: import the sheet \
                                    anew to promise it again.";

/// The round was imported by mistake.
pub(crate) const SET_ASIDE: &str = "This round was discarded: import its sheet anew to promise it.";

/// A grant of the round is in another one that stands.
pub(crate) fn in_another_round(name: &str, other: &str) -> String {
    format!(
        "The grant {name} is in the round {other} as well, and would be promised twice. Commit that \
         one, or discard it first: guerdon round discard."
    )
}

/// Nobody committed the round.
pub(crate) const NOT_COMMITTED: &str = "This round is not committed, so there is nothing to take \
                                        back.";

/// What a rescind means.
pub(crate) fn rescind_lead(token: &Token, (total, grants): (u128, Option<u64>)) -> String {
    let grants = grants.map_or_else(|| "its grants".to_owned(), |number| count(number, "grant"));
    format!(
        "{} become free again, and {grants} of this round will never open.",
        token.words(total)
    )
}

/// Until when it can be taken back.
pub(crate) fn rescindable(day: &str) -> String {
    format!("It binds on {day}. Until then the issuer can take it back; from then on nobody can.")
}

/// It binds.
pub(crate) fn binding_since(day: &str) -> String {
    format!(
        "It is binding since {day}: nobody can take it back. Its grants can still be ended one by \
         one, as their terms allow."
    )
}

/// Whoever sits on the panel of a goal and has a role of the company, or a grant that the goal
/// decides.
pub(crate) fn own_judge(member: &str, goal: &str, role: &str) -> String {
    format!(
        "{} is on the panel of the goal {goal} and has the company's {role} role: a result must be \
         signed by neither party. Take the role away, or use another goal.",
        shortened(member)
    )
}

/// The day named for binding.
pub(crate) const BINDING_DAY_WRONG: &str = "That is no day ahead: write it as 2026-12-01.";

/// The round's file is not here.
pub(crate) const ROUND_UNKNOWN: &str = "This round was not imported here, so its total is not \
                                        known.";

/// It would bind too late.
pub(crate) fn binds_too_late(latest: &str) -> String {
    format!("A round binds 30 days ahead at the latest: on {latest}.")
}

pub(crate) const UNDO_COMMIT: &str = "The issuer can take it back until it binds; then nobody can.";
pub(crate) const UNDO_BINDING: &str = "Nobody can take it back.";
pub(crate) const UNDO_RESCIND: &str = "This cannot be undone: the root is used up. The sheet can be \
                                       imported anew.";

//! What a calendar says: days and names of grants, never amounts.

/// `Grants at Acme AI`
pub(crate) fn name(company: &str) -> String {
    format!("Grants at {company}")
}

pub(crate) fn description(company: &str) -> String {
    format!("Days on which a part of your grants at {company} vests. Amounts stand on your pages.")
}

/// `G-1004 at Acme AI: a part vests`
pub(crate) fn summary(company: &str, grant: &str, is_last: bool) -> String {
    match is_last {
        true => format!("{grant} at {company}: the last part vests"),
        false => format!("{grant} at {company}: a part vests"),
    }
}

//! What a replacement would change, weighed by core and put into words.

use guerdon_formats::calendar::Zone;
use guerdon_formats::replacement::{Replaced, Unweighed, Weighed};
use guerdon_formats::replacement_file::ReplacementFile;

use super::effect::refusal;
use super::subject::Subject;
use crate::numbers::Token;

/// Weighs a replacement as if it were signed; why the contract would refuse it, in words.
pub(super) fn weighed(
    subject: &Subject,
    file: &ReplacementFile,
    token: &Token,
) -> Result<Weighed, String> {
    let zone = Zone::named(&subject.zone_name).or_else(|_| Zone::named("UTC"));
    let zone = zone.map_err(|error| error.to_string())?;
    let replaced = Replaced {
        ledger: &subject.ledger,
        desk: subject.desk(),
        record: &subject.data.record,
        terms: &subject.terms,
        name: &subject.name,
        zone: &zone,
        goal: &|id| subject.goals().title(id),
        unit: (&token.symbol, token.decimals),
    };
    let weighed = replaced.weigh(file, true);
    weighed.map_err(|why| match why {
        Unweighed::Refused(refused) => refusal(subject, token, &refused),
        other => format!("{other}."),
    })
}

/// The facts with a capital, as a page lists them: each label once.
pub(super) fn facts(weighed: &Weighed) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (label, text) in weighed.facts() {
        let label = crate::numbers::capital(label);
        match all.last_mut().filter(|(last, _)| *last == label) {
            Some((_, texts)) => texts.push(text),
            None => all.push((label, vec![text])),
        }
    }
    all
}

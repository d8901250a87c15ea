//! What a replacement changes, now beside after; what stays is folded away, and all of it stands
//! once more with every digit.

use guerdon_formats::replacement::{Changed, Figures, TermValue, Weighed};
use guerdon_formats::replacement_file::ReplacementFile;
use guerdon_store::Read;

use super::effect::Line;
use super::weighed::facts;
use crate::access::{called, told};
use crate::charts::svg::Escaped;
use crate::error::PageError;
use crate::html::{Hex, Markup, Money};
use crate::numbers::{Token, capital, count_of};
use crate::strings::actions as words;
use crate::views::{Context, markup};

/// Before and after, as a page shows it.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) groups: Vec<Group>,
    /// What else comes of it.
    pub(super) said: Vec<String>,
    /// Every term and figure with every digit, as the command line says them.
    pub(super) whole: Vec<(String, Vec<String>)>,
    /// The changes once more, a sentence each, beside the button.
    pub(super) sentences: Vec<String>,
}

/// Lines about one grant, or about all of them.
#[derive(Debug)]
pub(super) struct Group {
    /// None where there is but one.
    pub(super) name: Option<String>,
    pub(super) lines: Vec<Line>,
    /// What stays as it is: in a word, and term by term.
    pub(super) same: Option<(String, Vec<(String, Markup)>)>,
}

impl Beside {
    pub(super) async fn new(
        read: &mut Read,
        context: &Context<'_>,
        (weighed, file): (&Weighed, &ReplacementFile),
    ) -> Result<Self, PageError> {
        let token = context.token();
        let figures = weighed.figures();
        let is_one = file.successors.len() == 1;
        let all = (!is_one).then(|| words::IN_ALL.to_owned());
        let mut groups = vec![Group::of(all, figures_of(&figures, token))];
        if let Some(hers) = figures.holders {
            let lines = lines_of(hers, token);
            groups.push(Group::of(Some(words::THE_HOLDERS.to_owned()), lines));
        }
        let mut sentences = Vec::new();
        for (new, compared) in file.successors.iter().zip(weighed.compared()) {
            let mut lines = Vec::new();
            for changed in &compared.changed {
                let (line, sentence) = changes(read, context, changed).await?;
                sentences.push(words::changes_in(&new.name, &sentence));
                // The figures say it already.
                if !is_one || changed.what != GRANTED {
                    lines.push(line);
                }
            }
            let mut same = Vec::new();
            for (what, value) in &compared.same {
                let (shown, _) = shown(read, context, value).await?;
                same.push((capital(what), shown));
            }
            let same = (!same.is_empty()).then(|| (words::stays(count_of(&same)), same));
            match groups.first_mut().filter(|_| is_one) {
                Some(group) => {
                    group.lines.extend(lines);
                    group.same = same;
                }
                None => groups.push(Group {
                    same,
                    ..Group::of(Some(new.name.clone()), lines)
                }),
            }
        }
        Ok(Self {
            groups,
            said: said(weighed, token),
            whole: facts(weighed),
            sentences,
        })
    }
}

/// The term that the figures say, too.
const GRANTED: &str = "granted";

impl Group {
    fn of(name: Option<String>, lines: Vec<Line>) -> Self {
        Self {
            name,
            lines,
            same: None,
        }
    }
}

fn figures_of(figures: &Figures, token: &Token) -> Vec<Line> {
    lines_of([figures.granted, figures.vested, figures.claimable], token)
}

fn lines_of(figures: [(u128, u128); 3], token: &Token) -> Vec<Line> {
    let lines = ["Granted", "Vested", "A claim would bring"].into_iter();
    let line = |(what, (now, after)): (&str, (u128, u128))| Line {
        what: what.to_owned(),
        now: markup(Money::words(now, token)),
        after: markup(Money::words(after, token)),
        changes: now != after,
    };
    lines.zip(figures).map(line).collect()
}

/// A term that changes: its line, and its words.
async fn changes(
    read: &mut Read,
    context: &Context<'_>,
    changed: &Changed,
) -> Result<(Line, String), PageError> {
    // Every date is said where the words alone would not tell the two apart.
    let same = |one: &TermValue, other: &TermValue| match (one, other) {
        (TermValue::Clock { words, .. }, TermValue::Clock { words: others, .. }) => words == others,
        _ => false,
    };
    let whole = |value: &TermValue| match same(&changed.before, &changed.after) {
        true => TermValue::Words(value.to_string()),
        false => value.clone(),
    };
    let (now, before) = shown(read, context, &whole(&changed.before)).await?;
    let (then, after) = shown(read, context, &whole(&changed.after)).await?;
    let line = Line {
        what: capital(changed.what),
        now,
        after: then,
        changes: true,
    };
    Ok((line, words::changed(changed.what, &before, &after)))
}

/// What a term says, for a table and for a sentence.
async fn shown(
    read: &mut Read,
    context: &Context<'_>,
    value: &TermValue,
) -> Result<(Markup, String), PageError> {
    let text = match value {
        TermValue::Account(account) => called(read, context.viewer, *account).await?,
        TermValue::Amount(units, _) => {
            let money = Money::words(*units, context.token());
            return Ok((markup(&money), money.text().to_owned()));
        }
        TermValue::Agreement(hash) => {
            let hash = Hex::hash(hash);
            return Ok((markup(&hash), words::agreement_of(&hash.short())));
        }
        TermValue::Clock { words, .. } | TermValue::Words(words) => {
            told(read, context, words).await?
        }
    };
    Ok((markup(Escaped(&text)), text))
}

/// What the figures do not say.
fn said(weighed: &Weighed, token: &Token) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(words::frees(weighed.freed(), token));
    if weighed.ahead() > 0 {
        said.push(words::takes_over(&token.words(weighed.ahead())));
    }
    if !weighed.lost().is_empty() {
        said.push(words::not_carried_over(weighed.lost()));
    }
    let shut = weighed.shut().into_iter();
    said.extend(shut.map(|one| format!("{}.", one.trim_end_matches('.'))));
    said
}

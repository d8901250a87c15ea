//! What was asked for here and has happened: what became of it, and the receipt.

use alloy_primitives::B256;
use askama::Template;
use guerdon_core::act::Act;
use guerdon_core::fact::{Fact, Origin};
use jiff::tz::TimeZone;

use super::order;
use super::subject::Subject;
use crate::dates;
use crate::pages::{Answer, html};
use crate::strings::actions as words;
use crate::strings::history::Telling;
use crate::views::Context;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/done.html")]
struct DonePage {
    shell: Shell,
    crumb: String,
    crumb_href: String,
    title: String,
    lead: String,
    said: String,
    tx: B256,
    links: Vec<(String, String)>,
}

/// Something that the chain tells.
#[derive(Debug)]
pub(super) struct Happened {
    pub(super) origin: Origin,
    /// What it did, in a sentence.
    pub(super) said: String,
}

impl Happened {
    /// A fact as the histories tell it.
    pub(super) fn told(
        (origin, fact): (&Origin, &Fact),
        context: &Context<'_>,
        zone: &TimeZone,
    ) -> Self {
        let telling = Telling {
            token: context.token(),
            zone,
            now: context.now(),
        };
        let row = telling.row(origin, fact);
        let said = match &row.amount {
            Some(amount) => format!("{} {}.", row.what, amount.text()),
            None => format!("{}.", row.what),
        };
        Self {
            origin: *origin,
            said,
        }
    }

    /// Of an act that was kept with this body; nothing before it happened.
    pub(super) fn of_act(
        subject: &Subject,
        (act, body): (Act, &str),
        context: &Context<'_>,
    ) -> Option<Self> {
        let seen = order::seen(body)?;
        let mut facts = subject.data.facts.iter();
        let (origin, fact) =
            facts.find(|(origin, fact)| origin.block > seen && act.is_told_by(fact))?;
        Some(Self::told((origin, fact), context, &subject.zone))
    }

    /// When, in a sentence.
    pub(super) fn when(&self, zone: &TimeZone) -> String {
        let origin = &self.origin;
        words::happened(&dates::at(origin.block_time, zone), origin.block)
    }

    /// The page. `crumb`: name and path of what it was about; `links`: paths and words.
    pub(super) fn page(
        self,
        (context, zone): (&Context<'_>, &TimeZone),
        (crumb, crumb_href): (String, String),
        title: &str,
        links: Vec<(String, String)>,
    ) -> Answer {
        let title = format!("Done: {title}");
        let shell = Shell::new(context, &title, Place::Elsewhere);
        html(&DonePage {
            shell: shell.with_zone(dates::zone_name(zone)),
            crumb,
            crumb_href,
            title,
            lead: self.when(zone),
            said: self.said,
            tx: self.origin.tx,
            links,
        })
    }
}

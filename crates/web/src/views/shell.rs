//! The frame of every page: whose it is, where one is, as of which block.

use super::Context;
pub(crate) use super::menu::{Link, Place};
use super::menu::{links, of_company};
use crate::access::Viewer;
use crate::assets;
use crate::dates;
use crate::numbers::grouped;
use crate::state::Trouble;

/// After so many seconds without an answer of the chain, a page says so.
const STALE_SECONDS: u64 = 60;

/// As of when a page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsOf {
    /// The last block in the store: number and time (money's clock); none while reading begins.
    pub(crate) head: Option<(u64, u64)>,
    /// When the chain last answered (wall time); none since this server started.
    pub(crate) answered: Option<u64>,
    /// What keeps the index from reading on.
    pub(crate) trouble: Option<Trouble>,
    /// Wall time now.
    pub(crate) wall: u64,
    pub(crate) chain_id: u64,
}

impl AsOf {
    /// Money's clock: the time of the last block that was read.
    pub(crate) fn now(&self) -> u64 {
        self.head.map_or(0, |(_, time)| time)
    }

    /// How long the chain has not answered, once that is too long to claim by what is shown; an
    /// age of `None` says that nothing was heard of it at all.
    pub(crate) fn behind(&self) -> Option<Option<u64>> {
        match (self.head, self.age(), self.trouble) {
            (None, _, _) | (_, None, _) | (_, _, Some(Trouble::Disagreement)) => Some(None),
            (_, _, Some(Trouble::Behind { seconds, .. })) if seconds > STALE_SECONDS => {
                Some(Some(seconds))
            }
            (Some(_), Some(age), _) => (age > STALE_SECONDS).then_some(Some(age)),
        }
    }

    fn age(&self) -> Option<u64> {
        self.answered.map(|at| self.wall.saturating_sub(at))
    }

    /// `block 18,204 · 4 s ago`
    pub(crate) fn pill(&self) -> Option<String> {
        let known = self.head.zip(self.age());
        known.map(|((block, _), age)| {
            format!("block {} · {} ago", grouped(block), dates::duration(age))
        })
    }

    /// `Read from block 18,204 of chain 31337, 4 s ago.`
    pub(crate) fn sentence(&self) -> String {
        let Some((block, _)) = self.head else {
            return format!("Nothing is read from chain {} yet.", self.chain_id);
        };
        let (block, chain) = (grouped(block), self.chain_id);
        match self.age() {
            Some(age) => {
                format!(
                    "Read from block {block} of chain {chain}, {} ago.",
                    dates::duration(age)
                )
            }
            None => format!("Read from block {block} of chain {chain}."),
        }
    }

    /// What is wrong with the freshness of the page, if anything.
    pub(crate) fn stale(&self) -> Option<String> {
        let Some((block, _)) = self.head else {
            return Some(
                "Nothing is read from the chain yet: this server has just begun, or its node \
                 does not answer. Reload in a moment."
                    .to_owned(),
            );
        };
        let block = grouped(block);
        match self.trouble {
            Some(Trouble::Disagreement) => {
                return Some(format!(
                    "Read from block {block}, and no further: nodes disagree about the chain. \
                     Claiming here is off until the operator knows which of them is right."
                ));
            }
            Some(Trouble::Behind { blocks, seconds }) if seconds > STALE_SECONDS => {
                return Some(format!(
                    "Read from block {block}, {} blocks and {} behind the chain: claiming here is \
                     off until the index catches up.",
                    grouped(blocks),
                    dates::duration(seconds)
                ));
            }
            _ => {}
        }
        let why = match self.trouble {
            Some(Trouble::Nobody) => {
                "no process has read the chain since; the operator of this site must start one"
            }
            _ => "the node does not answer",
        };
        match self.age() {
            None => Some(format!(
                "Read from block {block}, before this server started: {why}."
            )),
            Some(age) if age > STALE_SECONDS => Some(format!(
                "Read from block {block}, {} ago: {why}.",
                dates::duration(age)
            )),
            Some(_) => None,
        }
    }
}

/// The frame. `data` is the path of the page's data without its ending; `islands` are the scripts
/// that the page loads; `reader` is the name of who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    pub(crate) company: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) data: Option<String>,
    pub(crate) zone: String,
    pub(crate) pill: Option<String>,
    pub(crate) pill_title: String,
    pub(crate) stale: Option<String>,
    pub(crate) style: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) fonts: Vec<&'static str>,
    pub(crate) islands: Vec<&'static str>,
    pub(crate) chain_id: u64,
    pub(crate) contracts: String,
    /// How a wallet adds the chain, JSON.
    pub(crate) network: Option<String>,
    pub(crate) reader: Option<String>,
    /// Whether who is signed in has settings here.
    pub(crate) has_settings: bool,
    pub(crate) links: Vec<Link>,
    /// The row below, on the company's pages.
    pub(crate) section: Vec<Link>,
}

impl Shell {
    pub(crate) fn new(context: &Context<'_>, title: &str, place: Place) -> Self {
        let as_of = context.as_of;
        let pill = as_of.pill();
        let pill_title = as_of.head.map_or_else(String::new, |(_, time)| {
            format!("block of {}", dates::exact(time))
        });
        let company = &context.company.name;
        let contracts = context.deployment.contracts.iter();
        let contracts: Vec<_> = contracts
            .map(|contract| contract.address.to_checksum(None))
            .collect();
        Self {
            company: company.clone(),
            title: title.to_owned(),
            description: format!(
                "{title}: what {company} has promised in tokens, and how to check it."
            ),
            data: None,
            zone: "UTC".to_owned(),
            pill,
            pill_title,
            stale: as_of.stale(),
            style: assets::style_path(),
            icon: assets::icon_path(),
            fonts: assets::font_paths(),
            islands: Vec::new(),
            chain_id: context.deployment.chain_id,
            contracts: contracts.join(" "),
            network: context.deployment.wallet_network.clone(),
            reader: context.viewer.map(Viewer::shown_name),
            has_settings: context.viewer.is_some_and(|viewer| !viewer.is_by_link()),
            links: links(context.viewer, place),
            section: of_company(context.viewer, place),
        }
    }

    /// The frame of a page that is about no block: an error, the glossary.
    pub(crate) fn bare(context: &Context<'_>, title: &str) -> Self {
        Self::bare_at(context, title, Place::Elsewhere)
    }

    /// [`Self::bare`] of a page that the head names.
    pub(crate) fn bare_at(context: &Context<'_>, title: &str, place: Place) -> Self {
        Self {
            pill: None,
            stale: None,
            ..Self::new(context, title, place)
        }
    }

    /// With the script of this name, `ui/islands/NAME.ts`; none where it was built without. What is
    /// sent is followed to its block, so that `live` comes with `sign`.
    pub(crate) fn with_island(mut self, name: &str) -> Self {
        for name in [Some(name), (name == "sign").then_some("live")] {
            let path = name.and_then(assets::island_path);
            self.islands
                .extend(path.filter(|path| !self.islands.contains(path)));
        }
        self
    }

    /// The same frame at another moment of the clock.
    pub(crate) fn aged(self, as_of: &AsOf) -> Self {
        Self {
            pill: as_of.pill(),
            stale: as_of.stale(),
            ..self
        }
    }

    pub(crate) fn with_data(self, path: String) -> Self {
        Self {
            data: Some(path),
            ..self
        }
    }

    pub(crate) fn with_zone(self, zone: &str) -> Self {
        Self {
            zone: zone.to_owned(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Company;

    const FRESH: AsOf = AsOf {
        head: Some((18_204, 9)),
        answered: Some(1_000),
        trouble: None,
        wall: 1_004,
        chain_id: 31_337,
    };

    #[test]
    fn a_fresh_page_says_its_block_and_age() {
        assert_eq!(
            FRESH.sentence(),
            "Read from block 18,204 of chain 31337, 4 s ago."
        );
        let deployment = crate::views::tests::deployment();
        let company = Company {
            name: "Acme AI".into(),
        };
        let context = Context {
            company: &company,
            deployment: &deployment,
            as_of: FRESH,
            viewer: None,
        };
        let shell = Shell::new(&context, "Overview", Place::Overview);
        assert_eq!(shell.pill.as_deref(), Some("block 18,204 · 4 s ago"));
        assert_eq!(shell.stale, None);
    }

    #[test]
    fn a_stale_page_says_so_in_words() {
        let stale = AsOf {
            wall: 1_180,
            ..FRESH
        }
        .stale()
        .unwrap();
        assert_eq!(
            stale,
            "Read from block 18,204, 3 minutes ago: the node does not answer."
        );
        assert!(
            AsOf {
                answered: None,
                ..FRESH
            }
            .stale()
            .unwrap()
            .contains("before this server")
        );
        assert!(
            AsOf {
                head: None,
                ..FRESH
            }
            .stale()
            .unwrap()
            .starts_with("Nothing is read")
        );
    }

    #[test]
    fn an_index_that_does_not_read_on_says_why() {
        let with = |trouble| AsOf {
            trouble: Some(trouble),
            ..FRESH
        };
        let late = |seconds| {
            with(Trouble::Behind {
                blocks: 1_200,
                seconds,
            })
        };
        assert_eq!(late(12).stale(), None);
        assert_eq!(
            late(7_200).stale().unwrap(),
            "Read from block 18,204, 1,200 blocks and 2 hours behind the chain: claiming here is \
             off until the index catches up."
        );
        assert_eq!(late(7_200).behind(), Some(Some(7_200)));
        let apart = with(Trouble::Disagreement);
        assert!(apart.stale().unwrap().contains("nodes disagree"));
        assert_eq!(apart.behind(), Some(None));
        let alone = with(Trouble::Nobody);
        assert_eq!(alone.stale(), None, "another may take over");
        let wall = FRESH.wall + 120;
        assert_eq!(
            AsOf { wall, ..alone }.stale().unwrap(),
            "Read from block 18,204, 2 minutes ago: no process has read the chain since; the \
             operator of this site must start one."
        );
    }
}

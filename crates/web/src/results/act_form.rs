//! The fields of a step's page, and the step that they ask for.

use alloy_primitives::B256;
use guerdon_core::goal::{Kind, Verdict};

use super::act::{Name, Step};
use super::act_page::{Asking, Asks};
use super::hand_in::last_second;
use crate::company::forms::Field;
use crate::strings::results as words;

/// What the fields ask for: a step, nothing yet, or what is wrong with them.
type Wanted = Result<Option<Step>, &'static str>;

impl Asking<'_> {
    pub(super) fn fields(&self, asks: &Asks) -> Vec<Field> {
        let value = |name: &str| asks.get(name).map_or("", String::as_str);
        match self.name {
            Name::Challenge if asks.contains_key("reason") => Vec::new(),
            Name::Challenge => vec![
                Field::text("reason", "What is wrong with the result", "")
                    .hint("Name the file, the items or the condition that you doubt.")
                    .required(),
            ],
            Name::Resolve => self.verdict_fields(value),
            Name::Demand => vec![
                Field::text("model", "Hash of the model's manifest", value("model"))
                    .hint("0x and 64 hexadecimal digits.")
                    .required(),
            ],
            Name::Extend => vec![
                Field::text("closes", "New last day of the window", value("closes"))
                    .kind("date")
                    .required(),
            ],
            _ => Vec::new(),
        }
    }

    /// A verdict, and what a correction of this kind of goal needs.
    fn verdict_fields<'a>(&self, value: impl Fn(&str) -> &'a str) -> Vec<Field> {
        let goal = &self.desk.record.goal;
        let verdicts = [
            ("upheld", "It stands as proposed"),
            ("overturned", "It is corrected to the figures below"),
            ("void", "The attempt never counted and is given back"),
        ];
        let options = verdicts.map(|(value, said)| (value.to_owned(), said.to_owned()));
        let what = match goal.kind {
            Kind::Proportion => "Corrected: right answers",
            Kind::Paired => "Corrected: wins",
            Kind::Measure => "Corrected: sum of scores, in parts per billion",
            Kind::Count => "Corrected: the count",
        };
        let mut fields = vec![
            Field::text("verdict", "Verdict", value("verdict")).options(options.into()),
            Field::text("x", what, value("x")),
        ];
        if goal.kind == Kind::Paired {
            fields.push(Field::text("y", "Corrected: losses", value("y")));
        }
        if goal.guards != 0 {
            let guards = Field::text("guards", "Corrected: conditions that hold", value("guards"));
            fields.push(guards.hint("As a sum: 1 for the first condition, 2 for the second, 4, …"));
        }
        fields
    }

    pub(super) fn wanted(&self, asks: &Asks) -> Wanted {
        let get = |name: &str| asks.get(name).map(|text| text.trim());
        let hash = |name: &str| -> Option<B256> { get(name)?.strip_prefix("0x")?.parse().ok() };
        Ok(Some(match self.name {
            Name::Seal => Step::Seal,
            Name::Expire => Step::Expire,
            Name::Finalize => Step::Finalize,
            Name::Refuse => Step::Refuse,
            Name::Close => Step::Close,
            Name::WithdrawBond => Step::WithdrawBond,
            Name::Challenge => match (get("said"), hash("reason")) {
                (_, Some(reason)) => Step::Challenge { reason },
                (Some("many"), _) => return Err(words::TOO_MANY_REASONS),
                (Some("yours"), _) => return Err(words::YOUR_REASONS),
                (Some(_), _) => return Err(words::NO_REASON),
                (None, None) => return Ok(None),
            },
            Name::Resolve => match get("verdict") {
                None => return Ok(None),
                Some(verdict) => Step::Resolve(self.verdict(verdict, asks)?),
            },
            Name::Demand => match get("model") {
                None => return Ok(None),
                Some(_) => Step::Demand {
                    model: hash("model").ok_or(words::NO_MODEL)?,
                },
            },
            Name::Extend => match get("closes") {
                None => return Ok(None),
                Some(day) => Step::Extend {
                    closes: last_second(day, &self.at.zone).ok_or(words::NO_CLOSES)?,
                },
            },
        }))
    }

    fn verdict(&self, verdict: &str, asks: &Asks) -> Result<Verdict, &'static str> {
        let get = |name: &str| asks.get(name).map_or("", |text| text.trim());
        match verdict {
            "upheld" => Ok(Verdict::Upheld),
            "void" => Ok(Verdict::Void),
            "overturned" => {
                let or_zero = |text: &str| match text {
                    "" => Ok(0),
                    text => text.parse::<u128>().map_err(|_| words::NO_VERDICT),
                };
                let guards = u32::try_from(or_zero(get("guards"))?);
                Ok(Verdict::Overturned {
                    x: get("x").parse().map_err(|_| words::NO_VERDICT)?,
                    y: or_zero(get("y"))?,
                    guards: guards.map_err(|_| words::NO_VERDICT)?,
                })
            }
            _ => Err(words::NO_VERDICT),
        }
    }

    /// A step that shows beforehand whether any of its kind is possible.
    pub(super) fn probe(&self) -> Option<Step> {
        match self.name {
            Name::Challenge => Some(Step::Challenge { reason: B256::ZERO }),
            Name::Resolve => Some(Step::Resolve(Verdict::Upheld)),
            Name::Demand => Some(Step::Demand { model: B256::ZERO }),
            _ => None,
        }
    }
}

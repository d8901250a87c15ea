//! The objects of the format, read as strictly as their schema says: a field it does not know is
//! refused, since it may decide money.

use jiff::civil::Date;
use serde_json::Value;

use super::ratio::Ratio;
use super::{Allocation, OcfError};
use crate::calendar::parse_date;
use crate::json::{Fields, FileError};

/// One object `VESTING_TERMS`.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) allocation: Allocation,
    pub(super) conditions: Vec<Condition>,
}

#[derive(Debug)]
pub(super) struct Condition {
    pub(super) id: String,
    pub(super) amount: Amount,
    pub(super) trigger: Trigger,
    pub(super) next: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Amount {
    /// Of the whole grant.
    Portion(Ratio),
    /// Of what has not vested yet.
    Remainder(Ratio),
    /// Whole units of the security, for us tokens.
    Quantity(Ratio),
}

#[derive(Debug)]
pub(super) enum Trigger {
    Start,
    Event,
    On(Date),
    After { base: String, period: Period },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub(super) length: u32,
    pub(super) occurrences: u32,
    pub(super) unit: Unit,
    /// The occurrence, from 1, until which nothing is paid out; below 2: none.
    pub(super) cliff: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Days,
    /// On this day of the month; none: the day on which vesting starts.
    Months(Option<i8>),
}

impl Document {
    /// Reads one object, or the object `chosen` of a file of them.
    pub(super) fn read(bytes: &[u8], chosen: Option<&str>) -> Result<Self, OcfError> {
        let mut fields = Fields::of_file(bytes)?;
        let Some(kind) = fields.optional("file_type") else {
            let document = Self::of(fields)?;
            return match chosen.filter(|id| *id != document.id) {
                Some(id) => Err(no_such(id, format!("`{}`", document.id))),
                None => Ok(document),
            };
        };
        if kind != "OCF_VESTING_TERMS_FILE" {
            return Err(fields
                .wrong("file_type", "this reads OCF_VESTING_TERMS_FILE")
                .into());
        }
        let items = fields.list("items")?;
        fields.finish()?;
        let id = |item: &Value| item.get("id").and_then(Value::as_str).map(str::to_owned);
        let ids = || {
            let ids: Vec<_> = items.iter().filter_map(id).collect();
            format!("`{}`", ids.join("`, `"))
        };
        let wanted =
            |item: &&Value| chosen.is_none_or(|chosen| id(item).as_deref() == Some(chosen));
        let mut found = items.iter().enumerate().filter(|(_, item)| wanted(item));
        match (found.next(), found.next()) {
            (Some((place, item)), None) => {
                Self::of(Fields::of(&format!("items[{place}]"), item.clone())?)
            }
            (None, _) => Err(no_such(chosen.unwrap_or_default(), ids())),
            (Some(_), Some(_)) => Err(OcfError::TermsNeeded(ids())),
        }
    }

    fn of(mut fields: Fields) -> Result<Self, OcfError> {
        constant(&mut fields, "object_type", "VESTING_TERMS")?;
        let allocation = fields.text("allocation_type")?;
        let allocation = Allocation::named(&allocation).ok_or_else(|| {
            fields.wrong("allocation_type", "it is none of the seven of the format")
        })?;
        let conditions = fields.objects("vesting_conditions")?;
        let conditions = conditions.into_iter().map(Condition::of);
        let document = Self {
            id: fields.text("id")?,
            name: fields.text("name")?,
            description: fields.text("description")?,
            allocation,
            conditions: conditions.collect::<Result<_, _>>()?,
        };
        fields.optional("comments");
        fields.finish()?;
        Ok(document)
    }
}

impl Condition {
    fn of(mut fields: Fields) -> Result<Self, FileError> {
        let id = fields.text("id")?;
        if id.is_empty() {
            return Err(fields.wrong("id", "it is empty"));
        }
        fields.optional("description");
        let next = fields.list("next_condition_ids")?;
        let next: Option<Vec<_>> = next
            .iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect();
        let next = next.ok_or_else(|| fields.wrong("next_condition_ids", "an id is no text"))?;
        let condition = Self {
            id,
            amount: amount(&mut fields)?,
            trigger: trigger(fields.object("trigger")?)?,
            next,
        };
        fields.finish()?;
        Ok(condition)
    }
}

fn amount(fields: &mut Fields) -> Result<Amount, FileError> {
    let portion = fields.optional("portion");
    let quantity = fields.optional("quantity");
    match (portion, quantity) {
        (Some(portion), None) => {
            let mut portion = Fields::of(&fields.path("portion"), portion)?;
            let top = number(&mut portion, "numerator")?;
            let bottom = number(&mut portion, "denominator")?;
            let remainder = match portion.optional("remainder") {
                None | Some(Value::Bool(false)) => false,
                Some(Value::Bool(true)) => true,
                Some(_) => return Err(portion.wrong("remainder", "it is neither true nor false")),
            };
            let ratio = top
                .over(&bottom)
                .ok_or_else(|| portion.wrong("denominator", "it is zero"))?;
            portion.finish()?;
            Ok(if remainder {
                Amount::Remainder(ratio)
            } else {
                Amount::Portion(ratio)
            })
        }
        (None, Some(Value::String(text))) => Ratio::parse(&text)
            .map(Amount::Quantity)
            .ok_or_else(|| fields.wrong("quantity", NUMBER)),
        (None, Some(_)) => Err(fields.wrong("quantity", NUMBER)),
        (Some(_), Some(_)) => Err(fields.wrong("quantity", "there is a portion as well")),
        (None, None) => Err(FileError::Missing(fields.path("portion"))),
    }
}

const NUMBER: &str = "it is not digits from 0 up, in a text, with at most ten decimal places";

fn number(fields: &mut Fields, name: &str) -> Result<Ratio, FileError> {
    let text = fields.text(name)?;
    Ratio::parse(&text).ok_or_else(|| fields.wrong(name, NUMBER))
}

fn trigger(mut fields: Fields) -> Result<Trigger, FileError> {
    let kind = fields.text("type")?;
    let trigger = match kind.as_str() {
        "VESTING_START_DATE" => Trigger::Start,
        "VESTING_EVENT" => Trigger::Event,
        "VESTING_SCHEDULE_ABSOLUTE" => {
            let date = parse_date(&fields.text("date")?);
            Trigger::On(date.map_err(|error| fields.wrong("date", error.to_string()))?)
        }
        "VESTING_SCHEDULE_RELATIVE" => Trigger::After {
            base: fields.text("relative_to_condition_id")?,
            period: period(fields.object("period")?)?,
        },
        _ => return Err(fields.wrong("type", "it is none of the four of the format")),
    };
    fields.finish()?;
    Ok(trigger)
}

fn period(mut fields: Fields) -> Result<Period, FileError> {
    let unit = match fields.text("type")?.as_str() {
        "DAYS" => Unit::Days,
        "MONTHS" => Unit::Months(day_of_month(&mut fields)?),
        _ => return Err(fields.wrong("type", "it is neither DAYS nor MONTHS")),
    };
    let cliff = fields.optional("cliff_installment");
    let cliff = cliff.map(|value| value.as_u64().and_then(|cliff| u32::try_from(cliff).ok()));
    let cliff = match cliff {
        None => 0,
        Some(Some(cliff)) => cliff,
        Some(None) => return Err(fields.wrong("cliff_installment", "it is no whole number")),
    };
    let period = Period {
        length: fields.integer("length")?,
        occurrences: fields.integer("occurrences")?,
        unit,
        cliff,
    };
    if period.occurrences == 0 {
        return Err(fields.wrong("occurrences", "it is 0"));
    }
    if cliff > period.occurrences {
        return Err(fields.wrong("cliff_installment", "there are fewer occurrences"));
    }
    fields.finish()?;
    Ok(period)
}

fn day_of_month(fields: &mut Fields) -> Result<Option<i8>, FileError> {
    let text = fields.text("day_of_month")?;
    let days = (1..=31).map(Some);
    let mut known = std::iter::once(None).chain(days);
    known
        .find(|day| show_day(*day) == text)
        .ok_or_else(|| fields.wrong("day_of_month", "it is none of the days of the format"))
}

/// A day as the format spells it; none is the day on which vesting starts.
pub(super) fn show_day(day: Option<i8>) -> String {
    match day {
        None => "VESTING_START_DAY_OR_LAST_DAY_OF_MONTH".to_owned(),
        Some(day @ ..=28) => format!("{day:02}"),
        Some(day) => format!("{day}_OR_LAST_DAY_OF_MONTH"),
    }
}

fn constant(fields: &mut Fields, name: &str, wanted: &str) -> Result<(), FileError> {
    if fields.text(name)? == wanted {
        Ok(())
    } else {
        Err(fields.wrong(name, format!("this reads {wanted}")))
    }
}

fn no_such(id: &str, there: String) -> OcfError {
    OcfError::NoSuchTerms {
        id: id.to_owned(),
        there,
    }
}

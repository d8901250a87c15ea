//! One row: every cell is read, so that all its errors are found at once.

use alloy_primitives::Address;
use guerdon_core::terms::{Gate, Terms};

use super::cells::Cells;
use super::{Context, Person, StatedValue, TokenSpec, doubts};
use crate::calendar::{Zone, parse_date, show_date};
use crate::percent::Percent;
use crate::schedule::{Template, Vesting, Words, WordsError};
use crate::{amount, gates};

/// The one rounding there is; the column may also be empty.
const ROUNDING: &str = "CUMULATIVE_ROUND_DOWN";
/// The longest external id, in bytes, so that it can name a file.
const EXTERNAL_ID_BYTES_MAX: usize = 128;

/// A row that is right in itself. Its terms have no `document` yet.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) external_id: String,
    pub(super) person: Person,
    pub(super) token: TokenSpec,
    pub(super) zone: Zone,
    pub(super) template: String,
    pub(super) grant_date: String,
    pub(super) board_approval_date: String,
    pub(super) document_refs: String,
    pub(super) terms: Terms,
    pub(super) stated_value: Option<StatedValue>,
}

impl Row {
    /// Reads all cells; `None` when `cells.errors` says why.
    pub(super) fn read(cells: &mut Cells<'_>, context: &Context<'_>) -> Option<Self> {
        let external_id = external_id(cells);
        let recipient = wallet(cells, context);
        let token = token(cells, context);
        let amount = token
            .as_ref()
            .and_then(|token| quantity(cells, token.decimals));
        let vesting = vesting(cells);
        let gates = gates(cells, context);
        let grant_date = optional_date(cells, "grant_date");
        let board_approval_date = optional_date(cells, "board_approval_date");
        refuse_rounding(cells);
        let unit_usd = unit_value(cells);
        let (zone, Vesting { start, schedule }) = vesting?;
        let defaults = cells
            .named()
            .map_or(context.defaults, |named| named.defaults);
        let terms = Terms {
            recipient: recipient?,
            amount: amount?,
            start,
            powers: defaults.powers,
            grace_seconds: defaults.grace_seconds,
            backdate_seconds: defaults.backdate_seconds,
            pause_max: defaults.pause_max,
            withhold_bps: defaults.withhold_bps,
            document: alloy_primitives::B256::ZERO,
            gates: gates?,
            unlock: context.inherited.unlock.clone(),
            vesting: schedule,
        };
        let grant_date = grant_date?;
        let stated_value = unit_usd.map(|unit_usd| StatedValue {
            unit_usd,
            stated_on: cells.text("grant_date").to_owned(),
        });
        Some(Self {
            external_id: external_id?.to_owned(),
            person: person(cells),
            token: token?,
            zone,
            template: cells.text("template").to_owned(),
            grant_date,
            board_approval_date: board_approval_date?,
            document_refs: cells.text("document_refs").to_owned(),
            terms,
            stated_value,
        })
        .filter(|_| cells.errors.is_empty())
    }
}

fn person(cells: &Cells<'_>) -> Person {
    let text = |column| cells.text(column).to_owned();
    Person {
        name: text("name"),
        email: text("email"),
        employee_id: text("employee_id"),
        country: text("tax_country"),
    }
}

fn external_id<'a>(cells: &mut Cells<'a>) -> Option<&'a str> {
    let id = cells.required("external_id")?;
    let wrong = |letter: char| letter.is_control() || letter == '/' || letter == '\\';
    if id.len() > EXTERNAL_ID_BYTES_MAX || id.starts_with('.') || id.contains(wrong) {
        cells.refuse(
            "external_id",
            "an external_id names the file of its grant: at most 128 bytes, no slash, \
             no control character, no dot at its start",
        );
        return None;
    }
    Some(id)
}

fn wallet(cells: &mut Cells<'_>, context: &Context<'_>) -> Option<Address> {
    let text = cells.required("wallet")?;
    let parsed = parse_wallet(text);
    let address = cells.keep("wallet", parsed)?;
    if address == context.grants || Some(address) == context.token {
        cells.refuse(
            "wallet",
            "the wallet is the grants contract or the token itself",
        );
        return None;
    }
    Some(address)
}

/// Reads an address; letters of both cases must be its checksum.
///
/// # Errors
/// A sentence that says what is wrong with the text.
pub fn parse_wallet(text: &str) -> Result<Address, String> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    if digits.len() != 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let length = text.chars().count();
        return Err(format!(
            "`{text}` is not an address: an address is 0x and 40 hexadecimal digits, \
             42 characters in all, and this has {length}"
        ));
    }
    let address: Address = text
        .parse()
        .map_err(|_| format!("`{text}` is not an address"))?;
    let mixed = digits.contains(|letter: char| letter.is_ascii_lowercase())
        && digits.contains(|letter: char| letter.is_ascii_uppercase());
    if mixed && address.to_checksum(None) != text {
        return Err(format!(
            "the checksum of `{text}` is wrong, so a letter or digit is mistyped: copy the \
             address again"
        ));
    }
    if address.is_zero() {
        return Err("the wallet is the zero address, which nobody owns".to_owned());
    }
    Ok(address)
}

fn token(cells: &mut Cells<'_>, context: &Context<'_>) -> Option<TokenSpec> {
    let symbol = cells.required("token")?;
    let found = context.tokens.iter().find(|token| token.symbol == symbol);
    if found.is_none() {
        let known: Vec<_> = context
            .tokens
            .iter()
            .map(|token| token.symbol.as_str())
            .collect();
        let known = known.join(", ");
        cells.refuse(
            "token",
            format!("the token `{symbol}` is not known here; known: {known}"),
        );
    }
    found.cloned()
}

fn quantity(cells: &mut Cells<'_>, decimals: u8) -> Option<u128> {
    let text = cells.required("quantity")?;
    cells.keep("quantity", amount::parse(text, decimals))
}

fn vesting(cells: &mut Cells<'_>) -> Option<(Zone, Vesting)> {
    let vesting_start = cells.required("vesting_start");
    let vesting_start =
        vesting_start.and_then(|text| cells.keep("vesting_start", parse_date(text)));
    let zone = cells.required("timezone");
    let zone = zone.and_then(|text| cells.keep("timezone", Zone::named(text)));
    let kind = cells
        .named()
        .map_or_else(|| cells.text("template"), |named| named.kind.as_str());
    let template = keep_words(cells, Template::parse(kind));
    let cliff_months = cells.whole("cliff_months");
    let duration_months = cells.required_whole("duration_months");
    let interval_months = cells.whole("interval_months");
    let cliff_percent = match cells.text("cliff_percent") {
        "" => Some(None),
        text => cells.keep("cliff_percent", Percent::parse(text)).map(Some),
    };
    let vest_day = vest_day(cells);
    let words = Words {
        vesting_start: vesting_start?,
        zone: zone?,
        template: template?,
        cliff_months: cliff_months?,
        duration_months: duration_months?,
        interval_months: interval_months?,
        cliff_percent: cliff_percent?,
        vest_day: vest_day?,
    };
    doubts::of_words(cells, &words);
    let vesting = keep_words(cells, words.vesting())?;
    Some((words.zone, vesting))
}

fn keep_words<T>(cells: &mut Cells<'_>, result: Result<T, WordsError>) -> Option<T> {
    result
        .map_err(|error| cells.refuse(error.column, error.message))
        .ok()
}

/// `Some(None)` when the cell is empty, `None` when it is wrong.
fn vest_day(cells: &mut Cells<'_>) -> Option<Option<i8>> {
    let day = match cells.text("vest_day") {
        "" => return Some(None),
        _ => cells.whole("vest_day")?,
    };
    let found = i8::try_from(day).ok().filter(|day| (1..=31).contains(day));
    if found.is_none() {
        cells.refuse(
            "vest_day",
            format!("{day} is not a day of the month: write 1 to 31"),
        );
    }
    found.map(Some)
}

fn gates(cells: &mut Cells<'_>, context: &Context<'_>) -> Option<Vec<Gate>> {
    if !cells.has("gates") && cells.named().is_none() {
        return Some(context.inherited.gates.clone());
    }
    let parsed = gates::parse(cells.text("gates"), &context.goals);
    let refuse = |errors: Vec<gates::GatesError>| {
        for error in errors {
            cells.refuse("gates", error.to_string());
        }
    };
    parsed.map_err(refuse).ok()
}

/// The date as people read it; empty when the cell is.
fn optional_date(cells: &mut Cells<'_>, column: &'static str) -> Option<String> {
    match cells.text(column) {
        "" => Some(String::new()),
        text => cells.keep(column, parse_date(text)).map(show_date),
    }
}

/// Only one rounding is offered: a cell that asks for another would mislead.
fn refuse_rounding(cells: &mut Cells<'_>) {
    let rounding = cells.text("rounding");
    if !rounding.is_empty() && rounding != ROUNDING {
        let message = format!("`{rounding}` is not offered: write {ROUNDING} or leave it empty");
        cells.refuse("rounding", message);
    }
}

/// What one token is worth in the company's words; decides nothing, but must be a number.
fn unit_value(cells: &mut Cells<'_>) -> Option<String> {
    let value = cells.text("unit_value_usd");
    if !value.is_empty() && amount::split(value).is_none() {
        cells.refuse(
            "unit_value_usd",
            format!("`{value}` is not a plain number, such as 0.42"),
        );
        return None;
    }
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

//! One request, read as the table says: whose it is, its path, its parameters, its body.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use axum::http::{HeaderMap, Uri};
use guerdon_store::{ApiKey, Scope};
use serde_json::Value;

use super::books::Day;
use super::endpoint::{Endpoint, Param};
use super::problem::{Fault, Kind, Problem};
use super::{schema, shapes};
use crate::state::AppState;
use crate::strings::api as words;

/// The header with a request's name.
pub(super) const NAME: &str = "idempotency-key";
/// The longest name, in letters.
pub(super) const NAME_MAX: usize = 255;

/// A request that was understood.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) state: AppState,
    pub(super) key: ApiKey,
    pub(super) endpoint: &'static Endpoint,
    pub(super) path: BTreeMap<String, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Value,
    /// The end of the day that is asked for.
    pub(super) day: Option<Day>,
}

impl Call {
    /// Whether the key has a scope.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.key.key.scopes.contains(&scope)
    }

    /// A part of the path, which was found good.
    pub(super) fn id(&self, name: &str) -> B256 {
        let text = self.path.get(name);
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A parameter of the address.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// An account of the body, which was found good.
    pub(super) fn account(&self, name: &str) -> Address {
        let text = self.body[name].as_str();
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A moment of the body in Unix seconds.
    pub(super) fn moment(&self, name: &str) -> Option<u64> {
        let at: jiff::Timestamp = self.body[name].as_str()?.parse().ok()?;
        u64::try_from(at.as_second()).ok()
    }

    /// Rows on a page.
    pub(super) fn limit(&self) -> usize {
        let asked = self.asked("limit").and_then(|text| text.parse().ok());
        asked.unwrap_or(super::PAGE)
    }
}

/// The parameters of an address, each of them once and known.
pub(super) fn query(endpoint: &Endpoint, uri: &Uri) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut fault = |at: &str, detail: &str| {
        wrong.push(Fault {
            at: at.to_owned(),
            detail: detail.to_owned(),
        });
    };
    let axum::extract::Query(pairs) =
        axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Problem::new(Kind::NotUnderstood, words::NOT_UNDERSTOOD))?;
    for (name, value) in pairs {
        let Some(param) = endpoint.query.iter().find(|param| param.name() == name) else {
            fault(&name, words::PARAM_UNKNOWN);
            continue;
        };
        if let Some(why) = param.wrong(&value) {
            fault(&name, &why);
        }
        if found.insert(name.clone(), value).is_some() {
            fault(&name, words::PARAM_TWICE);
        }
    }
    match wrong.is_empty() {
        true => Ok(found),
        false => Err(Problem::invalid(wrong)),
    }
}

/// The parts of a path.
pub(super) fn path<'a>(
    endpoint: &Endpoint,
    parts: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, value) in parts {
        if let Some(detail) = Param::of_path(endpoint.path, name).wrong(value) {
            wrong.push(Fault {
                at: name.to_owned(),
                detail,
            });
        }
        found.insert(name.to_owned(), value.to_owned());
    }
    match wrong.is_empty() {
        true => Ok(found),
        false => Err(Problem::invalid(wrong)),
    }
}

/// The name of a request that writes.
pub(super) fn name(headers: &HeaderMap) -> Result<String, Problem> {
    let missing = || Problem::new(Kind::NameMissing, words::NAME_MISSING);
    let sent = headers.get(NAME).ok_or_else(missing)?;
    let text = sent.to_str().unwrap_or_default().trim();
    let good = text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    match (text.is_empty(), good && text.len() <= NAME_MAX) {
        (true, _) => Err(missing()),
        (false, false) => Err(Problem::invalid(vec![Fault {
            at: "Idempotency-Key".to_owned(),
            detail: words::NAME_WRONG.to_owned(),
        }])),
        _ => Ok(text.to_owned()),
    }
}

/// The body, as its schema says.
pub(super) fn body(
    endpoint: &Endpoint,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Value, Problem> {
    let Some(name) = endpoint.body else {
        return Ok(Value::Null);
    };
    let kind = headers.get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Kind::NotJson, words::NOT_JSON));
    }
    let body: Value = serde_json::from_slice(bytes)
        .map_err(|_| Problem::new(Kind::NotUnderstood, words::BODY_BROKEN))?;
    let body = whole(body);
    let wrong = schema::faults(shapes::all(), &schema::part(name), &body);
    match wrong.is_empty() {
        true => Ok(body),
        false => Err(Problem::invalid(wrong)),
    }
}

/// Whole numbers that were written with a point, as whole numbers: `17.0` is 17.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let text = number.to_string();
            let digits = text
                .strip_suffix(".0")
                .and_then(|it| it.parse::<i64>().ok());
            digits.map_or(Value::Number(number), Value::from)
        }
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            fields.map(|(name, value)| (name, whole(value))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let value = serde_json::from_str(r#"{"a": [17.0, 1e3, 1.5], "b": -2.0}"#).unwrap();
        assert_eq!(whole(value), json!({"a": [17, 1000, 1.5], "b": -2}));
    }
}

//! One operation: what it is, who may call it, what it takes and what it answers. The router and
//! the document are both made of these, so neither can say what the other does not.

use std::fmt;

use axum::http::Method;
use futures::future::BoxFuture;
use guerdon_store::{Read, Scope, Tx};
use serde_json::{Value, json};

use super::call::Call;
use super::once::Made;
use super::problem::Problem;
use super::schema::{self, pattern};

pub(super) type Outcome = Result<Value, Problem>;
pub(super) type Reads = for<'a> fn(&'a Call, &'a mut Read) -> BoxFuture<'a, Outcome>;
pub(super) type Asks = for<'a> fn(&'a Call) -> BoxFuture<'a, Outcome>;
pub(super) type Plans = for<'a> fn(&'a Call, &'a mut Read) -> BoxFuture<'a, Result<Made, Problem>>;
pub(super) type Does = for<'a> fn(&'a Call) -> BoxFuture<'a, Result<Made, Problem>>;
pub(super) type Writes = for<'a> fn(&'a Call, &'a mut Tx) -> BoxFuture<'a, Outcome>;

/// What an operation does.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// Reads one snapshot.
    Reads(Reads),
    /// Reads, and asks the node while it holds no snapshot.
    Asks(Asks),
    /// Works an answer out of one snapshot, under no lock; then it is kept with its entry in the
    /// log.
    Plans(Plans),
    /// The same without a snapshot that is held all the time; what it does before the answer is
    /// kept, it finds done if it is asked again.
    Does(Does),
    /// Writes in one short transaction, which keeps the answer, too.
    Writes(Writes),
    /// Takes something away in one short transaction: a second try finds nothing.
    Removes(Writes),
}

impl Run {
    /// Whether it is a POST, once by its name.
    pub(super) const fn writes(self) -> bool {
        !matches!(self, Self::Reads(_) | Self::Asks(_) | Self::Removes(_))
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reads(_) => f.write_str("Reads"),
            Self::Asks(_) => f.write_str("Asks"),
            Self::Plans(_) => f.write_str("Plans"),
            Self::Does(_) => f.write_str("Does"),
            Self::Writes(_) => f.write_str("Writes"),
            Self::Removes(_) => f.write_str("Removes"),
        }
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    /// Below `/api/v1`.
    pub(super) path: &'static str,
    /// Its name in the document, and in clients made of it.
    pub(super) id: &'static str,
    pub(super) scope: Scope,
    /// The part of the document that it stands in.
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [Param],
    /// The schema of its body.
    pub(super) body: Option<&'static str>,
    /// The schema of its answer.
    pub(super) answer: &'static str,
    pub(super) run: Run,
}

impl Endpoint {
    pub(super) fn method(&self) -> Method {
        match self.run {
            Run::Reads(_) | Run::Asks(_) => Method::GET,
            Run::Plans(_) | Run::Does(_) | Run::Writes(_) => Method::POST,
            Run::Removes(_) => Method::DELETE,
        }
    }

    /// Of an answer without a failure.
    pub(super) fn status(&self) -> u16 {
        match self.run.writes() {
            false => 200,
            true => 201,
        }
    }

    /// The names in its path.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let pieces = self.path.split('/');
        pieces.filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// A parameter of an address, or a part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Param {
    AsOf,
    Cursor,
    Limit,
    Round,
    Holder,
    State,
    /// The id of something, in a path.
    Id(&'static str, &'static str),
    /// A person of the list, in a path.
    Person,
    /// A sheet that was sent, in a path.
    Import,
    /// The number of an event.
    After,
    /// A webhook, in a path.
    Webhook,
}

/// States of a grant.
pub(super) const STATES: [&str; 11] = [
    "not opened yet",
    "active",
    "paused",
    "notice given",
    "ended",
    "settled",
    "replaced",
    "held by its holder",
    "recovery announced",
    "recovery lapsed",
    "closed",
];

impl Param {
    pub(super) fn of_path(path: &str, name: &str) -> Self {
        match name {
            "root" => Self::Id("root", "Root of the round."),
            "person" => Self::Person,
            "import" => Self::Import,
            "webhook" => Self::Webhook,
            _ if path.starts_with("/goals") => Self::Id("id", "Id of the goal."),
            _ => Self::Id("id", "Id of the grant."),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::AsOf => "as_of",
            Self::Cursor => "cursor",
            Self::Limit => "limit",
            Self::Round => "round",
            Self::Holder => "holder",
            Self::State => "state",
            Self::Id(name, _) => name,
            Self::Person => "person",
            Self::Import => "import",
            Self::After => "after",
            Self::Webhook => "webhook",
        }
    }

    /// Whether it stands in the path.
    pub(super) const fn is_in_path(self) -> bool {
        matches!(
            self,
            Self::Id(..) | Self::Person | Self::Import | Self::Webhook
        )
    }

    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::AsOf => {
                "A day in UTC: answers as of the last final block before the midnight that ends it."
            }
            Self::Cursor => "Where the list goes on: `next_cursor` of the page before.",
            Self::Limit => "Rows on a page, 50 if nothing is said.",
            Self::Round => "Only grants of the round with this root.",
            Self::Holder => "Only grants that are paid to this account.",
            Self::State => "Only grants in this state.",
            Self::Id(_, says) => says,
            Self::Person => "The person's serial number.",
            Self::Import => "What the sheet was answered.",
            Self::After => "Only events with a higher number.",
            Self::Webhook => "Id of the webhook.",
        }
    }

    pub(super) fn schema(self) -> Value {
        match self {
            Self::AsOf => json!({"type": "string", "format": "date"}),
            Self::Cursor => json!({"type": "string", "pattern": schema::CURSOR}),
            Self::Limit => json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
            Self::Round | Self::Id(..) => json!({"type": "string", "pattern": schema::ID}),
            Self::Holder => json!({"type": "string", "pattern": schema::ADDRESS}),
            Self::State => json!({"type": "string", "enum": STATES}),
            Self::Person => pattern(schema::PERSON, "The person's serial number, `P17`."),
            Self::Import => pattern(schema::IMPORT, "The import's number."),
            Self::After => json!({"type": "integer", "minimum": 0, "maximum": i64::MAX}),
            Self::Webhook => pattern(schema::WEBHOOK, "The webhook's id."),
        }
    }

    /// What is wrong with a text of an address; nothing if it fits.
    pub(super) fn wrong(self, text: &str) -> Option<String> {
        let schema = self.schema();
        let value = match schema["type"] == "integer" {
            true => {
                let plain = text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse::<u64>().ok().filter(|_| plain);
                number.map_or(Value::Null, Value::from)
            }
            false => Value::from(text),
        };
        let faults = schema::faults(&serde_json::Map::new(), &schema, &value);
        faults.into_iter().next().map(|fault| fault.detail)
    }
}

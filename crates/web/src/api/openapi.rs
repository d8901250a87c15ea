//! The OpenAPI document, printed from the table of operations and the schemas they are checked by.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::call::NAME_MAX;
use super::endpoint::{Endpoint, Param};
use super::events::{self, EventKind};
use super::problem::Kind;
use super::schema::{self, part};
use super::{shapes, table};

/// The document of `/api/v1`, OpenAPI 3.1.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in table::all() {
        let at = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        let method = endpoint.method().as_str().to_lowercase();
        if let Some(methods) = at.as_object_mut() {
            methods.insert(method, operation(endpoint));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guerdon",
            "version": "1",
            "summary": "Grants, rounds, results and people of one company.",
            "description": "Amounts come from the chain's events. Writes are calls to sign: \
                            nothing is sent. Every answer names the block that it speaks of.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": webhooks(),
        "components": {
            "schemas": shapes::all(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of Company, Integrations; never with cookies.",
                },
            },
        },
    })
}

/// What is sent to webhooks, one for each kind of event.
fn webhooks() -> Value {
    let header = |name: &str, says: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": says,
            "schema": {"type": "string"},
        })
    };
    let headers = json!([
        header("webhook-id", "Of the event: the same at every try."),
        header("webhook-timestamp", "When it was sent, Unix seconds."),
        header(
            "webhook-signature",
            "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body with points between \
             them; several with blanks between them while a secret is replaced."
        ),
    ]);
    let kinds = EventKind::ALL.iter().map(|kind| {
        let body = part(&kind.schema_name());
        let operation = json!({
            "summary": kind.says(),
            "tags": ["Events"],
            "security": [],
            "parameters": headers,
            "requestBody": {
                "required": true, "content": {"application/json": {"schema": body}},
            },
            "responses": {
                "2XX": {"description": "It arrived. Anything else is tried again."},
            },
        });
        (kind.word().to_owned(), json!({"post": operation}))
    });
    Value::Object(kinds.collect())
}

fn operation(endpoint: &Endpoint) -> Value {
    let names = endpoint
        .names()
        .map(|name| Param::of_path(endpoint.path, name));
    let params = names.chain(endpoint.query.iter().copied());
    let mut params: Vec<_> = params.map(param).collect();
    if endpoint.run.writes() {
        params.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "One of its own for each request; a second try is answered as the first.",
            "schema": {
                "type": "string",
                "pattern": schema::NAME,
                "minLength": 1,
                "maxLength": NAME_MAX,
            },
        }));
    }
    let mut operation = json!({
        "operationId": endpoint.id,
        "summary": endpoint.summary,
        "description": format!("Needs the scope `{}`.", endpoint.scope.name()),
        "tags": [endpoint.tag],
        "parameters": params,
        "responses": responses(endpoint),
    });
    if let Some(body) = endpoint.body
        && let Some(fields) = operation.as_object_mut()
    {
        let content = json!({"application/json": {"schema": part(body)}});
        let body = json!({"required": true, "content": content});
        fields.insert("requestBody".to_owned(), body);
    }
    operation
}

fn param(param: Param) -> Value {
    json!({
        "name": param.name(),
        "in": if param.is_in_path() { "path" } else { "query" },
        "required": param.is_in_path(),
        "description": param.says(),
        "schema": param.schema(),
    })
}

fn responses(endpoint: &Endpoint) -> Value {
    let mut all = Map::new();
    let mut good = json!({
        "description": "Done.",
        "content": {"application/json": {"schema": part(endpoint.answer)}},
    });
    if endpoint.run.writes() {
        good["headers"] = json!({
            "Idempotent-Replayed": {
                "description": "This is what the first request of the name was answered.",
                "schema": {"type": "string", "enum": ["true"]},
            },
        });
    }
    if endpoint.method() == Method::GET {
        let tag = json!({
            "description": "Of this answer to this key: send it again as `If-None-Match`.",
            "schema": {"type": "string"},
        });
        good["headers"] = json!({"ETag": tag});
        let same = json!({
            "description": "Nothing changed since the answer whose tag `If-None-Match` names.",
            "headers": {"ETag": tag},
        });
        all.insert("304".to_owned(), same);
    }
    if endpoint.id == events::LIST {
        let says = "Events as they come: `id` is the number, `event` the kind, `data` the event.";
        good["content"]["text/event-stream"] =
            json!({"schema": {"type": "string", "description": says}});
    }
    all.insert(endpoint.status().to_string(), good);
    let mut statuses: Vec<u16> = Kind::ALL.iter().map(|kind| kind.said().1).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        all.insert(status.to_string(), failure(status));
    }
    Value::Object(all)
}

/// Everything that can go wrong with one status.
fn failure(status: u16) -> Value {
    let kinds = Kind::ALL.into_iter().map(Kind::said);
    let kinds = kinds.filter(|(_, its, _)| *its == status);
    let said: Vec<_> = kinds
        .map(|(code, _, title)| format!("{title} (`{code}`).",))
        .collect();
    let mut failure = json!({
        "description": said.join(" "),
        "content": {"application/problem+json": {"schema": part("Problem")}},
    });
    if status == 429 {
        failure["headers"] = json!({
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            },
        });
    }
    failure
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_every_schema_is_there() {
        let endpoints = table::all();
        let ids: BTreeSet<_> = endpoints.iter().map(|endpoint| endpoint.id).collect();
        assert_eq!(ids.len(), endpoints.len());
        let text = document().to_string();
        let named = text.split("#/components/schemas/").skip(1);
        let named: BTreeSet<_> = named.filter_map(|rest| rest.split('"').next()).collect();
        let known: BTreeSet<_> = shapes::all().keys().map(String::as_str).collect();
        assert_eq!(
            named, known,
            "schemas that are named and schemas that there are"
        );
    }

    #[test]
    fn the_document_and_the_table_name_the_same_operations() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let mut found = BTreeSet::new();
        for (path, methods) in paths {
            for method in methods.as_object().unwrap().keys() {
                found.insert((method.to_uppercase(), path.clone()));
            }
        }
        let want = table::all().iter();
        let want: BTreeSet<_> = want
            .map(|one| (one.method().to_string(), one.path.to_owned()))
            .collect();
        assert_eq!(found, want);
        assert_eq!(want.len(), table::all().len(), "no operation hides another");
    }
}

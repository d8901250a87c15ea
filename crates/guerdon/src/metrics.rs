//! The numbers of operation, as Prometheus reads them, at an address of their own. Labels are route
//! templates, methods, states and hosts of nodes: never an id, a name or a wallet.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use guerdon_chain::Chain;
use guerdon_store::{Store, StoreError};
use guerdon_web::{Answered, Observer};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

use crate::error::{Failure, Outcome};

const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// From 1 ms to 8 s, each bucket twice the one before it.
const BUCKETS: u16 = 14;

/// What is counted; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Numbers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    index: Family<IndexLabels, Gauge>,
    jobs: Family<JobLabels, Gauge>,
    connections: Family<ConnectionLabels, Gauge>,
    nodes: Family<NodeLabels, Counter<u64, AtomicU64>>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct IndexLabels {
    what: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct JobLabels {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ConnectionLabels {
    state: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct NodeLabels {
    node: String,
}

impl Default for Numbers {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("guerdon");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds = Family::<RouteLabels, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.001, 2.0, BUCKETS))
        });
        let index = Family::<IndexLabels, Gauge>::default();
        let jobs = Family::<JobLabels, Gauge>::default();
        let connections = Family::<ConnectionLabels, Gauge>::default();
        let nodes = Family::<NodeLabels, Counter<u64, AtomicU64>>::default();
        registry.register("requests", "Answers, by route template", requests.clone());
        registry.register_with_unit(
            "request_duration",
            "From the head of a request to the head of its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register(
            "index",
            "The last block read, the chain's head, how many seconds ago a node answered, whether \
             reading is stopped",
            index.clone(),
        );
        registry.register(
            "keeper_jobs",
            "Transactions of the keeper, by state",
            jobs.clone(),
        );
        registry.register(
            "database_connections",
            "Connections of this process to its database",
            connections.clone(),
        );
        registry.register(
            "node_failures",
            "Requests that a node failed",
            nodes.clone(),
        );
        Self(Arc::new(Inner {
            registry,
            requests,
            seconds,
            index,
            jobs,
            connections,
            nodes,
        }))
    }
}

impl Numbers {
    /// Counts the answers of the pages.
    pub(crate) fn observer(&self) -> Observer {
        let numbers = self.clone();
        Observer::new(move |answered| numbers.count(answered))
    }

    fn count(&self, answered: &Answered) {
        let labels = RequestLabels {
            route: answered.route.clone(),
            method: answered.method.to_owned(),
            status: answered.status.into(),
        };
        self.0.requests.get_or_create_owned(&labels).inc();
        let route = RouteLabels {
            route: answered.route.clone(),
        };
        let seconds = answered.took.as_secs_f64();
        self.0.seconds.get_or_create_owned(&route).observe(seconds);
    }

    /// What is read from elsewhere at the moment of the question.
    async fn look(&self, store: &Store, chain: &Chain) -> Result<(), StoreError> {
        for node in chain.nodes() {
            let labels = NodeLabels { node: node.shown };
            let counter = self.0.nodes.get_or_create_owned(&labels);
            counter.inner().store(node.failures, Ordering::Relaxed);
        }
        let (open, idle) = store.connections();
        self.connections("open", open);
        self.connections("idle", idle);

        let mut read = store.read().await?;
        if let Some(at) = read.checkpoint().await? {
            self.index("block", at.block);
        }
        if let Some(state) = read.index_state().await? {
            let now = read.clock().await?;
            self.index("head", state.head);
            self.index("silent_seconds", now.saturating_sub(state.answered_at));
            self.index("stopped", state.stopped.is_some().into());
        }
        for (state, count) in read.jobs_by_state().await? {
            set(
                &self.0.jobs.get_or_create_owned(&JobLabels { state }),
                count,
            );
        }
        Ok(())
    }

    fn index(&self, what: &str, value: u64) {
        let what = what.to_owned();
        set(
            &self.0.index.get_or_create_owned(&IndexLabels { what }),
            value,
        );
    }

    fn connections(&self, state: &str, value: u64) {
        let state = state.to_owned();
        let labels = ConnectionLabels { state };
        set(&self.0.connections.get_or_create_owned(&labels), value);
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// Binds the address before anything else begins, so that a taken port is found at once.
pub(crate) async fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let sentence = format!("the numbers cannot be served at {address}: {error}");
        Failure::precondition(sentence).hint("give another --metrics address")
    })
}

type Asked = (Numbers, Store, Chain);

/// Answers `/metrics` until the process ends.
pub(crate) async fn serve(listener: TcpListener, numbers: Numbers, parts: (Store, Chain)) {
    let (store, chain) = parts;
    let router = Router::new()
        .route("/metrics", get(answer))
        .with_state((numbers, store, chain));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!("the numbers are no longer served: {error}");
    }
}

/// What the database knows is missing while it is away; what this process counted is not.
async fn answer(State((numbers, store, chain)): State<Asked>) -> Response {
    if let Err(error) = numbers.look(&store, &chain).await {
        tracing::warn!("the database was not asked for its numbers: {error}");
    }
    match numbers.text() {
        Ok(text) => ([(CONTENT_TYPE, FORM)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn answers_are_counted_by_their_template() {
        let numbers = Numbers::default();
        for status in [200, 200, 404] {
            numbers.count(&Answered {
                route: "/grants/{id}".to_owned(),
                method: "GET",
                status,
                took: Duration::from_millis(3),
            });
        }
        let text = numbers.text().unwrap();
        for line in [
            "guerdon_requests_total{route=\"/grants/{id}\",method=\"GET\",status=\"200\"} 2",
            "guerdon_requests_total{route=\"/grants/{id}\",method=\"GET\",status=\"404\"} 1",
            "guerdon_request_duration_seconds_bucket{le=\"0.004\",route=\"/grants/{id}\"} 3",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}

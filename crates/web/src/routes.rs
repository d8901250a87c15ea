//! Every page, who may read it, and the router that is built from nothing else.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;

use crate::access::{self, Access};
use crate::state::AppState;
use crate::{
    actions, api, audit, company, demo, error, goal_builder, health, jobs, me, observe, pages,
    results, security, sign_in, signing,
};

/// One method of one path.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// The handler takes the extractor of this name.
    pub(crate) access: Access,
    pub(crate) handler: MethodRouter<AppState>,
}

impl Route {
    /// A page that is read; it changes nothing.
    pub(crate) fn get<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        Self {
            method: Method::GET,
            path,
            access,
            handler: get(handler),
        }
    }

    /// A form that is sent; it answers 303.
    pub(crate) fn post<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        Self {
            method: Method::POST,
            path,
            access,
            handler: post(handler),
        }
    }
}

/// The whole table.
pub(crate) fn all() -> Vec<Route> {
    let parts = [
        pages::routes(),
        sign_in::routes(),
        me::routes(),
        signing::routes(),
        company::routes(),
        actions::routes(),
        jobs::routes(),
        results::routes(),
        goal_builder::routes(),
        audit::routes(),
        demo::routes(),
        health::routes(),
        api::routes(),
    ];
    parts.into_iter().flatten().collect()
}

/// Method, path and access of every route, for those who check that each is guarded.
#[must_use]
pub fn table() -> Vec<(Method, &'static str, Access)> {
    let routes = all().into_iter();
    routes
        .map(|route| (route.method, route.path, route.access))
        .collect()
}

/// All pages: the table, and what stands before each of its routes.
pub fn router(state: AppState) -> Router {
    let add = |router: Router<AppState>, route: Route| router.route(route.path, route.handler);
    let table = all().into_iter().fold(Router::new(), add);
    table
        .fallback(pages::nothing)
        .layer(security::csrf())
        .layer(from_fn_with_state(state.clone(), security::our_forms))
        .layer(from_fn_with_state(state.clone(), security::one_name))
        .layer(from_fn_with_state(state.clone(), api::by_session))
        .layer(from_fn_with_state(state.clone(), error::words))
        .layer(from_fn_with_state(state.clone(), demo::bar))
        .layer(from_fn_with_state(state.clone(), access::recognise))
        .nest("/api/v1", api::router())
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), observe::requests))
        .with_state(state)
}

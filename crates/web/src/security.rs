//! Headers that every answer carries, with the reason of each.

use axum::extract::Request;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::demo::is_loopback;
use crate::error::PageError;
use crate::state::AppState;

/// Nothing is allowed but what the pages use.
///
/// - `default-src 'none'`: no frame, no request to anywhere, unless a line below says so.
/// - `script-src`, `connect-src 'self'`: our own islands, and what they ask of us; nothing inline.
/// - `style-src`, `font-src 'self'`: our own sheet and fonts; no inline style.
/// - `img-src 'self' data:`: our icon, and the icons that wallets announce as data.
/// - `base-uri 'none'`: no injected base can turn our links elsewhere.
/// - `form-action 'self'`: forms come to us.
/// - `frame-ancestors 'none'`: nobody shows our pages inside a page of his.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
                          style-src 'self'; font-src 'self'; img-src 'self' data:; \
                          base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    // The type we send is the type it is.
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // A link that leaves tells nobody which grant was read. `no-referrer` would make browsers hide
    // the origin of our own forms, too.
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    // No other site may share a process or a window handle with a page of ours.
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// Sets the headers on whatever the router answered, errors included.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page is as old as its block: ask again, unless an asset said otherwise.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Refuses what another site sends with the reader's cookie.
pub(crate) fn csrf() -> CsrfLayer<fn(ProtectionError) -> Response> {
    CsrfLayer::new().with_rejection_response(|_| PageError::ForeignForm.into_response())
}

/// Leads from another name of this machine to the one that these pages have: forms and signatures
/// of one name are refused under another, and `localhost` is typed as often as 127.0.0.1.
pub(crate) async fn one_name(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let origin = &state.options.origin;
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    if request.method().is_safe() && host.is_some_and(|host| is_other_name(origin, host)) {
        let path = request.uri().path_and_query();
        let path = path.map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{origin}{path}")).into_response();
    }
    next.run(request).await
}

/// Whether both name this machine with one port, and differ.
fn is_other_name(origin: &str, host: &str) -> bool {
    let Some(ours) = origin.strip_prefix("http://") else {
        return false;
    };
    let port = |name: &str| name.rsplit_once(':').map(|(_, port)| port.to_owned());
    ours != host && port(ours) == port(host) && is_loopback(ours) && is_loopback(host)
}

/// Takes nothing but reading without the origin of these pages. Browsers send it with every form;
/// the layer above lets requests through that have no such header at all.
pub(crate) async fn our_forms(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(ORIGIN);
    let ours = origin.is_some_and(|origin| origin == state.options.origin.as_str());
    match request.method().is_safe() || ours {
        true => next.run(request).await,
        false => PageError::ForeignForm.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_other_name;

    #[test]
    fn only_another_name_of_this_machine_leads_on() {
        let ours = "http://127.0.0.1:8080";
        assert!(is_other_name(ours, "localhost:8080"));
        for (origin, host) in [
            (ours, "127.0.0.1:8080"),
            (ours, "localhost:9000"),
            (ours, "localhost"),
            (ours, "evil.example:8080"),
            ("https://127.0.0.1:8080", "localhost:8080"),
            ("http://grants.example:8080", "localhost:8080"),
        ] {
            assert!(!is_other_name(origin, host), "{origin} {host}");
        }
    }
}

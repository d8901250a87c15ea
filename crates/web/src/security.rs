//! Headers that every answer carries, with the reason of each.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing is allowed but what the pages use.
///
/// - `default-src 'none'`: no script, no frame, no request to anywhere; these pages need none.
/// - `style-src`, `font-src`, `img-src 'self'`: our own sheet, fonts and icon; no inline style.
/// - `base-uri 'none'`: no injected base can turn our links elsewhere.
/// - `form-action 'none'`: these pages have no form.
/// - `frame-ancestors 'none'`: nobody shows our numbers inside a page of his.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    // The type we send is the type it is.
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // A link that leaves tells nobody which grant was read.
    (REFERRER_POLICY, "no-referrer"),
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

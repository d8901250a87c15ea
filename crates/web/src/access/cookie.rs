//! The cookie of a session.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::state::Options;

/// A session ends after so many seconds, used or not.
pub(crate) const ABSOLUTE_SECONDS: u64 = 7 * 86_400;

/// Its name. Browsers take one of `__Host-` over https alone, for this host alone; on a loopback
/// address without https another name stands for a session that is no better than the address.
pub(crate) fn name(options: &Options) -> &'static str {
    match options.is_https() {
        true => "__Host-guerdon",
        false => "guerdon-loopback",
    }
}

/// What the browser sent as the session's token, if anything.
pub(crate) fn read(headers: &HeaderMap, options: &Options) -> Option<String> {
    let name = name(options);
    let sent = headers.get_all(COOKIE).into_iter();
    let pairs = sent
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Sets the token.
pub(crate) fn set(token: &str, options: &Options) -> Option<HeaderValue> {
    written(token, ABSOLUTE_SECONDS, options)
}

/// Takes the token away.
pub(crate) fn clear(options: &Options) -> Option<HeaderValue> {
    written("", 0, options)
}

fn written(token: &str, seconds: u64, options: &Options) -> Option<HeaderValue> {
    let secure = match options.is_https() {
        true => "; Secure",
        false => "",
    };
    let name = name(options);
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(origin: &str) -> Options {
        Options::at(origin)
    }

    #[test]
    fn over_https_the_cookie_is_of_this_host_alone() {
        let set = set("ab", &options("https://a.example")).unwrap();
        assert_eq!(
            set.to_str().unwrap(),
            "__Host-guerdon=ab; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure"
        );
        let set = clear(&options("http://127.0.0.1:8080")).unwrap();
        assert_eq!(
            set.to_str().unwrap(),
            "guerdon-loopback=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn it_is_found_among_others_and_by_its_own_name_alone() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; guerdon-loopback=no"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-guerdon=yes; c=d"));
        let https = options("https://a.example");
        assert_eq!(read(&headers, &https).as_deref(), Some("yes"));
        let local = options("http://127.0.0.1:8080");
        assert_eq!(read(&headers, &local).as_deref(), Some("no"));
        assert_eq!(read(&HeaderMap::new(), &https), None);
    }
}

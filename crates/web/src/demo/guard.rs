//! A demonstration answers on this machine alone.

use axum::http::HeaderMap;
use axum::http::header::HOST;

use super::{Demo, Stage};
use crate::error::PageError;
use crate::state::AppState;
use crate::strings::demo as words;

/// What the demonstration lends, if it was asked by a name of this machine. A page elsewhere whose
/// name was turned to our address still sends that name.
pub(super) fn stage<'a>(
    state: &'a AppState,
    headers: &HeaderMap,
) -> Result<&'a dyn Stage, PageError> {
    let Some(Demo(stage)) = &state.options.demo else {
        return Err(PageError::NoPage);
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match host.is_some_and(is_loopback) {
        true => Ok(stage.as_ref()),
        false => Err(PageError::NotPermitted(words::THIS_MACHINE_ONLY)),
    }
}

/// Whether a host, with or without its port, names this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_names_of_this_machine_are_let_in() {
        for host in [
            "127.0.0.1:8080",
            "localhost",
            "localhost:1",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "localhost.evil.example",
            "10.0.0.7:8080",
            "",
            "127.0.0.1:8080.evil.example",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}

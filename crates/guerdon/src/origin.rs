//! Where browsers reach the pages: over https, or on this machine alone.

use std::net::{IpAddr, SocketAddr};

use crate::error::{Failure, Outcome};

const HINT: &str = "put a proxy that speaks https in front and give --public-url https://HOST, or \
                    serve at 127.0.0.1";

/// The origin as browsers send it, of `--public-url` or of the address that is served.
pub(crate) fn origin(public_url: Option<&str>, served: SocketAddr) -> Outcome<String> {
    let Some(url) = public_url else {
        if !served.ip().is_loopback() {
            let sentence = format!(
                "{served} can be reached from other machines, and without https whoever listens \
                 could take over a session"
            );
            return Err(Failure::precondition(sentence).hint(HINT));
        }
        return Ok(match served.port() {
            80 => format!("http://{}", host_of(served.ip())),
            _ => format!("http://{served}"),
        });
    };
    let wrong = |why: &str| {
        Failure::input(format!("--public-url {url} {why}"))
            .hint("give scheme and host, and the port if it is not the usual one")
    };
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| wrong("has no scheme"))?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    if authority.is_empty() || !authority.chars().all(plain) {
        return Err(wrong("is no host in lower case, with no path"));
    }
    let usual = match scheme {
        "https" => ":443",
        "http" if is_loopback(authority) => ":80",
        "http" => {
            let sentence = format!("{url} is not https: whoever listens could take over a session");
            return Err(Failure::precondition(sentence).hint(HINT));
        }
        _ => return Err(wrong("is neither http nor https")),
    };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    Ok(format!("{scheme}://{authority}"))
}

fn host_of(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: Option<&str>, served: &str) -> Result<String, String> {
        origin(url, served.parse().unwrap()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn this_machine_needs_no_https() {
        for (served, origin) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("127.0.0.1:80", "http://127.0.0.1"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(at(None, served).as_deref(), Ok(origin));
        }
        let inside = at(Some("http://localhost:8080/"), "0.0.0.0:8080");
        assert_eq!(inside.as_deref(), Ok("http://localhost:8080"));
    }

    #[test]
    fn other_machines_need_it() {
        let open = at(None, "0.0.0.0:8080").unwrap_err();
        assert!(open.contains("without https"), "{open}");
        let plain = at(Some("http://grants.acme.example"), "127.0.0.1:8080").unwrap_err();
        assert!(plain.contains("is not https"), "{plain}");
        let https = at(Some("https://grants.acme.example:443/"), "0.0.0.0:8080");
        assert_eq!(https.as_deref(), Ok("https://grants.acme.example"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in [
            "grants.acme.example",
            "ftp://a.example",
            "https://",
            "https://a.example/grants",
            "https://A.example",
            "https://user@a.example",
        ] {
            assert!(at(Some(wrong), "127.0.0.1:1").is_err(), "{wrong}");
        }
    }
}

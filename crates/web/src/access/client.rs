//! Where a request comes from, as far as that can be told: for limits alone, kept nowhere.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::state::{AppState, Options};

/// Whom a limit counts for: an IPv4 address, or the network that one IPv6 customer gets. `None`
/// where all that is known is a proxy in front, behind which everybody would be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip());
        Ok(Self::of(peer, &parts.headers, &state.options))
    }
}

impl Client {
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, options: &Options) -> Self {
        let told = options.client_header.as_ref().and_then(|name| {
            // A proxy adds what it saw at the end; what stands before may be made up.
            let last = headers.get_all(name.as_str()).into_iter().next_back()?;
            let last = last.to_str().ok()?.rsplit(',').next()?.trim();
            let port = |text: &str| text.parse::<SocketAddr>().ok().map(|at| at.ip());
            last.parse().ok().or_else(|| port(last))
        });
        let direct = peer.map(|peer| peer.to_canonical()).filter(is_far);
        Self(told.or(direct).map(network))
    }
}

/// Whether an address may be of one client: a near one may be a proxy's.
fn is_far(address: &IpAddr) -> bool {
    !match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(peer: &str, sent: &[&'static str], header: Option<&'static str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in sent {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let options = Options {
            client_header: header.map(str::to_owned),
            ..Options::at("https://grants.acme.example")
        };
        let Client(client) = Client::of(peer.parse().ok(), &headers, &options);
        client.map(|client| client.to_string())
    }

    #[test]
    fn a_client_is_its_address_and_no_header_that_is_not_trusted() {
        let (far, named) = ("203.0.113.7", Some("x-forwarded-for"));
        assert_eq!(of(far, &["198.51.100.1"], None).as_deref(), Some(far));
        assert_eq!(of("::ffff:203.0.113.7", &[], None).as_deref(), Some(far));
        // Of what a trusted proxy hands on, its own word alone: the last.
        for sent in [
            &["6.6.6.6, 203.0.113.7"][..],
            &["6.6.6.6", "203.0.113.7:99"],
        ] {
            assert_eq!(of("127.0.0.1", sent, named).as_deref(), Some(far));
        }
        let sixes = ["2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1"];
        for six in sixes {
            assert_eq!(of(six, &[], None).as_deref(), Some("2001:db8:1:2::"));
        }
    }

    #[test]
    fn a_proxy_in_front_is_not_taken_for_a_client() {
        for near in [
            "127.0.0.1",
            "::1",
            "10.0.0.4",
            "172.17.0.1",
            "192.168.1.1",
            "fd00::1",
        ] {
            assert_eq!(of(near, &["203.0.113.7"], None), None, "{near}");
            assert_eq!(of(near, &["nonsense"], Some("x-forwarded-for")), None);
        }
        assert_eq!(of("", &[], None), None);
    }
}

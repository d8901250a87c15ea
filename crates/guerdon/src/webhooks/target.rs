//! Where events may be sent, and the one way there: a name is resolved once, every answer is
//! checked, and the connection goes to one of those very addresses.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::address::is_public;
use crate::cli::PortalArgs;
use crate::error::{Failure, Outcome};

/// The most that a receiver may take for its answer.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest address that is taken, in bytes.
const URL_MAX: usize = 2_000;

/// Which addresses may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What anybody can reach, by https.
    Public,
    /// And this machine itself, by http too: for trying things out.
    Loopback,
}

/// Finds the addresses of a name: the machine's resolver, or a test's.
pub(super) trait Lookup: Send + Sync + 'static {
    fn lookup(&self, name: &str) -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
}

/// The resolver of this machine.
#[derive(Debug)]
pub(super) struct System;

impl Lookup for System {
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

impl Reach {
    /// What the operator chose.
    pub(crate) fn of(portal: &PortalArgs) -> Self {
        match portal.webhooks_to_loopback {
            true => Self::Loopback,
            false => Self::Public,
        }
    }

    fn takes(self, address: IpAddr) -> bool {
        is_public(address) || (self == Self::Loopback && address.is_loopback())
    }

    /// The address as it is kept, or why nothing is sent there. A name is not resolved yet: that
    /// is done whenever something is sent.
    pub(crate) fn check(self, text: &str) -> Result<String, &'static str> {
        if text.len() > URL_MAX {
            return Err("The address is longer than 2,000 letters.");
        }
        let url = Url::parse(text).map_err(|_| "Write a whole address, https://…")?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("The address holds a name or a password: the signature says who sends.");
        }
        if url.fragment().is_some() {
            return Err("The address has a part after #, which is never sent.");
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        if literal.is_some_and(|address| !self.takes(address)) {
            return Err("Nothing is sent to private addresses or to this machine.");
        }
        if literal.is_none() && self == Self::Public && !may_be_public(host) {
            return Err("This name leads to no address that anybody can reach.");
        }
        let is_here = literal.is_some_and(|address| address.is_loopback()) || host == "localhost";
        match (url.scheme(), self) {
            ("https", _) => Ok(url.to_string()),
            ("http", Self::Loopback) if is_here => Ok(url.to_string()),
            _ => Err("Events are sent by https alone."),
        }
    }

    /// A client that can reach nothing else. It follows no redirect, asks no proxy, and keeps no
    /// connection: each try resolves anew.
    pub(super) fn client(self, lookup: impl Lookup) -> Outcome<Client> {
        // Does nothing where the connection to the chain did it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let resolver = Checked {
            reach: self,
            lookup: Arc::new(lookup),
        };
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .https_only(self == Self::Public)
            .user_agent("Guerdon-Webhooks/1")
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(0)
            .dns_resolver(resolver)
            .build();
        client.map_err(|error| Failure::failed(format!("no client for webhooks: {error}")))
    }
}

/// Whether a name may be known outside of a network. Those of one label, and those that are kept
/// for machines of one's own (RFC 6761, RFC 6762, and `internal` of ICANN), are not.
fn may_be_public(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let Some((_, last)) = name.rsplit_once('.') else {
        return false;
    };
    !["localhost", "local", "internal"].contains(&last)
}

/// Answers with what may be reached and with nothing else.
struct Checked<L> {
    reach: Reach,
    lookup: Arc<L>,
}

impl<L: Lookup> Resolve for Checked<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let all_public = found.iter().all(|address| reach.takes(address.ip()));
            if found.is_empty() || !all_public {
                // A name with one private address is no public receiver.
                return Err(Box::from(PRIVATE));
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What the log of deliveries says of such a name.
pub(super) const PRIVATE: &str = "the name leads to a private address, or nowhere";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_is_taken_however_an_address_is_written() {
        let check = |text| Reach::Public.check(text);
        assert_eq!(
            check("https://Payroll.Acme.example/hooks?a=1").unwrap(),
            "https://payroll.acme.example/hooks?a=1"
        );
        assert!(check("https://93.184.215.14/").is_ok());
        for wrong in [
            "",
            "payroll.acme.example",
            "http://payroll.acme.example/",
            "ftp://payroll.acme.example/",
            "file:///etc/passwd",
            "https://user@payroll.acme.example/",
            "https://:word@payroll.acme.example/",
            "https://payroll.acme.example/#part",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.1.2.3/",
            "https://[fd00::1]/",
            "http://127.0.0.1/",
            "https://localhost/",
            "https://LOCALHOST.:8443/",
            "https://payroll.localhost/",
            "https://intranet/",
            "https://printer.local/",
            "https://metadata.google.internal/",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
        assert!(check(&format!("https://a.example/{}", "a".repeat(URL_MAX))).is_err());
    }

    #[test]
    fn a_demonstration_may_reach_its_own_machine_and_no_other() {
        let check = |text| Reach::Loopback.check(text);
        for good in [
            "http://127.0.0.1:9000/hook",
            "http://localhost:9000/hook",
            "http://[::1]:9000/hook",
            "https://127.0.0.1/hook",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://10.0.0.1/",
            "http://acme.example/",
            "https://192.168.0.1/",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    struct Fixed(&'static [&'static str]);

    impl Lookup for Fixed {
        async fn lookup(&self, _name: &str) -> std::io::Result<Vec<SocketAddr>> {
            let all = self.0.iter().map(|text| text.parse::<IpAddr>().unwrap());
            Ok(all.map(|ip| SocketAddr::new(ip, 0)).collect())
        }
    }

    #[tokio::test]
    async fn a_name_with_one_private_address_leads_nowhere() {
        let resolve = async |reach, answers| {
            let checked = Checked {
                reach,
                lookup: Arc::new(Fixed(answers)),
            };
            let name = "hook.example".parse::<Name>().unwrap();
            let found = checked.resolve(name).await;
            found
                .map(Iterator::count)
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            resolve(Reach::Public, &["93.184.215.14", "2606:4700::1"]).await,
            Ok(2)
        );
        for answers in [
            &["93.184.215.14", "10.0.0.1"][..],
            &["127.0.0.1"],
            &["::ffff:127.0.0.1"],
            &[],
        ] {
            let refused = resolve(Reach::Public, answers).await;
            assert_eq!(refused, Err(PRIVATE.to_owned()), "{answers:?}");
        }
        assert_eq!(resolve(Reach::Loopback, &["127.0.0.1"]).await, Ok(1));
        assert!(resolve(Reach::Loopback, &["192.168.0.1"]).await.is_err());
    }
}

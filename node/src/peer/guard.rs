//! Which addresses this node may connect to.
//!
//! Peers name addresses to us (DID documents, callback addresses, data endpoints). Without this guard a peer
//! could make the node call services of its own network (server-side request forgery, OWASP SSRF). Names are
//! checked where they are resolved, so that an answer that changes between check and connection gains nothing.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Networks never called unless configured: IANA special-purpose registries (RFC 6890 and its updates).
const REFUSED: &[(&str, &str)] = &[
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local, cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "local translation"),
    ("100::/64", "discard"),
    ("2001::/23", "protocol assignments, Teredo"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "unique local, private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

/// IPv6 forms that carry an IPv4 address, with the position of its first byte: judged by that address.
const CARRIERS: &[(&str, usize)] =
    &[("::ffff:0:0/96", 12), ("::ffff:0:0:0/96", 12), ("64:ff9b::/96", 12), ("2002::/16", 2), ("::/96", 12)];

/// Why an address is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("`{0}` is not an https:// address; outgoing calls are always TLS")]
    NotHttps(String),
    #[error("the address of {0} carries a user name or password")]
    Userinfo(String),
    #[error("port {port} of {host} is not called; use 443 or a port from 1024 up")]
    Port { host: String, port: u16 },
    #[error("an address without host is not called")]
    NoHost,
    #[error(
        "{host} is at {address} ({kind}), which is not called; add its network to `outgoing.private_networks` if it is trusted"
    )]
    Network { host: String, address: IpAddr, kind: &'static str },
    #[error("`{0}` is not a network in CIDR notation (such as 10.1.0.0/16)")]
    NotANetwork(String),
}

/// The rule for outgoing connections.
#[derive(Clone)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
    refused: Arc<[(IpNet, &'static str)]>,
    carriers: Arc<[(IpNet, usize)]>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("allowed", &self.allowed).finish()
    }
}

fn network(text: &str) -> Result<IpNet, Refusal> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| Refusal::NotANetwork(text.to_owned()))
}

impl Guard {
    /// `networks`: networks in CIDR notation that may be called although they are not public.
    pub fn new<S: AsRef<str>>(networks: &[S]) -> Result<Self, Refusal> {
        let tables = |table: &[(&str, &'static str)]| -> Result<Vec<(IpNet, &'static str)>, Refusal> {
            table.iter().map(|(net, kind)| Ok((network(net)?, *kind))).collect()
        };
        Ok(Self {
            allowed: networks.iter().map(|n| network(n.as_ref())).collect::<Result<_, _>>()?,
            refused: tables(REFUSED)?.into(),
            carriers: CARRIERS
                .iter()
                .map(|(net, at)| Ok((network(net)?, *at)))
                .collect::<Result<Vec<_>, Refusal>>()?
                .into(),
        })
    }

    /// Checks everything an address says by itself. Names are checked again when they are resolved.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if url.scheme() != "https" {
            return Err(Refusal::NotHttps(shown(url)));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo(host));
        }
        let port = url.port_or_known_default().unwrap_or(443);
        if port != 443 && port < 1024 {
            return Err(Refusal::Port { host, port });
        }
        match url.host() {
            None | Some(Host::Domain("")) => Err(Refusal::NoHost),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(ip)) => self.check_address(&host, ip.into()),
            Some(Host::Ipv6(ip)) => self.check_address(&host, ip.into()),
        }
    }

    /// Checks an address that `host` stands for.
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), Refusal> {
        let judged = self.carried(address);
        if self.allowed.iter().any(|net| net.contains(&judged) || net.contains(&address)) {
            return Ok(());
        }
        match self.refused.iter().find(|(net, _)| net.contains(&judged)) {
            Some((_, kind)) => Err(Refusal::Network { host: host.to_owned(), address, kind }),
            None => Ok(()),
        }
    }

    /// The IPv4 address that an IPv6 address stands for, or the address itself.
    fn carried(&self, address: IpAddr) -> IpAddr {
        let IpAddr::V6(v6) = address else { return address };
        if v6.is_loopback() || v6.is_unspecified() {
            return address;
        }
        let bytes = v6.octets();
        self.carriers
            .iter()
            .find(|(net, _)| net.contains(&address))
            .map(|(_, at)| IpAddr::from([bytes[*at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]))
            .unwrap_or(address)
    }
}

/// An address without what could be secret in it.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let mut refusal = None;
            let mut kept: Vec<SocketAddr> = Vec::new();
            for address in found {
                match guard.check_address(&host, address.ip()) {
                    Ok(()) => kept.push(address),
                    Err(why) => refusal = Some(why),
                }
            }
            match (kept.is_empty(), refusal) {
                (true, Some(why)) => Err(why.into()),
                _ => Ok(Box::new(kept.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(guard: &Guard, url: &str) -> Result<(), Refusal> {
        guard.check_url(&Url::parse(url).unwrap())
    }

    #[test]
    fn private_addresses_are_refused_in_every_notation() {
        let guard = Guard::new::<&str>(&[]).unwrap();
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "10.2.3.4",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.7",
            "198.18.0.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:7f00:1::]",
            "[2001:0:1::1]",
            "[fec0::1]",
        ] {
            let found = verdict(&guard, &format!("https://{host}/x"));
            assert!(matches!(found, Err(Refusal::Network { .. })), "{host}: {found:?}");
        }
        for host in
            ["172.32.0.1", "100.128.0.1", "9.9.9.9", "[2a01:e0a::1]", "[64:ff9b::909:909]", "example.org"]
        {
            assert_eq!(verdict(&guard, &format!("https://{host}/x")), Ok(()), "{host}");
        }
    }

    #[test]
    fn only_configured_networks_open() {
        let guard = Guard::new(&["10.1.0.0/16", "::1"]).unwrap();
        assert_eq!(verdict(&guard, "https://10.1.2.3/"), Ok(()));
        assert_eq!(verdict(&guard, "https://[::ffff:10.1.2.3]/"), Ok(()));
        assert_eq!(verdict(&guard, "https://[::1]:8443/"), Ok(()));
        assert!(verdict(&guard, "https://10.2.0.1/").is_err());
        assert!(verdict(&guard, "https://127.0.0.1/").is_err());
        assert_eq!(Guard::new(&["10.1.0.0/33"]).err(), Some(Refusal::NotANetwork("10.1.0.0/33".to_owned())));
    }

    #[test]
    fn plain_http_credentials_and_odd_ports_are_refused() {
        let guard = Guard::new::<&str>(&[]).unwrap();
        assert!(matches!(verdict(&guard, "http://example.org/"), Err(Refusal::NotHttps(_))));
        assert!(matches!(verdict(&guard, "file:///etc/passwd"), Err(Refusal::NotHttps(_))));
        assert!(matches!(verdict(&guard, "https://a:b@example.org/"), Err(Refusal::Userinfo(_))));
        assert!(matches!(verdict(&guard, "https://example.org:25/"), Err(Refusal::Port { port: 25, .. })));
        assert_eq!(verdict(&guard, "https://example.org:8443/"), Ok(()));
    }

    #[tokio::test]
    async fn a_name_is_judged_by_where_it_leads() {
        let guard = Guard::new::<&str>(&[]).unwrap();
        let refused = guard.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(matches!(refused.downcast_ref::<Refusal>(), Some(Refusal::Network { .. })));
        let open = Guard::new(&["127.0.0.0/8", "::1"]).unwrap();
        assert!(open.resolve("localhost".parse().unwrap()).await.unwrap().next().is_some());
    }
}

//! What types cannot say: addresses, combinations, ranges.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use super::Config;
use super::load::Fault;

/// A parsed `listen.address`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    Tcp(Vec<SocketAddr>),
    Unix(PathBuf),
}

impl ListenAddress {
    /// Reads `host:port` (the name is resolved) or `unix:/path`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path.starts_with('/') {
                true => Ok(Self::Unix(path.into())),
                false => Err("write an absolute path: unix:/run/fiducie/fiducie.sock".into()),
            };
        }
        match text.to_socket_addrs() {
            Ok(found) => {
                let found: Vec<_> = found.collect();
                if found.is_empty() { Err("the name has no address".into()) } else { Ok(Self::Tcp(found)) }
            }
            Err(error) => Err(format!("write host:port or unix:/path ({error})")),
        }
    }
    /// Reachable only from this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp(all) => all.iter().all(|a| a.ip().is_loopback()),
        }
    }
}

impl Config {
    /// Adds what is wrong to `faults`.
    pub(super) fn check(&self, faults: &mut Vec<Fault>) {
        let mut fault = |field: &str, value: String, remedy: String| {
            faults.push(Fault { field: field.into(), value, remedy });
        };
        let listen = &self.listen;
        let quoted = |path: &std::path::Path| format!("{:?}", path.display().to_string());
        match ListenAddress::parse(&listen.address) {
            Err(remedy) => fault("listen.address", format!("{:?}", listen.address), remedy),
            Ok(address) if !self.tls() => {
                if !address.is_local() {
                    let remedy = "without a certificate, listen on a loopback address or a Unix socket, behind a reverse proxy that terminates TLS; or give listen.certificate and listen.key";
                    fault("listen.address", format!("{:?}", listen.address), remedy.into());
                }
                if !listen.behind_proxy {
                    let remedy = "plain HTTP is only for a reverse proxy on this machine: set it to true if there is one, or give listen.certificate and listen.key";
                    fault("listen.behind_proxy", "false".into(), remedy.into());
                }
                if !listen.names.is_empty() {
                    fault("listen.names", "(given)".into(), "needs listen.certificate too".into());
                }
            }
            Ok(ListenAddress::Unix(_)) => {
                let remedy = "TLS on a Unix socket is not offered: set certificate and key to \"\" and let the reverse proxy terminate TLS";
                fault("listen.certificate", quoted(&listen.certificate), remedy.into());
            }
            Ok(_) => {}
        }
        if listen.certificate.as_os_str().is_empty() != listen.key.as_os_str().is_empty() {
            fault(
                "listen.key",
                quoted(&listen.key),
                "certificate and key go together: give both or neither".into(),
            );
        }
        for (i, named) in listen.names.iter().enumerate() {
            if named.names.is_empty() {
                let remedy = "name the hosts this certificate serves";
                fault(&format!("listen.names[{i}].names"), "[]".into(), remedy.into());
            }
        }
        let url = &self.database.url;
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            let remedy = "write sqlite://file or postgres://user:password@host/database";
            fault("database.url", "(not shown)".into(), remedy.into());
        }
        if self.database.readers == 0 {
            fault("database.readers", "0".into(), "give at least 1".into());
        }
        for origin in &self.catalog.refused_origins {
            if ontology::dcat::find(ontology::origin::ORIGINS, origin).is_none() {
                let known: Vec<&str> = ontology::origin::ORIGINS.iter().map(|term| term.code).collect();
                fault(
                    "catalog.refused_origins",
                    format!("{origin:?}"),
                    format!("one of: {}", known.join(", ")),
                );
            }
        }
        for network in &self.outgoing.private_networks {
            if network.parse::<ipnet::IpNet>().is_err() {
                let remedy = "write a network as address/length, for instance 10.1.0.0/16 or fd00::/8";
                fault("outgoing.private_networks", format!("{network:?}"), remedy.into());
            }
        }
        for (key, value) in [("connect_s", self.outgoing.connect_s), ("answer_s", self.outgoing.answer_s)] {
            if !(1..=600).contains(&value) {
                fault(&format!("outgoing.{key}"), value.to_string(), "give 1 to 600 seconds".into());
            }
        }
        if !["fr", "en"].contains(&self.contracts.language.as_str()) {
            fault("contracts.language", format!("{:?}", self.contracts.language), "write fr or en".into());
        }
        let signaling = &self.signaling;
        if !signaling.control_plane.is_empty() {
            if !url::Url::parse(&signaling.control_plane).is_ok_and(|u| u.scheme() == "https") {
                let remedy = "write the control plane's https address, or leave it empty";
                fault("signaling.control_plane", format!("{:?}", signaling.control_plane), remedy.into());
            }
            if let Err(error) = super::signaling_token(self) {
                fault("signaling.token_file", quoted(&signaling.token_file), error);
            }
        }
        super::credentials::check(self, faults);
        super::access_requests::check(self, faults);
        super::planes::check(self, faults);
        super::harvest::check(self, faults);
        super::log::check(self, faults);
        let mut fault = |field: &str, value: String, remedy: String| {
            faults.push(Fault { field: field.into(), value, remedy });
        };
        let telemetry = &self.telemetry;
        if !["plain", "json"].contains(&telemetry.format.as_str()) {
            fault("telemetry.format", format!("{:?}", telemetry.format), "write plain or json".into());
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&telemetry.log) {
            fault(
                "telemetry.log",
                format!("{:?}", telemetry.log),
                format!("write info or warn,node=debug ({error})"),
            );
        }
        if !telemetry.otlp.is_empty()
            && !url::Url::parse(&telemetry.otlp).is_ok_and(|u| ["http", "https"].contains(&u.scheme()))
        {
            let remedy = "write the collector's address, for instance http://127.0.0.1:4318";
            fault("telemetry.otlp", format!("{:?}", telemetry.otlp), remedy.into());
        }
        self.limits.check(faults);
    }
}

//! Which published artifacts make a participant.

use crate::conformance::maven::{Failure, Jars};

/// Control plane and data plane with stores in memory, of one version.
const CORE: [&str; 10] = [
    "controlplane-base-bom",
    "control-plane-api-client",
    "transfer-data-plane-signaling",
    "validator-data-address-http-data",
    "data-plane-self-registration",
    "data-plane-signaling-api",
    "data-plane-signaling-client",
    "data-plane-core",
    "data-plane-http",
    "data-plane-iam",
];

/// Jetty's web sockets are published without a jar, and the cache of data addresses is not published for every
/// version; neither is used here.
const WITHOUT: &str = "!org.eclipse.jetty.websocket:jetty-websocket,org.eclipse.edc:edr-cache-api";

/// Neighbours that some versions were published without: the nearest version in its place, alone.
const INSTEAD: [(&str, &str, &str); 1] = [("0.14.1", "iam-mock", "0.14.0")];

/// The HTTP proxy for pulls was published until this version; it runs within later ones.
const PROXY: &str = "0.13.0";

/// Stores in a database instead.
const DATABASE: [&str; 2] = ["controlplane-feature-sql-bom", "dataplane-feature-sql-bom"];

/// The jars of a participant of one version, with stores in memory or in a database.
///
/// # Errors
/// [`Failure::Missing`] names what Maven Central does not have.
pub fn resolve(version: &str, database: bool) -> Result<Jars, Failure> {
    let (more, name): (&[&str], _) = if database { (&DATABASE, "edc-sql") } else { (&[], "edc") };
    let mock = INSTEAD.iter().find(|(of, _, _)| *of == version).map_or(version, |(_, _, instead)| instead);
    let mut artifacts: Vec<String> =
        CORE.iter().chain(more).map(|name| format!("org.eclipse.edc:{name}:{version}{WITHOUT}")).collect();
    artifacts.push(format!("org.eclipse.edc:iam-mock:{mock}!*:*"));
    artifacts.push(format!("org.eclipse.edc:data-plane-public-api-v2:{PROXY}!*:*"));
    let artifacts: Vec<&str> = artifacts.iter().map(String::as_str).collect();
    Jars::resolve(&format!("{name}-{version}"), &artifacts)
}

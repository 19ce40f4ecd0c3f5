//! The kit's cases, and what each is told.

use std::collections::BTreeMap;

use super::session::Session;

/// The data plane's cases, in the groups they run in: one node each.
pub const CASES: [&[&str]; 8] = [
    &[
        "DP_C_PULL:01-01",
        "DP_C_PULL:01-02",
        "DP_C_PULL:02-01",
        "DP_C_PULL:02-02",
        "DP_C_PULL:03-01",
        "DP_P_PULL:01-01",
        "DP_P_PULL:01-02",
        "DP_P_PULL:02-01",
        "DP_P_PULL:02-02",
        "DP_C_PUSH:01-01",
        "DP_C_PUSH:01-02",
        "DP_C_PUSH:02-01",
        "DP_C_PUSH:02-02",
        "DP_C_PUSH:03-01",
        "DP_P_PUSH:01-01",
        "DP_P_PUSH:01-02",
        "DP_P_PUSH:02-01",
        "DP_P_PUSH:02-02",
        "DP_P_PUSH:03-01",
        "DP_C_HTTP_PULL:01-01",
        "DP_C_HTTP_PULL:02-01",
    ],
    &["DP_C_PULL:04-01"],
    &["DP_P_PULL:04-01"],
    &["DP_C_PUSH:04-01"],
    &["DP_P_PUSH:04-01"],
    &["DP_P_HTTP_PULL:01-01"],
    &["DP_P_HTTP_PULL:02-01"],
    &["DP_P_HTTP_PULL:02-02"],
];

/// The control plane's cases.
pub const CONTROL_PLANE: [&str; 10] = [
    "CP_C:01-01",
    "CP_C:01-02",
    "CP_C:02-01",
    "CP_C:02-02",
    "CP_C:03-01",
    "CP_P:01-01",
    "CP_P:01-02",
    "CP_P:02-01",
    "CP_P:02-02",
    "CP_P:03-01",
];

/// Why those are not run.
pub const NOT_DRIVEN: &str =
    "not run: this node's control plane drives its own data plane inside the process, and no foreign one";

/// Agreements by the name that cases use, with the dataset each is about.
pub const PROVIDED: [(&str, &str); 2] = [("given-held", "held"), ("given-free", "free")];
pub const CONSUMED: [(&str, &str); 2] = [("taken", "elsewhere"), ("taken-done", "elsewhere")];

fn agreement(case: &str) -> (&'static str, &'static str) {
    match case {
        "DP_P_PUSH:03-01" => PROVIDED[1],
        "DP_C_PULL:03-01" => CONSUMED[1],
        provider if provider.starts_with("DP_P") => PROVIDED[0],
        _ => CONSUMED[0],
    }
}

/// What the kit is told for these cases.
pub fn properties(session: &Session, cases: &[&str], debug: bool) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut set = |name: &str, value: String| all.insert(name.to_owned(), value);
    set("dataspacetck.host", "127.0.0.1".into());
    set("dataspacetck.port", session.port.to_string());
    set("dataspacetck.callback.address", session.kit.clone());
    set("dataspacetck.dps.default.wait", "10".into());
    set("dataspacetck.debug", debug.to_string());
    set("dataspacetck.dps.dataplane.url", session.gateway.clone());
    set("dataspacetck.dps.dataplane.authorization", format!("Bearer {}", session.token));
    set("dataspacetck.dps.dataplane.provider.id", session.did.clone());
    set("dataspacetck.dps.dataplane.counterparty.id", session.counterparty.clone());
    for case in cases {
        let (agreement, dataset) = agreement(case);
        let name = case.replace([':', '-'], "_");
        set(&format!("{name}_AGREEMENTID"), agreement.into());
        set(&format!("{name}_DATASETID"), dataset.into());
    }
    all
}

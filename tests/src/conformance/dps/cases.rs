//! The kit's cases, and what each is told.

use std::collections::BTreeMap;

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

/// The control plane's cases, all with one node.
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

/// Agreements by the name that cases use, with the dataset each is about.
pub const PROVIDED: [(&str, &str); 2] = [("given-held", "held"), ("given-free", "free")];
pub const CONSUMED: [(&str, &str); 2] = [("taken", "elsewhere"), ("taken-done", "elsewhere")];

/// The same where the kit is the data plane: provided, with the dataset it gives, and consumed.
pub const SIGNALED: (&str, &str) = ("given-signaled", "signaled");
pub const TAKEN: (&str, &str) = CONSUMED[0];

fn agreement(case: &str) -> (&'static str, &'static str) {
    match case {
        provider if provider.starts_with("CP_P") => SIGNALED,
        "DP_P_PUSH:03-01" => PROVIDED[1],
        "DP_C_PULL:03-01" => CONSUMED[1],
        provider if provider.starts_with("DP_P") => PROVIDED[0],
        _ => CONSUMED[0],
    }
}

/// Where the kit listens, and what its address is to the node.
pub fn common(port: u16, kit: &str, debug: bool) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut set = |name: &str, value: String| all.insert(format!("dataspacetck.{name}"), value);
    set("host", "127.0.0.1".into());
    set("port", port.to_string());
    set("callback.address", kit.to_owned());
    set("dps.default.wait", "10".into());
    set("debug", debug.to_string());
    all
}

/// What the cases are about.
pub fn agreements(all: &mut BTreeMap<String, String>, cases: &[&str]) {
    for case in cases {
        let (agreement, dataset) = agreement(case);
        let name = case.replace([':', '-'], "_");
        all.insert(format!("{name}_AGREEMENTID"), agreement.into());
        all.insert(format!("{name}_DATASETID"), dataset.into());
    }
}

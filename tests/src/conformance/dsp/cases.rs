//! Names of the kit's cases, of the things they are about, and its configuration.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Groups of cases with the numbers of each of their parts, including the two switched off in the kit.
const NEGOTIATION: [u32; 3] = [4, 7, 4];
const NEGOTIATION_CONSUMER: [u32; 3] = [4, 6, 6];
const TRANSFER: [u32; 3] = [5, 5, 6];

/// The format of every transfer.
pub const FORMAT: &str = contracts::dsp::transfer::HTTP_PULL;
/// Datasets that the catalogue cases look for; a third one must not exist.
pub const SHOWN: [&str; 2] = ["CAT0101", "CAT0102"];

/// `0101`, `0102`, … of a group.
fn numbers(parts: [u32; 3]) -> impl Iterator<Item = (u32, u32)> {
    (1..).zip(parts).flat_map(|(part, cases)| (1..=cases).map(move |case| (part, case)))
}

fn keys(prefix: &'static str, parts: [u32; 3]) -> impl Iterator<Item = String> {
    numbers(parts).map(move |(part, case)| format!("{prefix}{part:02}{case:02}"))
}

/// Datasets this node offers.
pub fn offered() -> impl Iterator<Item = String> {
    SHOWN.into_iter().map(str::to_owned).chain(keys("ACN", NEGOTIATION))
}

/// Agreements of this node with the kit: as provider, and as consumer.
pub fn provided() -> impl Iterator<Item = String> {
    keys("ATP", TRANSFER)
}
pub fn consumed() -> impl Iterator<Item = String> {
    keys("ATPC", TRANSFER)
}

/// The offer of a dataset. One case names its offer in this form, whatever is configured.
pub fn offer(dataset: &str) -> String {
    format!("CD123:{dataset}:456")
}

/// Where everybody is.
pub struct Addresses {
    /// Identifier of the node under test.
    pub node: String,
    /// Its address for the kit.
    pub root: String,
    /// The kit's address for the node.
    pub kit: String,
    /// Where the kit itself listens.
    pub port: u16,
}

/// The kit's properties; without addresses it tests its own connector.
pub fn properties(port: u16, tested: Option<&Addresses>, patience: u32) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut set = |name: &str, value: String| all.insert(name.to_owned(), value);
    set("dataspacetck.launcher", "org.eclipse.dataspacetck.dsp.system.DspSystemLauncher".into());
    set("dataspacetck.dsp.local.connector", tested.is_none().to_string());
    set("dataspacetck.dsp.default.wait", patience.to_string());
    set("dataspacetck.host", "127.0.0.1".into());
    set("dataspacetck.port", port.to_string());
    set("dataspacetck.callback.address", format!("http://127.0.0.1:{port}"));
    let Some(at) = tested else { return all };
    set("dataspacetck.callback.address", at.kit.clone());
    set("dataspacetck.dsp.connector.agent.id", at.node.clone());
    set("dataspacetck.dsp.connector.http.url", format!("{}/dsp/2025-1", at.root));
    set("dataspacetck.dsp.connector.http.base.url", at.root.clone());
    set("dataspacetck.dsp.connector.negotiation.initiate.url", format!("{}/trigger/negotiation", at.root));
    set("dataspacetck.dsp.connector.transfer.initiate.url", format!("{}/trigger/transfer", at.root));
    for case in 1..=3 {
        set(&format!("CAT_01_{case:02}_DATASETID"), format!("CAT01{case:02}"));
    }
    for (part, case) in numbers(NEGOTIATION) {
        let dataset = format!("ACN{part:02}{case:02}");
        set(&format!("CN_{part:02}_{case:02}_OFFERID"), offer(&dataset));
        set(&format!("CN_{part:02}_{case:02}_DATASETID"), dataset);
    }
    for (part, case) in numbers(NEGOTIATION_CONSUMER) {
        set(&format!("CN_C_{part:02}_{case:02}_DATASETID"), format!("ACNC{part:02}{case:02}"));
    }
    for (part, case) in numbers(TRANSFER) {
        for (group, key) in [("TP", "ATP"), ("TP_C", "ATPC")] {
            set(&format!("{group}_{part:02}_{case:02}_AGREEMENTID"), format!("{key}{part:02}{case:02}"));
            set(&format!("{group}_{part:02}_{case:02}_FORMAT"), FORMAT.to_owned());
        }
    }
    all
}

/// Writes a Java properties file.
pub fn write(properties: &BTreeMap<String, String>, file: &Path) -> std::io::Result<()> {
    let mut text = String::new();
    for (name, value) in properties {
        // A backslash would begin an escape; nothing here holds a line break.
        let _ = writeln!(text, "{name}={}", value.replace('\\', "\\\\"));
    }
    std::fs::write(file, text)
}

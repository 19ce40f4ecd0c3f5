//! Files of proof, as `fiducie verify` gets them from anybody.

use contracts::contract::ContractFile;
use contracts::convention::ConventionFile;
use contracts::framework::FrameworkFile;
use contracts::receipt::ReceiptFile;
use contracts::revocation::RevocationFile;
use node::verify::anchor::Anchors;
use node::verify::verify_file;
use ontology::Lang;

use super::files_in;

pub fn read(bytes: &[u8]) {
    let report = verify_file(bytes, &Anchors::default());
    assert_eq!(report.ok, report.refusals().next().is_none());
    let _shown = report.to_json().to_string();
    for finding in &report.findings {
        assert!(!finding.sentence(Lang::Fr).is_empty() && !finding.sentence(Lang::En).is_empty());
    }
    // Without a key that was brought from elsewhere nothing is anchored.
    assert!(!report.anchored());
    let _files = (ContractFile::parse(bytes), ReceiptFile::parse(bytes), RevocationFile::parse(bytes));
    let _more = (ConventionFile::parse(bytes), FrameworkFile::parse(bytes));
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files_in(&["tests/golden"]);
    seeds.retain(|file| file.starts_with(b"{"));
    seeds.extend(super::notes::seeds().into_iter().filter(|note| note.starts_with(b"c2sp")));
    seeds
}

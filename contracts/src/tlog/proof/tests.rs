use super::*;
use crate::tlog::{inclusion_proof, root};

#[test]
fn files_are_read_as_written_and_prove_one_entry_only() {
    let leaves: Vec<Hash> = (0..7u8).map(|n| leaf_hash(&[n])).collect();
    let text = Checkpoint { origin: "eau.example/log".into(), size: 7, root: root(&leaves) }.body();
    let checkpoint = format!("{text}\n\u{2014} eau.example/log AQIDBAUGBwg=\n");
    for extra in [None, Some(vec![5])] {
        let proof =
            LogProof { extra, index: 5, proof: inclusion_proof(&leaves, 5), checkpoint: checkpoint.clone() };
        let read = LogProof::parse(&proof.write()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.check(&[5]).unwrap().0.size, 7);
        assert!(read.check(&[4]).is_err());
        assert!(LogProof { index: 4, ..read }.check(&[5]).is_err());
    }
    let whole = format!("{HEADER}\nindex 0\n\n{checkpoint}");
    assert!(LogProof::parse(&whole).is_ok());
    for (from, to) in [
        ("@v1", "@v2"),
        ("index 0", "index 00"),
        ("index 0", "index -1"),
        ("index 0\n", "index 0\nAAAA\n"),
        ("index", "indexes"),
    ] {
        assert!(LogProof::parse(&whole.replace(from, to)).is_err(), "{to}");
    }
}

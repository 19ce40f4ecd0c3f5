//! Signed notes, checkpoints, cosignatures and proofs as text. What is read is written back as it was.

use contracts::tlog::cosignature::AddCheckpoint;
use contracts::tlog::note::{Checkpoint, Note, VerifierKey};
use contracts::tlog::proof::LogProof;

pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.write(), text);
        if let Ok(checkpoint) = Checkpoint::parse(&note.text) {
            assert!(note.text.starts_with(&checkpoint.body()) || note.text.lines().count() > 3, "{text}");
        }
    }
    if let Ok(request) = AddCheckpoint::parse(text) {
        assert_eq!(AddCheckpoint::parse(&request.write()).as_ref(), Ok(&request));
    }
    if let Ok(proof) = LogProof::parse(text) {
        assert_eq!(LogProof::parse(&proof.write()).as_ref(), Ok(&proof));
    }
    if let Ok(key) = VerifierKey::parse(text) {
        let _jwk = (key.id(), key.jwk());
    }
}

const HASH: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const SIGNED: &str = "\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=";

/// The examples of the specifications.
pub fn seeds() -> Vec<Vec<u8>> {
    let note = format!("example.com/behind-the-sofa\n20852163\n{HASH}\n\n{SIGNED}\n");
    let request = format!("old 20852014\n{HASH}\n{HASH}\n\n{note}");
    let proof = format!("c2sp.org/tlog-proof@v1\nextra AAEC\nindex 1234\n{HASH}\n\n{note}");
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".to_owned();
    let extended = note.replacen(HASH, &format!("{HASH}\nextension"), 1);
    [note, request, proof, key, extended].map(String::into_bytes).to_vec()
}

//! Cosignatures: what a witness signs of a checkpoint, and asking for it (C2SP tlog-cosignature and tlog-witness).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Hash;
use super::note::{Checkpoint, Note, NoteSignature, VerifierKey};
use crate::format::FormatError;

/// Most hashes of a consistency proof in a request.
pub const MOST: usize = 63;

/// What an Ed25519 cosigner signs: the time, and the whole text of the checkpoint.
pub fn message(text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// A cosignature as a line of a note.
pub fn line(key: &VerifierKey, seconds: u64, signature: &[u8]) -> NoteSignature {
    let signature = [&seconds.to_be_bytes()[..], signature].concat();
    NoteSignature { name: key.name.clone(), key_id: key.id(), signature }
}

/// Time and signature of a line by this key; `None` if it is not one of that form.
pub fn read_line<'s>(key: &VerifierKey, line: &'s NoteSignature) -> Option<(u64, &'s [u8])> {
    let (seconds, signature) = line.signature.split_first_chunk::<8>()?;
    let seconds = u64::from_be_bytes(*seconds);
    let is_his = line.name == key.name && line.key_id == key.id();
    (is_his && signature.len() == 64 && i64::try_from(seconds).is_ok()).then_some((seconds, signature))
}

/// Body of `add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the log as the witness knows it.
    pub old: u64,
    /// That the log only grew since.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed.
    pub note: Note,
    pub checkpoint: Checkpoint,
}

impl AddCheckpoint {
    pub fn write(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old, self.note.write())
    }

    /// Reads a request; nothing is verified but its form.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let wrong = |what: &str| FormatError::new("add-checkpoint", what);
        let (head, note) =
            text.split_once("\n\n").ok_or_else(|| wrong("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        let old =
            lines.next().and_then(|line| line.strip_prefix("old ")).ok_or_else(|| wrong("no old size"))?;
        let number = old.parse().ok().filter(|n: &u64| n.to_string() == old);
        let old = number.ok_or_else(|| wrong("the old size is not a decimal number"))?;
        let proof = lines
            .map(|line| STANDARD.decode(line).ok()?.try_into().ok())
            .collect::<Option<Vec<Hash>>>()
            .filter(|proof| proof.len() <= MOST)
            .ok_or_else(|| wrong("a line of the proof is not a hash, or there are more than 63"))?;
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        Ok(Self { old, proof, note, checkpoint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of tlog-witness, "add-checkpoint".
    const EXAMPLE: &str = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

    #[test]
    fn the_example_of_the_specification_is_read_as_it_is_written() {
        let read = AddCheckpoint::parse(EXAMPLE).unwrap();
        assert_eq!((read.old, read.proof.len(), read.checkpoint.size), (20_852_014, 4, 20_852_163));
        assert_eq!(read.write(), EXAMPLE);
        for (from, to) in
            [("old 2", "old 02"), ("old", "new"), ("kaw=\n", "kaw=\n\n"), ("Pl", ""), ("20852163", "x")]
        {
            assert!(EXAMPLE.contains(from), "{from}");
            assert!(AddCheckpoint::parse(&EXAMPLE.replacen(from, to, 1)).is_err(), "{to}");
        }
        let long = EXAMPLE.replacen("Pl", &"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\nPl".repeat(60), 1);
        assert!(AddCheckpoint::parse(&long).is_err());
    }

    #[test]
    fn cosignatures_carry_their_time() {
        let key = VerifierKey { name: "epci.example/witness".into(), kind: 4, public: vec![7; 32] };
        let line = line(&key, 1_679_315_147, &[9; 64]);
        assert_eq!(read_line(&key, &line), Some((1_679_315_147, &[9; 64][..])));
        assert_eq!(read_line(&VerifierKey { kind: 1, ..key }, &line), None);
        assert_eq!(message("a\n1\nb\n", 5), "cosignature/v1\ntime 5\na\n1\nb\n");
    }
}

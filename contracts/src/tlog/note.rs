//! Checkpoints of a log as signed notes, in text (C2SP signed-note and tlog-checkpoint).
//!
//! Only the formats: making and checking a signature is the caller's.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use url::Url;

use super::Hash;
use crate::format::FormatError;
use crate::id::ParticipantId;
use crate::jwk::Jwk;

/// Longest note read, in bytes; the specification asks for a limit.
pub const MAX_LEN: usize = 64 * 1024;
/// Signature type of Ed25519 in key identifiers (signed-note, "Signature types").
pub const ED25519: u8 = 0x01;
/// Signature type of Ed25519 cosignatures (tlog-cosignature).
pub const ED25519_COSIGNATURE: u8 = 0x04;
/// Signature type of ML-DSA-44 cosignatures; read, and not verified yet.
pub const MLDSA44_COSIGNATURE: u8 = 0x06;

/// Head of a log: its name, size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Unique name of the log: a URL without scheme.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    pub root: Hash,
}

/// A text and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with its last newline.
    pub text: String,
    pub signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key; for a log's own signature the log's origin.
    pub name: String,
    pub key_id: [u8; 4],
    pub signature: Vec<u8>,
}

/// The line of a note, with its newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.key_id[..], &self.signature].concat();
        writeln!(f, "\u{2014} {} {}", self.name, STANDARD.encode(blob))
    }
}

/// Key identifier of an Ed25519 public key under a name.
pub fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    VerifierKey { name: name.to_owned(), kind: ED25519, public: public.to_vec() }.id()
}

/// `<name>+<key id>+<key>`: how verifiers are given a key.
pub fn verifier_key(name: &str, public: &[u8; 32]) -> String {
    let key = VerifierKey { name: name.to_owned(), kind: ED25519, public: public.to_vec() };
    key.to_string()
}

/// A key as verifiers are given it (signed-note, "Verifier keys").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    /// Signature type: 1 Ed25519, 4 Ed25519 cosignature, 6 ML-DSA-44 cosignature, …
    pub kind: u8,
    pub public: Vec<u8>,
}

impl VerifierKey {
    /// Reads `<name>+<key id>+<base64 of type and key>`.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let wrong = |what: &str| FormatError::new("verifier key", what);
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("needs name, key id and key, with + between them"));
        };
        if !is_key_name(name) {
            return Err(wrong("the name is empty or has a space"));
        }
        let key = STANDARD.decode(key).map_err(|_| wrong("the key is not base64"))?;
        let (kind, public) = key.split_first().ok_or_else(|| wrong("the key is empty"))?;
        let key = Self { name: name.to_owned(), kind: *kind, public: public.to_vec() };
        if hex::encode(key.id()) == id {
            Ok(key)
        } else {
            Err(wrong("the key id is not that of name and key"))
        }
    }

    /// The identifier that signature lines carry.
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', self.kind])
            .chain_update(&self.public)
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// The public key, if it is one of Ed25519.
    pub fn jwk(&self) -> Option<Jwk> {
        let public = self.public.as_slice().try_into().ok()?;
        [ED25519, ED25519_COSIGNATURE].contains(&self.kind).then(|| Jwk::ed25519(public))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.kind][..], &self.public].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(key))
    }
}

/// Name of the log of the member at this address: without scheme, and `/log`; of an epoch after the first, its number too.
pub fn origin(base: &Url, epoch: u64) -> String {
    let base = format!("{}/log", base.as_str().trim_end_matches('/'));
    let first = base.split_once("://").map(|(_, rest)| rest.to_owned()).unwrap_or(base);
    if epoch > 1 { format!("{first}/{epoch}") } else { first }
}

/// The epoch of a log, by its origin, and the origin of the first.
pub fn epoch(origin: &str) -> (u64, &str) {
    let later = origin.rsplit_once('/').filter(|(first, _)| first.ends_with("/log"));
    let number = later.and_then(|(_, n)| n.parse().ok().filter(|m: &u64| *m > 1 && m.to_string() == n));
    match (number, later) {
        (Some(number), Some((first, _))) => (number, first),
        _ => (1, origin),
    }
}

/// Whose log it is, by its origin: `eau.example/log` and `eau.example/log/2` are of `did:web:eau.example`.
pub fn owner(origin: &str) -> Option<ParticipantId> {
    let (_, first) = epoch(origin);
    let base = Url::parse(&format!("https://{}", first.strip_suffix("/log")?)).ok()?;
    crate::did::from_base_url(&base).ok()
}

/// The name under which the owner of a log cosigns those of others: `eau.example/witness`.
pub fn witness(origin: &str) -> String {
    let (_, first) = epoch(origin);
    format!("{}/witness", first.strip_suffix("/log").unwrap_or(first))
}

/// Whether a text can name a key: not empty, no space, no `+`.
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl Checkpoint {
    /// The text to sign.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads a note's text; extension lines are allowed and ignored.
    pub fn parse(body: &str) -> Result<Self, FormatError> {
        let Some(lines) = body.strip_suffix('\n') else {
            return Err(FormatError::new("checkpoint", "does not end with a newline"));
        };
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(FormatError::new("checkpoint", "needs three lines: origin, size, root"));
        };
        if origin.is_empty() {
            return Err(FormatError::new("checkpoint, line 1", "empty origin"));
        }
        if lines.any(str::is_empty) {
            return Err(FormatError::new("checkpoint", "empty extension line"));
        }
        let number: u64 = size
            .parse()
            .ok()
            .filter(|n: &u64| n.to_string() == size)
            .ok_or_else(|| FormatError::new("checkpoint, line 2", "not a size in decimal"))?;
        let hash = STANDARD.decode(root).ok().and_then(|b| b.try_into().ok());
        let root = hash.ok_or_else(|| FormatError::new("checkpoint, line 3", "not a base64 SHA-256 hash"))?;
        Ok(Self { origin: origin.to_owned(), size: number, root })
    }
}

impl Note {
    /// The note with its signature lines.
    pub fn write(&self) -> String {
        let mut out = format!("{}\n", self.text);
        for line in &self.signatures {
            out.push_str(&line.to_string());
        }
        out
    }

    /// Reads a note. Signatures are not checked.
    pub fn parse(note: &str) -> Result<Self, FormatError> {
        if note.len() > MAX_LEN {
            return Err(FormatError::new("note", format!("longer than {MAX_LEN} bytes")));
        }
        if note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(FormatError::new("note", "control character"));
        }
        let Some(end) = note.rfind("\n\n") else {
            return Err(FormatError::new("note", "no empty line before the signatures"));
        };
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let Some(lines) = lines.strip_suffix('\n') else {
            return Err(FormatError::new("note", "no signature, or no newline after the last"));
        };
        let signatures = lines.split('\n').map(signature).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }
}

fn signature(line: &str) -> Result<NoteSignature, FormatError> {
    let wrong = |what: &str| FormatError::new("note signature", what);
    let rest = line.strip_prefix("\u{2014} ").ok_or_else(|| wrong("does not start with an em dash"))?;
    let (name, blob) = rest.split_once(' ').ok_or_else(|| wrong("needs a key name and a signature"))?;
    if !is_key_name(name) {
        return Err(wrong("key name is empty or has a space or `+`"));
    }
    let blob = STANDARD.decode(blob).map_err(|_| wrong("not base64"))?;
    match blob.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => {
            Ok(NoteSignature { name: name.to_owned(), key_id: *id, signature: signature.to_vec() })
        }
        _ => Err(wrong("too short")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The key of the Go reference implementation's documentation (golang.org/x/mod/sumdb/note).
    #[test]
    fn key_identifier_rule() {
        let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = STANDARD.decode(known.rsplit('+').next().unwrap()).unwrap();
        assert_eq!(verifier_key("PeterNeumann", key[1..].try_into().unwrap()), known);
        let read = VerifierKey::parse(known).unwrap();
        assert_eq!((read.name.as_str(), read.to_string().as_str()), ("PeterNeumann", known));
        for wrong in
            ["", "a+b", &known.replace("c74", "c75"), &known.replace("Peter", "Pet er"), &known[..60]]
        {
            assert!(VerifierKey::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_log_of_a_later_epoch_is_its_owners_under_another_name() {
        for base in ["https://eau.example", "https://val.example/log", "https://val.example/log/2"] {
            let base = Url::parse(base).unwrap();
            for number in [1, 2, 10] {
                let name = origin(&base, number);
                assert_eq!((epoch(&name).0, epoch(&name).1), (number, origin(&base, 1).as_str()));
                assert_eq!(owner(&name), crate::did::from_base_url(&base).ok());
                assert_eq!(witness(&name), witness(&origin(&base, 1)));
            }
        }
        for wrong in
            ["eau.example/log/1", "eau.example/log/02", "eau.example/log/x", "eau.example/2", "/log/2"]
        {
            assert_eq!(owner(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn notes_are_written_as_read() {
        let checkpoint = Checkpoint { origin: "eau.example.org/log".into(), size: 7, root: [9; 32] };
        let signature = NoteSignature {
            name: "eau.example.org/log".into(),
            key_id: [1, 2, 3, 4],
            signature: vec![5; 64],
        };
        let note = Note { text: checkpoint.body(), signatures: vec![signature] };
        let read = Note::parse(&note.write()).unwrap();
        assert_eq!(read, note);
        assert_eq!(Checkpoint::parse(&read.text).unwrap(), checkpoint);
        for wrong in ["", "a\n1\n", "a\n01\nAA==\n", "a\n1\nAA==\n", "\n1\nAA==\n"] {
            assert!(Checkpoint::parse(wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["text\n", "text\n\n", "text\n\n\u{2014} a+b AAAAAAAA\n", "text\n\n\u{2014} a AAAA\n"] {
            assert!(Note::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}

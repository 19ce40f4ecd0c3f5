//! Reading a policy, line by line; a fault is told with the number of its line.

use std::collections::HashMap;

use super::{Log, Policy, Rule, Witness};
use crate::format::FormatError;
use crate::tlog::note::{ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, VerifierKey};

/// Longest policy, in bytes.
const MAX_LEN: usize = 256 * 1024;
/// What the quorum can be without being defined.
const NONE: &[u8] = b"none";

/// What was read so far.
#[derive(Default)]
struct Reading<'b> {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// What each name means, and whether it is a member of a group already.
    names: HashMap<&'b [u8], (Rule, bool)>,
    quorum: Option<Rule>,
}

impl Policy {
    /// Reads a policy file. The last line may lack its newline.
    ///
    /// # Errors
    /// The first line that is not as the specification says, and why.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > MAX_LEN {
            return Err(FormatError::new("policy", format!("longer than {MAX_LEN} bytes")));
        }
        let mut reading = Reading::default();
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let wrong = |what| FormatError::new(format!("policy, line {}", index + 1), what);
            reading.line(line).map_err(wrong)?;
        }
        let quorum = reading.quorum;
        let quorum = quorum.ok_or_else(|| FormatError::new("policy", "has no quorum line"))?;
        Ok(Self { logs: reading.logs, witnesses: reading.witnesses, quorum })
    }
}

impl<'b> Reading<'b> {
    fn line(&mut self, line: &'b [u8]) -> Result<(), String> {
        if let Some(byte) = line.iter().find(|byte| **byte != b'\t' && (**byte < 0x20 || **byte == 0x7f)) {
            return Err(format!("control character 0x{byte:02x}"));
        }
        let mut items = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|item| !item.is_empty());
        let Some(word) = items.next().filter(|word| !word.starts_with(b"#")) else { return Ok(()) };
        let items: Vec<&[u8]> = items.collect();
        match (word, items.as_slice()) {
            (b"log", [key]) => self.log(key, None),
            (b"log", [key, url]) => self.log(key, Some(url)),
            (b"log", _) => Err("write: log <vkey> [<url>]".into()),
            (b"witness", [name, key]) => self.witness(name, key, None),
            (b"witness", [name, key, url]) => self.witness(name, key, Some(url)),
            (b"witness", _) => Err("write: witness <name> <vkey> [<url>]".into()),
            (b"group", [name, least, members @ ..]) if !members.is_empty() => {
                self.group(name, least, members)
            }
            (b"group", _) => Err("write: group <name> all|any|<k> <name>...".into()),
            (b"quorum", [name]) => self.quorum(name),
            (b"quorum", _) => Err("write: quorum <name>".into()),
            _ => Err(format!("`{}` is not log, witness, group or quorum", shown(word))),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<&&[u8]>) -> Result<(), String> {
        let key = vkey(key, &[ED25519, MLDSA44_COSIGNATURE], "a log")?;
        if self.logs.iter().any(|log| log.key.public == key.public) {
            return Err("another log has the same public key".into());
        }
        self.logs.push(Log { key, url: url.map(|url| shown(url)) });
        Ok(())
    }

    fn witness(&mut self, name: &'b [u8], key: &[u8], url: Option<&&[u8]>) -> Result<(), String> {
        let key = vkey(key, &[ED25519_COSIGNATURE, MLDSA44_COSIGNATURE], "a witness")?;
        if self.witnesses.iter().any(|witness| witness.key.public == key.public) {
            return Err("another witness has the same public key".into());
        }
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: shown(name), key, url: url.map(|url| shown(url)) });
        Ok(())
    }

    fn group(&mut self, name: &'b [u8], least: &[u8], members: &[&'b [u8]]) -> Result<(), String> {
        let mut rules = Vec::with_capacity(members.len());
        for member in members {
            rules.push(self.take(member)?);
        }
        let least = match least {
            b"all" => rules.len(),
            b"any" => 1,
            number => decimal(number).filter(|k| (1..=rules.len()).contains(k)).ok_or_else(|| {
                format!("`{}` is not all, any, or a number from 1 to {}", shown(number), rules.len())
            })?,
        };
        self.define(name, Rule::AtLeast(least, rules))
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("a second quorum line".into());
        }
        let rule = match self.names.get(name) {
            _ if name == NONE => Rule::Nobody,
            Some((rule, _)) => rule.clone(),
            None => return Err(format!("`{}` is not defined above", shown(name))),
        };
        self.quorum = Some(rule);
        Ok(())
    }

    fn define(&mut self, name: &'b [u8], rule: Rule) -> Result<(), String> {
        if name == NONE {
            return Err("`none` is no name for a witness or group".into());
        }
        match self.names.insert(name, (rule, false)) {
            None => Ok(()),
            Some(_) => Err(format!("`{}` is defined twice", shown(name))),
        }
    }

    /// Each name is a member of one group at most, so that a witness counts once.
    fn take(&mut self, name: &[u8]) -> Result<Rule, String> {
        match self.names.get_mut(name) {
            _ if name == NONE => Err("`none` cannot be a member".into()),
            None => Err(format!("`{}` is not defined above", shown(name))),
            Some((_, true)) => Err(format!("`{}` is a member twice", shown(name))),
            Some((rule, used)) => {
                *used = true;
                Ok(rule.clone())
            }
        }
    }
}

fn vkey(text: &[u8], kinds: &[u8], whose: &str) -> Result<VerifierKey, String> {
    let text = std::str::from_utf8(text).map_err(|_| "the key is not UTF-8".to_owned())?;
    let key = VerifierKey::parse(text).map_err(|e| e.to_string())?;
    if !kinds.contains(&key.kind) {
        return Err(format!("signature type {} is not that of {whose}", key.kind));
    }
    let length = if key.kind == MLDSA44_COSIGNATURE { 1312 } else { 32 };
    match key.public.len() {
        found if found == length => Ok(key),
        found => Err(format!("the key has {found} bytes, not {length}")),
    }
}

fn decimal(bytes: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.parse().ok().filter(|number: &usize| number.to_string() == text)
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

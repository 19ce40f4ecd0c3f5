//! Terms, each kept once and known by a number.

use std::collections::HashMap;
use std::sync::Arc;

use oxigraph::model::{
    BlankNodeRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef, Triple, TripleRef,
};
use sha2::{Digest, Sha256};

/// Number of a term, made of what it says: the order of numbers, in which questions are answered where they ask for none,
/// tells nothing of what else was ever entered. Never given to another term while the node runs, so that who holds one
/// cannot be shown another.
pub type Id = u32;

/// A triple by the numbers of its terms.
pub type Ids = [Id; 3];

/// The table of terms.
#[derive(Default)]
pub struct Terms {
    ids: HashMap<Arc<str>, Id>,
    slots: HashMap<Id, Slot>,
}

struct Slot {
    /// Digest of what the term says: it gets its number again when it comes back.
    digest: u64,
    /// Nothing when no triple has it any more.
    text: Option<Arc<str>>,
    uses: u32,
}

impl Terms {
    /// The term of that number; nothing when no triple has it any more.
    pub fn get(&self, id: Id) -> Option<TermRef<'_>> {
        self.slots.get(&id)?.text.as_deref().and_then(read)
    }

    /// The number of a term that some triple has.
    pub fn id(&self, term: TermRef<'_>) -> Option<Id> {
        self.ids.get(written(term).as_str()).copied()
    }

    /// How many different terms there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The triple of those terms.
    pub fn triple(&self, [subject, predicate, object]: Ids) -> Option<TripleRef<'_>> {
        let subject = match self.get(subject)? {
            TermRef::NamedNode(node) => NamedOrBlankNodeRef::NamedNode(node),
            TermRef::BlankNode(node) => NamedOrBlankNodeRef::BlankNode(node),
            TermRef::Literal(_) => return None,
        };
        let TermRef::NamedNode(predicate) = self.get(predicate)? else { return None };
        Some(TripleRef { subject, predicate, object: self.get(object)? })
    }

    /// Takes triples in, each once, in an order that depends on what they say only.
    pub(super) fn enter(&mut self, mut triples: Vec<Triple>) -> Box<[Ids]> {
        super::serialise::sort(&mut triples);
        let ids = triples.into_iter().map(|triple| {
            let (subject, predicate) = (Term::from(triple.subject), Term::from(triple.predicate));
            [&subject, &predicate, &triple.object].map(|term| self.enter_term(term.as_ref()))
        });
        ids.collect()
    }

    fn enter_term(&mut self, term: TermRef<'_>) -> Id {
        let text = written(term);
        let id = match self.ids.get(text.as_str()) {
            Some(id) => *id,
            None => {
                let text: Arc<str> = text.into();
                let id = self.number(&text);
                self.ids.insert(text, id);
                id
            }
        };
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.uses += 1;
        }
        id
    }

    /// Gives a term its number: the next one that is free where another has it.
    fn number(&mut self, text: &Arc<str>) -> Id {
        let digest = digest(text);
        let mut id = digest as Id;
        // 4 billion different terms do not fit into memory.
        while self.slots.get(&id).is_some_and(|slot| slot.text.is_some() || slot.digest != digest) {
            id = id.wrapping_add(1);
        }
        let slot = self.slots.entry(id).or_insert(Slot { digest, text: None, uses: 0 });
        slot.text = Some(Arc::clone(text));
        id
    }

    /// Lets triples go; terms that no other has are forgotten.
    pub(super) fn leave(&mut self, triples: &[Ids]) {
        for id in triples.iter().flatten() {
            let Some(slot) = self.slots.get_mut(id) else { continue };
            slot.uses = slot.uses.saturating_sub(1);
            if slot.uses == 0
                && let Some(text) = slot.text.take()
            {
                self.ids.remove(&text);
            }
        }
    }
}

fn digest(text: &str) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&Sha256::digest(text.as_bytes())[..8]);
    u64::from_le_bytes(number)
}

/// A term as one text: a sign for its kind, then what it says.
fn written(term: TermRef<'_>) -> String {
    match term {
        TermRef::NamedNode(node) => format!("<{}", node.as_str()),
        TermRef::BlankNode(node) => format!("_{}", node.as_str()),
        TermRef::Literal(literal) => match (literal.language(), literal.datatype()) {
            (Some(lang), _) => format!("@{lang}\"{}", literal.value()),
            (None, oxigraph::model::vocab::xsd::STRING) => format!("\"{}", literal.value()),
            (None, datatype) => format!("^{}\"{}", datatype.as_str(), literal.value()),
        },
    }
}

fn read(text: &str) -> Option<TermRef<'_>> {
    let rest = text.get(1..)?;
    Some(match text.as_bytes().first()? {
        b'<' => NamedNodeRef::new_unchecked(rest).into(),
        b'_' => BlankNodeRef::new_unchecked(rest).into(),
        b'"' => LiteralRef::new_simple_literal(rest).into(),
        b'@' => {
            let (lang, value) = rest.split_once('"')?;
            LiteralRef::new_language_tagged_literal_unchecked(value, lang).into()
        }
        b'^' => {
            let (datatype, value) = rest.split_once('"')?;
            LiteralRef::new_typed_literal(value, NamedNodeRef::new_unchecked(datatype)).into()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::triples::{blank, date, dct, named, plain, text};
    use super::*;

    #[test]
    fn terms_come_back_as_they_went_in_and_go_with_the_last_triple() {
        let node = named("urn:d:1");
        let objects: [Term; 6] = [
            text("Été \"2025\"", "fr").into(),
            plain("\"@^<_").into(),
            date("2025-01-01").into(),
            blank(&node, "x").into(),
            node.clone().into(),
            text("Été", "en").into(),
        ];
        let triples: Vec<Triple> =
            objects.into_iter().map(|object| Triple::new(node.clone(), dct("title"), object)).collect();
        let mut terms = Terms::default();
        let ids = terms.enter(triples.clone());
        let twice = terms.enter(triples.clone());
        assert_eq!(ids, twice);
        let mut back: Vec<Triple> = ids.iter().map(|ids| terms.triple(*ids).unwrap().into_owned()).collect();
        let mut sorted = triples;
        super::super::serialise::sort(&mut sorted);
        super::super::serialise::sort(&mut back);
        assert_eq!(back, sorted);
        assert_eq!(terms.len(), 7);
        terms.leave(&ids);
        assert_eq!(terms.len(), 7);
        let gone = twice[0][0];
        terms.leave(&twice);
        assert!(terms.is_empty() && terms.get(gone).is_none());
        let again = terms.enter(vec![Triple::new(named("urn:d:2"), dct("title"), plain("x"))]);
        assert!(again.iter().flatten().all(|id| *id != gone), "a number was given twice");
    }

    /// Numbers tell nothing of what else was entered, or left.
    #[test]
    fn a_term_has_the_same_number_whatever_came_before() {
        let triple = |name: &str| Triple::new(named(name), dct("title"), plain(name));
        let mut alone = Terms::default();
        let expected = alone.enter(vec![triple("urn:d:1")]);
        let mut crowded = Terms::default();
        let others: Vec<Box<[Ids]>> =
            (2..500).map(|n| crowded.enter(vec![triple(&format!("urn:d:{n}"))])).collect();
        assert_eq!(crowded.enter(vec![triple("urn:d:1")]), expected);
        others.iter().for_each(|ids| crowded.leave(ids));
        crowded.leave(&expected);
        assert_eq!(crowded.enter(vec![triple("urn:d:1")]), expected);
    }
}

//! Reading JSON while collecting every fault, with its place.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::fault::{Fault, Remedy, Shape};

/// Where faults gather.
#[derive(Debug, Default)]
pub(super) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    pub(super) fn push(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }
    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0.into_inner()
    }
}

/// A value and its place. Every reading method returns nothing after a fault, and then has told it.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub(super) value: &'a Value,
    pub(super) at: String,
    pub(super) faults: &'a Faults,
}

impl<'a> Cursor<'a> {
    pub(super) fn root(value: &'a Value, faults: &'a Faults) -> Self {
        Self { value, at: String::new(), faults }
    }

    pub(super) fn fault<T>(&self, remedy: Remedy) -> Option<T> {
        self.faults.push(Fault::new(self.at.as_str(), Some(self.value), remedy));
        None
    }
    pub(super) fn expected<T>(&self, shape: Shape) -> Option<T> {
        self.fault(Remedy::Expected(shape))
    }

    /// A text with something in it, of at most `max` characters.
    pub(super) fn text(&self, max: usize) -> Option<String> {
        match self.value {
            Value::String(text) if text.trim().is_empty() => self.expected(Shape::Text),
            Value::String(text) if text.chars().count() > max => self.fault(Remedy::TooLong(max)),
            Value::String(text) => Some(text.clone()),
            _ => self.expected(Shape::Text),
        }
    }

    /// A text that `parse` understands.
    pub(super) fn parsed<T>(&self, shape: Shape, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        match self.raw_text().and_then(parse) {
            Some(value) => Some(value),
            None => self.expected(shape),
        }
    }

    /// One of a closed list.
    pub(super) fn one_of<T>(
        &self,
        parse: impl Fn(&str) -> Option<T>,
        known: impl Fn() -> String,
    ) -> Option<T> {
        match self.raw_text().and_then(parse) {
            Some(value) => Some(value),
            None => self.fault(Remedy::OneOf(known())),
        }
    }

    /// A text, or a TOML date, which arrives as an object with one private member.
    fn raw_text(&self) -> Option<&'a str> {
        match self.value {
            Value::String(text) => Some(text),
            Value::Object(object) if object.len() == 1 => {
                object.get("$__toml_private_datetime").and_then(Value::as_str)
            }
            _ => None,
        }
    }

    /// One element, or a list of at least one.
    pub(super) fn items(&self, max: usize) -> Option<Vec<Cursor<'a>>> {
        match self.value {
            Value::Array(items) if items.is_empty() => self.expected(Shape::List),
            Value::Array(items) if items.len() > max => self.fault(Remedy::TooLong(max)),
            Value::Array(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, value)| Cursor { value, at: format!("{}/{i}", self.at), faults: self.faults })
                    .collect(),
            ),
            _ => Some(vec![self.clone()]),
        }
    }

    /// Each element of a list as `read` reads it; elements with faults are left out, their faults told.
    pub(super) fn each<T>(&self, max: usize, read: impl Fn(&Cursor<'a>) -> Option<T>) -> Option<Vec<T>> {
        Some(self.items(max)?.iter().filter_map(read).collect())
    }

    pub(super) fn object(&self) -> Option<Object<'a>> {
        match self.value.as_object() {
            Some(members) => Some(Object { cursor: self.clone(), members, known: Vec::new() }),
            None => self.expected(Shape::Object),
        }
    }
}

/// An object whose members are asked for by name; [`Object::close`] tells those nobody asked for.
pub(super) struct Object<'a> {
    pub(super) cursor: Cursor<'a>,
    members: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// The member, if it is there and not null.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Cursor<'a>> {
        self.known.push(key);
        let value = self.members.get(key).filter(|value| !value.is_null())?;
        Some(Cursor { value, at: format!("{}/{key}", self.cursor.at), faults: self.cursor.faults })
    }

    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Cursor<'a>) -> Option<T>,
    ) -> Option<T> {
        self.get(key).and_then(|cursor| read(&cursor))
    }

    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&Cursor<'a>) -> Option<T>,
    ) -> Option<T> {
        match self.get(key) {
            Some(cursor) => read(&cursor),
            None => {
                let at = format!("{}/{key}", self.cursor.at);
                self.cursor.faults.push(Fault::new(at, None, Remedy::Missing(key)));
                None
            }
        }
    }

    /// Tells every member that no one asked for.
    pub(super) fn close(self) {
        for (key, value) in self.members {
            if !self.known.contains(&key.as_str()) {
                let at = format!("{}/{}", self.cursor.at, escape(key));
                let known = self.known.join(", ");
                self.cursor.faults.push(Fault::new(at, Some(value), Remedy::Unknown { known }));
            }
        }
    }
}

/// RFC 6901, section 3. Names are shortened: they come from outside.
fn escape(key: &str) -> String {
    key.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1")
}

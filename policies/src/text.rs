//! Texts that are shared: a policy keeps all of its own as parts of one, and reasons hold them without a copy.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text, or a part of a longer one that others hold parts of.
#[derive(Clone)]
pub struct Text {
    whole: Arc<str>,
    from: u32,
    to: u32,
}

impl Text {
    pub fn as_str(&self) -> &str {
        self.whole.get(self.from as usize..self.to as usize).unwrap_or_default()
    }

    pub(crate) fn clear(&mut self) {
        *self = Text::default();
    }
}

/// Puts texts together, so that they lie side by side in one.
pub(crate) fn together(texts: &mut [&mut Text]) {
    let whole: String = texts.iter().map(|text| text.as_str()).collect();
    // Longer than any policy that is read: they stay as they are.
    if u32::try_from(whole.len()).is_err() {
        return;
    }
    let (whole, mut from): (Arc<str>, u32) = (whole.into(), 0);
    for text in texts {
        let to = from + (text.to - text.from);
        **text = Text { whole: Arc::clone(&whole), from, to };
        from = to;
    }
}

impl Default for Text {
    fn default() -> Text {
        Text { whole: Arc::from(""), from: 0, to: 0 }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        // A text of more than 4 GB is cut: nothing that long is ever read.
        let to = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Text { whole: text.into(), from: 0, to }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        text.as_str().into()
    }
}

impl From<&Text> for String {
    fn from(text: &Text) -> String {
        text.as_str().to_owned()
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        String::deserialize(deserializer).map(Text::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_lie_together_say_what_they_said() {
        let mut all = ["/permission/0", "", "été", "/permission/0"].map(Text::from);
        let before = all.clone();
        together(&mut all.iter_mut().collect::<Vec<_>>());
        assert_eq!(all, before);
        assert!(all.iter().all(|text| Arc::ptr_eq(&text.whole, &all[0].whole)));
        assert_eq!(serde_json::to_string(&all[2]).unwrap(), "\"été\"");
        assert_eq!(serde_json::from_str::<Text>("\"été\"").unwrap(), all[2]);
    }
}

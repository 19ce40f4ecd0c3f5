//! Versions of frameworks: three numbers that only rise.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `1.4.0`. Ordered by its numbers, from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u32; 3]);

impl Version {
    /// Of a new framework.
    pub const FIRST: Self = Self([1, 0, 0]);

    /// The next one, when rules change and not only words.
    #[must_use]
    pub fn next(self) -> Self {
        let [major, minor, _] = self.0;
        Self([major, minor.saturating_add(1), 0])
    }

    /// Reads the one spelling there is: three numbers without leading zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        let mut parts = text.split('.');
        for number in &mut numbers {
            *number = parts.next()?.parse().ok()?;
        }
        let read = Self(numbers);
        (parts.next().is_none() && read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a version like 1.4.0")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_one_spelling_and_one_order() {
        for wrong in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.+1", "1.0.0 ", "1.0.4294967296", "-1.0.0"] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
        let [a, b, c] = ["1.9.0", "1.10.0", "2.0.0"].map(|text| Version::parse(text).unwrap());
        assert!(a < b && b < c);
        assert_eq!(b.to_string(), "1.10.0");
    }
}

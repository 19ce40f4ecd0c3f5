//! What is made of a value that never changes: made when first asked for, kept beside it.

use std::sync::OnceLock;

/// Says nothing that the value beside it does not say: all are equal.
#[derive(Debug, Clone)]
pub struct Made<T>(OnceLock<T>);

impl<T> Made<T> {
    pub fn or_make(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Made<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

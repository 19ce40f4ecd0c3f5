//! How long what a view lets through is. Read through once, and kept as long as the file is the same.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use contracts::jcs;
use policies::View;

use super::Rows;
use crate::dataplane::source::Fingerprint;

/// Lengths kept at once.
const MOST: usize = 512;

type Key = (PathBuf, Fingerprint, String);

/// Lengths of views, derived from what the files hold: nothing is decided from them.
#[derive(Debug, Clone, Default)]
pub struct Measures(Arc<Mutex<HashMap<Key, u64>>>);

impl Measures {
    /// The length of a view of a file. Blocks.
    ///
    /// # Errors
    /// The file cannot be read, or is not a table that has what the view is of.
    pub fn length(&self, file: &File, at: (PathBuf, Fingerprint), view: &View) -> io::Result<u64> {
        let key = (at.0, at.1, name(view));
        if let Some(known) = self.lock().get(&key) {
            return Ok(*known);
        }
        let length = io::copy(&mut Rows::open(file.try_clone()?, view)?, &mut io::sink())?;
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, length);
        Ok(length)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A name for a view: another view of one file is another content.
pub(in crate::dataplane) fn name(view: &View) -> String {
    let canonical = jcs::canonical(view).unwrap_or_default();
    jcs::sha256_b64url(&canonical)[..16].to_owned()
}

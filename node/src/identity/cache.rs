//! Small bounded memories for results that never change: what a key or token says once, it says always.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps at most `max` values; when full, starts again. Holds nothing that decides: every entry can be recomputed.
#[derive(Debug)]
pub struct Cache<K, V> {
    max: usize,
    map: Mutex<HashMap<K, Arc<V>>>,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    pub fn new(max: usize) -> Self {
        Self { max: max.max(1), map: Mutex::new(HashMap::new()) }
    }
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
    pub fn put(&self, key: K, value: Arc<V>) {
        let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= self.max && !map.contains_key(&key) {
            map.clear();
        }
        map.insert(key, value);
    }
    pub fn remove(&self, key: &K) {
        self.map.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

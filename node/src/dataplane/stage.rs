//! Row stages: what will change rows between source and wire (projection, filters, consent).
//!
//! None exists yet. Their place is here, before the digest, so that what is recorded is what was really delivered.
//! A stage that changes lengths makes ranges meaningless: the server then refuses `Range` ([`Stages::keeps_length`]).

use bytes::Bytes;

/// One stage. Closed: a new one is a new variant.
#[derive(Debug, Clone)]
pub enum Stage {}

/// The stages of one delivery, in order.
#[derive(Debug, Clone, Default)]
pub struct Stages(Vec<Stage>);

impl Stages {
    /// Whether each byte leaves as it was read, so that lengths and ranges of the source are those of the wire.
    pub fn keeps_length(&self) -> bool {
        self.0.is_empty()
    }

    /// Sends a piece of the source through all stages.
    pub fn apply(&mut self, piece: Bytes) -> Bytes {
        match self.0.first_mut() {
            None => piece,
            Some(stage) => match *stage {},
        }
    }
}

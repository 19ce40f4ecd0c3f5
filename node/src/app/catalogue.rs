//! The catalogue's use cases. Nothing is published yet, so nothing is found.

use std::sync::Arc;

use contracts::id::{DatasetId, OfferId, ParticipantId};
use serde_json::Value;

use super::{App, Error, Hosted};
use crate::domain::negotiation::Shown;
use crate::domain::source::Source;
use crate::store::Reader;

pub struct Published {
    pub policy: Value,
    pub shown: Shown,
}

pub struct ShownDataset {
    pub endpoint: String,
    pub shown: Option<Shown>,
}

impl ShownDataset {
    pub fn offer(&self, _offer: Option<&OfferId>) -> Result<(OfferId, Value), Error> {
        Err(Error::NotFound("offer"))
    }
}

pub async fn offer_for(
    _app: &App,
    _hosted: &Hosted,
    _caller: &ParticipantId,
    _dataset: &DatasetId,
    _offer: &OfferId,
) -> Result<Published, Error> {
    Err(Error::NotFound("offer"))
}

pub async fn ask_dataset(
    _app: &Arc<App>,
    _hosted: &Arc<Hosted>,
    _peer: &ParticipantId,
    _dataset: &DatasetId,
) -> Result<ShownDataset, Error> {
    Err(Error::NotFound("dataset"))
}

pub async fn source(_app: &App, _reader: &mut Reader, _id: &DatasetId) -> Result<(Source, i64), Error> {
    Err(Error::NotFound("dataset"))
}

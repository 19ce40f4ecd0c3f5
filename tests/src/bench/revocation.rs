//! Time from asking for a revocation until the consumer reads its last byte of a delivery in full flow.

use std::time::{Duration, Instant};

use contracts::api::contract::{ContractView, Revoke};

use super::figure::Figure;
use crate::api::segment;
use crate::pair::Pair;
use crate::reader::Reader;

/// Readers with the contract each has.
pub async fn measure(pair: &Pair, readers: &[(String, Reader)]) -> Vec<Figure> {
    let (mut longest, mut bytes) = (0.0_f64, 0_u64);
    for (contract, reader) in readers {
        let mut answer = reader.read().await;
        let total = answer.content_length().unwrap();
        let reading = tokio::spawn(async move {
            let (mut last, mut read) = (Instant::now(), 0_u64);
            while let Ok(Some(piece)) = answer.chunk().await {
                (last, read) = (Instant::now(), read + piece.len() as u64);
            }
            (last, read)
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let asked = Instant::now();
        let ground = Revoke { ground: "Mesure".into() };
        let path = format!("/contracts/{}/revoke", segment(contract));
        let revoked: ContractView =
            pair.provider.api.post(&path, &ground).await.unwrap_or_else(|e| panic!("{e}"));
        assert!(revoked.revoked.is_some());
        let (last, read) = reading.await.unwrap();
        assert!(read > 0 && read < total, "{read} of {total} bytes: the delivery was not cut");
        longest = longest.max(last.saturating_duration_since(asked).as_secs_f64());
        bytes += read;
    }
    let note = format!(
        "longest of {}, after {} MB each",
        readers.len(),
        bytes / 1_000_000 / readers.len().max(1) as u64
    );
    vec![Figure::new("revocation_last_byte_s", longest, "s").at_most(1.0).note(note)]
}

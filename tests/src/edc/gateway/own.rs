//! What the gateway takes and gives itself: much, and nothing in particular.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, SizedStream};
use actix_web::web::{self, Bytes};
use futures_util::StreamExt;

/// Takes everything and keeps nothing but how much it was.
pub(super) async fn drain(mut body: web::Payload) -> Result<u64, String> {
    let mut bytes = 0;
    while let Some(piece) = body.next().await {
        bytes += piece.map_err(|e| e.to_string())?.len() as u64;
    }
    Ok(bytes)
}

/// So many million bytes.
pub(super) fn zeros(megabytes: u64) -> HttpResponse {
    let piece = Bytes::from(vec![0; 1_000_000]);
    let pieces =
        futures_util::stream::iter(0..megabytes).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    HttpResponse::Ok().body(BoxBody::new(SizedStream::new(megabytes * 1_000_000, pieces)))
}

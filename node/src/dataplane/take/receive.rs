//! From the body of a request into a part, and from a whole part into a file.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Payload;
use futures_util::StreamExt;
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};

use super::announced::Announced;
use crate::app::sink::{self, Landing, blocking};
use crate::app::{App, Error};
use crate::dataplane::read::PIECE;
use crate::dataplane::sink::Part;
use crate::dataplane::stream::Patience;
use crate::dataplane::writer::Writer;
use crate::domain::event::Ending;
use crate::http::Failure;

/// Receives what was announced, and records it.
pub(super) async fn receive(
    landing: Landing,
    part: Part,
    announced: Announced,
    payload: Payload,
) -> Result<HttpResponse, Failure> {
    let Announced { state, sized } = announced;
    let total = state.total;
    let mut writer = Writer::start(part, state);
    let outcome = copy(&landing, payload, &writer, total).await;
    let mut part = match writer.end().await {
        Ok(part) => part,
        Err(error) => return Err(sink::refused(&landing.app, error).into()),
    };
    // Only the end of a body of unknown length says how long it was.
    let length = part.length();
    if let (Ok(()), false, Some(state)) = (&outcome, sized, &mut part.state) {
        state.total = length;
    }
    let ending = match &outcome {
        _ if part.is_complete() => Ending::Complete,
        Ok(()) | Err(Cut::TooMuch) => Ending::Broken,
        Err(Cut::Ended(ending)) => *ending,
    };
    landing.record(&part, ending).await?;
    match (ending, outcome) {
        (Ending::Complete, _) => {
            let bytes = part.length();
            let (_, digest) = blocking(&landing.app, move || part.finish()).await?;
            let told = json!({ "bytes": bytes, "sha256": digest.hex() });
            Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(told))
        }
        (_, Err(Cut::TooMuch)) => {
            discard(&landing.app, part).await?;
            Err(Failure::TooLarge(usize::try_from(total).unwrap_or(usize::MAX)))
        }
        (Ending::TimedOut, _) => Err(Failure::TooSlow(landing.app.config.limits.stall_s)),
        (why, _) => {
            let expected = "all bytes of a transfer in state STARTED".into();
            Err(Error::NotNow { state: why.as_str().into(), expected }.into())
        }
    }
}

/// Drops a part.
pub(super) async fn discard(app: &App, part: Part) -> Result<(), Error> {
    blocking(app, move || {
        part.discard();
        Ok(())
    })
    .await
}

/// Why a body was not taken to its end.
enum Cut {
    Ended(Ending),
    /// More than was announced, or than is taken.
    TooMuch,
}

/// Moves the body to the writer, as long as it comes, fits and may.
async fn copy(landing: &Landing, mut payload: Payload, writer: &Writer, total: u64) -> Result<(), Cut> {
    let Patience { stall, whole } = landing.app.plane.patience;
    let until = Instant::now() + whole;
    let mut stop = landing.flight.stop();
    let (mut waiting, mut size, mut got) = (Vec::new(), 0, writer.first);
    loop {
        let chunk = tokio::select! {
            biased;
            why = stop.ordered() => return Err(Cut::Ended(why)),
            () = sleep_until(until) => return Err(Cut::Ended(Ending::TimedOut)),
            chunk = timeout(stall, payload.next()) => chunk.map_err(|_| Cut::Ended(Ending::TimedOut))?,
        };
        let ended = match chunk {
            Some(Ok(chunk)) => {
                got += chunk.len() as u64;
                if got > total {
                    return Err(Cut::TooMuch);
                }
                size += chunk.len();
                waiting.push(chunk);
                None
            }
            Some(Err(_)) => Some(Err(Cut::Ended(Ending::Broken))),
            None => Some(Ok(())),
        };
        if size >= PIECE || (ended.is_some() && size > 0) {
            size = 0;
            // The writer ends early only with an error, which it tells itself.
            if writer.pieces.send(std::mem::take(&mut waiting)).await.is_err() {
                return Ok(());
            }
        }
        if let Some(ended) = ended {
            return ended;
        }
    }
}

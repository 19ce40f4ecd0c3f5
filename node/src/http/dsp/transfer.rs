//! Transfer process routes (2025-1, 10.2): parse, call the use case, render.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dsp::transfer::{
    TransferCompletionMessage, TransferRequestMessage, TransferStartMessage, TransferSuspensionMessage,
    TransferTerminationMessage,
};

use super::{Received, answer, authenticate, pid, receive, refusal, same_process};
use crate::app::App;
use crate::app::peer::Answer;
use crate::app::transfer::receive as app;
use crate::http::member::At;
use crate::http::problem::Failure;

const ERROR: &str = "TransferError";

pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/transfers/request", web::post().to(request))
        .route("/transfers/{pid}", web::get().to(state))
        .route("/transfers/{pid}/start", web::post().to(start))
        .route("/transfers/{pid}/completion", web::post().to(completion))
        .route("/transfers/{pid}/suspension", web::post().to(suspension))
        .route("/transfers/{pid}/termination", web::post().to(termination));
}

fn respond(path: &str, result: Result<Answer, Failure>) -> HttpResponse {
    match result {
        Ok(ok) => answer(ok),
        Err(failure) => refusal(ERROR, Some((path, path)).filter(|_| !path.is_empty()), &failure),
    }
}

async fn request(app: Data<App>, At(hosted): At, req: HttpRequest, body: Payload) -> HttpResponse {
    let run = async {
        let r: Received<TransferRequestMessage> = receive(app, hosted, &req, body, "").await?;
        Ok(app::request(&r.app, &r.hosted, &r.caller, r.message, r.key).await?)
    };
    respond("", run.await)
}

async fn state(app: Data<App>, At(hosted): At, path: Path<String>, req: HttpRequest) -> HttpResponse {
    let run = async {
        let caller = authenticate(&app, &hosted, &req, b"").await?;
        Ok(app::state(&app, &hosted, &caller, &pid(&path)?).await?)
    };
    respond(&path, run.await)
}

/// Routes whose message names both processes.
macro_rules! about_both {
    ($name:ident, $message:ty) => {
        async fn $name(
            app: Data<App>,
            At(hosted): At,
            path: Path<String>,
            req: HttpRequest,
            body: Payload,
        ) -> HttpResponse {
            let run = async {
                let r: Received<$message> = receive(app, hosted, &req, body, &path).await?;
                let process = pid(&path)?;
                same_process(&process, [&r.message.provider_pid, &r.message.consumer_pid])?;
                Ok(app::$name(&r.app, &r.hosted, &r.caller, process, r.message, r.key).await?)
            };
            respond(&path, run.await)
        }
    };
}

about_both!(start, TransferStartMessage);
about_both!(completion, TransferCompletionMessage);
about_both!(suspension, TransferSuspensionMessage);
about_both!(termination, TransferTerminationMessage);

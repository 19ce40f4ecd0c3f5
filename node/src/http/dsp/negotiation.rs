//! Contract negotiation routes (2025-1, 8.2): parse, call the use case, render.

use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dsp::negotiation::{
    ContractAgreementMessage, ContractAgreementVerificationMessage, ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage, ContractOfferMessage, ContractRequestMessage,
};

use super::{Received, answer, authenticate, pid, receive, refusal, same_process};
use crate::app::negotiation::{consumer, provider, receive as both};
use crate::app::peer::Answer;
use crate::app::{App, Error};
use crate::http::member::At;
use crate::http::problem::Failure;
use crate::text::say;

const ERROR: &str = "ContractNegotiationError";

pub fn routes(service: &mut ServiceConfig) {
    service
        .route("/negotiations/request", web::post().to(request))
        .route("/negotiations/offers", web::post().to(first_offer))
        .route("/negotiations/{pid}", web::get().to(state))
        .route("/negotiations/{pid}/request", web::post().to(counter_request))
        .route("/negotiations/{pid}/offers", web::post().to(offer))
        .route("/negotiations/{pid}/agreement", web::post().to(agreement))
        .route("/negotiations/{pid}/agreement/verification", web::post().to(verification))
        .route("/negotiations/{pid}/events", web::post().to(event))
        .route("/negotiations/{pid}/termination", web::post().to(termination));
}

fn respond(path: &str, result: Result<Answer, Failure>) -> HttpResponse {
    match result {
        Ok(ok) => answer(ok),
        Err(failure) => refusal(ERROR, Some((path, path)).filter(|_| !path.is_empty()), &failure),
    }
}

async fn request(app: Data<App>, At(hosted): At, req: HttpRequest, body: Payload) -> HttpResponse {
    let run = async {
        let r: Received<ContractRequestMessage> = receive(app, hosted, &req, body, "").await?;
        Ok(provider::request(&r.app, &r.hosted, &r.caller, r.message, r.key).await?)
    };
    respond("", run.await)
}

/// A provider that begins: this node asks for what it wants and takes no offers unasked.
async fn first_offer(app: Data<App>, At(hosted): At, req: HttpRequest, body: Payload) -> HttpResponse {
    let run = async {
        let r: Received<ContractOfferMessage> = receive(app, hosted, &req, body, "").await?;
        Ok(consumer::first_offer(&r.app, &r.hosted, &r.caller, r.message, r.key).await?)
    };
    respond("", run.await)
}

async fn counter_request(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
    body: Payload,
) -> HttpResponse {
    let run = async {
        let r: Received<ContractRequestMessage> = receive(app, hosted, &req, body, &path).await?;
        let process = pid(&path)?;
        match &r.message.provider_pid {
            Some(named) => same_process(&process, [named, named])?,
            None => {
                return Err(Error::malformed(say("malformed.counter-process"), "/providerPid").into());
            }
        }
        Ok(provider::counter_request(&r.app, &r.hosted, &r.caller, process, r.message, r.key).await?)
    };
    respond(&path, run.await)
}

async fn offer(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
    body: Payload,
) -> HttpResponse {
    let run = async {
        let r: Received<ContractOfferMessage> = receive(app, hosted, &req, body, &path).await?;
        let process = pid(&path)?;
        if let Some(named) = &r.message.consumer_pid {
            same_process(&process, [named, named])?;
        }
        Ok(consumer::offer(&r.app, &r.hosted, &r.caller, process, r.message, r.key).await?)
    };
    respond(&path, run.await)
}

async fn state(app: Data<App>, At(hosted): At, path: Path<String>, req: HttpRequest) -> HttpResponse {
    let run = async {
        let caller = authenticate(&app, &hosted, &req, b"").await?;
        Ok(both::state(&app, &hosted, &caller, &pid(&path)?).await?)
    };
    respond(&path, run.await)
}

/// Routes whose message names both processes.
macro_rules! about_both {
    ($name:ident, $message:ty, $side:ident) => {
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
                Ok($side::$name(&r.app, &r.hosted, &r.caller, process, r.message, r.key).await?)
            };
            respond(&path, run.await)
        }
    };
}

about_both!(agreement, ContractAgreementMessage, consumer);
about_both!(verification, ContractAgreementVerificationMessage, provider);
about_both!(event, ContractNegotiationEventMessage, both);
about_both!(termination, ContractNegotiationTerminationMessage, both);

//! `/transfers/{id}/pull`: fetching the data of a transfer into the node's folder.

use actix_web::web::{Data, Json as Answer, Path};
use actix_web::{HttpRequest, HttpResponse};
use contracts::api::Problem;
use contracts::api::transfer::{Pull, PullView, PulledFile};
use contracts::id::Pid;

use super::id;
use crate::app::App;
use crate::app::pull::Wanted;
use crate::app::pulls::{self, Job, State};
use crate::http::auth::{Operator, Reader};
use crate::http::body::Json;
use crate::http::problem::told;
use crate::http::{Failure, language};
use crate::text::Lang;

/// Starts fetching, and answers at once.
#[utoipa::path(post, path = "/api/v1/transfers/{id}/pull", tag = "transfers", params(("id" = String, Path)),
    request_body = Pull,
    responses((status = 202, body = PullView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn start(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
    body: Json<Pull>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let pid = id(&path, Pid::from_segment)?;
    let wanted = Wanted { path: body.0.path, to: body.0.to };
    let job = pulls::start(&app, &caller.hosted, &pid, wanted).await?;
    Ok(HttpResponse::Accepted().json(view(&job, language(req.headers()))))
}

/// How far a pull is.
#[utoipa::path(get, path = "/api/v1/transfers/{id}/pull/{job}", tag = "transfers",
    params(("id" = String, Path), ("job" = String, Path)),
    responses((status = 200, body = PullView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn state(
    app: Data<App>,
    caller: Reader,
    path: Path<(String, String)>,
    req: HttpRequest,
) -> Result<Answer<PullView>, Failure> {
    let pid = id(&path.0, Pid::from_segment)?;
    let job = pulls::find(&app, &caller.hosted, &pid, &path.1).await?;
    Ok(Answer(view(&job, language(req.headers()))))
}

fn view(job: &Job, lang: Lang) -> PullView {
    let mut view = PullView {
        id: job.id.clone(),
        transfer: job.transfer.to_string(),
        state: "running".into(),
        bytes: 0,
        total: None,
        file: job.file.display().to_string(),
        files: vec![],
        error: None,
    };
    match &job.state {
        State::Running { bytes, total } => (view.bytes, view.total) = (*bytes, *total),
        State::Done(pulled) => {
            view.state = "done".into();
            view.bytes = pulled.iter().map(|p| p.bytes).sum();
            view.total = Some(view.bytes);
            let file = |p: &crate::app::pull::Pulled| PulledFile {
                file: p.file.display().to_string(),
                bytes: p.bytes,
                sha256: p.sha256.clone(),
                reference: p.reference.0.clone(),
            };
            view.files = pulled.iter().map(file).collect();
        }
        State::Failed { error, bytes, total } => {
            view.state = "failed".into();
            (view.bytes, view.total) = (*bytes, *total);
            view.error = Some(told(error, lang));
        }
    }
    view
}

//! Questions to bodies: `/frameworks/{id}/questions`, `/frameworks/{id}/seats`, `/ballots`.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::membership::{BallotView, CastBallot, CastView, QuestionView, SeatView};
use contracts::api::{Page, PageQuery, Problem};
use contracts::id::{FrameworkId, QuestionId};

use super::{id, page, peer, rows};
use crate::app::App;
use crate::app::question::{self, Shown};
use crate::domain::question::{Asked, Counted};
use crate::http::Failure;
use crate::http::auth::{Admin, Operator, Reader};
use crate::http::body::{Json, Query};
use crate::store::Seat;

/// Lists the questions to the bodies of a framework that this member runs.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}/questions", tag = "questions", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<QuestionView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
    query: Query<PageQuery>,
) -> Result<Answer<Page<QuestionView>>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let rows = rows(&app, query.0)?;
    let found = question::list(&app, &caller.hosted, &framework, &rows).await?;
    Ok(page(found, &rows, |one| one.question.id.to_string(), |one| view(one, &[])))
}

/// Counts the ballots of a question to the end, and does what follows.
#[utoipa::path(post, path = "/api/v1/questions/{id}/answer", tag = "questions", params(("id" = String, Path)),
    responses((status = 200, body = QuestionView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn answer(
    app: Data<App>,
    caller: Operator,
    path: Path<String>,
) -> Result<Answer<QuestionView>, Failure> {
    let id = id(&path, QuestionId::from_segment)?;
    let Shown { asked, ballots } = question::answer(&app, &caller.hosted, &id).await?;
    Ok(Answer(view(&asked, &ballots)))
}

/// Casts a ballot as the holder of a seat: signed, and sent to who asks.
#[utoipa::path(post, path = "/api/v1/ballots", tag = "questions", request_body = CastBallot,
    responses((status = 202, body = CastView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn cast(app: Data<App>, caller: Admin, body: Json<CastBallot>) -> Result<HttpResponse, Failure> {
    let CastBallot { operator, question, asked, seat, choice, words } = body.0;
    let operator = peer(&operator, "/operator")?;
    let asked = (id(&question, QuestionId::from_segment)?, asked);
    let ballot = question::cast(&app, &caller.hosted, &operator, asked, seat, (choice, words)).await?;
    Ok(HttpResponse::Accepted().json(CastView { ballot }))
}

/// Lists who holds the seats of a framework's bodies.
#[utoipa::path(get, path = "/api/v1/frameworks/{id}/seats", tag = "questions", params(("id" = String, Path)),
    responses((status = 200, body = Vec<SeatView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn seats(
    app: Data<App>,
    caller: Reader,
    path: Path<String>,
) -> Result<Answer<Vec<SeatView>>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let found = question::seats(&app, &caller.hosted, &framework).await?;
    Ok(Answer(found.iter().map(seat).collect()))
}

/// Gives a seat of a body to somebody, in the place of who had it.
#[utoipa::path(post, path = "/api/v1/frameworks/{id}/seats", tag = "questions", params(("id" = String, Path)), request_body = SeatView,
    responses((status = 200, body = SeatView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn appoint(
    app: Data<App>,
    caller: Admin,
    path: Path<String>,
    body: Json<SeatView>,
) -> Result<Answer<SeatView>, Failure> {
    let framework = id(&path, FrameworkId::from_segment)?;
    let SeatView { body, seat: wanted, holder } = body.0;
    let holder = peer(&holder, "/holder")?;
    let named = question::appoint(&app, &caller.hosted, &framework, &body, &wanted, holder).await?;
    Ok(Answer(seat(&named)))
}

fn seat(seat: &Seat) -> SeatView {
    SeatView { body: seat.body.clone(), seat: seat.seat.clone(), holder: seat.holder.to_string() }
}

/// A question as everybody may read it.
pub fn view(asked: &Asked, ballots: &[Counted]) -> QuestionView {
    let ballot = |one: &Counted| BallotView {
        seat: one.seat.clone(),
        by: one.holder.to_string(),
        choice: one.choice,
        ballot: one.ballot.clone(),
    };
    QuestionView {
        question: asked.question.clone(),
        digest: asked.digest.clone(),
        outcome: asked.outcome.map(|outcome| outcome.as_str().to_owned()),
        ballots: ballots.iter().map(ballot).collect(),
    }
}

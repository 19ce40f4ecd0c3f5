//! Steps of memberships in tests: applying, voting, waiting for what the other side decided.

use std::time::{Duration, Instant};

use contracts::ballot::{Ballot, BallotType, Choice};
use contracts::format::{Instant as At, V1};
use contracts::id::{ParticipantId, QuestionId};
use node::identity::keys::Purpose;
use node::identity::membership::sign_ballot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::flow::{PATIENCE, segment};
use crate::framework::draft;
use crate::member::Member;

/// The body that admits in the draft that ships.
pub const BODY: &str = "structuration-juridique";

/// An application that the draft that ships admits.
pub fn application(siren: &str) -> Value {
    json!({
        "kind": "recherche", "name": "Laboratoire d'hydrologie", "siren": siren, "control": "FR", "place": "FR",
        "law": "FR", "themes": ["ENVI"], "words": "Étudier l'étiage."
    })
}

impl Member {
    /// Publishes the climate framework, lets others take it, and gives seats of the body that admits to some.
    pub async fn runs_framework(&self, known_to: &[&Member], seats: &[(&str, &Member)]) -> String {
        let published = self.publish_framework(&draft("climate-data-hub")).await;
        let id = segment(published["id"].as_str().unwrap()).to_owned();
        let file = self.framework_file(&published).await;
        for other in known_to {
            other.post("/frameworks/imports", &file).await.ok();
            other.post(&format!("/frameworks/{id}/adopt"), &json!({})).await.ok();
        }
        for (seat, holder) in seats {
            self.appoint(&id, BODY, seat, holder).await.ok();
        }
        id
    }

    pub async fn appoint(&self, framework: &str, body: &str, seat: &str, holder: &Member) -> Answer {
        let wanted = json!({"body": body, "seat": seat, "holder": holder.did});
        self.post(&format!("/frameworks/{framework}/seats"), &wanted).await
    }

    /// Waits until a membership stands somewhere, as this member knows it.
    pub async fn stands(&self, framework: &str, applicant: &Member, state: &str) -> Value {
        self.membership(framework, applicant, |found| found["state"] == state).await
    }

    /// Waits until an applicant is refused for a reason that says this.
    pub async fn refused_for(&self, framework: &str, applicant: &Member, said: &str) -> Value {
        let refused =
            |found: &Value| found["state"] == "refused" && found["reasons"].to_string().contains(said);
        self.membership(framework, applicant, refused).await
    }

    async fn membership(
        &self,
        framework: &str,
        applicant: &Member,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let started = Instant::now();
        loop {
            let all = self.all("/memberships").await;
            let of = |one: &&Value| {
                one["framework"].as_str().unwrap().ends_with(framework)
                    && one["applicant"] == applicant.did.as_str()
            };
            let found = all.iter().find(of).cloned().unwrap_or_default();
            if wanted(&found) {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "{}: {found:#}", self.name);
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// Signs a ballot on a question of an operator.
    pub fn ballot(&self, question: &Value, seat: &str, choice: Choice) -> String {
        let now = self.app().now();
        let ballot = Ballot {
            kind: BallotType::Ballot,
            v: V1,
            question: QuestionId::parse(question["question"]["id"].as_str().unwrap()).unwrap(),
            asked: question["digest"].as_str().unwrap().to_owned(),
            seat: seat.to_owned(),
            by: ParticipantId::parse(self.did.as_str()).unwrap(),
            choice,
            words: None,
            at: At::from_seconds(now.seconds()),
        };
        let keys = self.keys();
        sign_ballot(&ballot, &keys.current(Purpose::Sign, now).unwrap().signer).unwrap()
    }

    /// Brings a signed message to a peer, as this member, outside of its own state.
    pub async fn brings(&self, to: &Member, path: &str, message: &Value) -> Answer {
        let body = serde_json::to_vec(message).unwrap();
        let bearer = format!("Bearer {}", self.peer_token(&to.did, &body));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        to.raw(Method::POST, path, &headers, body).await
    }

    /// Votes at once.
    pub async fn votes(&self, at: &Member, question: &Value, seat: &str, choice: Choice) -> Answer {
        let ballot = self.ballot(question, seat, choice);
        self.brings(at, "/peer/v1/ballots", &json!({ "ballot": ballot })).await
    }

    /// A question as everybody may read it.
    pub async fn question(&self, framework: &str, id: &str) -> Value {
        self.public(&format!("/frameworks/{framework}/questions/{}", segment(id))).await.ok()
    }
}

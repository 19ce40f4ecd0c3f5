//! Use cases in tests: a framework whose bodies have three seats, its members, and the way of a use case to its approval.

use contracts::ballot::Choice;
use node::app::Leniency;
use node::app::calendar;
use serde_json::{Value, json};

use crate::credentials::{KIND, Stage, USE_CASE, stage};
use crate::engine::Engine;
use crate::flow::{segment, text};
use crate::framework::draft;
use crate::member::Member;
use crate::membership::application;

/// The college of every body of [`framework`].
pub const COLLEGE: &str = "experts";
/// Both bodies.
pub const BODIES: [&str; 2] = ["conseil", "comite-ethique"];
const DAY: i64 = 86_400_000;

/// The ethical charter that ships, with three seats in each body, of which two are a quorum.
pub fn framework() -> Value {
    let mut draft = draft("charte-ethique");
    for body in draft["parts"]["governance"]["bodies"].as_array_mut().unwrap() {
        let name = json!({"fr": "Experts", "en": "Experts"});
        body["colleges"] = json!([{"id": COLLEGE, "name": name, "seats": 3, "voice": "vote"}]);
        body["quorum"] = json!(2);
        body["majority"] = json!("simple");
    }
    draft["parts"]["citizens"]["level"] = json!("informed");
    draft
}

/// The operator, a laboratory that is a member, and who has the data; and the framework. The operator and who has the data
/// sit in both bodies; the third seat of the ethics committee is the laboratory's.
pub async fn cooperative(engine: Engine) -> (Stage, String) {
    cooperative_with(engine, "").await
}

/// As [`cooperative`], with more settings of who has the data.
pub async fn cooperative_with(engine: Engine, more: &str) -> (Stage, String) {
    let verifier = format!(
        "accept = [\"dcp\"]\nhear = [\"{USE_CASE}\"]\nstatus_s = 86400\npatience_s = 2592000\n{more}"
    );
    let stage = stage(engine, &verifier, Leniency::default()).await;
    let (region, labo, eau) = (&stage.issuer, &stage.holder, &stage.verifier);
    let published = region.publish_framework(&framework()).await;
    let id = segment(published["id"].as_str().unwrap()).to_owned();
    let file = region.framework_file(&published).await;
    for other in [labo, eau] {
        other.post("/frameworks/imports", &file).await.ok();
        other.post(&format!("/frameworks/{id}/adopt"), &json!({})).await.ok();
    }
    for body in BODIES {
        region.appoint(&id, body, "experts/1", region).await.ok();
        region.appoint(&id, body, "experts/2", eau).await.ok();
    }
    labo.post(&format!("/frameworks/{id}/application"), &application("552100554")).await.ok();
    let question = text(&region.stands(&id, labo, "applied").await["question"]);
    stage.answer(&id, &question, Choice::Yes).await;
    // Nobody holds the third seat: the vote closes by itself.
    stage.clock.advance(31 * DAY);
    stage.tick().await;
    labo.stands(&id, labo, "admitted").await;
    labo.post(&format!("/frameworks/{id}/charter"), &json!({})).await.ok();
    labo.stands(&id, labo, "member").await;
    labo.until("/credentials/held", |held| held.as_array().is_some_and(|all| all.len() == 1)).await;
    region.appoint(&id, "comite-ethique", "experts/3", labo).await.ok();
    // Who holds a credential of the operator is told when the status of another changes.
    let other = json!({"holder": eau.did, "type": KIND, "claims": {}, "seconds": 300_000_000,
                       "profile": "vc20-bssl/jwt"});
    assert_eq!(region.post("/credentials/issued", &other).await.status, 201);
    (stage, id)
}

impl Stage {
    /// What the clock decides, at every node.
    pub async fn tick(&self) {
        for member in [&self.issuer, &self.holder, &self.verifier] {
            calendar::round(member.app(), &member.hosted()).await.unwrap();
        }
    }

    /// Both who sit and are no party vote on a question.
    pub async fn answer(&self, framework: &str, question: &str, choice: Choice) {
        let asked = self.issuer.question(framework, question).await;
        for (seat, holder) in [("experts/1", &self.issuer), ("experts/2", &self.verifier)] {
            holder.votes(&self.issuer, &asked, seat, choice).await.ok();
        }
    }

    /// A use case of the laboratory, for itself, in so many days to its end.
    pub fn proposal(&self, days: i64) -> Value {
        json!({
            "title": "Parcours de formation et retour à l'emploi",
            "words": "Mesurer le taux de placement par formation.",
            "purposes": ["recherche_scientifique"],
            "datasets": ["urn:uuid:0192a000-0000-7000-8000-000000000001"],
            "recipients": [self.holder.did],
            "territory": "region:76@2024",
            "ends": self.clock.now().plus_seconds(days * 86_400).rfc3339(),
        })
    }

    pub async fn proposed(&self, framework: &str, proposal: &Value) -> String {
        let sent = self.holder.post(&format!("/frameworks/{framework}/use-cases"), proposal).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let id = text(&sent.json()["id"]);
        self.holder.case(&id, |case| case["state"] != "sent").await;
        id
    }

    /// An audit by who has the data and sits in the committee.
    pub async fn audited(&self, framework: &str, case: &str, days: i64) {
        let until = self.clock.now().plus_seconds(days * 86_400).rfc3339();
        let audit =
            json!({"words": "Minimisation vérifiée, sorties d'au moins 11 personnes.", "until": until});
        let path = format!("/frameworks/{framework}/use-cases/{}/audit", segment(case));
        assert_eq!(self.verifier.post(&path, &audit).await.status, 202);
        self.issuer.case(case, |case| case["audit"]["until"] == until.as_str()).await;
    }

    /// Asks for a phase; gives the questions.
    pub async fn asked_for(&self, case: &str, to: &str) -> Vec<String> {
        let body = json!({"to": to, "reason": "Données recensées."});
        assert_eq!(self.holder.post(&format!("/use-cases/{}/step", segment(case)), &body).await.status, 202);
        let found = self.issuer.case(case, |case| case["questions"].is_array()).await;
        found["questions"].as_array().unwrap().iter().map(text).collect()
    }

    /// Proposed, audited, and approved for a test.
    pub async fn approved(&self, framework: &str, proposal: &Value) -> String {
        let case = self.proposed(framework, proposal).await;
        self.audited(framework, &case, 400).await;
        self.votes_for(framework, &case).await;
        case
    }

    /// Its test is asked for and voted; the laboratory holds what says so.
    pub async fn votes_for(&self, framework: &str, case: &str) {
        for question in self.asked_for(case, "test").await {
            self.answer(framework, &question, Choice::Yes).await;
            let path = format!("/questions/{}/answer", segment(&question));
            assert_eq!(self.issuer.post(&path, &json!({})).await.ok()["outcome"], "yes");
        }
        self.holder.case(case, |case| case["approved"] == true).await;
        self.holder.holds(USE_CASE, true).await;
    }
}

impl Member {
    /// Waits until a use case is so, as this member knows it.
    pub async fn case(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.until(&format!("/use-cases/{}", segment(id)), wanted).await
    }

    /// Waits until a credential of a type is held, or none is.
    pub async fn holds(&self, kind: &str, whether: bool) {
        let has = |held: &Value| held.as_array().unwrap().iter().any(|one| one["type"] == kind);
        self.until("/credentials/held", |held| has(held) == whether).await;
    }
}

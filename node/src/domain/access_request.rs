//! A request for access to a dataset: asked by one member, decided by the opinions that its owner asks for, each until a
//! deadline. Who asks and who is asked for an opinion keep what they hear of it.

use contracts::access_request::{Role, Wanted};
use contracts::framework::Silence;
use contracts::id::{OfferId, ParticipantId, Pid, RequestId};

use super::calendar::Deadline;
use super::event::{Event, OfRequest, RequestEvent};
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// As who asks knows it, until the owner answers.
    Sent,
    Open,
    Granted,
    Refused,
}

/// Which side of it this member is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Asker,
    Owner,
    /// Asked for an opinion by the owner.
    Reviewer,
}

/// An opinion that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub role: Role,
    /// Whom it is asked of; `None`: the owner's own people.
    pub of: Option<ParticipantId>,
    pub given: Option<Given>,
}

/// An opinion that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub yes: bool,
    pub words: String,
    /// As it was signed (compact JWS).
    pub word: String,
}

/// What the opinions come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Granted,
    /// Who said no, or nothing; with the words of who said no.
    Refused(Vec<(Role, Option<String>)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    pub id: RequestId,
    pub side: Side,
    /// Who asks, as the owner; the owner, otherwise.
    pub peer: ParticipantId,
    pub wanted: Wanted,
    /// As it was asked (compact JWS).
    pub signed: String,
    pub state: State,
    /// As the owner: all; as who is asked for an opinion: the one that is asked for.
    pub reviews: Vec<Review>,
    /// `None` until the owner said it.
    pub due: Option<Deadline>,
    pub silence: Silence,
    /// On which offer a contract is concluded, once it is granted.
    pub offer: Option<OfferId>,
    /// What a yes became: as who asked, what it began; as the owner, what it agreed to.
    pub negotiation: Option<Pid>,
    pub reasons: Vec<String>,
    pub appeal: Option<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub row: i64,
}

/// Why an opinion does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCounted {
    /// It is decided, or its time is over.
    Closed,
    /// No such opinion is asked of who gives it.
    NotAsked,
    Twice,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Sent, Self::Open, Self::Granted, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Open => "open",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Side {
    pub const ALL: [Self; 3] = [Self::Asker, Self::Owner, Self::Reviewer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asker => "asker",
            Self::Owner => "owner",
            Self::Reviewer => "reviewer",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.as_str() == text)
    }
}

impl AccessRequest {
    /// It was granted, and has not become a contract: a yes is for one.
    pub fn is_due_a_contract(&self) -> bool {
        self.state == State::Granted && self.negotiation.is_none()
    }

    /// An opinion is given, by whom it was asked of: `None`, the owner's own people.
    ///
    /// # Errors
    /// It does not count.
    pub fn opine(
        mut self,
        role: Role,
        by: Option<&ParticipantId>,
        given: Given,
        now: Timestamp,
    ) -> Result<(Self, Event), NotCounted> {
        if self.state != State::Open || self.due.is_some_and(|due| now > due.0) {
            return Err(NotCounted::Closed);
        }
        let asked = |review: &&mut Review| review.role == role && review.of.as_ref() == by;
        let review = self.reviews.iter_mut().find(asked).ok_or(NotCounted::NotAsked)?;
        if review.given.is_some() {
            return Err(NotCounted::Twice);
        }
        review.given = Some(given.clone());
        let event = self.event(RequestEvent::Opinion { role, given });
        Ok((self, event))
    }

    /// What it comes to: at the first no, when all said yes, and when the time is over.
    pub fn outcome(&self, now: Timestamp) -> Option<Outcome> {
        if self.state != State::Open {
            return None;
        }
        let against = |review: &&Review| review.given.as_ref().is_some_and(|given| !given.yes);
        let no: Vec<_> = self.reviews.iter().filter(against).map(said).collect();
        let silent: Vec<_> = self.reviews.iter().filter(|review| review.given.is_none()).map(said).collect();
        let over = self.due.is_some_and(|due| now > due.0);
        match () {
            () if !no.is_empty() => Some(Outcome::Refused(no)),
            () if silent.is_empty() => Some(Outcome::Granted),
            () if over && self.silence == Silence::Consents => Some(Outcome::Granted),
            () if over => Some(Outcome::Refused(silent)),
            () => None,
        }
    }

    /// Decided, or heard of.
    pub fn stands(mut self, state: State, what: RequestEvent) -> (Self, Event) {
        self.state = state;
        let event = self.event(what);
        (self, event)
    }

    pub fn event(&self, what: RequestEvent) -> Event {
        Event::Request(OfRequest {
            what,
            request: self.id.clone(),
            peer: self.peer.clone(),
            dataset: self.wanted.dataset.clone(),
            reasons: self.reasons.clone(),
        })
    }
}

fn said(review: &Review) -> (Role, Option<String>) {
    (review.role, review.given.as_ref().map(|given| given.words.clone()))
}

#[cfg(test)]
mod tests;

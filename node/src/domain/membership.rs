//! A membership of a trust framework: from the application to the exit, as the operator decides it and the applicant hears
//! of it.

use contracts::framework::Version;
use contracts::id::{FrameworkId, ParticipantId, QuestionId};

use super::event::{Event, MembershipEvent, OfMembership};
use super::time::Timestamp;

/// Where a membership stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// As the applicant knows it, until the operator answers.
    Sent,
    /// The rules admit; the body that admits has the question.
    Applied {
        question: QuestionId,
    },
    /// By the rules or by vote.
    Refused,
    /// By vote; the charter is not signed yet.
    Admitted,
    Member,
    Suspended,
    Excluded,
    /// It contests where it stood; the body of appeals has the question.
    Appealed {
        from: Contested,
        question: QuestionId,
    },
    Left,
}

/// What can be appealed against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contested {
    Refused,
    Suspended,
    Excluded,
}

/// What happens to a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// The body that has the question answered it.
    Answered {
        question: QuestionId,
        yes: bool,
    },
    /// The applicant signed the charter.
    CharterSigned,
    Suspend,
    Resume,
    /// After a vote.
    Exclude,
    Appeal {
        question: QuestionId,
    },
    Leave,
}

/// Which side of it this member is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Operator,
    Applicant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub framework: FrameworkId,
    /// Under which version it applied.
    pub version: Version,
    pub side: Side,
    pub operator: ParticipantId,
    pub applicant: ParticipantId,
    pub state: State,
    /// One appeal against each decision of a life is enough: what was contested once is not contested again.
    pub appealed: bool,
    pub held: Held,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub row: i64,
}

/// What is kept with it, none of which decides a transition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    pub kind: String,
    pub name: String,
    pub siren: Option<String>,
    pub siret: Option<String>,
    /// Compact JWS of the application.
    pub application: String,
    /// Compact JWS of the signed charter.
    pub charter: Option<String>,
    /// Why it stands where it stands.
    pub reasons: Vec<String>,
    pub place: Option<String>,
    pub law: Option<String>,
    pub labels: Vec<String>,
}

/// That this cannot happen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow {
    pub state: &'static str,
    pub expected: &'static str,
}

impl State {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Applied { .. } => "applied",
            Self::Refused => "refused",
            Self::Admitted => "admitted",
            Self::Member => "member",
            Self::Suspended => "suspended",
            Self::Excluded => "excluded",
            Self::Appealed { .. } => "appealed",
            Self::Left => "left",
        }
    }

    /// Rebuilt from what is stored, or heard.
    pub fn parse(text: &str, question: Option<QuestionId>, from: Option<Contested>) -> Option<Self> {
        Some(match (text, question, from) {
            ("applied", Some(question), None) => Self::Applied { question },
            ("appealed", Some(question), Some(from)) => Self::Appealed { from, question },
            ("sent", None, None) => Self::Sent,
            ("refused", None, None) => Self::Refused,
            ("admitted", None, None) => Self::Admitted,
            ("member", None, None) => Self::Member,
            ("suspended", None, None) => Self::Suspended,
            ("excluded", None, None) => Self::Excluded,
            ("left", None, None) => Self::Left,
            _ => return None,
        })
    }

    pub fn question(&self) -> Option<&QuestionId> {
        match self {
            Self::Applied { question } | Self::Appealed { question, .. } => Some(question),
            _ => None,
        }
    }

    /// Whether nobody else may have this number in the framework.
    pub fn holds_its_number(&self) -> bool {
        !matches!(self, Self::Refused | Self::Excluded | Self::Left)
    }
}

impl Contested {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Suspended => "suspended",
            Self::Excluded => "excluded",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Refused, Self::Suspended, Self::Excluded].into_iter().find(|one| one.as_str() == text)
    }
    fn state(self) -> State {
        match self {
            Self::Refused => State::Refused,
            Self::Suspended => State::Suspended,
            Self::Excluded => State::Excluded,
        }
    }
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Applicant => "applicant",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Operator, Self::Applicant].into_iter().find(|side| side.as_str() == text)
    }
}

impl Membership {
    /// What becomes of it.
    ///
    /// # Errors
    /// It cannot happen in this state.
    pub fn after(mut self, deed: Deed) -> Result<(Self, Event), NotNow> {
        let (state, what) = next(&self.state, self.appealed, deed)?;
        self.appealed |= matches!(state, State::Appealed { .. });
        // A new life begins when it is admitted again: what happens then may be contested anew.
        if state == State::Member {
            self.appealed = false;
        }
        self.state = state;
        let event = self.event(what);
        Ok((self, event))
    }

    /// What the operator decided, as the member hears it: what the operator says of a membership is what it is.
    pub fn heard(mut self, state: State, reasons: Vec<String>) -> (Self, Event) {
        self.state = state;
        self.held.reasons = reasons;
        let event = self.event(MembershipEvent::Heard);
        (self, event)
    }

    /// As the member: it leaves, whatever the operator says.
    pub fn leaving(mut self) -> (Self, Event) {
        self.state = State::Left;
        self.held.reasons = Vec::new();
        let event = self.event(MembershipEvent::Left);
        (self, event)
    }

    pub fn event(&self, what: MembershipEvent) -> Event {
        Event::Membership(OfMembership {
            what,
            framework: self.framework.clone(),
            peer: match self.side {
                Side::Operator => self.applicant.clone(),
                Side::Applicant => self.operator.clone(),
            },
        })
    }
}

fn next(state: &State, appealed: bool, deed: Deed) -> Result<(State, MembershipEvent), NotNow> {
    use MembershipEvent as E;
    let not = |expected| Err(NotNow { state: state.as_str(), expected });
    Ok(match (state, deed) {
        (State::Applied { question }, Deed::Answered { question: answered, yes })
            if *question == answered =>
        {
            if yes {
                (State::Admitted, E::Admitted)
            } else {
                (State::Refused, E::Refused)
            }
        }
        (State::Appealed { from, question }, Deed::Answered { question: answered, yes })
            if *question == answered =>
        {
            match (from, yes) {
                (Contested::Refused, true) => (State::Admitted, E::Admitted),
                (Contested::Suspended | Contested::Excluded, true) => (State::Member, E::Resumed),
                (from, false) => (from.state(), E::AppealRefused),
            }
        }
        (_, Deed::Answered { .. }) => return not("applied, appealed"),
        (State::Admitted, Deed::CharterSigned) => (State::Member, E::Joined),
        (_, Deed::CharterSigned) => return not("admitted"),
        (State::Member, Deed::Suspend) => (State::Suspended, E::Suspended),
        (_, Deed::Suspend) => return not("member"),
        (State::Suspended, Deed::Resume) => (State::Member, E::Resumed),
        (_, Deed::Resume) => return not("suspended"),
        (State::Member | State::Suspended, Deed::Exclude) => (State::Excluded, E::Excluded),
        (_, Deed::Exclude) => return not("member, suspended"),
        (State::Refused, Deed::Appeal { question }) if !appealed => {
            (State::Appealed { from: Contested::Refused, question }, E::Appealed)
        }
        (State::Suspended, Deed::Appeal { question }) if !appealed => {
            (State::Appealed { from: Contested::Suspended, question }, E::Appealed)
        }
        (State::Excluded, Deed::Appeal { question }) if !appealed => {
            (State::Appealed { from: Contested::Excluded, question }, E::Appealed)
        }
        (_, Deed::Appeal { .. }) => return not("refused, suspended, excluded; once"),
        (State::Applied { .. } | State::Admitted | State::Member | State::Suspended, Deed::Leave) => {
            (State::Left, E::Left)
        }
        (_, Deed::Leave) => return not("applied, admitted, member, suspended"),
    })
}

#[cfg(test)]
mod tests;

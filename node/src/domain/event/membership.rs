//! What became of a membership, and what bodies did.

use contracts::id::{FrameworkId, ParticipantId, QuestionId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipEvent {
    /// Applied for: by us, or by the peer.
    Applied,
    Admitted,
    Refused,
    /// The charter is signed: a member.
    Joined,
    Suspended,
    Resumed,
    Excluded,
    Appealed,
    AppealRefused,
    Left,
    /// As the member: the operator said where it stands.
    Heard,
}

/// An event of one membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfMembership {
    pub what: MembershipEvent,
    pub framework: FrameworkId,
    pub peer: ParticipantId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionEvent {
    Opened,
    /// A signed ballot was counted.
    Ballot,
    Answered,
    /// A seat is held by a party: it is not present.
    Conflict,
}

/// An event of one question to a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfQuestion {
    pub what: QuestionEvent,
    pub question: QuestionId,
    pub framework: FrameworkId,
    /// Who cast the ballot.
    pub peer: Option<ParticipantId>,
    /// Digest of what was asked, of the ballot, the outcome, or the seat.
    pub detail: String,
}

impl OfMembership {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            MembershipEvent::Applied => "membership.applied",
            MembershipEvent::Admitted => "membership.admitted",
            MembershipEvent::Refused => "membership.refused",
            MembershipEvent::Joined => "membership.joined",
            MembershipEvent::Suspended => "membership.suspended",
            MembershipEvent::Resumed => "membership.resumed",
            MembershipEvent::Excluded => "membership.excluded",
            MembershipEvent::Appealed => "membership.appealed",
            MembershipEvent::AppealRefused => "membership.appeal-refused",
            MembershipEvent::Left => "membership.left",
            MembershipEvent::Heard => "membership.heard",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("framework", self.framework.to_string()), ("peer", self.peer.to_string())]
    }
}

impl OfQuestion {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            QuestionEvent::Opened => "question.opened",
            QuestionEvent::Ballot => "question.ballot",
            QuestionEvent::Answered => "question.answered",
            QuestionEvent::Conflict => "question.conflict",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields =
            vec![("question", self.question.to_string()), ("framework", self.framework.to_string())];
        fields.extend(self.peer.iter().map(|peer| ("peer", peer.to_string())));
        let name = match self.what {
            QuestionEvent::Opened | QuestionEvent::Ballot => "digest",
            QuestionEvent::Answered => "outcome",
            QuestionEvent::Conflict => "seat",
        };
        fields.push((name, self.detail.clone()));
        fields
    }
}

//! What became of a use case.

use contracts::id::{FrameworkId, ParticipantId, UseCaseId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseCaseEvent {
    /// By us, or by the peer.
    Proposed,
    /// The rules do not allow it.
    Refused,
    /// Bodies are asked for the next phase.
    Asked,
    /// One of several bodies said yes.
    StepAdvised,
    StepRefused,
    /// In another phase.
    Moved,
    /// An ethical audit was passed.
    Audited,
    /// Data may be used for it.
    Approved,
    /// No more.
    Lapsed,
    /// As a party: the operator said where it stands.
    Heard,
}

/// An event of one use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfUseCase {
    pub what: UseCaseEvent,
    pub case: UseCaseId,
    pub framework: FrameworkId,
    pub peer: ParticipantId,
    /// The phase it is in now.
    pub phase: &'static str,
    /// Digest of the signed proposal.
    pub digest: String,
}

impl OfUseCase {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            UseCaseEvent::Proposed => "use-case.proposed",
            UseCaseEvent::Refused => "use-case.refused",
            UseCaseEvent::Asked => "use-case.asked",
            UseCaseEvent::StepAdvised => "use-case.step-advised",
            UseCaseEvent::StepRefused => "use-case.step-refused",
            UseCaseEvent::Moved => "use-case.moved",
            UseCaseEvent::Audited => "use-case.audited",
            UseCaseEvent::Approved => "use-case.approved",
            UseCaseEvent::Lapsed => "use-case.lapsed",
            UseCaseEvent::Heard => "use-case.heard",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("use-case", self.case.to_string()),
            ("framework", self.framework.to_string()),
            ("peer", self.peer.to_string()),
            ("phase", self.phase.to_owned()),
            ("digest", self.digest.clone()),
        ]
    }
}

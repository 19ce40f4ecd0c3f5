//! What became of a duty.

use contracts::id::{AgreementId, DatasetId, ParticipantId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyEvent {
    /// It is to be done soon: the reminder.
    Due,
    /// Its last instant passed.
    Overdue,
    /// Signed by who owes it: ours, or the peer's.
    Fulfilled,
    FulfilledByPeer,
    /// Signed by whom it is owed to: by us, or by the peer.
    Waived,
    WaivedByPeer,
    /// As creditor: the transfers of its contract are suspended, and no other one starts.
    Suspended,
    /// As creditor: it is listed publicly.
    Listed,
}

/// An event of one duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfDuty {
    pub what: DutyEvent,
    pub agreement: AgreementId,
    pub peer: ParticipantId,
    pub dataset: DatasetId,
    /// JSON pointer of the obligation.
    pub duty: String,
    /// Until when (RFC 3339).
    pub due: Option<String>,
    /// Digest of the signed notice.
    pub notice: Option<String>,
}

impl OfDuty {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            DutyEvent::Due => "duty.due",
            DutyEvent::Overdue => "duty.overdue",
            DutyEvent::Fulfilled => "duty.fulfilled",
            DutyEvent::FulfilledByPeer => "duty.fulfilled-by-peer",
            DutyEvent::Waived => "duty.waived",
            DutyEvent::WaivedByPeer => "duty.waived-by-peer",
            DutyEvent::Suspended => "duty.suspended",
            DutyEvent::Listed => "duty.listed",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("agreement", self.agreement.to_string()),
            ("peer", self.peer.to_string()),
            ("dataset", self.dataset.to_string()),
            ("duty", self.duty.clone()),
        ];
        fields.extend(self.due.iter().map(|due| ("due", due.clone())));
        fields.extend(self.notice.iter().map(|notice| ("notice", notice.clone())));
        fields
    }
}

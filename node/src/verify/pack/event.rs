//! What happened, in words: the kinds of entries.

use ontology::Lang;

use crate::text::get;

/// An entry's kind for persons; one that this program does not know stays as it is.
pub fn label(kind: &str, lang: Lang) -> &str {
    let key = match kind {
        "member.created" => "event.member-created",
        "member.key-added" => "event.member-key-added",
        "member.key-retired" => "event.member-key-retired",
        "member.statement-made" => "event.member-statement-made",
        "member.token-issued" => "event.member-token-issued",
        "member.token-revoked" => "event.member-token-revoked",
        "member.retired" => "event.member-retired",
        "member.adopted" => "event.member-adopted",
        "dataset.published" => "event.dataset-published",
        "dataset.withdrawn" => "event.dataset-withdrawn",
        "negotiation.requested" => "event.negotiation-requested",
        "negotiation.offered" => "event.negotiation-offered",
        "negotiation.accepted" => "event.negotiation-accepted",
        "negotiation.agreed" => "event.negotiation-agreed",
        "negotiation.verified" => "event.negotiation-verified",
        "negotiation.finalized" => "event.negotiation-finalized",
        "negotiation.terminated" => "event.negotiation-terminated",
        "contract.signed" => "event.contract-signed",
        "contract.countersigned" => "event.contract-countersigned",
        "contract.recorded-unsigned" => "event.contract-recorded-unsigned",
        "contract.revoked" => "event.contract-revoked",
        "contract.revoked-by-peer" => "event.contract-revoked-by-peer",
        "convention.signed" => "event.convention-signed",
        "convention.countersigned" => "event.convention-countersigned",
        "transfer.requested" => "event.transfer-requested",
        "transfer.started" => "event.transfer-started",
        "transfer.suspended" => "event.transfer-suspended",
        "transfer.resumed" => "event.transfer-resumed",
        "transfer.completed" => "event.transfer-completed",
        "transfer.terminated" => "event.transfer-terminated",
        "transfer.errored" => "event.transfer-errored",
        "log.read" => "event.log-read",
        "witness.fork" => "event.witness-fork",
        "twins.differ" => "event.twins-differ",
        "twins.unanswered" => "event.twins-unanswered",
        "twins.agree" => "event.twins-agree",
        "duty.due" => "event.duty-due",
        "duty.overdue" => "event.duty-overdue",
        "duty.fulfilled" => "event.duty-fulfilled",
        "duty.fulfilled-by-peer" => "event.duty-fulfilled-by-peer",
        "duty.waived" => "event.duty-waived",
        "duty.waived-by-peer" => "event.duty-waived-by-peer",
        "duty.suspended" => "event.duty-suspended",
        "duty.listed" => "event.duty-listed",
        "delivery.opened" => "event.delivery-opened",
        "delivery.closed" => "event.delivery-closed",
        "delivery.orphaned" => "event.delivery-orphaned",
        "access.refused" => "event.access-refused",
        "access.unproven" => "event.access-unproven",
        "delivery.received" => "event.delivery-received",
        "delivery.acknowledged" => "event.delivery-acknowledged",
        unknown => return unknown,
    };
    get(lang, key)
}

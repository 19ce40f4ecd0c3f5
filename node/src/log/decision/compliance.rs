//! A decision in the compliance-report vocabulary: the same policy, request and facts give the same bytes.

use contracts::odrl;
use policies::evaluation::{Event, World, evaluate, report_text};
use policies::{Facts, Request, model};

use super::ReadyPolicy;

/// A policy as reports are made from. What compiles is ODRL; a name that RDF cannot hold leaves it without reports.
pub(super) fn general(policy: &odrl::Policy) -> Option<model::Policy> {
    let written = model::read(&model::dsp(policy).ok()?).ok()?;
    model::atomic(written.first()?, &written).ok()
}

impl ReadyPolicy {
    /// The report of a decision, N-Triples in a fixed order.
    pub fn compliance(&self, request: &Request, facts: &Facts) -> Option<String> {
        self.reported(request, World { facts: facts.clone(), ..World::default() }).1
    }

    /// The same, and the facts again: they need not be copied for it.
    pub(super) fn reported(&self, request: &Request, world: World) -> (Facts, Option<String>) {
        let event = Event {
            action: Some(request.action.clone()),
            party: world.facts.recipient.clone(),
            target: request.target.clone(),
            ..Event::default()
        };
        let text = self.general.as_ref().map(|general| report_text(&evaluate(general, &event, &world), None));
        (world.facts, text)
    }
}

//! The facts as a decision reads them: each is parsed once, and said once, however many conditions look at it.

use std::cell::RefCell;

use ontology::place::Place;
use ontology::purpose::Purpose;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::facts::{Attestation, Declared, Facts, FirstUse};
use crate::operand::Operand;
use crate::text::Text;

/// What is said of an operand, and how well it is supported.
pub(crate) type Said = (Option<Text>, Option<Attestation>);

/// Facts of one decision. Made anew for each: nothing is known from one to the next.
pub(crate) struct Seen<'a> {
    pub facts: &'a Facts,
    pub purpose: Option<Purpose>,
    pub place: Option<Place>,
    pub law: Option<Place>,
    said: RefCell<[Option<Said>; Operand::COUNT]>,
}

impl<'a> Seen<'a> {
    pub(crate) fn of(facts: &'a Facts) -> Seen<'a> {
        let place = |declared: &Option<Declared>| {
            declared.as_ref().and_then(|declared| Place::parse(&declared.value))
        };
        Seen {
            facts,
            purpose: facts.purpose.as_deref().and_then(Purpose::parse),
            place: place(&facts.processing_place),
            law: place(&facts.governing_law),
            said: RefCell::new([const { None }; Operand::COUNT]),
        }
    }

    /// What the facts say about an operand, as text. `counter` names the rule whose uses are counted.
    pub(crate) fn said(&self, operand: Operand, counter: &str) -> Said {
        if operand == Operand::Count {
            let count = self.facts.counts.as_ref().map(|counts| counts.get(counter).copied().unwrap_or(0));
            return (count.map(|used| used.to_string().into()), None);
        }
        let mut said = self.said.borrow_mut();
        said[operand as usize].get_or_insert_with(|| say(operand, self.facts)).clone()
    }
}

fn say(operand: Operand, facts: &Facts) -> Said {
    let instant = |at: OffsetDateTime| at.format(&Rfc3339).ok();
    let text = match operand {
        Operand::Purpose => facts.purpose.clone(),
        Operand::Recipient => facts.recipient.clone(),
        Operand::DateTime => facts.now.and_then(instant),
        Operand::ElapsedTime => match facts.first_use {
            Some(FirstUse::At(at)) => instant(at),
            _ => None,
        },
        Operand::ProcessingPlace | Operand::GoverningLaw => {
            let place = operand == Operand::ProcessingPlace;
            let declared = if place { &facts.processing_place } else { &facts.governing_law };
            let said = |one: &Declared| (Some(one.value.as_str().into()), Some(one.level));
            return declared.as_ref().map_or((None, None), said);
        }
        Operand::CharterVersion => {
            let accepted = facts.charters.as_deref().unwrap_or_default();
            let names: Vec<String> =
                accepted.iter().map(|one| format!("{}@{}", one.id, one.version)).collect();
            let level = accepted.first().map(|one| one.level);
            return (facts.charters.is_some().then(|| names.join(", ").into()), level);
        }
        Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
            let claims = facts.claims.iter().flatten().filter(|one| one.about == operand);
            let names: Vec<&str> = claims.clone().map(|one| one.value.as_str()).collect();
            let level = claims.map(|one| one.level).next();
            return ((!names.is_empty()).then(|| names.join(", ").into()), level);
        }
        // Of a rule, not of the facts alone.
        Operand::Count | Operand::TimeInterval => None,
        Operand::DelayPeriod => facts.signed_at.and_then(instant),
        Operand::CountOfAssignee => facts.uses.map(|uses| uses.assignee.to_string()),
        Operand::CountOfDataset => facts.uses.map(|uses| uses.dataset.to_string()),
        Operand::Columns => facts.table.as_ref().map(|table| table.columns.join(", ")),
        Operand::Territory => facts
            .table
            .as_ref()
            .and_then(|table| table.row.as_ref())
            .map(|row| format!("{} ({}@{})", row.column, row.kind, row.vintage)),
        Operand::Contributors => facts.table.as_ref().and_then(|table| table.contributors.clone()),
        Operand::Embargo => facts.embargo.and_then(instant),
        Operand::Reciprocity => facts.given.as_ref().map(|given| given.join(", ")),
    };
    (text.map(Text::from), None)
}

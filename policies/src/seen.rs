//! The facts as a decision reads them: each is parsed once, and said once, however many conditions look at it.

use std::fmt::Write;

use ontology::place::Place;
use ontology::purpose::Purpose;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::facts::{Attestation, Declared, Facts, FirstUse};
use crate::instant::{Moment, moment};
use crate::operand::Operand;
use crate::program::Part;
use crate::reasons::Reasons;

/// Facts of one decision. Made anew for each: nothing is known from one to the next.
pub(crate) struct Seen<'a> {
    pub facts: &'a Facts,
    pub now: Option<Moment>,
    pub purpose: Option<Purpose>,
    pub place: Option<Place>,
    pub law: Option<Place>,
}

impl<'a> Seen<'a> {
    pub(crate) fn of(facts: &'a Facts) -> Seen<'a> {
        let place = |declared: &Option<Declared>| {
            declared.as_ref().and_then(|declared| Place::parse(&declared.value))
        };
        Seen {
            facts,
            now: facts.now.map(moment),
            purpose: facts.purpose.as_deref().and_then(Purpose::parse),
            place: place(&facts.processing_place),
            law: place(&facts.governing_law),
        }
    }
}

/// What is said of an operand, and how well it is supported.
pub(crate) type Told = (Option<Part>, Option<Attestation>);

/// What was said of each operand in the reasons of one decision.
pub(crate) struct Voice([Option<Told>; Operand::COUNT]);

impl Voice {
    pub(crate) fn new() -> Voice {
        Voice([None; Operand::COUNT])
    }

    /// What the facts say about an operand. `counter` names the rule whose uses are counted.
    pub(crate) fn told(
        &mut self,
        operand: Operand,
        facts: &Facts,
        counter: &str,
        reasons: &mut Reasons,
    ) -> Told {
        if operand == Operand::Count {
            let count = facts.counts.as_ref().map(|counts| counts.get(counter).copied().unwrap_or(0));
            return (count.map(|used| reasons.write(|text| number(text, used))), None);
        }
        *self.0[operand as usize].get_or_insert_with(|| say(operand, facts, reasons))
    }
}

fn say(operand: Operand, facts: &Facts, reasons: &mut Reasons) -> Told {
    let mut write = |text: &str| reasons.write(|all| all.push_str(text));
    let told = match operand {
        Operand::Purpose => facts.purpose.as_deref().map(write),
        Operand::Recipient => facts.recipient.as_deref().map(write),
        Operand::DateTime => facts.now.and_then(|at| instant(at, reasons)),
        Operand::ElapsedTime => match facts.first_use {
            Some(FirstUse::At(at)) => instant(at, reasons),
            _ => None,
        },
        Operand::ProcessingPlace | Operand::GoverningLaw => {
            let place = operand == Operand::ProcessingPlace;
            let declared = if place { &facts.processing_place } else { &facts.governing_law };
            let said = |one: &Declared| (Some(write(&one.value)), Some(one.level));
            return declared.as_ref().map_or((None, None), said);
        }
        Operand::CharterVersion => {
            let accepted = facts.charters.as_deref().unwrap_or_default();
            let level = accepted.first().map(|one| one.level);
            let mut names = accepted.iter().map(|one| [one.id.as_str(), "@", one.version.as_str()]);
            let all = |text: &mut String| {
                names.next().iter().flatten().for_each(|part| text.push_str(part));
                names.for_each(|name| [", "].iter().chain(&name).for_each(|part| text.push_str(part)));
            };
            return (facts.charters.is_some().then(|| reasons.write(all)), level);
        }
        Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
            let claims = facts.claims.iter().flatten().filter(|one| one.about == operand);
            let names: Vec<&str> = claims.clone().map(|one| one.value.as_str()).collect();
            let level = claims.map(|one| one.level).next();
            return ((!names.is_empty()).then(|| write(&names.join(", "))), level);
        }
        // Of a rule, not of the facts alone.
        Operand::Count | Operand::TimeInterval => None,
        Operand::DelayPeriod => facts.signed_at.and_then(|at| instant(at, reasons)),
        Operand::CountOfAssignee => facts.uses.map(|uses| reasons.write(|text| number(text, uses.assignee))),
        Operand::CountOfDataset => facts.uses.map(|uses| reasons.write(|text| number(text, uses.dataset))),
        Operand::Columns => facts.table.as_ref().map(|table| write(&table.columns.join(", "))),
        Operand::Territory => facts
            .table
            .as_ref()
            .and_then(|table| table.row.as_ref())
            .map(|row| write(&format!("{} ({}@{})", row.column, row.kind, row.vintage))),
        Operand::Contributors => {
            facts.table.as_ref().and_then(|table| table.contributors.as_deref()).map(write)
        }
        Operand::Embargo => facts.embargo.and_then(|at| instant(at, reasons)),
        Operand::Reciprocity => facts.given.as_ref().map(|given| write(&given.join(", "))),
    };
    (told, None)
}

fn number(text: &mut String, number: u64) {
    // Writing to a text cannot fail.
    let _ = write!(text, "{number}");
}

/// As RFC 3339 writes it; nothing for a year that it cannot write.
fn instant(at: OffsetDateTime, reasons: &mut Reasons) -> Option<Part> {
    let (date, clock) = (at.date(), at.time());
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    if at.offset() != UtcOffset::UTC || clock.nanosecond() != 0 {
        let text = at.format(&Rfc3339).ok()?;
        return Some(reasons.write(|all| all.push_str(&text)));
    }
    // The common case, digit by digit: a decision says the time more than once.
    let mut text = *b"0000-00-00T00:00:00Z";
    let (month, day) = (u32::from(u8::from(date.month())), u32::from(date.day()));
    let [hour, minute, second] = [clock.hour(), clock.minute(), clock.second()].map(u32::from);
    for (at, value) in
        [(0, year / 100), (2, year % 100), (5, month), (8, day), (11, hour), (14, minute), (17, second)]
    {
        let digit = |value: u32| b'0' + u8::try_from(value % 10).unwrap_or_default();
        (text[at], text[at + 1]) = (digit(value / 10), digit(value));
    }
    let text = std::str::from_utf8(&text).ok()?;
    Some(reasons.write(|all| all.push_str(text)))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn instants_are_written_as_the_standard_writes_them() {
        for at in [
            datetime!(2027-01-02 03:04:05 UTC),
            datetime!(0001-12-31 23:59:59 UTC),
            datetime!(9999-10-20 00:00:00 UTC),
            datetime!(2027-01-02 03:04:05.25 UTC),
            datetime!(2027-01-02 03:04:05 +02:00),
        ] {
            let mut reasons = Reasons::new(&"".into());
            instant(at, &mut reasons).unwrap();
            assert_eq!(reasons.found(), at.format(&Rfc3339).unwrap());
        }
        assert!(instant(datetime!(-0001-01-01 0:00 UTC), &mut Reasons::new(&"".into())).is_none());
    }
}

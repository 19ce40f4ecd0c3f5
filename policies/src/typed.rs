//! Values compared by what they mean, not by how they are written: numbers, instants, durations, names.

use std::cmp::Ordering;

use ontology::vocab;
use time::macros::datetime;

use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::duration::Span;
use crate::instant::Interval;
use crate::rdf::Term;

/// A literal or a name, by its datatype.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    Number(Number),
    Time(Interval),
    Span(Span),
    Truth(bool),
    /// A text that names no type: it may be meant as any.
    Plain(String),
    Name(String),
    /// A literal of somebody's own type.
    Other(String),
}

/// A decimal as it is written, or what has no exact decimal form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// `digits` divided by ten to the power of `scale`.
    Decimal {
        digits: i128,
        scale: u32,
    },
    Double(f64),
}

impl Typed {
    /// `None`: a literal that is not of its own datatype.
    pub(crate) fn of(term: &Term) -> Option<Typed> {
        let literal = match term {
            Term::NamedNode(node) => return Some(Typed::Name(node.as_str().to_owned())),
            Term::BlankNode(node) => return Some(Typed::Name(format!("_:{}", node.as_str()))),
            Term::Literal(literal) => literal,
        };
        let text = literal.value();
        let plain = || Some(Typed::Plain(text.to_owned()));
        let Some(datatype) = literal.datatype().as_str().strip_prefix(vocab::XSD) else {
            return if literal.language().is_some() { plain() } else { Some(Typed::Other(text.to_owned())) };
        };
        match datatype {
            "string" | "anyURI" | "token" | "normalizedString" | "language" | "anyType" => plain(),
            "boolean" => match text {
                "true" | "1" => Some(Typed::Truth(true)),
                "false" | "0" => Some(Typed::Truth(false)),
                _ => None,
            },
            "date" | "dateTime" | "dateTimeStamp" => {
                let read = Interval::parse(text)?;
                (read.is_date == (datatype == "date")).then_some(Typed::Time(read))
            }
            "duration" | "dayTimeDuration" | "yearMonthDuration" => Span::parse(text).map(Typed::Span),
            "decimal" => Number::decimal(text).map(Typed::Number),
            "double" | "float" => Number::parse(text).map(Typed::Number),
            _ if datatype.to_ascii_lowercase().ends_with("integer")
                || matches!(datatype, "int" | "long" | "short" | "byte")
                || datatype.starts_with("unsigned") =>
            {
                Number::integer(text, datatype).map(Typed::Number)
            }
            _ => Some(Typed::Other(text.to_owned())),
        }
    }

    /// As text, which is what values of no common type have in common.
    fn text(&self) -> Option<&str> {
        match self {
            Typed::Plain(text) | Typed::Name(text) | Typed::Other(text) => Some(text),
            Typed::Number(_) | Typed::Time(_) | Typed::Span(_) | Typed::Truth(_) => None,
        }
    }

    /// A plain text as the type of what it is compared with.
    fn like(&self, other: &Typed) -> Option<Typed> {
        let Typed::Plain(text) = self else { return Some(self.clone()) };
        match other {
            Typed::Number(_) => Number::parse(text).map(Typed::Number),
            Typed::Time(_) => Interval::parse(text).map(Typed::Time),
            Typed::Span(_) => Span::parse(text).map(Typed::Span),
            Typed::Truth(_) => match text.as_str() {
                "true" | "1" => Some(Typed::Truth(true)),
                "false" | "0" => Some(Typed::Truth(false)),
                _ => None,
            },
            // Two texts that are both numbers, or both instants, are compared as these.
            Typed::Plain(theirs) => {
                let number = Number::parse(text).filter(|_| Number::parse(theirs).is_some());
                let time = || Interval::parse(text).filter(|_| Interval::parse(theirs).is_some());
                let span = || Span::parse(text).filter(|_| Span::parse(theirs).is_some());
                Some(match number {
                    Some(number) => Typed::Number(number),
                    None => match (time(), span()) {
                        (Some(time), _) => Typed::Time(time),
                        (None, Some(span)) => Typed::Span(span),
                        (None, None) => self.clone(),
                    },
                })
            }
            Typed::Name(_) | Typed::Other(_) => Some(self.clone()),
        }
    }

    /// Whether this value is the other one.
    pub(crate) fn equals(&self, other: &Typed) -> Verdict {
        let (Some(one), Some(two)) = (self.like(other), other.like(self)) else { return Unsatisfied };
        match (&one, &two) {
            (Typed::Number(a), Typed::Number(b)) => truth(a.compare(*b) == Some(Ordering::Equal)),
            (Typed::Time(a), Typed::Time(b)) => within(a, b),
            (Typed::Span(a), Typed::Span(b)) => match spans(a, b) {
                Some(order) => truth(order == Ordering::Equal),
                None => Unknown,
            },
            (Typed::Truth(a), Typed::Truth(b)) => truth(a == b),
            _ => match (one.text(), two.text()) {
                (Some(a), Some(b)) => truth(a == b),
                _ => Unsatisfied,
            },
        }
    }

    /// Whether this value is less than the other one (`or_equal`: or the same).
    pub(crate) fn below(&self, other: &Typed, or_equal: bool) -> Verdict {
        let (Some(one), Some(two)) = (self.like(other), other.like(self)) else { return Unknown };
        match (&one, &two) {
            (Typed::Time(a), Typed::Time(b)) => {
                let limit = if or_equal { b.last() } else { b.start };
                let before = |at| if or_equal { at <= limit } else { at < limit };
                both(before(a.start), before(a.last()))
            }
            _ => ordered(&one, &two, Ordering::Less, or_equal),
        }
    }

    /// Whether this value is greater than the other one. An instant of a day is not after the day.
    pub(crate) fn above(&self, other: &Typed, or_equal: bool) -> Verdict {
        let (Some(one), Some(two)) = (self.like(other), other.like(self)) else { return Unknown };
        match (&one, &two) {
            (Typed::Time(a), Typed::Time(b)) => {
                let limit = if or_equal { b.start } else { b.last() };
                let after = |at| if or_equal { at >= limit } else { at > limit };
                both(after(a.start), after(a.last()))
            }
            _ => ordered(&one, &two, Ordering::Greater, or_equal),
        }
    }
}

/// What holds for both ends of an interval, for neither, or for a part of it.
fn both(start: bool, last: bool) -> Verdict {
    match (start, last) {
        (true, true) => Satisfied,
        (false, false) => Unsatisfied,
        _ => Unknown,
    }
}

fn ordered(one: &Typed, other: &Typed, wanted: Ordering, or_equal: bool) -> Verdict {
    let order = match (one, other) {
        (Typed::Number(a), Typed::Number(b)) => a.compare(*b),
        (Typed::Span(a), Typed::Span(b)) => spans(a, b),
        _ => None,
    };
    order.map_or(Unknown, |order| truth(order == wanted || (or_equal && order == Ordering::Equal)))
}

pub(crate) fn truth(truth: bool) -> Verdict {
    if truth { Satisfied } else { Unsatisfied }
}

/// Whether one interval lies in the other.
fn within(a: &Interval, b: &Interval) -> Verdict {
    if a.start >= b.start && a.last() <= b.last() {
        Satisfied
    } else if a.last() < b.start || a.start > b.last() {
        Unsatisfied
    } else {
        Unknown
    }
}

/// Durations are ordered when they are so from every instant; a month and thirty days are not (XML Schema 1.1, 3.3.6).
pub(crate) fn spans(a: &Span, b: &Span) -> Option<Ordering> {
    let starts = [
        datetime!(1696-09-01 0:00 UTC),
        datetime!(1697-02-01 0:00 UTC),
        datetime!(1903-03-01 0:00 UTC),
        datetime!(1903-07-01 0:00 UTC),
    ];
    let mut orders = starts.iter().map(|start| Some(a.after(*start)?.cmp(&b.after(*start)?)));
    let first = orders.next()??;
    orders.all(|order| order == Some(first)).then_some(first)
}

impl Number {
    /// `-12.50`, `1e3`, `INF`.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        if let Some(decimal) = Number::decimal(text) {
            return Some(decimal);
        }
        match text {
            "INF" | "+INF" => Some(Number::Double(f64::INFINITY)),
            "-INF" => Some(Number::Double(f64::NEG_INFINITY)),
            "NaN" => Some(Number::Double(f64::NAN)),
            _ => {
                let form = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
                let number: f64 = text.parse().ok().filter(|_| form)?;
                Some(Number::Double(number))
            }
        }
    }

    pub(crate) const ZERO: Number = Number::Decimal { digits: 0, scale: 0 };
    pub(crate) const ONE: Number = Number::Decimal { digits: 1, scale: 0 };

    /// Whether a whole number lies between two, neither of them counted.
    pub(crate) fn whole_between(low: Number, high: Number) -> bool {
        let next = low.double().floor() + 1.0;
        next.is_finite() && next < high.double()
    }

    fn decimal(text: &str) -> Option<Number> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all = || whole.bytes().chain(part.bytes());
        if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let sum = |sum: Option<i128>, digit: u8| sum?.checked_mul(10)?.checked_add(i128::from(digit - b'0'));
        let value = all().fold(Some(0), sum)?;
        let scale = u32::try_from(part.len()).ok()?;
        Some(Number::Decimal { digits: if text.starts_with('-') { -value } else { value }, scale })
    }

    fn integer(text: &str, datatype: &str) -> Option<Number> {
        let number = Number::decimal(text)?;
        let Number::Decimal { digits, scale: 0 } = number else { return None };
        let fits = match datatype {
            "positiveInteger" => digits > 0,
            "negativeInteger" => digits < 0,
            "nonPositiveInteger" => digits <= 0,
            _ if datatype == "nonNegativeInteger" || datatype.starts_with("unsigned") => digits >= 0,
            _ => true,
        };
        (fits && !text.contains('.')).then_some(number)
    }

    pub(crate) fn compare(self, other: Number) -> Option<Ordering> {
        if let (Number::Decimal { digits: a, scale: s }, Number::Decimal { digits: b, scale: t }) =
            (self, other)
        {
            let raised = |digits: i128, by: u32| digits.checked_mul(10i128.checked_pow(by)?);
            let (a, b) = (raised(a, t.saturating_sub(s)), raised(b, s.saturating_sub(t)));
            if let (Some(a), Some(b)) = (a, b) {
                return Some(a.cmp(&b));
            }
        }
        self.double().partial_cmp(&other.double())
    }

    #[allow(clippy::cast_precision_loss, reason = "what has no exact form is compared by its nearest one")]
    fn double(self) -> f64 {
        match self {
            Number::Decimal { digits, scale } => digits as f64 / 10f64.powi(scale.cast_signed()),
            Number::Double(value) => value,
        }
    }
}

#[cfg(test)]
mod tests;

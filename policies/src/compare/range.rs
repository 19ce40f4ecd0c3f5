//! Clauses on a value that has an order: numbers, instants, durations. Every end of an interval is tried, and a value
//! between any two neighbours.

use std::cmp::Ordering;

use time::OffsetDateTime;

use super::axis::{any, so};
use super::formula::Truth;
use crate::decision::Verdict::{self, Satisfied, Unknown};
use crate::duration::Span;
use crate::instant::Interval;
use crate::model::Atomic;
use crate::operand::Operator;
use crate::policy::Check;
use crate::typed::{self, Number, Typed, truth};

/// What has an order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Number(Number),
    Time(OffsetDateTime),
    Span(Span),
}

/// One right operand: from an end to an end; a day does not hold its last end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub from: Value,
    pub to: Value,
    open: bool,
}

/// `None`: some of the values have no order.
pub(super) fn verdict(atomics: &[(&Atomic, Truth)]) -> Option<Verdict> {
    let read: Vec<(Operator, Vec<Piece>, Truth)> = atomics
        .iter()
        .map(|(atomic, wanted)| Some((atomic.operator, pieces(atomic)?, *wanted)))
        .collect::<Option<_>>()?;
    let mut ends: Vec<Value> = Vec::new();
    for piece in read.iter().flat_map(|(_, pieces, _)| pieces) {
        for end in [piece.from, piece.to] {
            let orders: Option<Vec<Ordering>> = ends.iter().map(|known| end.order(*known)).collect();
            // Months and days, or numbers and dates: which is more, nobody can say.
            let Some(orders) = orders else { return Some(Unknown) };
            if !orders.contains(&Ordering::Equal) {
                ends.push(end);
            }
        }
    }
    ends.sort_by(|a, b| a.order(*b).unwrap_or(Ordering::Equal));
    let at = |end: Value| ends.iter().position(|known| known.order(end) == Some(Ordering::Equal));
    let position = |end: Value| at(end).map_or(0, |index| 2 * index + 1);
    let exact = atomics.iter().any(|(atomic, _)| atomic.right.iter().any(fractional));
    Some(any((0..=2 * ends.len()).map(|place| {
        let met = read.iter().fold(Satisfied, |sum, (operator, pieces, wanted)| {
            let piece = |piece: &Piece| (position(piece.from), position(piece.to), piece.open);
            let pieces: Vec<_> = pieces.iter().map(piece).collect();
            sum.and(so(*wanted, holds(*operator, &pieces, place)))
        });
        met.and(there(&ends, place, exact))
    })))
}

/// Whether there is a value at a place: at odd ones an end, at even ones what is between.
fn there(ends: &[Value], place: usize, exact: bool) -> Verdict {
    if place % 2 == 1 {
        return Satisfied;
    }
    let (below, above) = (place.checked_sub(2).map(|at| at / 2), place / 2);
    match (below.and_then(|at| ends.get(at)), ends.get(above)) {
        // Nobody knows whether it can be negative, or only whole.
        (None, Some(Value::Number(first))) => {
            let unit = first.compare(Number::ONE) == Some(Ordering::Greater)
                || (exact && first.compare(Number::ZERO) == Some(Ordering::Greater));
            if unit { Satisfied } else { Unknown }
        }
        (None, Some(Value::Span(first))) => truth(*first != Span::ZERO),
        (Some(Value::Number(a)), Some(Value::Number(b))) if !exact => {
            if Number::whole_between(*a, *b) {
                Satisfied
            } else {
                Unknown
            }
        }
        _ => Satisfied,
    }
}

fn holds(operator: Operator, pieces: &[(usize, usize, bool)], place: usize) -> Verdict {
    let within = |&(from, to, open): &(usize, usize, bool)| {
        from <= place && if open { place < to } else { place <= to }
    };
    let after = |&(_, to, open): &(usize, usize, bool)| if open { place >= to } else { place > to };
    match (operator, pieces) {
        (Operator::Lt, [(from, ..)]) => truth(place < *from),
        (Operator::Lteq, [one]) => truth(!after(one)),
        (Operator::Gt, [one]) => truth(after(one)),
        (Operator::Gteq, [(from, ..)]) => truth(place >= *from),
        (Operator::Eq | Operator::IsAnyOf, [_, ..]) => truth(pieces.iter().any(within)),
        (Operator::Neq | Operator::IsNoneOf, [_, ..]) => truth(!pieces.iter().any(within)),
        _ => Unknown,
    }
}

/// The right operands of a constraint, if all of them have an order.
pub(super) fn pieces(atomic: &Atomic) -> Option<Vec<Piece>> {
    let one = |value| Piece { from: value, to: value, open: false };
    let day = |read: Interval| Piece {
        from: Value::Time(read.start),
        to: Value::Time(read.end),
        open: read.is_date,
    };
    match atomic.test.as_ref().map(|test| &test.check) {
        Some(Check::Time(interval)) => return Some(vec![day(*interval)]),
        Some(Check::Elapsed(span)) => return Some(vec![one(Value::Span(*span))]),
        _ => {}
    }
    atomic
        .right
        .iter()
        .map(|term| match Typed::of(term)? {
            Typed::Number(number) => Some(one(Value::Number(number))),
            Typed::Time(read) => Some(day(read)),
            Typed::Span(span) => Some(one(Value::Span(span))),
            // A text may be meant as any of these.
            Typed::Plain(text) => {
                let number = || Number::parse(&text).map(|number| one(Value::Number(number)));
                let time = || Interval::parse(&text).map(day);
                number().or_else(time).or_else(|| Span::parse(&text).map(|span| one(Value::Span(span))))
            }
            Typed::Truth(_) | Typed::Name(_) | Typed::Other(_) => None,
        })
        .collect()
}

/// A number that need not be whole.
fn fractional(term: &crate::rdf::Term) -> bool {
    let name = |datatype: &str| ["decimal", "double", "float"].iter().any(|own| datatype.ends_with(own));
    matches!(term, crate::rdf::Term::Literal(literal)
        if name(literal.datatype().as_str()) || (literal.value().contains('.') && Number::parse(literal.value()).is_some()))
}

impl Value {
    pub(super) fn order(self, other: Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => a.compare(b),
            (Value::Time(a), Value::Time(b)) => Some(a.cmp(&b)),
            (Value::Span(a), Value::Span(b)) => typed::spans(&a, &b),
            _ => None,
        }
    }
}

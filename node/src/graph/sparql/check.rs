//! What of a query is refused before it is run: what reaches outside, and what no meter could stop in time.

use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};

use super::Refusal;

/// Most triple patterns and paths: their order is searched for.
const PATTERNS: usize = 200;
/// Most solutions made without reading the catalogue.
const TABLE: u64 = 10_000;
/// Longest text that one expression may make, in bytes, if each variable in it is as long as it may be.
const TEXT: u64 = 16 << 20;
/// Longest value of a variable, in bytes.
const VALUE: u64 = 64 << 10;
/// Longest separator of a list made of many values.
const SEPARATOR: usize = 64;

/// Looks through a query.
pub(super) fn check(query: &Query) -> Result<(), Refusal> {
    if query.dataset().is_some() {
        return Err(Refusal::From);
    }
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    let mut sum = Sum { patterns: 0 };
    let made = sum.pattern(pattern)?;
    match sum.patterns > PATTERNS || made > TABLE {
        true => Err(Refusal::TooLarge),
        false => Ok(()),
    }
}

struct Sum {
    patterns: usize,
}

impl Sum {
    /// How many solutions a pattern makes without reading the catalogue; one, if it reads it.
    fn pattern(&mut self, pattern: &GraphPattern) -> Result<u64, Refusal> {
        use GraphPattern as P;
        let made = match pattern {
            P::Bgp { patterns } => {
                self.patterns += patterns.len();
                1
            }
            P::Path { .. } => {
                self.patterns += 1;
                1
            }
            P::Join { left, right } | P::Minus { left, right } => {
                self.pattern(left)?.saturating_mul(self.pattern(right)?)
            }
            // No part of SPARQL 1.1.
            P::Lateral { .. } => return Err(Refusal::Syntax("LATERAL".into())),
            P::LeftJoin { left, right, expression } => {
                expression.iter().try_for_each(|e| self.expression(e).map(drop))?;
                self.pattern(left)?.saturating_mul(self.pattern(right)?)
            }
            P::Union { left, right } => self.pattern(left)?.saturating_add(self.pattern(right)?),
            P::Filter { expr, inner } => {
                self.expression(expr)?;
                self.pattern(inner)?
            }
            P::Extend { inner, expression, .. } => {
                self.expression(expression)?;
                self.pattern(inner)?
            }
            P::Values { bindings, .. } => bindings.len() as u64,
            P::OrderBy { inner, expression } => {
                for OrderExpression::Asc(e) | OrderExpression::Desc(e) in expression {
                    self.expression(e)?;
                }
                self.pattern(inner)?
            }
            P::Group { inner, aggregates, .. } => {
                aggregates.iter().try_for_each(|(_, aggregate)| self.aggregate(aggregate))?;
                self.pattern(inner)?
            }
            P::Graph { inner, .. }
            | P::Project { inner, .. }
            | P::Distinct { inner }
            | P::Reduced { inner }
            | P::Slice { inner, .. } => self.pattern(inner)?,
            P::Service { .. } => return Err(Refusal::Service),
        };
        match made > TABLE {
            true => Err(Refusal::TooLarge),
            false => Ok(made),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpression) -> Result<(), Refusal> {
        let AggregateExpression::FunctionCall { name, expr, .. } = aggregate else { return Ok(()) };
        match name {
            AggregateFunction::GroupConcat { separator: Some(separator) } if separator.len() > SEPARATOR => {
                return Err(Refusal::TooLarge);
            }
            AggregateFunction::Custom(name) => return Err(Refusal::Function(name.as_str().to_owned())),
            _ => {}
        }
        self.expression(expr).map(drop)
    }

    /// The longest text that an expression may make, in bytes.
    fn expression(&mut self, expression: &Expression) -> Result<u64, Refusal> {
        use Expression as E;
        let made = match expression {
            E::NamedNode(node) => node.as_str().len() as u64,
            E::Literal(literal) => literal.value().len() as u64,
            E::Variable(_) => VALUE,
            E::Or(a, b)
            | E::And(a, b)
            | E::Equal(a, b)
            | E::SameTerm(a, b)
            | E::Greater(a, b)
            | E::GreaterOrEqual(a, b)
            | E::Less(a, b)
            | E::LessOrEqual(a, b)
            | E::Add(a, b)
            | E::Subtract(a, b)
            | E::Multiply(a, b)
            | E::Divide(a, b) => self.expression(a)?.max(self.expression(b)?),
            E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => self.expression(a)?,
            E::In(a, list) => {
                self.each(list)?;
                self.expression(a)?
            }
            E::Coalesce(list) => self.each(list)?.into_iter().max().unwrap_or(0),
            E::Exists(pattern) => self.pattern(pattern).map(|_| 8)?,
            E::Bound(_) => 8,
            E::If(a, b, c) => {
                self.expression(a)?;
                self.expression(b)?.max(self.expression(c)?)
            }
            E::FunctionCall(function, list) => {
                let sizes = self.each(list)?;
                let first = sizes.first().copied().unwrap_or(0);
                match function {
                    Function::Custom(name)
                        if !name.as_str().starts_with("http://www.w3.org/2001/XMLSchema#") =>
                    {
                        return Err(Refusal::Function(name.as_str().to_owned()));
                    }
                    Function::Concat => sizes.iter().sum(),
                    Function::Replace => {
                        let with = sizes.get(2).copied().unwrap_or(0);
                        first.saturating_add(1).saturating_mul(with.saturating_add(1))
                    }
                    Function::UCase | Function::LCase | Function::EncodeForUri => first.saturating_mul(3),
                    _ => sizes.iter().copied().max().unwrap_or(64).max(64),
                }
            }
        };
        match made > TEXT {
            true => Err(Refusal::TooLarge),
            false => Ok(made),
        }
    }

    fn each(&mut self, list: &[Expression]) -> Result<Vec<u64>, Refusal> {
        list.iter().map(|expression| self.expression(expression)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::SparqlParser;

    fn refused(query: &str) -> Option<Refusal> {
        check(&SparqlParser::new().parse_query(query).unwrap_or_else(|e| panic!("{query}: {e}"))).err()
    }

    #[test]
    fn what_reaches_outside_or_grows_without_reading_is_refused() {
        assert_eq!(refused("SELECT * { ?s ?p ?o FILTER(CONTAINS(LCASE(STR(?o)), \"eau\")) }"), None);
        assert_eq!(refused("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"), Some(Refusal::Service));
        assert_eq!(
            refused("ASK { FILTER EXISTS { SERVICE SILENT <http://e/> {} } }"),
            Some(Refusal::Service)
        );
        assert_eq!(refused("SELECT * FROM <http://e/> { ?s ?p ?o }"), Some(Refusal::From));
        assert!(matches!(refused("SELECT (<http://e/f>(1) AS ?x) {}"), Some(Refusal::Function(_))));
        let ten = "VALUES ?v { 1 2 3 4 5 6 7 8 9 0 }";
        let tens = |n: usize| (0..n).map(|i| ten.replace("?v", &format!("?v{i}"))).collect::<String>();
        assert_eq!(refused(&format!("ASK {{ {} }}", tens(4))), None);
        assert_eq!(refused(&format!("ASK {{ {} }}", tens(5))), Some(Refusal::TooLarge));
        assert_eq!(refused(&format!("ASK {{ {} }}", "{{} UNION {}} ".repeat(20))), Some(Refusal::TooLarge));
        let twice = "REPLACE(REPLACE(?o, \".\", \"xxxxxxxxxxxxxxxxxxxx\"), \".\", \"yyyyyyyyyyyyyyyyyyyy\")";
        assert_eq!(refused(&format!("SELECT * {{ ?s ?p ?o BIND({twice} AS ?x) }}")), Some(Refusal::TooLarge));
        let long = "-".repeat(65);
        let list = format!("SELECT (GROUP_CONCAT(?o; SEPARATOR = \"{long}\") AS ?x) {{ ?s ?p ?o }}");
        assert_eq!(refused(&list), Some(Refusal::TooLarge));
    }
}

//! What of a dataset a permission delivers: some columns, the rows of some areas. The data plane makes it so; whether it
//! can is decided here, from what the dataset declares.

use contracts::odrl::LogicalOperator;
use ontology::area::Area;
use ontology::dcat::territory::Kind;
use serde::{Deserialize, Serialize};

use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::facts::{Facts, Row, Table};
use crate::fault::{Fault, FaultCode};
use crate::policy::{Check, Compiled, Expr, Logic, Rule, Test};

/// What is delivered of a table. Whatever is not named is not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct View {
    /// Columns by name; `None`: all that there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// `None`: all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<Rows>,
    /// Rows with fewer behind them are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Least>,
}

/// Rows by how many are behind each.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Least {
    /// The column that says how many.
    pub column: String,
    pub number: u64,
}

/// Rows by the area that each names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rows {
    pub column: String,
    /// Of the code in it, as [`Row::kind`].
    pub kind: String,
    /// For each condition the areas, as [`Area`] writes them: a row must lie in one of each.
    pub within: Vec<Vec<String>>,
}

/// A column that is not declared is not delivered, nor anything instead of it.
pub(crate) fn columns(named: &[String], facts: &Facts) -> Verdict {
    let Some(table) = &facts.table else { return Unknown };
    if named.iter().all(|name| table.columns.contains(name)) { Satisfied } else { Unsatisfied }
}

/// Rows that do not tell the area asked for cannot be told apart.
pub(crate) fn territory(areas: &[Area], facts: &Facts) -> Verdict {
    let row = facts.table.as_ref().and_then(|table| table.row.as_ref());
    let told = |row: &Row| {
        let kind = Kind::parse(&row.kind)?;
        Some(areas.iter().all(|area| area.told_by(kind, row.vintage)))
    };
    match row.and_then(told) {
        Some(true) => Satisfied,
        _ => Unknown,
    }
}

/// Without a column that says how many are behind a row, nothing can be left out.
pub(crate) fn least(facts: &Facts) -> Verdict {
    let told = facts.table.as_ref().is_some_and(|table| table.contributors.is_some());
    if told { Satisfied } else { Unknown }
}

/// What a policy delivers that this table cannot give: columns that it does not declare, areas that its rows do not tell.
/// Whoever publishes or signs hears it before.
pub fn unmet(policy: &Compiled, table: Option<&Table>) -> Vec<Fault> {
    let facts = Facts { table: table.cloned(), ..Facts::default() };
    let declared = table.map(|table| table.columns.join(", ")).unwrap_or_default();
    let mut faults = Vec::new();
    for rule in &policy.permissions {
        joint(&rule.when, &mut |test| {
            let code = match &test.check {
                Check::Columns(named) if columns(named, &facts) != Satisfied => FaultCode::Columns,
                Check::Least(_) if least(&facts) != Satisfied => FaultCode::Contributors,
                Check::Territory(areas) if territory(areas, &facts) != Satisfied => FaultCode::Territory,
                _ => return,
            };
            let at = format!("{}/rightOperand", test.pointer);
            faults.push(Fault::new(at, code, &test.expected, declared.as_str()));
        });
    }
    faults
}

impl Rule {
    /// What this rule delivers of the dataset; `None`: the whole.
    pub(crate) fn view(&self, facts: &Facts) -> Option<View> {
        let mut view = View { columns: None, rows: None, least: None };
        let counted = facts.table.as_ref().and_then(|table| table.contributors.clone());
        let row = facts.table.as_ref().and_then(|table| table.row.clone());
        joint(&self.when, &mut |test| match (&test.check, &row) {
            (Check::Columns(named), _) => view.add_columns(named),
            (Check::Territory(areas), Some(row)) => {
                let areas = areas.iter().map(ToString::to_string).collect();
                let (column, kind) = (row.column.clone(), row.kind.clone());
                view.rows.get_or_insert(Rows { column, kind, within: Vec::new() }).within.push(areas);
            }
            (Check::Least(number), _) => {
                let number = view.least.as_ref().map_or(*number, |before| before.number.max(*number));
                view.least = counted.clone().map(|column| Least { column, number });
            }
            _ => {}
        });
        (view.columns.is_some() || view.rows.is_some() || view.least.is_some()).then_some(view)
    }

    /// Whether some condition says what is delivered.
    pub(crate) fn is_viewed(&self) -> bool {
        let mut viewed = false;
        joint(&self.when, &mut |test| viewed |= test.operand.is_view());
        viewed
    }

    /// Whether its conditions leave no column to deliver.
    pub(crate) fn leaves_no_column(&self) -> bool {
        self.view(&Facts::default()).and_then(|view| view.columns).is_some_and(|columns| columns.is_empty())
    }
}

impl View {
    fn add_columns(&mut self, named: &[String]) {
        match &mut self.columns {
            Some(columns) => columns.retain(|name| named.contains(name)),
            None => {
                let mut columns: Vec<String> = Vec::with_capacity(named.len());
                named.iter().for_each(|name| {
                    if !columns.contains(name) {
                        columns.push(name.clone());
                    }
                });
                self.columns = Some(columns);
            }
        }
    }
}

/// Every test that must hold for all of these to hold.
fn joint(parts: &[Expr], each: &mut impl FnMut(&Test)) {
    for part in parts {
        match part {
            Expr::Test(test) => each(test),
            Expr::Logic(Logic { operator: LogicalOperator::And, parts, .. }) => joint(parts, each),
            Expr::Logic(_) => {}
        }
    }
}

//! One figure: what was measured, what is wanted, and what the machine itself can do.

use std::fmt;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// A measured value under its name in the JSON line.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: &'static str,
    /// `None`: not measured, `note` says why.
    pub value: Option<f64>,
    pub unit: &'static str,
    pub goal: Option<Goal>,
    /// What bounds it on this machine: name, and the most that the bound allows.
    pub limit: Option<(String, f64)>,
    pub note: String,
}

impl Figure {
    pub fn new(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value: Some(value), unit, goal: None, limit: None, note: String::new() }
    }

    pub fn missing(name: &'static str, unit: &'static str, why: impl Into<String>) -> Self {
        Self { name, value: None, unit, goal: None, limit: None, note: why.into() }
    }

    pub fn at_most(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtMost(goal));
        self
    }

    pub fn at_least(mut self, goal: f64) -> Self {
        self.goal = Some(Goal::AtLeast(goal));
        self
    }

    pub fn of(mut self, limit: impl Into<String>, value: f64) -> Self {
        self.limit = Some((limit.into(), value));
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether the goal is reached; `None` without a goal or a value.
    pub fn reached(&self) -> Option<bool> {
        match (self.goal?, self.value?) {
            (Goal::AtMost(goal), value) => Some(value <= goal),
            (Goal::AtLeast(goal), value) => Some(value >= goal),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => write!(f, "{:<26} {:>12} {:<6}", self.name, rounded(value), self.unit)?,
            None => write!(f, "{:<26} {:>12} {:<6}", self.name, "-", self.unit)?,
        }
        match (self.goal, self.reached()) {
            (Some(Goal::AtMost(goal)), Some(reached)) => {
                write!(f, " goal ≤ {} {}", rounded(goal), mark(reached))?
            }
            (Some(Goal::AtLeast(goal)), Some(reached)) => {
                write!(f, " goal ≥ {} {}", rounded(goal), mark(reached))?
            }
            _ => {}
        }
        if let (Some(value), Some((name, limit))) = (self.value, &self.limit) {
            write!(f, "  {:.0} % of {name} ({})", 100.0 * value / limit, rounded(*limit))?;
        }
        if self.note.is_empty() { Ok(()) } else { write!(f, "  {}", self.note) }
    }
}

fn mark(reached: bool) -> &'static str {
    if reached { "reached" } else { "MISSED" }
}

/// As many digits as mean something.
pub fn rounded(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// The value below which this share of the sample lies.
pub fn percentile(sample: &mut [f64], share: f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let place = ((sample.len() as f64 - 1.0) * share).round() as usize;
    sample.get(place).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged_in_their_direction() {
        assert_eq!(Figure::new("a", 1.0, "s").at_most(1.0).reached(), Some(true));
        assert_eq!(Figure::new("a", 1.1, "s").at_most(1.0).reached(), Some(false));
        assert_eq!(Figure::new("a", 0.9, "s").at_least(1.0).reached(), Some(false));
        assert_eq!(Figure::missing("a", "s", "no disk").at_least(1.0).reached(), None);
        assert_eq!(percentile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(percentile(&mut [3.0, 1.0, 2.0], 0.99), 3.0);
    }
}

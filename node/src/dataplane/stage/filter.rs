//! Which rows of a table a view lets through.

use std::io;

use ontology::area::Area;
use ontology::dcat::territory::Kind;
use policies::View;

use super::head::{Head, text};

/// What each row must be. A row that cannot be judged is not.
#[derive(Debug, Default)]
pub(super) struct Filter {
    within: Option<Within>,
    /// The column that says how many are behind a row, and the fewest that leave.
    least: Option<(usize, u64)>,
}

#[derive(Debug)]
struct Within {
    at: usize,
    kind: Kind,
    areas: Vec<Vec<Area>>,
}

impl Filter {
    /// Finds the columns of a view in the head of a table.
    ///
    /// # Errors
    /// They are not there, or the view does not read.
    pub fn new(view: &View, head: &Head) -> io::Result<Self> {
        let within = view.rows.as_ref().map(|rows| within(rows, head)).transpose()?;
        let least = match &view.least {
            Some(least) => Some((place(head, &least.column)?, least.number)),
            None => None,
        };
        Ok(Self { within, least })
    }

    /// Whether a row leaves; `cell` gives its cells by their place.
    pub fn lets<'a>(&self, cell: impl Fn(usize) -> &'a [u8]) -> bool {
        let enough = self.least.is_none_or(|(at, least)| {
            text(cell(at)).trim().parse::<u64>().is_ok_and(|number| number >= least)
        });
        enough
            && self.within.as_ref().is_none_or(|Within { at, kind, areas }| {
                let code = text(cell(*at));
                areas.iter().all(|listed| listed.iter().any(|area| area.holds(*kind, code.trim())))
            })
    }
}

fn within(rows: &policies::view::Rows, head: &Head) -> io::Result<Within> {
    let unread = |what: &str| broken(format!("a view that does not read: {what}"));
    let areas = rows.within.iter().map(|listed| {
        listed.iter().map(|area| Area::parse(area).ok_or_else(|| unread(area))).collect::<io::Result<_>>()
    });
    Ok(Within {
        at: place(head, &rows.column)?,
        kind: Kind::parse(&rows.kind).ok_or_else(|| unread(&rows.kind))?,
        areas: areas.collect::<io::Result<_>>()?,
    })
}

fn place(head: &Head, column: &str) -> io::Result<usize> {
    head.at(column).ok_or_else(|| broken(format!("no column {column}")))
}

/// A source that is not what a view needs.
pub(super) fn broken(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

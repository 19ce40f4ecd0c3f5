//! Lists in pages.

use actix_web::web::Json;
use contracts::api::{Page, PageQuery};

use crate::app::{App, Error};
use crate::store::Page as Rows;
use crate::text::say;

/// How many items a page holds.
pub(super) fn wanted(app: &App, query: &PageQuery) -> Result<usize, Error> {
    let limits = &app.config.limits;
    match query.limit.unwrap_or(limits.page) {
        n if (1..=limits.page_max).contains(&n) => Ok(n),
        n => Err(Error::malformed(
            say("malformed.limit").with("found", n).with("most", limits.page_max),
            "limit",
        )),
    }
}

/// The rows to read for a page: one more than wanted, which tells whether there is a next page.
pub(super) fn rows(app: &App, query: PageQuery) -> Result<Rows, Error> {
    Ok(Rows { limit: wanted(app, &query)? + 1, after: query.cursor })
}

/// A page made of the rows that were read.
pub(super) fn page<T, V>(
    mut items: Vec<T>,
    rows: &Rows,
    cursor: impl Fn(&T) -> String,
    view: impl Fn(&T) -> V,
) -> Json<Page<V>> {
    let more = items.len() >= rows.limit;
    items.truncate(rows.limit.saturating_sub(1));
    let next = items.last().filter(|_| more).map(&cursor);
    Json(Page { items: items.iter().map(view).collect(), next })
}

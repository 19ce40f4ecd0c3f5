//! That nobody publishes without a convention, where the host wants it so.

use contracts::convention::Side;

use super::{Shown, list};
use crate::app::member::create::must_be_host;
use crate::app::peer::refused;
use crate::app::{App, Error, Hosted};
use crate::domain::convention::Standing;
use crate::store::Page;

/// Whether this member may publish: the host always, others under a convention in force where the host's settings ask for
/// one.
///
/// # Errors
/// [`Error::NotAllowed`] without a convention in force.
pub async fn must_have_one(app: &App, hosted: &Hosted) -> Result<(), Error> {
    if !app.config.members.convention || must_be_host(app, hosted).is_ok() {
        return Ok(());
    }
    let now = app.now();
    let mut page = Page::first(STEP);
    loop {
        let found = list(app, hosted, &page).await?;
        let in_force = |one: &Shown| {
            let convention = &one.convention;
            convention.side == Side::Hosted
                && convention.standing == Standing::Signed
                && one.until.is_none_or(|until| now < until)
        };
        if found.iter().any(in_force) {
            return Ok(());
        }
        match found.last() {
            Some(last) if found.len() == STEP => page.after = Some(last.convention.id.to_string()),
            _ => return Err(refused(app, "refusal.no-convention", &[])),
        }
    }
}

/// Conventions read at once.
const STEP: usize = 100;

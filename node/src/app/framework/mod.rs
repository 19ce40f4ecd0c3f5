//! Trust frameworks: published by who runs one, taken from others, adopted. Data only: a rule of a framework is looked up
//! in the version that counts, never in the program.

mod adopt;
mod publish;
mod take;
mod under;

use contracts::dataset::{Fault, Remedy};
use contracts::format::FormatError;
use contracts::framework::diff::{Change, diff};
use contracts::framework::{FrameworkFile, Version};
use contracts::id::FrameworkId;
use ontology::Lang;
use policies::framework::{self as rules, Unread};
use serde_json::Value;

use super::{App, Error, Hosted};
use crate::domain::framework::{Framework, Standing};
use crate::store::Page;
use crate::text::say;

pub use adopt::adopt;
pub use publish::publish;
pub use take::take;
pub(crate) use under::allows;

/// A version as its people see it.
pub struct Shown {
    pub kept: Framework,
    pub file: FrameworkFile,
}

/// A version and what it changed.
pub struct Edition {
    pub shown: Shown,
    /// Compared with the version before that is here; none for the first.
    pub changes: Vec<Change>,
}

/// Every version here, after a cursor (`id version`).
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Shown>, Error> {
    let found = app.store.read(hosted.id()).await?.frameworks(page).await?;
    found.into_iter().map(shown).collect()
}

/// One version; without a number the newest that is here.
pub async fn get(
    app: &App,
    hosted: &Hosted,
    id: &FrameworkId,
    version: Option<Version>,
) -> Result<Shown, Error> {
    let mut found = app.store.read(hosted.id()).await?.framework(id).await?;
    if let Some(version) = version {
        found.retain(|one| one.version == version);
    }
    shown(found.pop().ok_or(Error::NotFound("framework"))?)
}

/// The versions that are here, oldest first, each with what it changed.
pub async fn history(app: &App, hosted: &Hosted, id: &FrameworkId) -> Result<Vec<Edition>, Error> {
    let found = app.store.read(hosted.id()).await?.framework(id).await?;
    editions(found)
}

/// As [`history`], of what the member shows to everybody: its own versions, and those that it follows.
pub async fn public_history(app: &App, hosted: &Hosted, id: &FrameworkId) -> Result<Vec<Edition>, Error> {
    let mut found = app.store.read(hosted.id()).await?.framework(id).await?;
    found.retain(is_public);
    match found.is_empty() {
        true => Err(Error::NotFound("framework")),
        false => editions(found),
    }
}

/// The newest version of each framework that the member shows to everybody.
pub async fn public(app: &App, hosted: &Hosted) -> Result<Vec<Shown>, Error> {
    let most = Page::first(usize::try_from(MOST).unwrap_or(usize::MAX));
    let mut found = app.store.read(hosted.id()).await?.frameworks(&most).await?;
    found.retain(is_public);
    found.sort_by(|a, b| a.id.cmp(&b.id).then(b.version.cmp(&a.version)));
    found.dedup_by(|later, first| later.id == first.id);
    found.into_iter().map(shown).collect()
}

fn is_public(framework: &Framework) -> bool {
    framework.standing == Standing::Published || framework.adopted.is_some()
}

/// Most versions that a member keeps.
const MOST: u64 = 500;

fn editions(found: Vec<Framework>) -> Result<Vec<Edition>, Error> {
    let mut before: Option<Value> = None;
    let mut all = Vec::with_capacity(found.len());
    for kept in found {
        let shown = shown(kept)?;
        let now = content(&shown.file)?;
        let changes = before.as_ref().map(|before| diff(before, &now)).unwrap_or_default();
        before = Some(now);
        all.push(Edition { shown, changes });
    }
    Ok(all)
}

/// What a version says, without what every publication changes.
fn content(file: &FrameworkFile) -> Result<Value, Error> {
    serde_json::to_value(file.draft()).map_err(internal)
}

fn shown(kept: Framework) -> Result<Shown, Error> {
    let file = FrameworkFile::parse(kept.file.as_bytes()).map_err(internal)?;
    Ok(Shown { kept, file })
}

/// Every fault at once, in both languages.
fn faulty(faults: &[rules::Fault]) -> Error {
    let told = |fault: &rules::Fault| {
        let (fr, en) = (fault.remedy(Lang::Fr), fault.remedy(Lang::En));
        let field = if fault.at.is_empty() { "/".to_owned() } else { fault.at.clone() };
        Fault { field, value: "-".into(), remedy: Remedy::Policy { fr, en } }
    };
    Error::Faulty(faults.iter().map(told).collect())
}

fn unread(unread: Unread) -> Error {
    match unread {
        Unread::Faults(faults) => faulty(&faults),
        Unread::Altered(FormatError { at, what }) => {
            let at = format!("/{}", at.replace('.', "/"));
            Error::malformed(say("trust.altered").with("what", what), at)
        }
    }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

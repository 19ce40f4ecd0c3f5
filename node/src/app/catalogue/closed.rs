//! Public-sector data that are not open yet, with why: the report that the law asks a larger authority for.

use contracts::api::catalog::ClosedDataset;
use contracts::dataset::Description;
use ontology::Lang;
use ontology::rung::Rung;
use ontology::status::Status;

use super::list;
use crate::app::{App, Error, Hosted};
use crate::domain::dataset::Revision;

/// Datasets read at once.
const PAGE: usize = 200;

/// Every dataset of the member that is public by its status, published, and not open.
pub async fn closed(app: &App, hosted: &Hosted, lang: Lang) -> Result<Vec<ClosedDataset>, Error> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = list(app, hosted, after.as_ref(), PAGE).await?;
        found.extend(page.iter().filter_map(|revision| line(revision, lang)));
        match next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

fn line(revision: &Revision, lang: Lang) -> Option<ClosedDataset> {
    let Description { title, status, rung, exclusion, draft, .. } = &revision.described()?.description;
    let public = matches!(status, Status::Publique | Status::InteretGeneral | Status::EssentielleCp);
    (public && !draft && *rung != Rung::Ouvert).then(|| ClosedDataset {
        id: revision.dataset.to_string(),
        title: serde_json::to_value(title).unwrap_or_default(),
        status: status.code().to_owned(),
        rung: rung.code().to_owned(),
        ground: exclusion.map(|ground| ground.code.to_owned()),
        motive: exclusion.map(|ground| lang.pick(ground.fr, ground.en).to_owned()),
    })
}

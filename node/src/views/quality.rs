//! How well a dataset is described, by the measure of data.europa.eu (MQA, 405 points), and what would mend it.
//!
//! It measures what those are shown who may see the dataset in full.

use contracts::dataset::{Description, Licence};

use crate::domain::dataset::Described;

/// Most points there are.
pub const MOST: u16 = 405;

/// One thing that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    pub code: &'static str,
    pub of: u16,
    pub reached: bool,
    /// Key of what to do, where something can be done.
    pub remedy: Option<&'static str>,
}

/// All that is measured, in the order of the measure.
pub fn items(described: &Described) -> Vec<Item> {
    let d = &described.description;
    let asked = !described.offers.is_empty();
    let mut out = Vec::new();
    let mut add = |code: &'static str, of: u16, reached: bool, remedy: &'static str| {
        let remedy = (!reached && !remedy.is_empty()).then_some(remedy);
        out.push(Item { code, of, reached, remedy });
    };
    // Findability.
    add("keyword", 30, !d.keywords.is_empty(), "quality.keyword");
    add("theme", 30, true, "");
    add("spatial", 20, true, "");
    add("temporal", 20, d.period.is_some(), "quality.temporal");
    // Accessibility: the page that says how to ask answers 200 to everybody; bytes have no address without a contract.
    add("access_url", 50, asked, "quality.offer");
    add("download_url", 20, false, "");
    add("download_url_status", 30, false, "");
    // Interoperability.
    let known = d.format.iter().all(|media| media.format.is_some());
    add("format", 20, asked && known, "quality.format");
    add("media_type", 10, asked, "quality.offer");
    add("format_vocabulary", 10, asked && known, "quality.format");
    let every =
        |is: fn(&ontology::dcat::format::Format) -> bool| d.format.iter().all(|m| m.format.is_some_and(is));
    add("non_proprietary", 20, asked && every(|format| format.open), "quality.open-format");
    add(
        "machine_readable",
        20,
        asked && every(|format| format.is_machine_readable()),
        "quality.machine-readable",
    );
    add("profile", 30, true, "");
    // Reusability.
    add("licence", 20, asked && d.licence.is_some(), "quality.licence");
    add("licence_vocabulary", 10, asked && matches!(d.licence, Some(Licence::Listed(_))), "quality.licence");
    add("access_rights", 10, true, "");
    add("access_rights_vocabulary", 5, true, "");
    add("contact", 20, d.contact.is_some(), "quality.contact");
    add("publisher", 10, true, "");
    // Context.
    add("rights", 5, asked && d.rights.is_some(), "quality.rights");
    add("byte_size", 5, asked && has_size(d), "quality.byte-size");
    add("issued", 5, true, "");
    add("modified", 5, true, "");
    out
}

/// Written on distributions only where there is one file.
fn has_size(d: &Description) -> bool {
    d.byte_size.is_some() && d.format.len() == 1
}

/// Points reached.
pub fn points(items: &[Item]) -> u16 {
    items.iter().filter(|item| item.reached).map(|item| item.of).sum()
}

/// The word that data.europa.eu has for so many points.
pub fn rating(points: u16) -> &'static str {
    match points {
        351.. => "excellent",
        221.. => "good",
        121.. => "sufficient",
        _ => "bad",
    }
}

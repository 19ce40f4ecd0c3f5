//! Data that lie beside a catalogue.

use std::path::Path;

use contracts::harvest::Distribution;

use super::HERE;

/// The bytes of a distribution, where they lie beside the catalogue.
pub(super) fn local(one: &Distribution, folder: &Path) -> Option<String> {
    let address = one.download.as_deref().unwrap_or(&one.access);
    let path = address.split(['?', '#']).next()?;
    let below = path.strip_prefix(HERE).or_else(|| path.rsplit('/').next())?;
    let name = percent(below);
    let plain = !name.is_empty() && !name.split('/').any(|part| part == "..");
    let file = folder.join(name);
    (plain && file.is_file()).then(|| file.canonicalize().ok()).flatten()?.to_str().map(ToOwned::to_owned)
}

/// A path of an address as the disk has it.
fn percent(path: &str) -> String {
    url::form_urlencoded::parse(format!("a={}", path.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

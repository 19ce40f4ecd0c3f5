//! The listing of a folder: what the root of a folder's transfer serves, and what a consumer then asks for.

use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::path;
use super::source::SourceError;

/// Tells a listing from a file that happens to be JSON.
pub const MEDIA_TYPE: &str = "application/vnd.fiducie.listing+json";

/// Files of a folder, by relative path, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    #[serde(rename = "type")]
    kind: Kind,
    v: u8,
    pub files: Vec<Listed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "fiducie-listing")]
    Listing,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub path: String,
    pub bytes: u64,
}

impl Listing {
    /// Reads a peer's listing. Its paths will become names of files here: each is checked.
    pub fn parse(json: &[u8], most: usize) -> Result<Self, String> {
        let listing: Self =
            serde_json::from_slice(json).map_err(|e| format!("not a listing of files: {e}"))?;
        if listing.v != 1 {
            return Err(format!("a listing of version {}; only version 1 is known", listing.v));
        }
        if listing.files.len() > most {
            return Err(format!("{} files, at most {most} are taken", listing.files.len()));
        }
        for file in &listing.files {
            path::check(&file.path).map_err(|e| e.to_string())?;
        }
        if listing.files.windows(2).any(|two| two[0].path >= two[1].path) {
            return Err("files not sorted by path, or named twice".to_owned());
        }
        Ok(listing)
    }
}

/// Lists a folder as JSON, with the newest time of change in nanoseconds since 1970.
pub(super) fn list(root: &Path, most: usize) -> Result<(Bytes, u128), SourceError> {
    let (files, newest) = files(root, most)?;
    let json = serde_json::to_vec(&Listing { kind: Kind::Listing, v: 1, files })
        .map_err(|e| SourceError::Io(root.to_owned(), e.into()))?;
    Ok((json.into(), newest))
}

/// The files of a folder, sorted, with the newest time of change. Links, special files and names that cannot be
/// addressed are left out: they could not be delivered either.
pub(super) fn files(root: &Path, most: usize) -> Result<(Vec<Listed>, u128), SourceError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |e| SourceError::Io(path, e)
    };
    let (mut files, mut newest) = (Vec::new(), 0);
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(io(&folder))? {
            let entry = entry.map_err(io(&folder))?;
            let Some(name) = entry.file_name().to_str().map(|n| format!("{prefix}{n}")) else { continue };
            if path::check(&name).is_err() {
                continue;
            }
            let metadata = entry.metadata().map_err(io(&entry.path()))?;
            if metadata.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if metadata.is_file() {
                let changed = metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
                newest = newest.max(changed.map(|d| d.as_nanos()).unwrap_or(0));
                files.push(Listed { path: name, bytes: metadata.len() });
            }
            if files.len() > most || folders.len() > most {
                return Err(SourceError::TooMany(root.to_owned(), most));
            }
        }
    }
    files.sort();
    Ok((files, newest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_that_leads_elsewhere_is_refused() {
        let read = |files: &str| {
            Listing::parse(format!(r#"{{"type":"fiducie-listing","v":1,"files":[{files}]}}"#).as_bytes(), 2)
        };
        assert!(read(r#"{"path":"a","bytes":1},{"path":"b/c","bytes":2}"#).is_ok());
        for bad in [
            r#"{"path":"../a","bytes":1}"#,
            r#"{"path":"b","bytes":1},{"path":"a","bytes":1}"#,
            r#"{"path":"a","bytes":1},{"path":"a","bytes":1}"#,
            r#"{"path":"a","bytes":-1}"#,
            r#"{"path":"a","bytes":1},{"path":"b","bytes":1},{"path":"c","bytes":1}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}

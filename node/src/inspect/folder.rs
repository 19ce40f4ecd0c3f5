//! A folder as one dataset: its files looked into, and what they have in common.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::extent::Extent;
use super::{Found, file};

/// Files and depth of a folder that are looked at.
const MOST: usize = 10_000;
const DEPTH: usize = 32;

/// Looks into every file of a folder; gives the sum, and each file.
///
/// # Errors
/// It cannot be read, or holds too much.
pub fn folder(path: &Path) -> io::Result<(Found, Vec<Found>)> {
    let mut files = Vec::new();
    gather(path, 0, &mut files)?;
    files.sort();
    let mut all = Vec::with_capacity(files.len());
    for one in &files {
        let mut found = file(one)?;
        if let Ok(below) = one.strip_prefix(path) {
            found.file = below.to_string_lossy().into_owned();
        }
        all.push(found);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((sum(name, &all), all))
}

fn gather(path: &Path, depth: usize, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > DEPTH {
        return Err(io::Error::other(format!("{}: more than {DEPTH} folders deep", path.display())));
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let (kind, own) = (entry.file_type()?, entry.path());
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden {
            gather(&own, depth + 1, into)?;
        } else if kind.is_file() && !hidden {
            if into.len() == MOST {
                return Err(io::Error::other(format!("{}: more than {MOST} files", path.display())));
            }
            into.push(own);
        }
    }
    Ok(())
}

fn sum(file: String, all: &[Found]) -> Found {
    let mut sum = Found { file, bytes: all.iter().map(|one| one.bytes).sum(), ..Found::default() };
    let tables: Vec<&Found> = all.iter().filter(|one| !one.columns.is_empty()).collect();
    if let Some(first) = all.iter().max_by_key(|one| (!one.columns.is_empty(), one.bytes)) {
        (sum.format, sum.media_type) = (first.format, first.media_type.clone());
        (sum.encoding, sum.separator) = (first.encoding, first.separator);
    }
    // Columns are those of the dataset only when every table has them.
    if let [first, rest @ ..] = tables.as_slice() {
        let names = |found: &Found| -> Vec<String> { found.columns.iter().map(|c| c.name.clone()).collect() };
        let same = rest.iter().all(|other| names(other) == names(first));
        if same {
            sum.columns = first.columns.clone();
            sum.rows = tables.iter().filter_map(|one| one.rows).reduce(|a, b| a + b);
        }
    }
    let periods = all.iter().filter_map(|one| one.period);
    sum.period = periods.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
    let extents = all.iter().filter_map(|one| one.bbox).map(|bbox| Some(Extent::of(bbox)));
    sum.bbox = extents.reduce(Extent::both).flatten().and_then(Extent::bbox);
    sum
}

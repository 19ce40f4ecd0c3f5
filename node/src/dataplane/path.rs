//! Relative paths of files within a dataset, as they appear in URLs, listings and folders of both sides.

use url::Url;

/// Longest relative path, in bytes.
pub const MAX_LEN: usize = 1024;
/// Most folders within folders.
pub const MAX_DEPTH: usize = 32;

/// Why a text is no relative path of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not the path of a file of the dataset: {why}")]
pub struct BadPath {
    pub path: String,
    pub why: &'static str,
}

/// The address of a file below an endpoint; the endpoint itself for an empty path.
pub fn below(endpoint: &str, path: &str) -> Result<Url, String> {
    let mut url = Url::parse(endpoint).map_err(|e| format!("data address `{endpoint}`: {e}"))?;
    if !path.is_empty() {
        url.path_segments_mut()
            .map_err(|()| format!("data address `{endpoint}`: cannot have paths below it"))?
            .pop_if_empty()
            .extend(path.split('/'));
    }
    Ok(url)
}

/// Checks a relative path: segments separated by `/`, none empty, `.` or `..`, nothing a file system reads otherwise.
pub fn check(path: &str) -> Result<(), BadPath> {
    let bad = |why| Err(BadPath { path: path.chars().take(80).collect(), why });
    if path.is_empty() {
        return bad("it is empty");
    }
    if path.len() > MAX_LEN {
        return bad("it is too long");
    }
    if path.chars().any(|c| c.is_control() || c == '\\') {
        return bad("it has a control character or a backslash");
    }
    if path.split('/').count() > MAX_DEPTH {
        return bad("it is too deep");
    }
    for segment in path.split('/') {
        match segment {
            "" => return bad("it has an empty segment or starts or ends with a slash"),
            "." | ".." => return bad("it has a segment `.` or `..`"),
            // Kept for files being written.
            s if s.ends_with(".part") || s.ends_with(".part.json") => {
                return bad("names ending in .part are kept for unfinished files");
            }
            s if s.len() > 255 => return bad("a segment is too long"),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_folder() {
        for good in ["a.csv", "a/b/c.csv", "été 2024/é.csv", "...", "a..b"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../x",
            "a/./x",
            "a//x",
            "a/",
            "..",
            "a\\..\\x",
            "a\0b",
            "x.part",
            "a\nb",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check(&"a/".repeat(40)).is_err());
    }
}

//! How commands reach the node of a folder: one small file per member with its address and an API token.

use std::fs;
use std::path::{Path, PathBuf};

use contracts::archive;
use serde::{Deserialize, Serialize};

use super::exit::Failed;
use super::private::{private_file, private_folder, setup};
use crate::text::{self, Lang};

/// Folder of these files, below the node's.
const FOLDER: &str = "access";

/// Address and token of one member, mode 0600.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Access {
    pub member: String,
    pub url: String,
    pub token: String,
}

impl From<archive::Access> for Access {
    fn from(archive::Access { member, url, token }: archive::Access) -> Self {
        Self { member, url, token }
    }
}

impl From<Access> for archive::Access {
    fn from(Access { member, url, token }: Access) -> Self {
        Self { member, url, token }
    }
}

fn folder(dir: &Path) -> PathBuf {
    dir.join(FOLDER)
}

/// Keeps the access of a new member.
pub fn save(dir: &Path, access: &Access) -> Result<PathBuf, Failed> {
    private_folder(&folder(dir))?;
    let path = folder(dir).join(format!("{}.json", file_name(&access.member)));
    let text = serde_json::to_vec_pretty(access).map_err(|e| Failed::Internal(e.to_string()))?;
    private_file(&path, &text)?;
    Ok(path)
}

/// Forgets the access to a member that is no longer here.
pub fn forget(dir: &Path, member: &str) -> Result<(), Failed> {
    let path = folder(dir).join(format!("{}.json", file_name(member)));
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(setup(&path, error)),
        _ => Ok(()),
    }
}

/// The access of the member wanted: by name, else the configured default, else the only one.
pub fn load(dir: &Path, wanted: Option<&str>, default: &str, lang: Lang) -> Result<Access, Failed> {
    let all = list(dir)?;
    let wanted = wanted.or(Some(default).filter(|d| !d.is_empty()));
    let say = |key, name: &str| {
        let values = [("name", name), ("dir", &*dir.to_string_lossy()), ("names", &names(&all))];
        text::fill(lang, key, &values)
    };
    match (wanted, all.as_slice()) {
        (Some(name), _) => {
            let found = all.iter().find(|a| a.member == name).cloned();
            found.ok_or_else(|| Failed::NotFound(say("cli.no-such-member", name)))
        }
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Failed::Setup(say("cli.no-access", ""))),
        (None, _) => Err(Failed::Usage(say("cli.several-members", ""))),
    }
}

fn names(all: &[Access]) -> String {
    all.iter().map(|a| a.member.as_str()).collect::<Vec<_>>().join(", ")
}

pub fn list(dir: &Path) -> Result<Vec<Access>, Failed> {
    let Ok(entries) = fs::read_dir(folder(dir)) else { return Ok(vec![]) };
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read(path).map_err(|e| setup(path, e))?;
            serde_json::from_slice(&text).map_err(|e| setup(path, e))
        })
        .collect()
}

/// A member's name as a file name: letters, digits and dashes.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

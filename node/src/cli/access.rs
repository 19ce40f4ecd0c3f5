//! How commands reach the node of a folder: one small file per member with its address and an API token.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::exit::Failed;
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

fn folder(dir: &Path) -> PathBuf {
    dir.join(FOLDER)
}

fn setup(path: &Path, error: impl std::fmt::Display) -> Failed {
    Failed::Setup(format!("{}: {error}", path.display()))
}

/// Creates a folder that only its owner can enter.
pub fn private_folder(path: &Path) -> Result<(), Failed> {
    fs::create_dir_all(path).map_err(|e| setup(path, e))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|e| setup(path, e))
}

/// Writes a file that only its owner can read; never over an existing one.
pub fn private_file(path: &Path, content: &[u8]) -> Result<(), Failed> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| setup(path, e))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|e| setup(path, e))
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

//! Other people's programs, from Maven Central: resolved once, kept in the user's cache, named by their digest.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// The project file that Maven resolves, with a place for the dependencies.
const POM: &str = include_str!("pom.xml");
/// Written last into a folder of jars: without it the folder is made again.
const COMPLETE: &str = "complete";

/// A set of jars that belong together.
pub struct Jars {
    folder: PathBuf,
    /// The jars, by name.
    files: Vec<PathBuf>,
}

/// Why there are no jars.
#[derive(Debug)]
pub enum Failure {
    /// The registry answered that it has no such artifact.
    Missing(String),
    /// Everything else: no Maven, no network, no disk.
    Other(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(what) | Self::Other(what) => f.write_str(what),
        }
    }
}

/// Where kits are kept between runs.
fn cache() -> PathBuf {
    let given = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let root = given("XDG_CACHE_HOME").or_else(|| given("HOME").map(|home| home.join(".cache")));
    root.unwrap_or_else(std::env::temp_dir).join("fiducie").join("kits")
}

impl Jars {
    /// The artifacts (`group:artifact:version`) with all they need at run time, but for what is excluded after a `!`
    /// (`group:artifact`, several by commas, `*:*` for everything). `name` names the set in the cache.
    ///
    /// # Errors
    /// [`Failure::Missing`] when Maven Central was reached and has no such artifact.
    pub fn resolve(name: &str, artifacts: &[&str]) -> Result<Self, Failure> {
        let other = |what: String| Failure::Other(what);
        let pom = POM.replace("@DEPENDENCIES@", &dependencies(artifacts)?);
        let folder = cache().join(name);
        let jars = folder.join("jars");
        if std::fs::read_to_string(folder.join(COMPLETE)).is_ok_and(|kept| kept == pom) {
            return Self::of_folder(&jars).map_err(other);
        }
        let _ = std::fs::remove_dir_all(&folder);
        let written =
            std::fs::create_dir_all(&jars).and_then(|()| std::fs::write(folder.join("pom.xml"), &pom));
        written.map_err(|e| other(format!("{}: {e}", folder.display())))?;
        let mut maven = Command::new("mvn");
        maven.current_dir(&folder).args(["--batch-mode", "--quiet", "--update-snapshots"]);
        maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"]);
        let ran = maven.output().map_err(|e| other(format!("mvn: {e}; install Maven and a JDK 17")))?;
        if !ran.status.success() {
            let said = [ran.stdout, ran.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
            let missing = said.find("Could not find artifact").or_else(|| said.find("was not found in"));
            return Err(match missing {
                Some(at) => {
                    let line = said[at..].lines().next().unwrap_or_default();
                    Failure::Missing(line.split(" (").next().unwrap_or_default().to_owned())
                }
                None => Failure::Other(format!("mvn: {}", said.trim())),
            });
        }
        std::fs::write(folder.join(COMPLETE), &pom)
            .map_err(|e| other(format!("{}: {e}", folder.display())))?;
        Self::of_folder(&jars).map_err(other)
    }

    /// The jars of a folder that somebody else filled.
    ///
    /// # Errors
    /// What is wrong with the folder.
    pub fn of_folder(folder: &Path) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
        let folder = folder.canonicalize().map_err(failed)?;
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .map_err(failed)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "jar"))
            .collect();
        files.sort();
        if files.is_empty() {
            return Err(format!("{}: no jar in it", folder.display()));
        }
        Ok(Self { folder, files })
    }

    /// All jars, as the Java command takes them.
    pub fn class_path(&self) -> String {
        format!("{}/*", self.folder.display())
    }

    /// The jars whose name begins so.
    pub fn named<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Path> {
        let begins = move |path: &&PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
        };
        self.files.iter().filter(begins).map(PathBuf::as_path)
    }

    /// Name and SHA-256 of the jars whose name begins so.
    pub fn digests(&self, prefix: &str) -> Vec<(String, String)> {
        let named = self.files.iter().filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)));
        named
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, path)| (name, hex::encode(Sha256::digest(std::fs::read(path).unwrap_or_default()))))
            .collect()
    }

    /// One SHA-256 for the whole set: over the lines `digest  name` that `sha256sum *.jar` prints.
    pub fn digest(&self) -> String {
        let mut lines = String::new();
        for (name, digest) in self.digests("") {
            let _ = writeln!(lines, "{digest}  {name}");
        }
        hex::encode(Sha256::digest(lines))
    }
}

fn dependencies(artifacts: &[&str]) -> Result<String, Failure> {
    let mut xml = String::new();
    let wrong = |what: &str, form: &str| Failure::Other(format!("`{what}` is no {form}"));
    for artifact in artifacts {
        let (named, without) = artifact.split_once('!').unwrap_or((artifact, ""));
        let [group, name, version] = named.split(':').collect::<Vec<_>>()[..] else {
            return Err(wrong(named, "group:artifact:version"));
        };
        let mut exclusions = String::new();
        for excluded in without.split(',').filter(|text| !text.is_empty()) {
            let (group, name) = excluded.split_once(':').ok_or_else(|| wrong(excluded, "group:artifact"))?;
            let _ = write!(
                exclusions,
                "<exclusion><groupId>{group}</groupId><artifactId>{name}</artifactId></exclusion>"
            );
        }
        let _ = writeln!(
            xml,
            "    <dependency><groupId>{group}</groupId><artifactId>{name}</artifactId>\
             <version>{version}</version><exclusions>{exclusions}</exclusions></dependency>"
        );
    }
    Ok(xml.trim_end().to_owned())
}

//! Where a dataset's bytes come from. A closed list: a new kind of source is a new variant, checked everywhere.

/// The source of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// One file.
    File(String),
    /// A folder: many files, each at its relative path.
    Folder(String),
}

impl Source {
    /// As stored: kind and path.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::File(path) => ("file", path),
            Self::Folder(path) => ("folder", path),
        }
    }
    pub fn parse(kind: &str, path: &str) -> Option<Self> {
        match kind {
            "file" => Some(Self::File(path.to_owned())),
            "folder" => Some(Self::Folder(path.to_owned())),
            _ => None,
        }
    }
    pub fn path(&self) -> &str {
        self.parts().1
    }
}

//! The parts of a workbook's archive, as XML of bounded size.

use std::fs::File;
use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// Most bytes of a part once inflated: a sheet, and any other, which is kept in memory.
pub const SHEET: u64 = 4 << 30;
pub const PART: u64 = 64 << 20;
/// Most bytes of one tag or text.
const PIECE: usize = 4 << 20;
const STEP: usize = 64 << 10;

pub struct Archive(ZipArchive<BufReader<File>>);

impl Archive {
    pub fn open(file: File) -> Result<Self, String> {
        let archive = ZipArchive::new(BufReader::new(file));
        Ok(Self(archive.map_err(|e| format!("not a whole archive: {e}"))?))
    }

    /// A part by its path.
    pub fn part(&mut self, path: &str, most: u64) -> Result<Part<'_>, String> {
        let inside = self.0.by_name(path).map_err(|error| match error {
            ZipError::FileNotFound => format!("its part {path} is missing"),
            other => format!("{path}: {other}"),
        })?;
        let bounded = Bounded { inside, left: most, since: 0 };
        let mut xml = Reader::from_reader(BufReader::with_capacity(STEP, bounded));
        xml.config_mut().expand_empty_elements = true;
        Ok(Part { xml, path: path.to_owned(), buffer: Vec::new() })
    }
}

/// One part while it is read. An empty element has a beginning and an end, too.
pub struct Part<'a> {
    xml: Reader<BufReader<Bounded<ZipFile<'a, BufReader<File>>>>>,
    path: String,
    buffer: Vec<u8>,
}

impl Part<'_> {
    /// What comes next; nothing at the end.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, String> {
        self.buffer.clear();
        match self.xml.read_event_into(&mut self.buffer) {
            Ok(Event::Eof) => Ok(None),
            Ok(event) => Ok(Some(event)),
            Err(error) => Err(format!("{}: {error}", self.path)),
        }
    }
}

/// The value of an attribute, by its name without prefix.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let own = element.attributes().flatten().find(|own| own.key.local_name().as_ref() == name.as_bytes())?;
    Some(own.unescape_value().ok()?.into_owned())
}

/// The text of an event, if it is one.
pub fn text(event: &Event<'_>) -> Result<Option<String>, String> {
    match event {
        Event::Text(text) => {
            text.unescape().map(|text| Some(text.into_owned())).map_err(|error| error.to_string())
        }
        Event::CData(text) => Ok(Some(String::from_utf8_lossy(text).into_owned())),
        _ => Ok(None),
    }
}

/// Ends what inflates beyond all measure, and XML whose next tag never comes.
struct Bounded<R> {
    inside: R,
    left: u64,
    /// Bytes since a tag began.
    since: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inside.read(into)?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            return Err(io::Error::other("it inflates to more than is read of a spreadsheet"));
        };
        self.left = left;
        self.since = match into[..read].iter().rposition(|byte| *byte == b'<') {
            Some(at) => read - at,
            None => self.since + read,
        };
        if self.since > PIECE {
            return Err(io::Error::other(format!("one piece of it has more than {PIECE} bytes")));
        }
        Ok(read)
    }
}

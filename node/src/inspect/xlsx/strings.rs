//! Texts that cells share.

use quick_xml::events::Event;

use super::part::{Archive, PART, text};

/// Texts by number, in one piece.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub fn get(&self, number: usize) -> Option<&str> {
        let start = if number == 0 { 0 } else { *self.ends.get(number - 1)? };
        self.text.get(start..*self.ends.get(number)?)
    }
}

/// # Errors
/// They cannot be read.
pub fn read(archive: &mut Archive, path: &str) -> Result<Strings, String> {
    let mut part = archive.part(path, PART)?;
    let (mut strings, mut inside, mut spoken) = (Strings::default(), false, 0);
    while let Some(event) = part.next()? {
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                b"t" => inside = true,
                // How a text is pronounced is none of it.
                b"rPh" => spoken += 1,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                b"t" => inside = false,
                b"rPh" => spoken -= 1,
                b"si" => strings.ends.push(strings.text.len()),
                _ => {}
            },
            other if inside && spoken == 0 => {
                strings.text.push_str(text(other)?.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    Ok(strings)
}

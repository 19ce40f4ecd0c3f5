//! Which styles of cells show a number as a date.

use std::collections::HashSet;

use quick_xml::events::Event;

use super::part::{Archive, PART, attribute};

/// By number of style.
#[derive(Debug, Default)]
pub struct Styles(Vec<bool>);

impl Styles {
    pub fn is_date(&self, style: usize) -> bool {
        self.0.get(style).copied().unwrap_or(false)
    }
}

/// # Errors
/// They cannot be read.
pub fn read(archive: &mut Archive, path: &str) -> Result<Styles, String> {
    let mut part = archive.part(path, PART)?;
    let (mut dates, mut styles, mut inside) = (HashSet::new(), Vec::new(), false);
    while let Some(event) = part.next()? {
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                b"numFmt" => {
                    let code = attribute(element, "formatCode").unwrap_or_default();
                    dates.extend(attribute(element, "numFmtId").filter(|_| is_date(&code)));
                }
                b"cellXfs" => inside = true,
                b"xf" if inside => {
                    let format = attribute(element, "numFmtId").unwrap_or_default();
                    styles.push(dates.contains(&format) || format.parse().is_ok_and(is_built_in_date));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == b"cellXfs" => inside = false,
            _ => {}
        }
    }
    Ok(Styles(styles))
}

/// Formats that need not be written (ECMA-376, part 1, 18.8.30); those of hours alone are no dates.
fn is_built_in_date(format: u32) -> bool {
    matches!(format, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)
}

/// A format of a day or year, outside of quotes, brackets and escapes.
fn is_date(code: &str) -> bool {
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|c| *c == '"')),
            '[' => drop(letters.by_ref().find(|c| *c == ']')),
            '\\' | '_' | '*' => drop(letters.next()),
            'd' | 'D' | 'y' | 'Y' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_days_are_told_from_others() {
        for code in ["dd/mm/yyyy", "[$-40C]d mmmm yyyy;@", "yyyy\\-mm\\-dd hh:mm", "mmm-YY"] {
            assert!(is_date(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0 \"day\"", "[Red]0", "0.0E+00", "h:mm", "\\d0", "_d0", "[h]:mm"]
        {
            assert!(!is_date(code), "{code}");
        }
    }
}

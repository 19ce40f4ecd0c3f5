//! Where in a body a byte is, as a JSON pointer (RFC 6901).

use std::ops::ControlFlow;

/// One open array or object on the way to a byte.
enum Level {
    Array(usize),
    /// The member being read, and whether its name is complete.
    Object(String, bool),
}

/// The JSON pointer of the value around a byte offset.
pub(super) fn pointer(body: &[u8], offset: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut string: Option<Vec<u8>> = None;
    let mut escaped = false;
    let _cut_short = body[..offset].iter().try_for_each(|&byte| {
        if let Some(text) = &mut string {
            match byte {
                _ if escaped => {
                    escaped = false;
                    text.push(byte);
                }
                b'\\' => escaped = true,
                b'"' => {
                    if let Some(Level::Object(name, complete @ false)) = levels.last_mut() {
                        *name = String::from_utf8_lossy(text).into_owned();
                        *complete = true;
                    }
                    string = None;
                }
                _ => text.push(byte),
            }
            return ControlFlow::Continue(());
        }
        match byte {
            b'"' => string = Some(Vec::new()),
            b'{' => levels.push(Level::Object(String::new(), false)),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' if levels.len() == 1 => return ControlFlow::Break(()),
            b'}' | b']' => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(_, complete)) => *complete = false,
                None => {}
            },
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let mut pointer = String::new();
    for level in &levels {
        match level {
            Level::Array(index) => pointer.push_str(&format!("/{index}")),
            Level::Object(name, true) => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Level::Object(..) => {}
        }
    }
    if pointer.is_empty() { "/".into() } else { pointer }
}

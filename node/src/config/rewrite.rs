//! Changing one key of the operator's file, and nothing else of it.

use std::io::{Error, Write};
use std::path::Path;

use toml::{Table, Value};

use super::FILE;

/// Makes `database.url` of the folder's configuration this one. Comments and order stay.
pub fn set_database(dir: &Path, url: &str) -> Result<(), Error> {
    let path = dir.join(FILE);
    let text = std::fs::read_to_string(&path)?;
    let text =
        with_database(&text, url).ok_or_else(|| Error::other("database.url is not on a line of its own"))?;
    let part = dir.join(format!("{FILE}.part"));
    let mut file = std::fs::File::create(&part)?;
    file.set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(part, path)
}

/// The text with another `database.url`; `None` when this cannot be done by changing or adding one line.
fn with_database(text: &str, url: &str) -> Option<String> {
    let line = format!("url = {}", Value::from(url));
    let (mut out, mut inside, mut done) = (Vec::new(), false, false);
    for old in text.lines() {
        let bare = old.trim();
        if bare.starts_with('[') {
            inside = bare == "[database]";
            out.push(old);
            continue;
        }
        let is_key = bare.strip_prefix("url").is_some_and(|rest| rest.trim_start().starts_with('='));
        if inside && is_key && !done {
            done = true;
            out.push(&line);
        } else {
            out.push(old);
        }
    }
    if !done {
        let header = out.iter().position(|line| line.trim() == "[database]");
        match header {
            Some(at) => out.insert(at + 1, &line),
            None => out.extend(["", "[database]", &line]),
        }
    }
    let new = out.join("\n") + "\n";
    // Whatever the layout was: the result says the same as before, but for this key.
    let (mut before, after): (Table, Table) = (text.parse().ok()?, new.parse().ok()?);
    let database = before.entry("database").or_insert_with(|| Table::new().into());
    database.as_table_mut()?.insert("url".into(), url.into());
    (before == after).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_changes_and_nothing_else() {
        let with = |text: &str| with_database(text, "postgres://u:p\"@h/d");
        let line = "url = 'postgres://u:p\"@h/d'";
        assert_eq!(with("").unwrap(), format!("\n[database]\n{line}\n"));
        let text =
            "# why\n[listen]\nurl = \"x\" # other\n[database] \nreaders = 3\nurl=\"sqlite://a\"\n[log]\n";
        assert_eq!(with(text).unwrap(), text.replace("url=\"sqlite://a\"", line));
        assert_eq!(with("[database]\nreaders = 3\n").unwrap(), format!("[database]\n{line}\nreaders = 3\n"));
        for odd in
            ["database.url = \"a\"\n", "database = { url = \"a\" }\n", "[database]\nurl = \"\"\"a\nb\"\"\"\n"]
        {
            assert_eq!(with(odd), None, "{odd}");
        }
    }
}

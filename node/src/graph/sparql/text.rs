//! A query before it is parsed: the parser descends once for each bracket and sign, and must not descend for ever.

/// Longest query, in bytes.
pub const LONGEST: usize = 16 << 10;
/// Most brackets open at once.
pub const DEEPEST: usize = 40;
/// Most signs in a row that each open a level: `!`, `-`, `+`, `^`.
const SIGNS: usize = 16;
/// Most brackets, and most operators, in all: each may open a level of what the evaluator works through.
const BRACKETS: usize = 1_000;
const OPERATORS: usize = 500;

/// What is too much of a query, if anything is.
pub(super) fn too_deep(query: &str) -> bool {
    let (mut depth, mut signs, mut brackets, mut operators) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut chars = query.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => skip_text(c, &mut chars),
            '#' => while chars.next().is_some_and(|c| c != '\n' && c != '\r') {},
            // What looks like an IRI may be a comparison: its brackets count, its quotes and hashes do not.
            '<' => depth = skip_iri(&mut chars, depth),
            '\\' => drop(chars.next()),
            '(' | '{' | '[' => {
                depth += 1;
                brackets += 1;
            }
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match c {
            '!' | '-' | '+' | '^' => signs += 1,
            c if c.is_whitespace() => {}
            _ => signs = 0,
        }
        operators += usize::from(matches!(c, '!' | '-' | '+' | '^' | '*' | '/' | '|' | '&' | '='));
        if depth > DEEPEST || signs > SIGNS || brackets > BRACKETS || operators > OPERATORS {
            return true;
        }
    }
    false
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_text(quote: char, chars: &mut Chars<'_>) {
    let mut ahead = chars.clone();
    let long = ahead.next() == Some(quote) && ahead.next() == Some(quote);
    if !long && chars.peek() == Some(&quote) {
        chars.next();
        return;
    }
    if long {
        *chars = ahead;
    }
    let mut run = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
                run = 0;
            }
            c if c == quote => {
                run += 1;
                if !long || run == 3 {
                    return;
                }
            }
            _ => run = 0,
        }
    }
}

/// Passes over an IRI, if one begins here; gives how many brackets are open after it.
fn skip_iri(chars: &mut Chars<'_>, mut depth: usize) -> usize {
    let mut ahead = chars.clone();
    let before = depth;
    while let Some(c) = ahead.next() {
        match c {
            '>' => {
                *chars = ahead;
                return depth;
            }
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '<' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' => break,
            c if c <= ' ' => break,
            _ => {}
        }
        if depth > DEEPEST {
            return depth;
        }
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_where_they_are_brackets() {
        let deep = |n| format!("SELECT * WHERE {}{}", "{".repeat(n), "}".repeat(n));
        assert!(!too_deep(&deep(DEEPEST)) && too_deep(&deep(DEEPEST + 1)));
        assert!(!too_deep(&format!("SELECT * {{ ?s ?p \"{}\" }}", "{".repeat(99))));
        assert!(!too_deep(&format!("SELECT * {{ ?s ?p '''{}''' }} # {}", "'{".repeat(99), "{".repeat(99))));
        assert!(!too_deep("SELECT * { ?s <http://e/#'(a)> ?o . ?s <http://e/\"> ?o }"));
        assert!(too_deep(&format!("SELECT * {{ FILTER(?a<{}1{}&&?b>2) }}", "(".repeat(99), ")".repeat(99))));
        assert!(too_deep(&format!("SELECT * {{ ?s ex:a\\# {}", "(".repeat(99))));
        assert!(too_deep(&format!("SELECT * {{ FILTER(1 < 2 && {}1{}) }}", "(".repeat(99), ")".repeat(99))));
        assert!(too_deep(&format!("SELECT * {{ FILTER({}true) }}", "!".repeat(99))));
        assert!(too_deep(&format!("SELECT (1{} AS ?x) {{}}", "+1".repeat(501))));
        assert!(too_deep(&format!("SELECT * {{ {} }}", "OPTIONAL {} ".repeat(1_001))));
        assert!(too_deep(&format!("SELECT * {{ ?s ?p \"\\\"\" {}", "(".repeat(99))));
    }
}

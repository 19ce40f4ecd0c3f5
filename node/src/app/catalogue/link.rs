//! Web linking (RFC 8288): the next page.

use url::Url;

/// The target of `rel="next"` of a `Link` header, absolute.
pub(super) fn next(header: &str, base: &Url) -> Option<Url> {
    let mut rest = header;
    loop {
        let start = rest.find('<')?;
        let end = start + rest[start..].find('>')?;
        let (target, after) = (&rest[start + 1..end], &rest[end + 1..]);
        // Parameters run to the next comma outside quotes.
        let mut quoted = false;
        let stop = after.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let parameters = &after[..stop.unwrap_or(after.len())];
        if parameters.split(';').any(is_next) {
            return base.join(target.trim()).ok();
        }
        rest = &after[stop? + 1..];
    }
}

fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("rel")
        && value.trim().trim_matches('"').split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_found_among_others() {
        let base = Url::parse("https://p.example/dsp/2025-1/catalog/request").unwrap();
        let of = |header| next(header, &base).map(String::from);
        assert_eq!(
            of(r#"<?continuationToken=a>; rel="prev", <?continuationToken=b,c>; title="x, y"; rel="next""#),
            Some("https://p.example/dsp/2025-1/catalog/request?continuationToken=b,c".into())
        );
        assert_eq!(of("<https://q.example/2>;rel=NEXT"), Some("https://q.example/2".into()));
        for none in ["", "<a>", "<a>; rel=prev", "<a; rel=next", "rel=next", "<a>; rel=\"nextish\""] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

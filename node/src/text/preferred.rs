//! Which language a caller wants.

use super::Lang;

/// The language a caller asks for: the first of `fr` and `en` in `Accept-Language` or `LANG` order.
pub fn preferred(wanted: &str, otherwise: Lang) -> Lang {
    let mut ranked: Vec<(f32, Lang)> = Vec::new();
    for part in wanted.split(',') {
        let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
        let lang = match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("fr") => Lang::Fr,
            Some("en") => Lang::En,
            _ => continue,
        };
        let quality = quality.trim().parse().unwrap_or(0.0_f32);
        if quality > 0.0 {
            ranked.push((quality, lang));
        }
    }
    let best = ranked.iter().map(|(q, _)| *q).fold(0.0_f32, f32::max);
    ranked.into_iter().find(|(q, _)| *q >= best).map_or(otherwise, |(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_chooses_the_language() {
        assert_eq!(preferred("de, fr;q=0.8, en;q=0.9", Lang::Fr), Lang::En);
        assert_eq!(preferred("fr-FR,fr;q=0.9,en;q=0.8", Lang::En), Lang::Fr);
        assert_eq!(preferred("de", Lang::En), Lang::En);
    }
}

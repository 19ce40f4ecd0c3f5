//! Territories: the official geographic code (COG, INSEE) and SIREN for groupings of municipalities.

/// A kind of territory and how its code is written; a greater one is wider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Commune,
    Epci,
    Departement,
    Region,
    Country,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Commune, Self::Epci, Self::Departement, Self::Region, Self::Country];

    /// The word a description uses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Epci => "epci",
            Self::Departement => "departement",
            Self::Region => "region",
            Self::Country => "pays",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == text)
    }

    /// How a code of this kind looks, for a remedy.
    pub fn example(self) -> &'static str {
        match self {
            Self::Commune => "35238",
            Self::Epci => "243500139 (SIREN)",
            Self::Departement => "35, 2A or 974",
            Self::Region => "53",
            Self::Country => "FR (ISO 3166-1 alpha-2)",
        }
    }

    /// Whether a code has the form of this kind; that the territory exists is not checked.
    pub fn accepts(self, code: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let departement = |text: &str| matches!(text, "2A" | "2B") || digits(text);
        match self {
            Self::Commune => {
                code.len() == 5 && code.is_ascii() && departement(&code[..2]) && digits(&code[2..])
            }
            Self::Epci => is_siren(code),
            Self::Departement => {
                matches!(code, "2A" | "2B")
                    || digits(code) && (code.len() == 2 || code.len() == 3 && code.starts_with("97"))
            }
            Self::Region => code.len() == 2 && digits(code),
            Self::Country => code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()),
        }
    }

    /// The IRI of a territory, where its authority has given one that the code alone tells.
    pub fn iri(self, code: &str) -> Option<String> {
        let path = match self {
            Self::Commune => "commune",
            Self::Epci => "intercommunalite",
            Self::Departement => "departement",
            Self::Region => "region",
            // The European authority table names countries by three letters.
            Self::Country => {
                return (code == "FR")
                    .then(|| "http://publications.europa.eu/resource/authority/country/FRA".to_owned());
            }
        };
        Some(format!("http://id.insee.fr/geo/{path}/{code}"))
    }
}

/// Nine digits whose Luhn sum is a multiple of ten (INSEE, répertoire SIRENE).
pub fn is_siren(text: &str) -> bool {
    text.len() == 9 && luhn(text)
}

/// Fourteen digits, the first nine a SIREN. Establishments of La Poste add up otherwise: their sum is a multiple of five.
pub fn is_siret(text: &str) -> bool {
    let all_digits = text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit());
    all_digits
        && match text.strip_prefix("356000000") {
            Some(_) => luhn(text) || text.bytes().map(|b| u32::from(b - b'0')).sum::<u32>().is_multiple_of(5),
            None => is_siren(&text[..9]) && luhn(text),
        }
}

fn luhn(text: &str) -> bool {
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b.wrapping_sub(b'0')) * if i % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    text.bytes().all(|b| b.is_ascii_digit()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests;

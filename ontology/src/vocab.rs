//! IRIs of the vocabularies the node speaks, and the reading of compact names.

/// ODRL 2.2 (W3C Recommendation, 2018-02-15).
pub const ODRL: &str = "http://www.w3.org/ns/odrl/2/";
pub const DCAT: &str = "http://www.w3.org/ns/dcat#";
pub const DCT: &str = "http://purl.org/dc/terms/";
pub const FOAF: &str = "http://xmlns.com/foaf/0.1/";
pub const ADMS: &str = "http://www.w3.org/ns/adms#";
/// DCAT-AP's own terms, those of high-value datasets among them.
pub const DCATAP: &str = "http://data.europa.eu/r5r/";
/// A legal act (European Legislation Identifier ontology).
pub const LEGAL_RESOURCE: &str = "http://data.europa.eu/eli/ontology#LegalResource";
/// Provenance (PROV-O).
pub const PROV: &str = "http://www.w3.org/ns/prov#";
/// Tables and their columns (CSV on the Web).
pub const CSVW: &str = "http://www.w3.org/ns/csvw#";
pub const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
pub const VCARD: &str = "http://www.w3.org/2006/vcard/ns#";
/// Creative Commons terms that ODRL lists among its common actions.
pub const CC: &str = "http://creativecommons.org/ns#";
/// Data Privacy Vocabulary, the unversioned namespace.
pub const DPV: &str = "https://w3id.org/dpv#";
/// Dataspace Protocol 2025-1 terms.
pub const DSPACE: &str = "https://w3id.org/dspace/2025/1/";
/// The JSON-LD context every Dataspace Protocol 2025-1 message names.
pub const DSPACE_CONTEXT: &str = "https://w3id.org/dspace/2025/1/context.jsonld";
/// Our own terms: left operands that ODRL lacks, codes of statuses and rungs.
pub const FIDUCIE: &str = "https://w3id.org/fiducie/ns#";
/// Our scheme of purposes; a concept is this followed by its code.
pub const PURPOSES: &str = "https://w3id.org/fiducie/purposes#";
/// The ODRL profile that declares our operands.
pub const PROFILE: &str = "https://w3id.org/fiducie/profile/1";

/// Where personal or confidential data are processed (hosted, computed on). Ours: `odrl:spatial` does not say
/// whether it means this or the territory that the rows are about.
pub const PROCESSING_PLACE: &str = "https://w3id.org/fiducie/ns#processingPlace";
/// Whose law can compel the one who holds the data.
pub const GOVERNING_LAW: &str = "https://w3id.org/fiducie/ns#governingLaw";
/// Version of a charter accepted by the recipient.
pub const CHARTER_VERSION: &str = "https://w3id.org/fiducie/ns#charterVersion";

/// The local name of `name` in the vocabulary `(prefix, namespace)`, from `prefix:local` or the full IRI.
pub fn local<'a>(name: &'a str, prefix: &str, namespace: &str) -> Option<&'a str> {
    if let Some(local) = name.strip_prefix(namespace) {
        return Some(local);
    }
    name.strip_prefix(prefix)?.strip_prefix(':')
}

/// The local name of an ODRL term: `use`, `odrl:use` and the full IRI are the same term, as the
/// Dataspace Protocol context reads them. `None` for a term of another vocabulary.
pub fn odrl(name: &str) -> Option<&str> {
    if let Some(local) = local(name, "odrl", ODRL) {
        return Some(local);
    }
    (!name.contains(':')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_are_one_term() {
        for name in ["use", "odrl:use", "http://www.w3.org/ns/odrl/2/use"] {
            assert_eq!(odrl(name), Some("use"));
        }
        assert_eq!(odrl("cc:Notice"), None);
        assert_eq!(odrl("https://example.org/use"), None);
    }

    #[test]
    fn our_operands_are_in_our_namespace() {
        for iri in [PROCESSING_PLACE, GOVERNING_LAW, CHARTER_VERSION] {
            assert!(iri.starts_with(FIDUCIE));
        }
    }
}

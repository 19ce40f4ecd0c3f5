//! What is wrong with a description: field, value, remedy. Remedies exist in French and English.

use ontology::Lang;
use serde_json::Value;

/// One fault. All faults of a description are told together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer into the description (RFC 6901).
    pub field: String,
    /// What was found there, shortened; `-` when nothing was.
    pub value: String,
    pub remedy: Remedy,
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Add the field of this name.
    Missing(&'static str),
    /// Remove the field, or correct its name into one of these.
    Unknown { known: String },
    /// Write it in this shape.
    Expected(Shape),
    /// Write one of these.
    OneOf(String),
    /// A territory code of this form.
    Territory { kind: &'static str, example: &'static str },
    /// At most so many characters, or elements.
    TooLong(usize),
    /// Do what this rule says.
    Rule(Rule),
    /// Said by the policy engine.
    Policy { fr: String, en: String },
}

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $fr:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }
        impl $name {
            pub const fn text(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($fr, $en),)+ }
            }
        }
    };
}

texts! {
    /// The shape a value must have.
    Shape {
        Object => "un objet", "an object";
        Text => "un texte non vide", "a text that is not empty";
        Localised => "un texte, ou un objet langue → texte comme {\"fr\": \"…\"}",
            "a text, or an object language → text such as {\"fr\": \"…\"}";
        List => "une liste d'au moins un élément", "a list of at least one element";
        Number => "un nombre entier positif", "a positive whole number";
        Truth => "true ou false", "true or false";
        CodeYear => "l'année d'un code officiel géographique, comme 2024",
            "the year of an official geographic code, such as 2024";
        Rectangle => "[ouest, sud, est, nord] en degrés (WGS 84)", "[west, south, east, north] in degrees (WGS 84)";
        Date => "une date AAAA-MM-JJ", "a date YYYY-MM-DD";
        Duration => "une durée ISO 8601 comme P1Y, P6M ou PT15M", "an ISO 8601 duration such as P1Y, P6M or PT15M";
        Iri => "une IRI absolue, comme https://…", "an absolute IRI, such as https://…";
        MediaType => "un type de média (text/csv) ou un code de format de fichier (CSV)",
            "a media type (text/csv) or a file-type code (CSV)";
        Siren => "un numéro SIREN : neuf chiffres, clé de contrôle juste",
            "a SIREN number: nine digits with a right check digit";
        Siret => "un numéro SIRET : quatorze chiffres, clé de contrôle juste",
            "a SIRET number: fourteen digits with a right check digit";
        Identifier => "un identifiant sans espace, de 512 octets au plus",
            "an identifier without spaces, of at most 512 bytes";
        Email => "une adresse comme donnees@exemple.fr", "an address such as data@example.org";
        Address => "une adresse https://…", "an address https://…";
        Contact => "un nom, et au moins un de email, url", "a name, and at least one of email, url";
        Path => "un chemin sans `..` ni caractère de contrôle", "a path without `..` or control characters";
        Version => "1, la seule version connue", "1, the only known version";
        Licence => "LO-2.0, ODbL-1.0, {\"homologation\": \"référence\"} ou l'IRI d'une autre licence",
            "LO-2.0, ODbL-1.0, {\"homologation\": \"reference\"} or the IRI of another licence";
        Source => "{\"file\": \"chemin\"}, {\"folder\": \"chemin\"} ou {\"data_plane\": \"nom\"}, l'un des trois",
            "{\"file\": \"path\"}, {\"folder\": \"path\"} or {\"data_plane\": \"name\"}, one of them";
        Term => "{\"until\": \"AAAA-MM-JJ\"} ou {\"for\": \"P1Y\"}, l'un des deux",
            "{\"until\": \"YYYY-MM-DD\"} or {\"for\": \"P1Y\"}, one of both";
        Granularity => "au moins un de level, temporal, metres", "at least one of level, temporal, metres";
    }
}

texts! {
    /// Rules between fields.
    Rule {
        /// GDPR, articles 5, 6 and 13.
        Personal => "ce statut exige `personal` : columns, responsable_traitement, finalites, base_legale, duree_conservation",
            "this status requires `personal`: columns, responsable_traitement, finalites, base_legale, duree_conservation";
        /// GDPR, articles 5, 6 and 13: no table with a personal column is offered without them.
        PersonalColumns => "des colonnes sont marquées personnelles : ajoutez `personal`, ou corrigez-les",
            "columns are marked personal: add `personal`, or correct them";
        SameColumn => "deux colonnes ont le même nom : changez l'un d'eux", "two columns have the same name: change one";
        ContributorsColumn => "une colonne au plus, de type integer, dit combien sont derrière une ligne",
            "at most one column, of type integer, says how many are behind a row";
        TerritoryColumn => "une colonne au plus dit le territoire d'une ligne, par code commune, département ou région, ou par SIREN d'EPCI",
            "at most one column says a row's territory, by code of commune, département or région, or by SIREN of a grouping";
        UnknownColumn => "`personal` nomme une colonne que `columns` ne déclare pas : accordez les deux",
            "`personal` names a column that `columns` does not declare: make both agree";
        /// A hidden dataset leaves no trace in others.
        Untold => "ce jeu de données n'est pas annoncé, et le nommer le ferait connaître : publiez-le d'abord, ou retirez ce lien",
            "that dataset is not announced, and naming it would tell of it: publish it first, or remove this link";
        NotOwn => "ce n'est pas un de vos jeux de données : donnez l'identifiant d'un des vôtres",
            "that is none of your datasets: give the identifier of one of them";
        /// What is made of old data is not new.
        StaleOrigin => "ce jeu de données n'est plus à jour selon sa propre fréquence : laissez-le de côté, ou ajoutez-lui `\"stale\": true` pour le dire",
            "that dataset is no longer up to date by its own frequency: leave it out, or add `\"stale\": true` to it to say so";
        /// GDPR, article 4(7) and (8): who runs a service for an authority processes on its behalf.
        Controller => "le responsable du traitement est l'autorité, non l'opérateur qui produit les données pour elle : nommez l'autorité",
            "the controller is the authority, not the operator that produces the data for it: name the authority";
        OpenPersonal => "des colonnes personnelles ne peuvent être ouvertes : choisissez un échelon plus fermé",
            "personal columns cannot be open: choose a more closed rung";
        NotOpen => "ce statut ne peut être ouvert : choisissez un échelon à partir de agregat_public",
            "this status cannot be open: choose a rung from agregat_public on";
        /// CRPA, articles L. 312-1-1 and L. 311-5 to L. 311-7.
        Exclusion => "une donnée publique non ouverte dit pourquoi : ajoutez `exclusion`, ou l'échelon `ouvert`",
            "public data that are not open say why: add `exclusion`, or choose the rung `ouvert`";
        ExclusionOpen => "un jeu ouvert n'a pas de motif d'exclusion : retirez-le, ou fermez l'échelon",
            "an open dataset has no ground of exclusion: remove it, or close the rung";
        /// CCP, article L. 3131-2; loi n° 2004-575, article 4.
        OpenFormat => "ce statut exige un format ouvert et documenté, comme CSV, JSON, GEOJSON, PARQUET, XML ou ODS",
            "this status requires an open, documented format, such as CSV, JSON, GEOJSON, PARQUET, XML or ODS";
        /// CRPA, article D. 323-2-1.
        OpenLicence => "une donnée publique ouverte a une licence de la liste (LO-2.0, ODbL-1.0) ou homologuée",
            "open public data have a licence of the list (LO-2.0, ODbL-1.0) or an approved one";
        ThirdParty => "les droits d'un tiers exigent `licence`", "rights of a third party require `licence`";
        /// CRPA, article L. 324-1: reuse of public data costs nothing.
        Free => "une donnée publique ouverte se réutilise sans rien payer : retirez l'action de payer",
            "open public data are reused without paying anything: remove the action of paying";
        /// What is held by private parties is given under an agreement that says whom it benefits and whose rights it respects.
        Rights => "une donnée privée d'intérêt général dit à qui elle profite et quels droits de tiers ont été levés : ajoutez `rights`",
            "private data of general interest say whom they benefit and which rights of others were cleared: add `rights`";
        /// Who receives data of private parties knows whose they were, and how they were had.
        Provenance => "une donnée privée d'intérêt général dit d'où elle vient et comment elle fut recueillie : ajoutez `provenance` (origin, collection)",
            "private data of general interest say where they come from and how they were collected: add `provenance` (origin, collection)";
        RefusedOrigin => "les données de cette origine ne sont pas publiées ici ([catalog] refused_origins) : publiez celles d'une autre",
            "data of this origin are not published here ([catalog] refused_origins): publish those of another";
        Security => "une donnée de sécurité est à l'échelon partenaires_nommes ou plus fermé",
            "security-sensitive data are at the rung partenaires_nommes or more closed";
        Consent => "sans consentement enregistré, ce statut est à l'échelon requete_sure, existence_seule ou invisible",
            "without recorded consent, this status is at the rung requete_sure, existence_seule or invisible";
        Embargo => "une recherche en cours dit jusqu'à quand : ajoutez `embargo` (date)",
            "research in progress says until when: add `embargo` (date)";
        Anonymisation => "une donnée anonymisée dit comment : ajoutez `anonymisation` (method, date)",
            "anonymised data say how: add `anonymisation` (method, date)";
        Schema => "une donnée essentielle de la commande publique nomme son format légal : ajoutez `conforms_to`",
            "essential procurement data name their legal format: add `conforms_to`";
        /// Regulation (EU) 2023/138, article 4.
        HighValue => "un jeu de forte valeur est gratuit et ouvert : choisissez l'échelon `ouvert`, ou retirez `hvd`",
            "a high-value dataset is free and open: choose the rung `ouvert`, or remove `hvd`";
        Offers => "un jeu proposé a au moins une offre : ajoutez `offers`",
            "a dataset on offer has at least one offer: add `offers`";
        NoOffers => "à cet échelon rien ne sort : retirez `offers`, ou choisissez un autre échelon",
            "at this rung nothing leaves: remove `offers`, or choose another rung";
        NamedPartners => "à l'échelon partenaires_nommes, chaque autorisation nomme ses destinataires (`recipient`)",
            "at the rung partenaires_nommes, each permission names its recipients (`recipient`)";
        Source => "des octets peuvent sortir à cet échelon : dites d'où avec `source`",
            "bytes may leave at this rung: say from where with `source`";
        Period => "la fin précède le début : inversez les dates", "the end comes before the start: swap the dates";
        SameOffer => "deux offres ont le même identifiant : changez l'un d'eux",
            "two offers have the same identifier: change one of them";
        TwoIds => "`id` et `policy/@id` diffèrent : gardez l'un des deux",
            "`id` and `policy/@id` differ: keep one of them";
    }
}

impl Fault {
    pub fn new(field: impl Into<String>, value: Option<&Value>, remedy: Remedy) -> Self {
        Self { field: field.into(), value: value.map_or_else(|| "-".to_owned(), short), remedy }
    }
    pub fn rule(field: &str, value: Option<&Value>, rule: Rule) -> Self {
        Self::new(field, value, Remedy::Rule(rule))
    }
}

impl Remedy {
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Missing(field) => {
                format!("{} : {}", lang.pick("ajoutez ce champ", "add this field"), meaning(field, lang))
            }
            Self::Unknown { known } => {
                let start = lang.pick(
                    "champ inconnu : retirez-le, ou corrigez son nom ; connus :",
                    "unknown field: remove it, or correct its name; known:",
                );
                format!("{start} {known}")
            }
            Self::Expected(shape) => {
                format!("{} {}", lang.pick("attendu :", "expected:"), shape.text(lang))
            }
            Self::OneOf(values) => format!("{} {values}", lang.pick("un de :", "one of:")),
            Self::Territory { kind, example } => {
                format!("{} {kind}, {example}", lang.pick("code attendu :", "expected code:"))
            }
            Self::TooLong(max) => {
                format!("{} {max}", lang.pick("trop long ; au plus", "too long; at most"))
            }
            Self::Rule(rule) => rule.text(lang).to_owned(),
            Self::Policy { fr, en } => lang.pick(fr, en).to_owned(),
        }
    }
}

/// What a field is for.
fn meaning(field: &str, lang: Lang) -> &'static str {
    let (fr, en) = match field {
        "title" => ("le titre, pour des personnes", "the title, for persons"),
        "description" => {
            ("ce que le jeu contient, pour des personnes", "what the dataset holds, for persons")
        }
        "theme" => {
            ("un ou plusieurs thèmes européens, comme ENVI", "one or more European themes, such as ENVI")
        }
        "location" => (
            "le territoire, comme {\"kind\": \"commune\", \"code\": \"35238\"}",
            "the territory, such as {\"kind\": \"commune\", \"code\": \"35238\"}",
        ),
        "format" => ("le format des fichiers, comme text/csv", "the format of the files, such as text/csv"),
        "granularity" => (
            "ce que décrit une ligne, comme {\"level\": \"commune\", \"temporal\": \"P1D\"}",
            "what one row is about, such as {\"level\": \"commune\", \"temporal\": \"P1D\"}",
        ),
        "frequency" => ("la fréquence de mise à jour, comme DAILY", "the update frequency, such as DAILY"),
        "producer" => (
            "qui produit les données, comme {\"name\": \"…\"}",
            "who produces the data, such as {\"name\": \"…\"}",
        ),
        "status" => ("le statut juridique des données", "the legal status of the data"),
        "rung" => {
            ("l'échelon d'exposition, de ouvert à invisible", "the exposure rung, from ouvert to invisible")
        }
        "name" => ("le nom", "the name"),
        "kind" => {
            ("commune, epci, departement, region ou pays", "commune, epci, departement, region or pays")
        }
        "code" => ("le code officiel géographique", "the official geographic code"),
        "columns" => ("les colonnes personnelles", "the personal columns"),
        "responsable_traitement" => {
            ("le responsable de traitement (RGPD, art. 4)", "the controller (GDPR, art. 4)")
        }
        "finalites" => {
            ("les finalités du traitement (RGPD, art. 5)", "the purposes of processing (GDPR, art. 5)")
        }
        "base_legale" => ("la base légale (RGPD, art. 6)", "the legal basis (GDPR, art. 6)"),
        "duree_conservation" => ("la durée de conservation, comme P2Y", "the retention period, such as P2Y"),
        "policy" => ("la politique ODRL de l'offre", "the ODRL policy of the offer"),
        "method" => ("la méthode", "the method"),
        "date" => ("la date", "the date"),
        _ => ("il est obligatoire", "it is mandatory"),
    };
    lang.pick(fr, en)
}

/// A value as shown back: never more than 80 characters.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        // A deep or big value is not written out to be cut afterwards.
        Value::Array(items) => format!("[{} element(s)]", items.len()),
        Value::Object(members) => format!("{{{} member(s)}}", members.len()),
        other => other.to_string(),
    };
    if text.chars().count() <= 80 { text } else { text.chars().take(79).chain(['…']).collect() }
}

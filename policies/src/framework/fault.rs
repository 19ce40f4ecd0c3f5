//! What is wrong with a framework, one sentence each.

use ontology::Lang;

/// One thing wrong, and where (a JSON pointer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at: String,
    pub wrong: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// One of the five parts of a *cadre de confiance* is not there.
    Missing(&'static str),
    /// Not of the form expected, in the reader's words.
    Shape(String),
    Empty,
    /// More bytes, or items, than are read.
    Long {
        most: usize,
    },
    /// Lines or characters that the text may not have.
    Characters,
    /// No short name.
    Slug(String),
    Twice(String),
    Unknown {
        noun: Noun,
        name: String,
    },
    /// A parameter that takes other values.
    Value {
        found: String,
        accepted: String,
    },
    Bounds {
        found: u32,
        least: u32,
        most: u32,
    },
    /// A purpose that is allowed and prohibited.
    Contradiction(String),
    /// A kind of member that two rules of admission name.
    TwoRules(String),
    /// A kind of member that no rule of admission names.
    NoRule(String),
    /// The body that admits hears the appeals.
    OwnAppeal,
    /// No seat of citizens votes, though they are said to take part.
    NoCitizen,
    /// A step that no use case can take.
    NoStep {
        from: &'static str,
        to: &'static str,
    },
    /// A step without which nothing is ever tested, or confirmed.
    StepMissing {
        from: &'static str,
        to: &'static str,
    },
    EndsBefore,
    /// A clause of a model policy; the sentences of the compiler.
    Policy {
        fr: String,
        en: String,
    },
}

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    Kind,
    Place,
    Purpose,
    Clause,
    Parameter,
    Theme,
    Body,
    Label,
    CharterVersion,
}

impl Noun {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Kind => ("catégorie de membre", "kind of member"),
            Self::Place => ("lieu (ISO 3166, `EU` ou `EEA`)", "place (ISO 3166, `EU` or `EEA`)"),
            Self::Purpose => ("finalité", "purpose"),
            Self::Clause => ("clause du clausier", "clause of the clausier"),
            Self::Parameter => ("paramètre de cette clause", "parameter of this clause"),
            Self::Theme => ("thème européen (`data-theme`)", "European data theme"),
            Self::Body => ("instance de ce cadre", "body of this framework"),
            Self::Label => ("identifiant de label (IRI)", "identifier of a label (IRI)"),
            Self::CharterVersion => {
                ("version (nombres séparés par des points)", "version (numbers separated by points)")
            }
        }
    }
}

impl Fault {
    /// The fault in one sentence, with its place.
    pub fn sentence(&self, lang: Lang) -> String {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        format!("{at}{}{}", lang.pick(" : ", ": "), self.remedy(lang))
    }

    /// What is wrong and what to do, without the place.
    pub fn remedy(&self, lang: Lang) -> String {
        let (fr, en) = self.wrong.words();
        match lang {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

impl Wrong {
    /// What is wrong and what to do, in both languages.
    fn words(&self) -> (String, String) {
        match self {
            Self::Missing(part) => (
                format!("il manque « {part} ». Un cadre de confiance a cinq parties : objectifs, règles, gouvernance, cas d'usage, place des citoyens."),
                format!("`{part}` is missing. A trust framework has five parts: objectives, rules, governance, use cases, place of citizens."),
            ),
            Self::Shape(what) => (
                format!("forme non comprise ({what}). Comparez avec `fiducie framework new`."),
                format!("form not understood ({what}). Compare with `fiducie framework new`."),
            ),
            Self::Empty => ("vide. Écrivez-le.".into(), "empty. Write it.".into()),
            Self::Long { most } => (
                format!("trop long. Au plus {most}."),
                format!("too long. At most {most}."),
            ),
            Self::Characters => (
                "caractères de contrôle, retours à la ligne de trop ou texte hors de la forme Unicode NFC. Retirez-les.".into(),
                "control characters, lines too many, or text not in Unicode form NFC. Remove them.".into(),
            ),
            Self::Slug(name) => (
                format!("« {name} » n'est pas un nom court. Écrivez des minuscules, des chiffres et des traits d'union."),
                format!("`{name}` is no short name. Write lower-case letters, digits and hyphens."),
            ),
            Self::Twice(name) => (
                format!("« {name} » y est deux fois. Gardez-en un."),
                format!("`{name}` is there twice. Keep one."),
            ),
            Self::Unknown { noun, name } => {
                let (fr, en) = noun.words();
                (
                    format!("« {name} » n'est pas connu. Attendu : {fr}."),
                    format!("`{name}` is not known. Expected: {en}."),
                )
            }
            Self::Value { found, accepted } => (
                format!("« {found} » n'est pas accepté. Valeurs : {accepted}."),
                format!("`{found}` is not accepted. Values: {accepted}."),
            ),
            Self::Bounds { found, least, most } => (
                format!("{found} n'est pas entre {least} et {most}."),
                format!("{found} is not between {least} and {most}."),
            ),
            Self::Contradiction(code) => (
                format!("« {code} » est permis et interdit à la fois. Retirez l'un des deux."),
                format!("`{code}` is allowed and prohibited at once. Remove one of the two."),
            ),
            Self::TwoRules(kind) => (
                format!("deux règles d'admission nomment « {kind} ». Gardez-en une."),
                format!("two rules of admission name `{kind}`. Keep one."),
            ),
            Self::NoRule(kind) => (
                format!("aucune règle d'admission ne nomme « {kind} » : personne de cette catégorie n'entrerait. Ajoutez-en une, ou retirez la catégorie."),
                format!("no rule of admission names `{kind}`: nobody of this kind could enter. Add one, or remove the kind."),
            ),
            Self::OwnAppeal => (
                "l'instance qui admet ne peut juger les recours contre ses décisions. Nommez-en une autre.".into(),
                "the body that admits cannot hear appeals against its decisions. Name another one.".into(),
            ),
            Self::NoCitizen => (
                "les citoyens sont dits parties prenantes, et aucun de leurs sièges ne vote. Ajoutez un collège avec `citizens: true` et une voix, ou baissez le niveau.".into(),
                "citizens are said to be stakeholders, and no seat of theirs votes. Add a college with `citizens: true` and a vote, or lower the level.".into(),
            ),
            Self::NoStep { from, to } => (
                format!("aucun cas d'usage ne va de « {from} » à « {to} ». Retirez cette étape."),
                format!("no use case goes from `{from}` to `{to}`. Remove this step."),
            ),
            Self::StepMissing { from, to } => (
                format!("il manque l'étape de « {from} » à « {to} ». Ajoutez-la, avec les instances qui la décident."),
                format!("the step from `{from}` to `{to}` is missing. Add it, with the bodies that decide it."),
            ),
            Self::EndsBefore => (
                "la fin vient avant l'entrée en vigueur. Corrigez l'une des deux.".into(),
                "the end comes before the entry into force. Correct one of the two.".into(),
            ),
            Self::Policy { fr, en } => (fr.clone(), en.clone()),
        }
    }
}

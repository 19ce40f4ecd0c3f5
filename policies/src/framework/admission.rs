//! Whether somebody may enter: rules of the framework over what is known of the applicant. Nobody is named here.

use contracts::framework::{Admission, AdmissionRule, Places};
use ontology::place::Place;
use ontology::{Lang, Relation};

/// What is known of who applies. What is asked and absent refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applicant {
    pub kind: String,
    /// Law of who controls it, ISO 3166-1.
    pub control: Option<String>,
    /// Where it processes data.
    pub place: Option<String>,
    /// Law that binds who hosts it.
    pub law: Option<String>,
    pub labels: Vec<String>,
    pub themes: Vec<String>,
}

/// Why an applicant is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// This framework has no members of this kind.
    Kind(String),
    Control(Asked),
    Place(Asked),
    Law(Asked),
    LabelMissing(String),
    LabelExcluded(String),
    Themes(Vec<String>),
}

/// What was asked of a place, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub found: Option<String>,
    pub within: Vec<String>,
    pub except: Vec<String>,
}

/// Every reason why the rules do not admit; none: they do, and the body that admits may vote.
pub fn refusals(admission: &Admission, applicant: &Applicant) -> Vec<Ground> {
    let Some(rule) = admission.rules.iter().find(|rule| rule.kinds.contains(&applicant.kind)) else {
        return vec![Ground::Kind(applicant.kind.clone())];
    };
    let AdmissionRule { control, place, law, labels, themes, .. } = rule;
    let mut grounds = Vec::new();
    let judged: [Judged<'_>; 3] = [
        (control, &applicant.control, Ground::Control),
        (place, &applicant.place, Ground::Place),
        (law, &applicant.law, Ground::Law),
    ];
    for (asked, found, ground) in judged {
        if let Some(asked) = asked.as_ref().filter(|asked| !inside(asked, found.as_deref())) {
            let Places { within, except } = asked.clone();
            grounds.push(ground(Asked { found: found.clone(), within, except }));
        }
    }
    if let Some(labels) = labels {
        let has = |label: &&String| applicant.labels.contains(label);
        grounds.extend(labels.all.iter().filter(|label| !has(label)).cloned().map(Ground::LabelMissing));
        grounds.extend(labels.none.iter().filter(has).cloned().map(Ground::LabelExcluded));
    }
    if !themes.is_empty() && !themes.iter().any(|theme| applicant.themes.contains(theme)) {
        grounds.push(Ground::Themes(themes.clone()));
    }
    grounds
}

/// A place that is asked, what was found, and what a refusal would say.
type Judged<'a> = (&'a Option<Places>, &'a Option<String>, fn(Asked) -> Ground);

/// Surely inside, and surely not in what is excepted.
fn inside(asked: &Places, found: Option<&str>) -> bool {
    let Some(found) = found.and_then(Place::parse) else { return false };
    let to = |code: &String| Place::parse(code).map(|place| found.relation(&place));
    asked.within.iter().any(|code| to(code) == Some(Relation::Within))
        && asked.except.iter().all(|code| to(code) == Some(Relation::Apart))
}

impl Ground {
    /// The reason in one sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        let (fr, en) = match self {
            Self::Kind(kind) => (
                format!("Ce cadre n'admet pas de membre de la catégorie « {kind} »."),
                format!("This framework admits no member of kind `{kind}`."),
            ),
            Self::Control(asked) => (
                format!(
                    "Le droit auquel est soumis qui contrôle le candidat doit être {}.",
                    asked.words(Lang::Fr)
                ),
                format!("The law that binds who controls the applicant must be {}.", asked.words(Lang::En)),
            ),
            Self::Place(asked) => (
                format!("Le lieu de traitement doit être {}.", asked.words(Lang::Fr)),
                format!("The place of processing must be {}.", asked.words(Lang::En)),
            ),
            Self::Law(asked) => (
                format!("Le droit auquel est soumis l'hébergeur doit être {}.", asked.words(Lang::Fr)),
                format!("The law that binds the host must be {}.", asked.words(Lang::En)),
            ),
            Self::LabelMissing(label) => (
                format!("Le label {label} est demandé et n'est pas détenu."),
                format!("The label {label} is asked and not held."),
            ),
            Self::LabelExcluded(label) => (
                format!("Les titulaires du label {label} ne sont pas admis."),
                format!("Holders of the label {label} are not admitted."),
            ),
            Self::Themes(themes) => (
                format!("Ce cadre est limité aux domaines {}.", themes.join(", ")),
                format!("This framework is limited to the fields {}.", themes.join(", ")),
            ),
        };
        match lang {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

impl Asked {
    fn words(&self, lang: Lang) -> String {
        let found = self.found.as_deref().unwrap_or(lang.pick("inconnu", "unknown"));
        let mut words = format!("{} {}", lang.pick("dans", "within"), self.within.join(", "));
        if !self.except.is_empty() {
            words.push_str(&format!(" {} {}", lang.pick("hors de", "outside of"), self.except.join(", ")));
        }
        format!("{words} ({}{found})", lang.pick("trouvé : ", "found: "))
    }
}

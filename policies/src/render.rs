//! A whole policy as text for signers, each clause with who enforces it. Deterministic: the same policy, language and
//! template version give the same bytes (UTF-8, NFC, LF), so that a digest of the text can be signed.

mod graded;

use ontology::Lang;
use ontology::action::Action;

use crate::explain::clause;
use crate::operand::Grade;
use crate::policy::{Compiled, Expr, Rule, Test};

pub use graded::{Graded, graded};

/// Version of the wording. A change of any word here is a new version.
pub const TEMPLATE_VERSION: u32 = 1;

/// The text of a policy.
pub fn render(policy: &Compiled, lang: Lang) -> String {
    let mut page = Page { lang, text: String::new() };
    page.line(0, lang.pick("CONDITIONS D'UTILISATION", "TERMS OF USE"));
    for (label, value) in [
        (lang.pick("Jeu de données", "Dataset"), &policy.target),
        (lang.pick("Accordées par", "Granted by"), &policy.assigner),
        (lang.pick("Accordées à", "Granted to"), &policy.assignee),
    ] {
        if let Some(value) = value {
            page.line(0, &format!("{label}{}{value}", lang.pick(" : ", ": ")));
        }
    }
    page.section(lang.pick("Autorisations", "Permissions"), &policy.permissions, Section::Permission);
    page.section(lang.pick("Interdictions", "Prohibitions"), &policy.prohibitions, Section::Prohibition);
    page.section(lang.pick("Obligations", "Obligations"), &policy.obligations, Section::Obligation);
    page.text.push('\n');
    page.line(
        0,
        lang.pick(
            "Tout ce qui n'est pas autorisé est refusé ; une interdiction l'emporte sur une autorisation.",
            "What is not permitted is refused; a prohibition overrides a permission.",
        ),
    );
    page.line(0, lang.pick("Garanties :", "Guarantees:"));
    for grade in [Grade::E1, Grade::E2, Grade::E3, Grade::E4] {
        page.line(1, &format!("{grade:?}{}{}", lang.pick(" : ", ": "), grade.meaning(lang)));
    }
    page.text
}

impl Grade {
    /// What the grade promises, for signers.
    pub const fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Grade::E1 => lang
                .pick("le nœud du fournisseur refuse de lui-même", "the provider's node refuses by itself"),
            Grade::E2 => {
                lang.pick("les logiciels des deux nœuds coopèrent", "the software of both nodes cooperates")
            }
            Grade::E3 => lang.pick(
                "le partenaire l'atteste, par une déclaration signée et datée",
                "the partner attests it, signed and dated",
            ),
            Grade::E4 => lang.pick(
                "engagement contractuel, sans contrôle technique",
                "contractual commitment, without technical control",
            ),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Permission,
    Prohibition,
    Obligation,
}

impl Section {
    const fn label(self, lang: Lang) -> &'static str {
        match self {
            Section::Permission => lang.pick("Autorisation", "Permission"),
            Section::Prohibition => lang.pick("Interdiction", "Prohibition"),
            Section::Obligation => lang.pick("Obligation", "Obligation"),
        }
    }

    /// The node gates the reading of the data; what is done with a copy afterwards only the contract governs.
    fn grade(self, action: Action) -> Grade {
        match self {
            Section::Obligation => Grade::E4,
            _ if action.covers(Action::READ) => Grade::E1,
            _ => Grade::E4,
        }
    }
}

struct Page {
    lang: Lang,
    text: String,
}

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.text.push_str("   ");
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn section(&mut self, title: &str, rules: &[Rule], section: Section) {
        if rules.is_empty() {
            return;
        }
        self.text.push('\n');
        self.line(0, title);
        for (index, rule) in rules.iter().enumerate() {
            self.rule(&format!("{}.", index + 1), rule, section);
        }
    }

    fn rule(&mut self, number: &str, rule: &Rule, section: Section) {
        let grade = section.grade(rule.action);
        let label = action_label(rule.action.name(), self.lang);
        let joint = match (section, rule.when.is_empty()) {
            (_, true) => "",
            (Section::Obligation, _) => self.lang.pick(", dans ce délai :", ", within this time:"),
            _ => self.lang.pick(", si tout ceci est vrai :", ", if all of this holds:"),
        };
        self.line(0, &format!("{number} {label} [{grade:?}]{joint}"));
        for part in &rule.when {
            self.part(1, part, grade);
        }
        if !rule.duties.is_empty() {
            self.line(1, self.lang.pick("après avoir, au préalable [E1] :", "after having first [E1]:"));
        }
        for duty in &rule.duties {
            self.line(2, &format!("- {}", action_label(duty.action.name(), self.lang)));
        }
    }

    fn part(&mut self, depth: usize, part: &Expr, rule: Grade) {
        let logic = match part {
            Expr::Test(test) => return self.test(depth, test, rule),
            Expr::Logic(logic) => logic,
        };
        let colon = self.lang.pick(" :", ":");
        self.line(depth, &format!("- {}{colon}", logic_label(logic.operator.name(), self.lang)));
        for part in &logic.parts {
            self.part(depth + 1, part, rule);
        }
    }

    /// A condition holds no better than the rule it belongs to.
    fn test(&mut self, depth: usize, test: &Test, rule: Grade) {
        let grade = test.operand.grade().max(rule);
        let clause = clause(test.operand, test.operator, &test.expected, self.lang);
        self.line(depth, &format!("- {clause} [{grade:?}]"));
    }
}

/// A logical operator in words.
pub(crate) fn logic_label(operator: &str, lang: Lang) -> &'static str {
    match operator {
        "or" => lang.pick("au moins l'un de", "at least one of"),
        "xone" => lang.pick("exactement l'un de", "exactly one of"),
        _ => lang.pick("tout ceci", "all of this"),
    }
}

/// An action in words, its name in brackets.
pub(crate) fn action_label(name: &str, lang: Lang) -> String {
    let (fr, en) = match name {
        "use" => ("utiliser les données", "use the data"),
        "transfer" => ("céder les données", "transfer ownership of the data"),
        "read" => ("lire les données", "read the data"),
        "aggregate" => ("agréger à d'autres données", "aggregate with other data"),
        "annotate" => ("annoter", "annotate"),
        "anonymize" => ("anonymiser", "anonymise"),
        "archive" => ("archiver", "archive"),
        "attribute" | "cc:Attribution" => ("citer la source", "attribute the source"),
        "compensate" => ("payer une compensation", "pay a compensation"),
        "delete" => ("supprimer toutes les copies", "delete every copy"),
        "derive" | "cc:DerivativeWorks" => ("créer des données dérivées", "create derived data"),
        "display" | "present" | "play" => ("montrer à un public", "show to an audience"),
        "distribute" | "cc:Distribution" | "cc:Sharing" => {
            ("redistribuer à des tiers", "redistribute to third parties")
        }
        "execute" => ("exécuter", "execute"),
        "extract" => ("extraire une partie", "extract a part"),
        "give" => ("donner", "give away"),
        "grantUse" => ("accorder l'usage à un tiers", "grant use to a third party"),
        "index" => ("indexer", "index"),
        "inform" => ("informer l'autre partie", "inform the other party"),
        "modify" => ("modifier", "modify"),
        "nextPolicy" => ("imposer les mêmes conditions à la suite", "pass the same terms on"),
        "obtainConsent" => ("obtenir un consentement", "obtain consent"),
        "reproduce" | "cc:Reproduction" => ("copier", "copy"),
        "reviewPolicy" => ("faire relire les conditions", "have the terms reviewed"),
        "sell" => ("vendre", "sell"),
        "transform" | "translate" => ("convertir", "convert"),
        "cc:CommercialUse" => ("faire un usage commercial", "make commercial use"),
        "cc:Notice" => ("conserver la mention de licence", "keep the licence notice"),
        "cc:ShareAlike" => ("partager à l'identique", "share alike"),
        "cc:SourceCode" => ("fournir la source", "provide the source"),
        _ => return name.to_owned(),
    };
    format!("{} ({name})", lang.pick(fr, en))
}

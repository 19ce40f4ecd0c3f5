//! The readable text is signed by digest: not a byte of it may change without a new template version.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use contracts::odrl::Policy;
use ontology::Lang;
use policies::{TEMPLATE_VERSION, compile, render};

/// After a change of wording, raise `TEMPLATE_VERSION`, then `UPDATE_TEXT=1 cargo test --release -p policies`.
#[test]
fn golden_text_of_every_template_version() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let policy: Policy =
        serde_json::from_str(&std::fs::read_to_string(folder.join("text.json")).unwrap()).unwrap();
    let compiled = compile(&policy).unwrap();
    for lang in [Lang::Fr, Lang::En] {
        let text = render(&compiled, lang);
        let path = folder.join(format!("text-{TEMPLATE_VERSION}.{}.txt", lang.tag()));
        if std::env::var_os("UPDATE_TEXT").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{}", path.display());
        assert!(!text.contains('\r') && text.ends_with('\n'));
    }
}

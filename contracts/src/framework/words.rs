//! A text for persons in both languages of the node.

use ontology::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The same said in French and English; neither stands above the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub fr: String,
    pub en: String,
}

impl Words {
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.fr, &self.en)
    }
}

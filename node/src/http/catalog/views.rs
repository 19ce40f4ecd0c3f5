//! Forms of the catalogue that are no RDF, written from the descriptions of a page.

use ontology::Lang;

use super::form::Form;
use crate::domain::member::Member;
use crate::graph::{Slice, Subset};
use crate::views::{Shown, feed, page, scdl, schema_org};

/// What the text of a page is made of.
pub struct Page<'a> {
    pub member: &'a Member,
    pub subset: Subset,
    pub this: String,
    /// The address without the end that asks for a form.
    pub base: String,
    pub next: Option<String>,
    pub lang: Lang,
}

/// A page of the catalogue; nothing for forms that are written elsewhere.
pub fn catalogue(form: Form, page: &Page<'_>, slice: &Slice, shown: &[Shown]) -> Option<String> {
    let Page { member, lang, .. } = page;
    let of = match page.subset.open {
        true => lang.pick("Données ouvertes de", "Open data of"),
        false => lang.pick("Catalogue de", "Catalogue of"),
    };
    let title = format!("{of} {}", member.name);
    let head = || feed::Head { member, title: title.clone(), this: page.this.clone(), at: slice.at };
    match form {
        Form::Rdf(_) => None,
        Form::Html => Some(page::catalogue(member, &title, &page.base, shown, page.next.as_deref(), *lang)),
        Form::SchemaOrg => Some(schema_org::catalogue(member, &title, shown, *lang).to_string()),
        Form::Atom => Some(feed::atom(&head(), shown, *lang)),
        Form::Rss => Some(feed::rss(&head(), shown, *lang)),
        Form::Csv => Some(scdl::table(member, shown)),
    }
}

/// One dataset; nothing for forms that are written elsewhere, or that are of catalogues only.
pub fn dataset(form: Form, member: &Member, shown: &Shown, lang: Lang) -> Option<String> {
    match form {
        Form::Html => Some(page::dataset(member, shown, lang)),
        Form::SchemaOrg => Some(schema_org::dataset(member, shown, lang).to_string()),
        Form::Rdf(_) | Form::Atom | Form::Rss | Form::Csv => None,
    }
}

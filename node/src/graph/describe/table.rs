//! Columns as a table schema (CSV on the Web, Metadata Vocabulary for Tabular Data).

use contracts::dataset::Description;
use ontology::dcat::column;
use oxigraph::model::{Literal, NamedNode};

use crate::graph::triples::*;

const SCHEME: &str = "https://w3id.org/fiducie/column";

pub(super) fn columns(out: &mut Triples, node: &NamedNode, d: &Description) {
    if d.columns.is_empty() {
        return;
    }
    let schema = part(node, "columns");
    out.a(schema.clone(), csvw("Schema"));
    out.add(node.clone(), csvw("tableSchema"), schema.clone());
    let mut all = Vec::with_capacity(d.columns.len());
    for (at, column) in d.columns.iter().enumerate() {
        let own = part(node, &format!("column-{at}"));
        out.a(own.clone(), csvw("Column"));
        // What stands in the head of the table: `csvw:name` allows fewer characters than heads have.
        out.add(own.clone(), csvw("title"), plain(&column.name));
        out.add(own.clone(), csvw("datatype"), datatype(column::datatype(column.kind.code)));
        let kind = out.concept(column.kind, Some((SCHEME, "Column type")));
        out.add(own.clone(), fiducie("columnType"), kind);
        if let Some(title) = &column.title {
            out.texts(&own, dct("title"), title);
        }
        if let Some(description) = &column.description {
            out.texts(&own, dct("description"), description);
        }
        if column.personal {
            out.add(own.clone(), fiducie("personal"), Literal::from(true));
        }
        if column.contributors {
            out.add(own.clone(), fiducie("contributors"), Literal::from(true));
        }
        if let Some(year) = column.territory {
            out.add(own.clone(), fiducie("territory"), Literal::from(i64::from(year)));
        }
        all.push(own);
    }
    let list = out.list(node, "columns-list", &all);
    out.add(schema, csvw("column"), list);
}

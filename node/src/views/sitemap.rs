//! Sitemaps (sitemaps.org): the pages there are, for search engines.

use std::fmt::Write;

use contracts::id::DatasetId;

use super::escape;
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::graph::describe;

/// Most addresses in one file.
pub const MOST: usize = 50_000;

/// Pages of these datasets with the day each last changed.
pub fn pages<'a>(member: &Member, datasets: impl Iterator<Item = (&'a DatasetId, Timestamp)>) -> String {
    let mut out = head("urlset");
    for (id, since) in datasets {
        let page = escape(&describe::page(member, id));
        let _ = writeln!(out, "<url><loc>{page}</loc><lastmod>{}</lastmod></url>", since.rfc3339());
    }
    out.push_str("</urlset>\n");
    out
}

/// So many sitemaps, when one is not enough.
pub fn index(member: &Member, files: usize) -> String {
    let mut out = head("sitemapindex");
    for file in 1..=files {
        let at = escape(&member.at(&format!("/sitemap-{file}.xml")));
        let _ = writeln!(out, "<sitemap><loc>{at}</loc></sitemap>");
    }
    out.push_str("</sitemapindex>\n");
    out
}

fn head(name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{name} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    )
}

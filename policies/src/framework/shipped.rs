//! Frameworks that ship with the node, as drafts: nobody has signed them, whoever publishes one does.

/// Name and text of each.
pub const SHIPPED: [(&str, &str); 3] = [
    ("climate-data-hub", include_str!("../../frameworks/climate-data-hub.json")),
    ("charte-ethique", include_str!("../../frameworks/charte-ethique.json")),
    ("concession", include_str!("../../frameworks/concession.json")),
];

/// A draft by its name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

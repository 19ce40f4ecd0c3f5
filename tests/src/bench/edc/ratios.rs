//! How many times one side is better, and what each does that the other does not.

use crate::bench::figure::Figure;

/// What the figures do not say by themselves.
pub const DIFFERENCES: &str = "\
What each side does that the other does not, in these figures:
  ours: TLS between the nodes, a signed token per message, the contract signed by both, every step entered in a log
        whose head is signed, state, entry and message flushed to disk before the answer (SQLite, or PostgreSQL
        with --postgres), policy decided at each delivery, digest and receipt of what left.
  EDC:  an extensible runtime of a hundred and more services, any policy function, several protocol versions and
        identity systems, JSON-LD with any context. Here: stores in memory and nothing on disk (PostgreSQL with
        --postgres), a stand-in for identity, plain HTTP between its participants, one definition for all assets,
        which is its best case.";

/// Ratios by name, how they come about, and what was to be reached: all so that more is better for ours.
pub fn ratios(figures: &[Figure]) -> Vec<(&'static str, Option<f64>, f64)> {
    let value = |name: &str| figures.iter().find(|f| f.name == name).and_then(|f| f.value);
    let over = |a: &str, b: &str| Some(value(a)? / value(b)?);
    let best = |names: [&str; 3]| names.into_iter().filter_map(value).reduce(f64::max);
    let rates = best(super::NAMES[0]).zip(best(super::NAMES[1])).map(|(ours, theirs)| ours / theirs);
    vec![
        ("negotiation_latency_vs_tuned", over("edc_tuned_negotiation_ms", "ours_negotiation_ms"), 20.0),
        ("negotiation_latency_vs_default", over("edc_default_negotiation_ms", "ours_negotiation_ms"), 20.0),
        ("negotiations_per_s_vs_tuned", rates, 10.0),
        ("catalogue_10k_vs", over("edc_page_10k_ms", "ours_page_10k_ms"), 50.0),
        ("memory_vs", over("edc_memory_mb", "ours_memory_mb"), 4.0),
        ("start_vs", over("edc_start_s", "ours_start_s"), 10.0),
        ("push_vs", over("ours_push_mb_per_s", "edc_push_mb_per_s"), 1.0),
    ]
}

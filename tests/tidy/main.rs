//! What must hold of the repository itself: arrows between parts, sizes, words, documents, dependencies, the binary.

mod arrows;
mod binary;
mod dependencies;
mod documents;
mod help;
mod sizes;
mod source;
mod text;
mod words;

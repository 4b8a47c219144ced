//! Requests that are made up from a description and a seed.

mod arrivals;
mod content;
mod draw;
mod files;
mod plan;
mod rate;
mod source;

pub(crate) use files::load_files;
pub(crate) use source::SyntheticSource;

#[cfg(test)]
mod tests;

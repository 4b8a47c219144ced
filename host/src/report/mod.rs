//! What a run leaves for people and programs: the summary on a terminal, CSV, JSON.
//!
//! Nothing here simulates, prints or exits: plain results go in, text goes to a writer. `file`
//! puts such text into files that are whole or not there at all.

pub mod csv;
pub mod file;
pub mod json;
pub(crate) mod number;
#[cfg(test)]
mod sample;
mod style;
mod table;
pub mod terminal;
mod wrap;

pub use style::Style;
pub use table::Table;

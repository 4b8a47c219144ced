//! What a validation says: on a terminal, as JSON, and as plots.

mod json;
mod plot;
mod terminal;

pub use json::json;
pub use plot::write_plots;
pub use terminal::terminal;

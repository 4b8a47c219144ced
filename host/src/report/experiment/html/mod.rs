//! `report.html`: one page that needs nothing else, neither files nor a network.
//!
//! `page` gathers what it shows, from `verdicts` and `arms`; `templates/` says how it looks. A figure on it
//! is worded as everywhere (`wording`), and its element has the whole value.

mod arms;
mod page;
#[cfg(test)]
mod tests;
mod verdicts;

use std::io::{self, Write};

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;

use super::plot::Plots;
use crate::experiment::results::Results;

const TEMPLATES: [(&str, &str); 4] = [
    ("page.html", include_str!("templates/page.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("verdicts.html", include_str!("templates/verdicts.html")),
    ("arms.html", include_str!("templates/arms.html")),
];

/// Writes the page.
///
/// # Errors
///
/// What the writer says.
pub(super) fn write(results: &Results, plots: &Plots, out: &mut dyn Write) -> io::Result<()> {
    let page = rendered(results, plots).map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(page.as_bytes())?;
    out.flush()
}

fn rendered(results: &Results, plots: &Plots) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    templates.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    for (name, text) in TEMPLATES {
        // Names end in .html: whatever is put in is escaped.
        templates.add_template(name, text)?;
    }
    templates.get_template("page.html")?.render(Serde(page::Page::new(results, plots)))
}

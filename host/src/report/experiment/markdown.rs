//! `summary.md`: what the terminal says, for a page of notes or a merge request.

use std::io::{self, Write};

use super::super::plain;
use super::lookup::{mean, unit_of};
use super::notes::notes;
use super::wording::{self, expected, figure, interval, title};
use crate::experiment::results::{Expectation, Results};

/// Writes the summary.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, mut out: impl Write) -> io::Result<()> {
    writeln!(out, "# {}\n", text(&results.name))?;
    if let Some(about) = &results.about {
        writeln!(out, "{}\n", text(about))?;
    }
    let runs: usize = results.arms.iter().map(|arm| arm.runs.len()).sum();
    writeln!(
        out,
        "{}, {}, {} by pointsman {}.\n",
        super::super::plural(results.arms.len() as u64, "arm"),
        super::super::plural(results.seeds.seeds.len() as u64, "seed"),
        super::super::plural(runs as u64, "run"),
        text(&results.host_version)
    )?;
    verdicts(results, &mut out)?;
    for metric in &results.metrics {
        writeln!(out, "## {}\n", text(&title(metric)))?;
        row(&mut out, &["arm", "mean ± 95 % interval", "seeds"].map(str::to_owned))?;
        writeln!(out, "|---|--:|--:|")?;
        for arm in &results.arms {
            let mean = mean(results, &arm.name, &metric.metric);
            let mark = if arm.is_past_saturation() { " \\*" } else { "" };
            let words = mean.map_or("-".to_owned(), |mean| wording::mean(mean, &metric.unit));
            let seeds = mean.map_or("0".to_owned(), |mean| mean.seeds.to_string());
            row(&mut out, &[format!("{}{mark}", text(&arm.name)), words, seeds])?;
        }
        writeln!(out)?;
        if results.arms.iter().any(|arm| arm.is_past_saturation()) {
            writeln!(out, "\\* past saturation\n")?;
        }
    }
    let notes = notes(results);
    if !notes.is_empty() {
        writeln!(out, "## What to know before believing it\n")?;
        for note in notes {
            writeln!(out, "- **{}**: {}", text(&note.title), text(&note.text))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "## To make it again\n\n```sh\n{}\n```", plain(&results.command).replace("```", ""))?;
    out.flush()
}

fn verdicts(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    if results.hypotheses.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Verdicts\n")?;
    row(out, &["", "verdict", "claim", "estimate", "95 % interval", "expected", "seeds"].map(str::to_owned))?;
    writeln!(out, "|---|---|---|--:|---|---|--:|")?;
    for hypothesis in &results.hypotheses {
        let id = format!("**{}**", text(&hypothesis.id));
        let head = |figures: [String; 4]| {
            let mut claim = text(&hypothesis.claim);
            if let Some(reason) = &hypothesis.reason {
                claim += &format!(" ({})", text(reason));
            }
            let words = [id.clone(), format!("**{}**", wording::verdict(hypothesis.verdict)), claim];
            words.into_iter().chain(figures).collect::<Vec<_>>()
        };
        if hypothesis.expectations.len() != 1 {
            row(out, &head(Default::default()))?;
        }
        let is_alone = hypothesis.expectations.len() == 1;
        for each in &hypothesis.expectations {
            let mut figures = figures(results, each);
            if is_alone {
                row(out, &head(std::mem::take(&mut figures)))?;
            }
            let reason = each.reason.as_ref().map_or(String::new(), |reason| format!(": {}", text(reason)));
            let words = [
                String::new(),
                wording::verdict(each.verdict).to_owned(),
                format!("{}{reason}", code(&each.text)),
            ];
            row(out, &words.into_iter().chain(figures).collect::<Vec<_>>())?;
        }
    }
    writeln!(out)
}

fn figures(results: &Results, expectation: &Expectation) -> [String; 4] {
    let unit = unit_of(results, expectation);
    let Some(found) = &expectation.estimate else {
        return ["-".to_owned(), "-".to_owned(), expected(expectation, unit), "-".to_owned()];
    };
    [
        figure(found.estimate, unit),
        interval(found, unit),
        expected(expectation, unit),
        found.seeds.to_string(),
    ]
}

fn row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Text that Markdown shows as it is, in a cell too.
fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in plain(text).chars() {
        if matches!(c, '\\' | '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '&' | '~') {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

/// Text in the type of programs. A cell ends at a bar even there.
fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let fence = if text.contains('`') { "``" } else { "`" };
    let gap = if text.contains('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written(results: &Results) -> String {
        let mut out = Vec::new();
        write(results, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_page() {
        insta::assert_snapshot!(written(&sample::results()));
    }

    #[test]
    fn names_stay_in_their_cells() {
        let mut results = sample::results();
        results.arms[0].name = "<script>|\n# x".to_owned();
        let text = written(&results);
        assert!(text.contains("| \\<script\\>\\|\\\\n\\# x |"), "{text}");
        assert_eq!(code("a | b"), "`a \\| b`");
    }
}

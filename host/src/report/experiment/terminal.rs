//! What an experiment says at its end: the verdicts first, then each metric by arm with a small bar
//! chart, then what one should know before believing any of it.

use std::io::{self, Write};

use super::super::style::name;
use super::super::wrap::wrap;
use super::super::{Style, Table, plain};
use super::lookup::{mean, unit_of};
use super::notes::notes;
use super::wording::{self, aside, expected, figure, interval};
use crate::experiment::results::{Expectation, Interval, MetricInfo, Results, Verdict};

/// More arms than this are left to the files: nobody reads them at a glance.
const MOST_ARMS: usize = 24;
/// Columns of a bar.
const BAR: usize = 32;

/// Writes verdicts, metrics and notes.
///
/// # Errors
///
/// What the writer says.
pub fn write(results: &Results, style: Style, mut out: impl Write) -> io::Result<()> {
    let mut parts = vec![verdicts(results, style), reasons(results, style)];
    parts.extend(results.metrics.iter().map(|metric| by_arm(results, metric, style)));
    parts.push(notes(results).iter().flat_map(|note| note.paint(style)).collect());
    parts.retain(|lines| !lines.is_empty());
    for (index, lines) in parts.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()
}

fn verdicts(results: &Results, style: Style) -> Vec<String> {
    if results.hypotheses.is_empty() {
        return Vec::new();
    }
    let heads = ["Verdicts", "", "estimate", "95 % interval", "expected", "seeds", "claim"];
    let mut table = Table::new(heads.len(), heads);
    let mut shown = Vec::new();
    for hypothesis in &results.hypotheses {
        let claim = plain(&hypothesis.claim).into_owned();
        let mut row = |id: String, verdict, figures: [String; 4], text: String| {
            shown.push(verdict);
            let [estimate, interval, expected, seeds] = figures;
            table.row([id, wording::verdict(verdict).to_owned(), estimate, interval, expected, seeds, text]);
        };
        let id = format!("  {}", name(&hypothesis.id));
        match &hypothesis.expectations[..] {
            [only] => row(id, hypothesis.verdict, figures(results, only), claim),
            several => {
                row(id, hypothesis.verdict, Default::default(), claim);
                for each in several {
                    row(String::new(), each.verdict, figures(results, each), plain(&each.text).into_owned());
                }
            }
        }
    }
    let mut lines = table.titled_lines_within("Verdicts", style);
    paint(&mut lines, &shown, style);
    lines
}

fn figures(results: &Results, expectation: &Expectation) -> [String; 4] {
    let unit = unit_of(results, expectation);
    let of = |word: &dyn Fn(&Interval) -> String| expectation.estimate.as_ref().map_or("-".to_owned(), word);
    [
        of(&|found| figure(found.estimate, unit)),
        of(&|found| interval(found, unit)),
        Some(expected(expectation, unit)).filter(|range| !range.is_empty()).unwrap_or_else(|| "-".to_owned()),
        of(&|found| found.seeds.to_string()),
    ]
}

/// Colours the verdicts, which stand in the second column in the order of `shown`.
fn paint(lines: &mut [String], shown: &[Verdict], style: Style) {
    let mut shown = shown.iter().copied().peekable();
    let column = lines.first().map_or(0, |heads| heads.chars().count());
    for line in lines.iter_mut().skip(1).filter(|_| column > 0) {
        let Some(&verdict) = shown.peek() else { return };
        let word = wording::verdict(verdict);
        // The first such word: an id cannot hold it, since names before it are not upper-case words.
        if let Some(start) = line.find(word) {
            let painted = match verdict {
                Verdict::Confirmed => style.right(word),
                Verdict::Refuted => style.wrong(word),
                Verdict::Inconclusive => style.alert(word),
            };
            line.replace_range(start..start + word.len(), &painted);
            shown.next();
        }
    }
}

fn reasons(results: &Results, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for hypothesis in &results.hypotheses {
        let own = hypothesis.reason.iter();
        let reasons = own.chain(hypothesis.expectations.iter().filter_map(|each| each.reason.as_ref()));
        let mut told: Vec<&String> = Vec::new();
        for reason in reasons {
            if !told.contains(&reason) {
                told.push(reason);
                let id = name(&hypothesis.id);
                let mut wrapped = wrap(&format!("{id}: "), &plain(reason), style.width, 2);
                if let Some(first) = wrapped.first_mut() {
                    first.replace_range(..id.len(), &style.name(&id));
                }
                lines.extend(wrapped);
            }
        }
    }
    lines
}

/// A metric: its mean and interval in each arm, and bars to the same scale.
fn by_arm(results: &Results, metric: &MetricInfo, style: Style) -> Vec<String> {
    let found = |arm: &str| mean(results, arm, &metric.metric);
    let shown = &results.arms[..results.arms.len().min(MOST_ARMS)];
    let largest =
        shown.iter().filter_map(|arm| found(&arm.name)).fold(0.0, |most, mean| mean.estimate.max(most));
    let title = name(&metric.metric).into_owned();
    let mut table = Table::new(1, [title.as_str(), "mean", ""]);
    let mut bars = Vec::new();
    for arm in shown {
        let mark = if arm.is_past_saturation() { " *" } else { "" };
        let mean = found(&arm.name);
        let words = mean.map_or("-".to_owned(), |mean| wording::mean(mean, &metric.unit));
        table.row([format!("  {}{mark}", name(&arm.name)), words, String::new()]);
        bars.push(mean.map_or(String::new(), |mean| bar(mean.estimate, largest)));
    }
    let mut lines = table.titled_lines(&title, style);
    if let Some(heads) = lines.first_mut() {
        heads.push_str(&style.faint(aside(metric)));
    }
    let width = lines.iter().skip(1).map(|line| line.chars().count()).max().unwrap_or(0);
    for (line, bar) in lines.iter_mut().skip(1).zip(bars) {
        *line = format!("{line:width$}  {bar}").trim_end().to_owned();
    }
    if shown.iter().any(|arm| arm.is_past_saturation()) {
        lines.push(style.faint("  * past saturation"));
    }
    if results.arms.len() > shown.len() {
        let more = results.arms.len() - shown.len();
        lines.push(style.faint(format!("  and {more} arms more, in results.csv")));
    }
    lines
}

/// A bar in eighths of a character. What is above nothing shows at least an eighth.
fn bar(value: f64, largest: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if value.is_nan() || value <= 0.0 || largest <= 0.0 {
        return String::new();
    }
    let eighths = ((value / largest) * (8 * BAR) as f64).round().clamp(1.0, (8 * BAR) as f64) as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written(results: &Results, style: Style) -> String {
        let mut out = Vec::new();
        write(results, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn verdicts_metrics_and_notes() {
        let text = written(&sample::results(), Style::PLAIN);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn without_colour_the_words_are_the_same() {
        let coloured = written(&sample::results(), Style { colour: true, ..Style::PLAIN });
        assert_eq!(coloured.matches("\u{1b}[32mCONFIRMED").count(), 3, "the verdict and both of its parts");
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            written(&sample::results(), Style::PLAIN)
        );
    }

    #[test]
    fn names_cannot_paint_the_terminal_and_may_be_long() {
        let mut results = sample::results();
        results.hypotheses[0].id = "\u{1b}[2J".to_owned();
        results.hypotheses[0].claim = "a\nb".repeat(100);
        let long = "x".repeat(300);
        results
            .estimates
            .iter_mut()
            .filter(|found| found.arm == "default.50")
            .for_each(|found| found.arm = long.clone());
        results.arms[0].name = long;
        let text = written(&results, Style::PLAIN);
        assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}[2J"));
        assert!(text.contains(&format!("{}…", "x".repeat(39))));
    }

    #[test]
    fn bars_scale() {
        assert_eq!(bar(10.0, 10.0), "█".repeat(BAR));
        assert_eq!(bar(5.0, 10.0), "█".repeat(BAR / 2));
        assert_eq!(
            (bar(1e-9, 10.0).as_str(), bar(0.0, 10.0).as_str(), bar(-1.0, 10.0).as_str()),
            ("▏", "", "")
        );
        assert_eq!(bar(10.0 / 256.0 * 11.0, 10.0), "█▍");
    }
}

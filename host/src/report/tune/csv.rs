//! `points.csv`: all points as the search saw them.

use std::io::{self, Write};

use super::super::csv::unwrapped;
use crate::experiment::tune::{Answer, PointRow};

/// Writes the heads and a row per point. Relative differences are those from the baseline on the same seeds.
///
/// # Errors
///
/// What the writer says.
pub fn write(answer: &Answer, out: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut heads: Vec<String> =
        ["point", "rung", "seeds", "chosen", "beyond_guardrails"].map(str::to_owned).to_vec();
    for metric in &answer.metrics {
        let name = &metric.metric;
        heads.extend([name.clone(), format!("{name}.baseline"), format!("{name}.relative")]);
    }
    heads.push("failure".to_owned());
    csv.write_record(&heads).map_err(unwrapped)?;
    for point in &answer.points {
        csv.write_record(fields(point, answer.metrics.len())).map_err(unwrapped)?;
    }
    csv.flush()
}

fn fields(point: &PointRow, metrics: usize) -> Vec<String> {
    let mut fields = vec![
        point.point.clone(),
        point.rung.to_string(),
        point.seeds.to_string(),
        u8::from(point.is_chosen).to_string(),
        point.violation.to_string(),
    ];
    for metric in 0..metrics {
        match point.estimates.get(metric) {
            Some(one) => {
                let relative = one.relative.map_or_else(String::new, |relative| relative.to_string());
                fields.extend([one.mean.to_string(), one.baseline.to_string(), relative]);
            }
            None => fields.extend([String::new(), String::new(), String::new()]),
        }
    }
    fields.push(point.failure.clone().unwrap_or_default());
    fields
}

//! The run as a whole.

use super::super::Style;
use super::super::number::{count, percent, short};
use super::super::wrap::wrap;
use super::config_value;
use crate::metrics::Summary;
use crate::run::Outcome;

pub(super) fn lines(outcome: &Outcome, style: Style) -> Vec<String> {
    let summary = &outcome.summary;
    let mut rows = vec![
        ("simulated time", format!("{} s, {} steps", short(summary.end_ms / 1e3), count(summary.steps))),
        (
            "throughput",
            format!(
                "{} requests/s, {} output tokens/s",
                short(summary.throughput_rps),
                short(summary.output_tokens_per_s)
            ),
        ),
        ("prefix hit rate", hit_rate(summary)),
        ("preemptions", preemptions(summary)),
    ];
    let kv = |key| config_value(outcome, &["cluster", "kv", key]).as_u64();
    if kv("cpu_blocks") != Some(0) {
        rows.push(("CPU tier", cpu_tier(summary)));
        rows.push(("thrashing rate", thrashing(summary, kv("thrash_window_us"))));
    }
    if let Some(index) = summary.fairness_jain {
        rows.push((
            "fairness",
            format!("{index:.3} (Jain's index of output tokens over tenants; 1 is even)"),
        ));
    }
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = vec![style.title("Totals")];
    for (name, value) in rows {
        lines.extend(wrap(&format!("  {name:width$}  "), &value, style.width, width + 4));
    }
    lines
}

fn hit_rate(summary: &Summary) -> String {
    let (gpu, cpu) = (percent(summary.hit_rate_gpu), percent(summary.hit_rate_cpu));
    let parts = if summary.hit_rate_cpu > 0.0 { format!(" (GPU {gpu}, CPU {cpu})") } else { String::new() };
    format!("{} of admitted tokens{parts}", percent(summary.hit_rate))
}

fn preemptions(summary: &Summary) -> String {
    let mut text = count(summary.preemptions);
    let asides = [
        (summary.repeated_starts, "repeated step starts"),
        (summary.stuck_releases, "releases of stuck requests"),
    ];
    let asides: Vec<String> = asides
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    if !asides.is_empty() {
        text += &format!(" ({})", asides.join(", "));
    }
    text
}

fn cpu_tier(summary: &Summary) -> String {
    format!(
        "{} blocks offloaded, {} reloaded in {} ms",
        count(summary.offloaded_blocks),
        count(summary.reloaded_blocks),
        short(summary.instances.iter().map(|instance| instance.reload_ms).sum())
    )
}

fn thrashing(summary: &Summary, window_us: Option<u64>) -> String {
    let mut text = percent(summary.kv_thrashing_rate);
    let busy_ms: f64 = summary.instances.iter().map(|instance| instance.busy * summary.end_ms).sum();
    if let Some(window_us) = window_us {
        text += &format!(" (reloaded within {} us", count(window_us));
        let step_us = busy_ms * 1e3 / summary.steps.max(1) as f64;
        if (window_us as f64) < step_us {
            text += &format!("; a step takes {} us, so this window rarely sees any", count(step_us as u64));
        }
        text += ")";
    }
    text
}

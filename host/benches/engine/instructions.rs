//! Whether the engine does more or less than before, by counts of instructions: no other work on a machine
//! changes those, so a few per cent show.
//!
//! Every row runs once under callgrind. What it counts per request is compared with `instructions.csv` beside this
//! folder, or written there.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::row::{COUNTED, Row};
use crate::shapes::Shape;

/// Requests of a row at most: one that takes a second takes a minute under callgrind.
const MOST_REQUESTS: u64 = 20_000;

/// What counts as a change. Other machines have other C libraries, and their copying differs.
const TOLERANCE_PERCENT: f64 = 1.0;

const HEADER: &str = "shape,policies,engine,instructions_per_request";

/// A row's name in the table and what was counted.
struct Count {
    name: String,
    per_request: f64,
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.csv")
}

/// The committed counts; none where there is no table.
fn committed() -> Vec<Count> {
    let text = std::fs::read_to_string(table()).unwrap_or_default();
    let counts = text.lines().skip(1).filter_map(|line| {
        let (name, count) = line.rsplit_once(',')?;
        Some(Count { name: name.to_owned(), per_request: count.parse().ok()? })
    });
    counts.collect()
}

/// Policies are quoted: their names have commas.
fn name(row: &Row<'_>) -> String {
    format!("{},\"{}\",{}", row.shape.name, row.policies(), row.engine)
}

/// Instructions per request; `None` where valgrind or a library is missing, which is said.
fn count(row: &Row<'_>) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        // Reading libraries and configurations is left out.
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(std::env::current_exe().unwrap())
        .args(row.args())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            println!("no counts: valgrind: {error}; it is a package of most Linux distributions");
            return None;
        }
    };
    let (told, printed) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    if printed.contains("skipped") {
        print!("{printed}");
        return None;
    }
    let collected =
        told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
    let requests =
        printed.lines().find_map(|line| line.strip_prefix("requests ")?.trim().parse::<f64>().ok());
    let (Some(collected), Some(requests)) = (collected, requests) else {
        println!("{}: callgrind counted nothing:\n{told}", name(row));
        return None;
    };
    Some(collected / requests)
}

/// Counts the rows of these shapes and compares; with `write` the counts take the table's place. Fails if any row
/// became worse.
pub(crate) fn run(shapes: &[&Shape], engines: &[&str], write: bool) -> ExitCode {
    let known = committed();
    let mut counted = Vec::new();
    let mut worse = 0;
    println!(
        "{:<54} {:>14} {:>14} {:>9}",
        "shape, policies, engine", "instr./request", "in the table", "change"
    );
    for shape in shapes {
        for policies in 0..shape.policies.len() {
            for engine in engines {
                let row = Row { shape, policies, engine, runs: Some(1), requests: Some(MOST_REQUESTS) };
                let Some(per_request) = count(&row) else { continue };
                let name = name(&row);
                let before = known.iter().find(|count| count.name == name).map(|count| count.per_request);
                let change = before.map(|before| (per_request / before - 1.0) * 100.0);
                worse += u32::from(change.is_some_and(|change| change > TOLERANCE_PERCENT));
                let verdict = match change {
                    None => "new".to_owned(),
                    Some(change) if change > TOLERANCE_PERCENT => format!("{change:+.1} % worse"),
                    Some(change) if change < -TOLERANCE_PERCENT => format!("{change:+.1} % better"),
                    Some(change) => format!("{change:+.1} %"),
                };
                let label = format!("{:<5} {:<40} {engine:<6}", shape.name, row.policies());
                let before = before.map_or_else(String::new, |before| format!("{before:.0}"));
                println!("{label} {per_request:>14.0} {before:>14} {verdict:>9}");
                counted.push(Count { name, per_request });
            }
        }
    }
    if write {
        rewrite(known, counted);
        return ExitCode::SUCCESS;
    }
    if worse > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Rows that were not counted stay as they were.
fn rewrite(known: Vec<Count>, counted: Vec<Count>) {
    let mut rows = known;
    for new in counted {
        match rows.iter_mut().find(|row| row.name == new.name) {
            Some(row) => *row = new,
            None => rows.push(new),
        }
    }
    let lines = rows.iter().map(|row| format!("{},{:.0}\n", row.name, row.per_request));
    let text: String = std::iter::once(format!("{HEADER}\n")).chain(lines).collect();
    std::fs::write(table(), text).unwrap();
    println!("written: {}", table().display());
}

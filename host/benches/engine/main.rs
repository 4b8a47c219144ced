//! How fast the engines simulate: requests per second of CPU, nanoseconds per simulated token and per event,
//! and memory, on the shapes that `README.md` beside this folder describes.
//!
//! `cargo bench -p pointsman --bench engine` measures all; `-- S` the shapes whose name begins so,
//! `-- S fast` on one engine alone. Every figure is the best of a few runs, since noise only
//! ever adds, and every row is a process of its own, so that its memory is its own.
//!
//! `-- instructions` counts instructions instead, and compares them with those of the last commit that wrote them
//! down.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark measures time and prints it"
)]

mod instructions;
mod row;
mod shapes;

use std::process::{Command, ExitCode};

use row::Row;
use shapes::Shape;

const ENGINES: [&str; 2] = ["plain", "fast"];

/// The shapes whose name begins so; all without a beginning.
fn wanted<'a>(shapes: &'a [Shape], prefix: Option<&str>) -> Vec<&'a Shape> {
    shapes.iter().filter(|shape| prefix.is_none_or(|prefix| shape.name.starts_with(prefix))).collect()
}

/// Measures every row in a process of its own.
fn table(shapes: &[&Shape], engines: &[&str]) -> ExitCode {
    println!(
        "{:<53} {:>10} {:>9} {:>9} {:>9} {:>9} {:>8}",
        "shape, policies, engine", "requests/s", "ns/token", "ns/event", "steps", "ms", "peak MiB"
    );
    for shape in shapes {
        for policies in 0..shape.policies.len() {
            for engine in engines {
                let row = Row { shape, policies, engine, runs: None, requests: None };
                let status = Command::new(std::env::current_exe().unwrap()).args(row.args()).status();
                assert!(status.unwrap().success(), "{} {} ended early", shape.name, row.policies());
            }
        }
    }
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let shapes = shapes::shapes();
    match args[..] {
        ["row", shape, policies, engine, ref rest @ ..] => {
            let shape = shapes.iter().find(|known| known.name == shape).unwrap();
            let number = |index: usize| rest.get(index).map(|number| number.parse::<u64>().unwrap());
            let runs = number(0).map(|runs| runs as usize);
            Row { shape, policies: policies.parse().unwrap(), engine, runs, requests: number(1) }.measure();
            ExitCode::SUCCESS
        }
        // The plain engine is the reference and seldom changes: its counts are for whoever asks.
        ["instructions", ref rest @ ..] => {
            let write = rest.contains(&"write");
            let engines = if rest.contains(&"plain") { &ENGINES[..1] } else { &ENGINES[1..] };
            let prefix = rest.iter().find(|word| !["write", "plain", "fast"].contains(word));
            instructions::run(&wanted(&shapes, prefix.copied()), engines, write)
        }
        [] => table(&wanted(&shapes, None), &ENGINES),
        [prefix] => table(&wanted(&shapes, Some(prefix)), &ENGINES),
        [prefix, engine, ..] => table(&wanted(&shapes, Some(prefix)), &[engine]),
    }
}

//! Simulators of others beside Pointsman's, on the same requests, in one run.
//!
//! `README.md` in the folder above says how to run this. Every row is a process of its own, so that its memory is
//! its own; `row SHAPE SIMULATOR` is one, and prints its figures as JSON.

mod figures;
mod mocker;
mod ours;
mod python;
mod shape;

use std::process::{Command, ExitCode, Stdio};

use figures::Figures;
use shape::{SHAPES, Shape, shape};

/// A simulator.
struct Simulator {
    name: &'static str,
    measure: fn(&Shape) -> Result<Figures, String>,
    /// Why it is left out of a shape, if it is.
    left_out: fn(&Shape) -> Option<String>,
}

const POINTSMAN: Simulator = Simulator { name: "pointsman", measure: ours::measure, left_out: |_| None };

const PEERS: [Simulator; 3] = [
    Simulator { name: "dynamo-mocker", measure: mocker::measure, left_out: |_| None },
    Simulator { name: "sched-sim", measure: python::sched_sim, left_out: python::left_out },
    Simulator { name: "vidur", measure: python::vidur, left_out: python::left_out },
];

/// What Pointsman is to be faster by, at least.
const BAR: f64 = 20.0;

fn row(name: &str, simulator: &str) -> Result<(), String> {
    let found = [&POINTSMAN].into_iter().chain(&PEERS).find(|known| known.name == simulator);
    let found = found.ok_or_else(|| format!("there is no simulator `{simulator}`"))?;
    let figures = (found.measure)(&shape(name)?)?;
    println!("{}", serde_json::to_string(&figures).map_err(|error| error.to_string())?);
    Ok(())
}

/// Measures a row in a process of its own.
fn child(name: &str, simulator: &str) -> Result<Figures, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).args(["row", name, simulator]).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{simulator} on {name} ended with {}", output.status));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn print(name: &str, simulator: &str, figures: &Figures, slower: f64) {
    let ratio = if slower == 1.0 { String::new() } else { format!("{slower:.1}") };
    println!(
        "| {name} | {simulator} | {:.0} | {:.1} | {} | {:.2} | {:.1} | {:.2} % | {:.1} | {:.2} | {:.3} | {:.2} % | {:.0} | {ratio} |",
        figures.rate(),
        figures.cpu_s * 1e3,
        figures.requests,
        figures.steps_per_request(),
        figures.mean_batch(),
        100.0 * figures.prefill_steps as f64 / figures.steps as f64,
        figures.simulated_s,
        figures.ttft_ms,
        figures.tpot_ms,
        100.0 * figures.hit_rate,
        figures.peak_mib,
    );
    if figures.completed != figures.requests {
        println!("{} of {} requests of {simulator} completed", figures.completed, figures.requests);
    }
}

fn table(names: &[&str]) -> Result<(), String> {
    // What is missing is said before anything is measured.
    for name in names {
        shape(name)?;
    }
    println!(
        "| shape | simulator | requests/s | CPU ms | requests | steps/request | mean batch | prefill-only steps | \
         simulated s | TTFT ms | TPOT ms | hit rate | peak MiB | pointsman / it |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let (mut below, mut left_out) = (Vec::new(), Vec::new());
    for name in names {
        let ours = child(name, POINTSMAN.name)?;
        print(name, POINTSMAN.name, &ours, 1.0);
        for peer in &PEERS {
            if let Some(reason) = (peer.left_out)(&shape(name)?) {
                left_out.push(format!("{} on {name}: {reason}", peer.name));
                continue;
            }
            let figures = child(name, peer.name)?;
            let slower = ours.rate() / figures.rate();
            print(name, peer.name, &figures, slower);
            if slower < BAR {
                below.push(format!("{} on {name}: {slower:.1}", peer.name));
            }
        }
    }
    for line in &left_out {
        println!("left out: {line}");
    }
    if !below.is_empty() {
        println!("\nbelow the bar of {BAR} times: {}", below.join(", "));
    }
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["row", name, simulator] => row(name, simulator),
        [] => table(&SHAPES),
        _ => table(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("peers: {problem}");
            ExitCode::FAILURE
        }
    }
}

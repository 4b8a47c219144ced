//! How long calls take, and whether a policy grows with them.
//!
//! The only cases that look at the machine: at its clock, and at the memory of this process.

use std::fs;
use std::time::{Duration, Instant};

use pointsman_plugin_api::abi::RErr;
use rand::RngExt as _;
use serde_json::{Map, json};

use super::super::answers::{Answers, ask};
use super::super::fault::Fault;
use super::super::generate::Generator;
use super::super::object::Object;
use super::super::situation::Situation;
use super::super::subject::{Reads, Subject};
use super::super::told::Told;
use super::super::verdict::CaseResult;
use super::super::world::World;
use super::super::{Case, Options};
use crate::random;
use crate::report::number;

/// Numbers of rows for which a call is timed, and the one that counts.
const TIMED: [usize; 4] = [1, 4, 64, 1024];
const LIMITED: usize = 64;

/// Times calls; the fastest of several rounds counts, since everything else that a machine does only
/// makes them slower.
pub(super) fn speed(subject: &Subject<'_>, generator: Generator, options: &Options) -> CaseResult {
    const CASE: Case = Case::Speed;
    let mut times = Vec::new();
    for rows in TIMED {
        match time_per_call(subject, generator, rows) {
            Ok(time) => times.push((rows, time)),
            Err(fault) => return CaseResult::behind(CASE, fault.case()),
        }
    }
    let noun = if subject.is_routing() { "instances" } else { "requests" };
    let list =
        times.iter().map(|(rows, time)| format!("{} at {}", shown(*time), number::count(*rows as u64)));
    let list = format!("{} {noun}", list.collect::<Vec<_>>().join(", "));
    let limited = times.iter().find(|(rows, _)| *rows == LIMITED).map_or(Duration::ZERO, |(_, time)| *time);
    let result = if limited > options.max_call_time {
        let limit = shown(options.max_call_time);
        CaseResult::failed(
            CASE,
            format!("a call over {LIMITED} {noun} takes {}, the limit is {limit} ({list})", shown(limited)),
        )
    } else {
        CaseResult::passed(CASE, list)
    };
    let figures = times.iter().map(|(rows, time)| (rows.to_string(), json!(time.as_nanos() as u64)));
    CaseResult { figures: Some(json!({"ns_per_call": figures.collect::<Map<_, _>>()})), ..result }
}

fn time_per_call(subject: &Subject<'_>, generator: Generator, rows: usize) -> Result<Duration, Fault> {
    const ROUND: Duration = Duration::from_micros(500);
    const ENOUGH: Duration = Duration::from_millis(100);
    let mut rng = random::stream(generator.seed, "check/speed");
    let world = World::of(rows);
    let mut object = subject.build_usual(&world)?;
    let mut reads = subject.reads();
    reads.leave_out_unread(&*object);
    let feed = generator.situation(&mut rng, &world, rows).feed(&reads, &world);
    let mut answers = Answers::default();
    feed.lend(|call| {
        let (mut fastest, mut spent, mut calls) = (Duration::MAX, Duration::ZERO, 1_u32);
        for round in 0.. {
            let start = now();
            for _ in 0..calls {
                // A refusal takes its time, too.
                if let RErr(failure) = object.ask(call, &mut answers)
                    && failure.panicked
                {
                    return Err(Fault::from(failure));
                }
            }
            let time = start.elapsed();
            fastest = fastest.min(time / calls);
            spent += time;
            if (spent > ENOUGH && round >= 3) || round >= 60 {
                break;
            }
            let fitting = ROUND.as_nanos() / fastest.as_nanos().max(1);
            calls = u32::try_from(fitting).unwrap_or(u32::MAX).clamp(1, 100_000);
        }
        Ok(fastest)
    })
}

/// A duration with three significant digits at most.
fn shown(time: Duration) -> String {
    let ns = time.as_secs_f64() * 1e9;
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "us"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let text = if unit == "ns" { format!("{value:.0}") } else { format!("{value:.1}") };
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// Different situations that the memory case goes through, with ever new requests.
const SITUATIONS: usize = 256;
/// Rows in each.
const ROWS: usize = 4;
/// Time from call to call: what is forgotten after some minutes is gone after a tenth of the calls. \[us\]
const STEP_US: u64 = 10_000;
/// Growth that is no leak: the system's allocator takes memory in advance, and gives it back late.
const GROWTH: u64 = 8 << 20;
/// What all calls may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Makes many calls of one object, with the hooks, and watches the memory of this process from a
/// tenth of them on: state that is bounded has grown to its bounds by then.
pub(super) fn memory(subject: &Subject<'_>, generator: Generator, options: &Options) -> CaseResult {
    const CASE: Case = Case::Memory;
    if resident_bytes().is_none() {
        return CaseResult::not_applicable(CASE, "this system does not say how large a process is");
    }
    let mut calls = match Calls::new(subject, generator) {
        Ok(calls) => calls,
        Err(fault) => return CaseResult::behind(CASE, fault.case()),
    };
    let (warm, total) = (options.calls / 10, options.calls);
    let trial = (total / 1000).max(1);
    let start = now();
    let mut sizes = [0, 0];
    for call in 0..total {
        if let Err(fault) = calls.make(call) {
            return CaseResult::behind(CASE, fault.case());
        }
        if call + 1 == trial && start.elapsed() * 1000 > PATIENCE {
            let detail = format!(
                "a call over {ROWS} rows takes {}, so that {} of them take too long; see {}, or give fewer with --calls",
                shown(start.elapsed() / u32::try_from(trial).unwrap_or(u32::MAX)),
                number::count(total),
                Case::Speed,
            );
            return CaseResult::not_reached(CASE, detail);
        }
        if call + 1 == warm.max(1) {
            sizes[0] = resident_bytes().unwrap_or(0);
        }
    }
    sizes[1] = resident_bytes().unwrap_or(0);
    let growth = sizes[1].saturating_sub(sizes[0]);
    let detail = format!(
        "{:+.1} MiB between calls {} and {}",
        growth as f64 / f64::from(1 << 20),
        number::count(warm),
        number::count(total)
    );
    let result = if growth > GROWTH {
        CaseResult::failed(CASE, format!("{detail}; {} MiB are allowed", GROWTH >> 20))
    } else {
        CaseResult::passed(CASE, detail)
    };
    let figures = json!({"calls": total, "bytes_after_a_tenth": sizes[0], "bytes_at_the_end": sizes[1]});
    CaseResult { figures: Some(figures), ..result }
}

/// Ever new calls of one object.
struct Calls<'a> {
    object: Box<dyn Object>,
    reads: Reads,
    told: Told,
    world: World,
    situations: Vec<Situation>,
    answers: Answers,
    subject: &'a Subject<'a>,
}

impl<'a> Calls<'a> {
    fn new(subject: &'a Subject<'_>, generator: Generator) -> Result<Calls<'a>, Fault> {
        let world = World::default();
        let mut rng = random::stream(generator.seed, "check/memory");
        let situations = (0..SITUATIONS).map(|_| {
            let mut situation = generator.situation(&mut rng, &world, ROWS);
            situation.chosen = rng.random_range(0..ROWS);
            situation
        });
        let object = subject.build_usual(&world)?;
        let mut reads = subject.reads();
        reads.leave_out_unread(&*object);
        let told = Told::new(&reads);
        Ok(Calls {
            object,
            reads,
            told,
            world,
            situations: situations.collect(),
            answers: Answers::default(),
            subject,
        })
    }

    /// One call, about requests that were never seen before, most of them of new sessions.
    fn make(&mut self, number: u64) -> Result<(), Fault> {
        let rows = if self.subject.is_routing() { 1 } else { ROWS as u64 };
        let situation = &mut self.situations[number as usize % SITUATIONS];
        situation.now_us = number * STEP_US;
        for (at, request) in situation.requests.iter_mut().enumerate() {
            request.id = number * rows + at as u64;
            request.arrival_us = situation.now_us.saturating_sub(10_000 * at as u64);
            // Now and then a session comes back with its content.
            let origin = if number % 8 == 7 { number - 5 } else { number };
            request.session = 1 + origin;
            request.content = 1 + origin;
            request.round = number - origin;
        }
        let feed = situation.feed(&self.reads, &self.world);
        let outcome = ask(&mut *self.object, &feed, &mut self.answers).and_then(|_| {
            let about = (&feed, &*situation);
            self.told.tell(&mut *self.object, &self.answers, about, (&self.reads, &self.world))
        });
        match outcome {
            Err(fault) if fault.is_last() => Err(fault),
            // Where it goes on all the same, another case reports it.
            _ => Ok(()),
        }
    }
}

/// Memory of this process that is in use; `None` where the system does not say. \[bytes\]
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kib * 1024)
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "how long calls take is what is asked here")]
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let of = |ns| shown(Duration::from_nanos(ns));
        assert_eq!(
            [of(12), of(1500), of(2_000_000), of(3_210_000_000)],
            ["12 ns", "1.5 us", "2 ms", "3.2 s"]
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_size_of_this_process_is_known() {
        let bytes = resident_bytes().unwrap();
        assert!(bytes > 100_000 && bytes < 1 << 40, "{bytes}");
    }
}

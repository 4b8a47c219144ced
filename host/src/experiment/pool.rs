//! Many runs at once: as many threads as are wanted, each with one run at a time.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::measurement::Measurement;
use super::plan::Task;

/// What happens to runs.
#[derive(Debug)]
pub enum Event {
    /// One began.
    Begun,
    /// One ended.
    Ended {
        /// Which.
        task: Task,
        /// What came of it, or why nothing did.
        outcome: Result<Box<Measurement>, String>,
    },
}

/// Why a run has no measurement.
#[derive(Debug)]
pub enum NoMeasurement {
    /// It failed; others go on.
    Failed(String),
    /// Somebody asked for the end.
    Interrupted,
}

/// Whether the runs should go on.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// No more runs; those under way are ended.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs all tasks on `jobs` threads and tells `on_event` on this one what happens, in the order in
/// which it happens. A run that is interrupted has no event of its end.
pub fn run_all(
    tasks: Vec<Task>,
    jobs: usize,
    stop: &Stop,
    measure: &(dyn Fn(&Task, &Stop) -> Result<Measurement, NoMeasurement> + Sync),
    on_event: &mut dyn FnMut(Event),
) {
    let jobs = jobs.clamp(1, tasks.len().max(1));
    let queue = Mutex::new(VecDeque::from(tasks));
    let (sender, events) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, queue) = (sender.clone(), &queue);
            scope.spawn(move || {
                while let Some(task) = next(queue).filter(|_| !stop.is_asked()) {
                    // Nobody listens any more: the end is near.
                    let _ = sender.send(Event::Begun);
                    let outcome = match measure(&task, stop) {
                        Ok(measurement) => Ok(Box::new(measurement)),
                        Err(NoMeasurement::Failed(message)) => Err(message),
                        Err(NoMeasurement::Interrupted) => break,
                    };
                    let _ = sender.send(Event::Ended { task, outcome });
                }
            });
        }
        drop(sender);
        events.iter().for_each(on_event);
    });
}

/// A thread that panicked has not left the queue half-changed: taking from it cannot panic.
fn next(queue: &Mutex<VecDeque<Task>>) -> Option<Task> {
    queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
}

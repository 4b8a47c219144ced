//! The order of an instance's waiting queue: priorities, then keys (`model.md` section 9).

use pointsman_plugin_api::abi::{
    Failure, PriorityBox, QueueCall, RErr, ROk, RSlice, RSliceMut, SchedulerBox,
};
use pointsman_plugin_api::{Column, Key, Order};

use super::facts::{AttributeColumn, QueueCells, QueueRow};
use super::failure::{CallCount, Ejection, FailureCount, PolicyFailure};
use super::loaded::Loaded;
use super::seat::{Occasion, Seat};

/// What the policies said of waiting requests, one value for each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answers<'a> {
    /// Higher is more urgent; 0 where no policy gives priorities.
    pub priorities: &'a [f64],
    /// Lower first; `None` where the scheduler has no answer, and the order of entry stands.
    pub keys: Option<&'a [Key]>,
    /// Answers of another generation are void: other policies gave them.
    pub generation: u64,
}

/// The scheduler and the priority policy of one instance.
pub struct Ordering {
    instance: u32,
    scheduler: Seat<SchedulerBox>,
    priority: Seat<PriorityBox>,
    uses_priority: bool,
    fixed: bool,
    entry_order: bool,
    /// Changes whenever other policies answer than before.
    generation: u64,
    priorities: Vec<f64>,
    keys: Vec<Key>,
}

impl Ordering {
    /// The policies that order the queue of `instance`.
    #[must_use]
    pub fn new(instance: u32, scheduler: Seat<SchedulerBox>, priority: Seat<PriorityBox>) -> Self {
        let mut ordering = Self {
            instance,
            scheduler,
            priority,
            uses_priority: false,
            fixed: false,
            entry_order: false,
            generation: 0,
            priorities: Vec::new(),
            keys: Vec::new(),
        };
        ordering.read_declarations();
        ordering
    }

    /// Whether priorities have any effect.
    #[must_use]
    pub fn uses_priority(&self) -> bool {
        self.uses_priority
    }

    /// Whether an answer stays true while a request waits, so that it is asked for once.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    /// Whether the order is known without asking: that of entry, and nobody gives priorities.
    #[must_use]
    pub fn is_entry_order(&self) -> bool {
        self.entry_order
    }

    /// How often policies failed here, of those that did.
    pub fn failures(&self) -> impl Iterator<Item = FailureCount> + '_ {
        self.scheduler.failures().chain(self.priority.failures())
    }

    /// How often its policies were asked.
    pub(super) fn calls(&self) -> impl Iterator<Item = CallCount> + '_ {
        [self.scheduler.calls(), self.priority.calls()].into_iter()
    }

    /// The policies that others took the place of here.
    pub(super) fn ejections(&self) -> impl Iterator<Item = &Ejection> {
        self.scheduler.ejection().into_iter().chain(self.priority.ejection())
    }

    /// What the policies declare of themselves. A code that this host does not know is read as the
    /// most careful one.
    fn read_declarations(&mut self) {
        let fixed = |code: u8| Order::from_code(code) == Some(Order::Fixed);
        let noted = self.scheduler.current.enter();
        self.uses_priority = self.scheduler.current.object.uses_priority();
        self.fixed = fixed(self.scheduler.current.object.order());
        drop(noted);
        self.entry_order =
            !self.uses_priority && !self.scheduler.fell_back() && self.scheduler.current.is_own("fcfs");
        if self.uses_priority {
            let _noted = self.priority.current.enter();
            self.fixed &= fixed(self.priority.current.object.order());
        }
    }

    /// Whether the remaining prefill of waiting requests is read: it costs a look-up for each.
    #[must_use]
    pub fn reads_remaining_prefill(&self) -> bool {
        let scheduler = &self.scheduler.current.attributes;
        let priority = self.priority.current.attributes.iter().filter(|_| self.uses_priority);
        scheduler
            .iter()
            .chain(priority)
            .any(|&attribute| attribute == AttributeColumn::RemainingPrefillTokens)
    }

    /// Asks for the priorities and keys of waiting requests.
    pub fn ask(&mut self, now_us: u64, rows: &[QueueRow<'_>]) -> Result<Answers<'_>, PolicyFailure> {
        let at = Occasion { now_us, request: None, instance: Some(self.instance) };
        self.priorities.clear();
        self.priorities.resize(rows.len(), 0.0);
        // Where the scheduler does not look at priorities nobody does.
        if self.uses_priority {
            let priorities = &mut self.priorities;
            let before = self.priority.fell_back();
            let asked = self.priority.decide(at, |loaded| ask_priority(loaded, now_us, rows, priorities))?;
            if asked.is_none() {
                priorities.fill(0.0);
            }
            if self.priority.fell_back() != before {
                self.others_answer();
            }
        }
        let before = self.scheduler.fell_back();
        let (priorities, keys) = (&self.priorities, &mut self.keys);
        let asked =
            self.scheduler.decide(at, |loaded| ask_scheduler(loaded, now_us, rows, priorities, keys))?;
        if self.scheduler.fell_back() != before {
            self.others_answer();
        }
        Ok(Answers {
            priorities: &self.priorities,
            keys: asked.map(|()| self.keys.as_slice()),
            generation: self.generation,
        })
    }

    fn others_answer(&mut self) {
        self.generation += 1;
        self.read_declarations();
    }
}

fn ask_priority(
    loaded: &mut Loaded<PriorityBox>,
    now_us: u64,
    rows: &[QueueRow<'_>],
    priorities: &mut [f64],
) -> Result<(), Failure> {
    priorities.fill(f64::NAN);
    let outcome = with_call(now_us, rows, &loaded.attributes, &[], |call| {
        loaded.object.priorities(call, RSliceMut::from_mut_slice(priorities))
    });
    whole(outcome.into_result()?, rows.len(), "priorities")?;
    finite(rows, priorities.iter().map(|priority| priority.is_finite()), "priority")?;
    // 0 and -0 are one priority, to schedulers and in the choice of a victim.
    priorities.iter_mut().for_each(|priority| *priority += 0.0);
    Ok(())
}

fn ask_scheduler(
    loaded: &mut Loaded<SchedulerBox>,
    now_us: u64,
    rows: &[QueueRow<'_>],
    priorities: &[f64],
    keys: &mut Vec<Key>,
) -> Result<(), Failure> {
    keys.clear();
    keys.resize(rows.len(), Key { major: f64::NAN, minor: f64::NAN });
    let outcome = with_call(now_us, rows, &loaded.attributes, priorities, |call| {
        match loaded.object.keys(call, RSliceMut::from_mut_slice(keys)) {
            ROk(count) => Ok(count),
            RErr(failure) => Err(failure),
        }
    });
    whole(outcome?, rows.len(), "keys")?;
    finite(rows, keys.iter().map(Key::is_finite), "key")
}

fn whole(count: usize, rows: usize, what: &str) -> Result<(), Failure> {
    if count == rows {
        Ok(())
    } else {
        Err(Failure::error(format!("it gave {count} {what} for {rows} requests")))
    }
}

/// Every value is finite, or a failure that names the request.
fn finite(rows: &[QueueRow<'_>], mut each: impl Iterator<Item = bool>, what: &str) -> Result<(), Failure> {
    match each.position(|is_finite| !is_finite) {
        Some(row) => {
            Err(Failure::error(format!("its {what} of request {} is not finite", rows[row].facts.id)))
        }
        None => Ok(()),
    }
}

/// Calls a policy with the columns that it declared.
fn with_call<'a, R>(
    now_us: u64,
    rows: &[QueueRow<'a>],
    attributes: &[AttributeColumn],
    priorities: &'a [f64],
    call: impl FnOnce(QueueCall<'_>) -> R,
) -> R {
    let cells: Vec<_> = attributes.iter().map(|&id| QueueCells::gather(id, rows, priorities)).collect();
    let columns: Vec<Column<'_>> = cells.iter().map(QueueCells::column).collect();
    call(QueueCall { now_us, rows: rows.len(), requests: RSlice::from_slice(&columns) })
}

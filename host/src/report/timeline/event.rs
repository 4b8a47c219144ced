//! What is kept of a run until its end.

use crate::engine::{Step, Transfer};

/// Counters of an instance, in the order of [`super::tracks::COUNTERS`].
pub(super) type Values = [u64; 5];

/// What happens to a request at its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It enters the queue.
    Queued,
    /// The step that was told last is its first.
    Scheduled,
    /// The same, where that step is not in the trace.
    Started,
    /// It has its first token.
    FirstToken,
    /// It has its last.
    Completed,
    /// The run ends while it waits for its first step.
    LeftWaiting,
    /// The run ends before its first token.
    LeftInPrefill,
    /// The run ends before its last.
    LeftDecoding,
    /// It lost its place in the batch, or its blocks.
    Preempted,
    /// It can never fit.
    Dropped,
}

impl What {
    const ALL: [Self; 10] = [
        Self::Queued,
        Self::Scheduled,
        Self::Started,
        Self::FirstToken,
        Self::Completed,
        Self::LeftWaiting,
        Self::LeftInPrefill,
        Self::LeftDecoding,
        Self::Preempted,
        Self::Dropped,
    ];
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Routed { instance: u32, id: u64, class: u64, pending_transfer_us: u64 },
    Rejected { id: u64 },
    Moment { what: What, instance: u32, id: u64, class: u64 },
    Step(Step),
    Offload(Transfer),
    Reload { transfer: Transfer, id: u64 },
    Levels { instance: u32, values: Values },
}

/// The same, with when and how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// See [`super::sampling`].
    pub(super) rank: u64,
    /// When.
    pub(super) at_us: u64,
    pub(super) event: Event,
}

/// Numbers that an event has at most.
pub(super) const MOST_NUMBERS: usize = 8;
/// The kind of `Moment` with the first `What`; it is the last kind.
const MOMENT: u8 = 6;

impl Event {
    /// Its kind, and its numbers.
    pub(super) fn numbers(&self) -> (u8, [u64; MOST_NUMBERS]) {
        let (kind, numbers): (u8, &[u64]) = match self {
            &Self::Routed { instance, id, class, pending_transfer_us } => {
                (0, &[instance.into(), id, class, pending_transfer_us])
            }
            &Self::Rejected { id } => (1, &[id]),
            Self::Step(step) => {
                let Step { instance, start_us, end_us, prefill_tokens, prefills, decodes, .. } = *step;
                let &Step { reload_us, reloaded_blocks, .. } = step;
                let dur_us = end_us - start_us;
                let plan = [prefill_tokens, prefills, decodes, reload_us, reloaded_blocks];
                (2, &[&[instance.into(), start_us, dur_us][..], &plan].concat())
            }
            Self::Offload(transfer) => (3, &of_transfer(transfer)),
            Self::Reload { transfer, id } => {
                let [instance, start_us, dur_us, blocks] = of_transfer(transfer);
                (4, &[instance, start_us, dur_us, blocks, *id])
            }
            Self::Levels { instance, values: [a, b, c, d, e] } => {
                (5, &[(*instance).into(), *a, *b, *c, *d, *e])
            }
            &Self::Moment { what, instance, id, class } => {
                (MOMENT + what as u8, &[instance.into(), id, class])
            }
        };
        let mut all = [0; MOST_NUMBERS];
        all[..numbers.len()].copy_from_slice(numbers);
        (kind, all)
    }

    /// How many numbers a kind has.
    pub(super) fn count(kind: u8) -> usize {
        [4, 1, 8, 4, 5, 6].get(usize::from(kind)).copied().unwrap_or(3)
    }

    /// From its kind and its numbers; `None`: there is no such kind.
    pub(super) fn from_numbers(kind: u8, numbers: &[u64; MOST_NUMBERS]) -> Option<Self> {
        let [a, b, c, d, e, f, g, h] = *numbers;
        let instance = u32::try_from(if kind == 1 { 0 } else { a }).ok()?;
        let transfer = Transfer { instance, start_us: b, end_us: b.saturating_add(c), blocks: d };
        Some(match kind {
            0 => Self::Routed { instance, id: b, class: c, pending_transfer_us: d },
            1 => Self::Rejected { id: a },
            2 => Self::Step(Step {
                instance,
                start_us: b,
                end_us: b.saturating_add(c),
                prefill_tokens: d,
                prefills: e,
                decodes: f,
                reload_us: g,
                reloaded_blocks: h,
            }),
            3 => Self::Offload(transfer),
            4 => Self::Reload { transfer, id: e },
            5 => Self::Levels { instance, values: [b, c, d, e, f] },
            _ => {
                let what = *What::ALL.get(usize::from(kind.checked_sub(MOMENT)?))?;
                Self::Moment { what, instance, id: b, class: c }
            }
        })
    }
}

fn of_transfer(transfer: &Transfer) -> [u64; 4] {
    let &Transfer { instance, start_us, end_us, blocks } = transfer;
    [instance.into(), start_us, end_us - start_us, blocks]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One of each kind, with numbers that are all different.
    pub(in super::super) fn samples() -> Vec<Event> {
        let transfer = Transfer { instance: 7, start_us: 1 << 40, end_us: (1 << 40) + 102, blocks: 300 };
        let mut samples = vec![
            Event::Routed { instance: 1, id: u64::MAX, class: 3, pending_transfer_us: 4 },
            Event::Rejected { id: 1 << 40 },
            Event::Step(Step {
                instance: u32::MAX,
                start_us: 1,
                end_us: 128,
                prefill_tokens: 16_384,
                prefills: 5,
                decodes: 6,
                reload_us: 7,
                reloaded_blocks: 8,
            }),
            Event::Offload(transfer),
            Event::Reload { transfer, id: 9 },
            Event::Levels { instance: 2, values: [3, 4, 5, 6, 7] },
        ];
        let moment = |what| Event::Moment { what, instance: 3, id: 4, class: 5 };
        samples.extend(What::ALL.map(moment));
        samples
    }

    #[test]
    fn numbers_say_all() {
        for (kind, event) in (0..).zip(samples()) {
            let (said, numbers) = event.numbers();
            assert_eq!(said, kind);
            assert!(numbers[Event::count(kind)..].iter().all(|&number| number == 0), "{event:?}");
            assert_eq!(Event::from_numbers(kind, &numbers), Some(event));
        }
        assert_eq!(Event::from_numbers(MOMENT + What::ALL.len() as u8, &[0; MOST_NUMBERS]), None);
    }
}

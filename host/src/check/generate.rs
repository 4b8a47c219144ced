//! Situations to try: corners first, then random ones.
//!
//! Everything comes from one seed, so that the same check tries the same situations everywhere.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;

use super::Options;
use super::instance::{self, InstanceRow};
use super::request::{self, RequestRow};
use super::situation::{Situation, Trial};
use super::subject::Subject;
use super::world::World;
use crate::random;

/// Numbers of rows that are tried.
pub(super) const SIZES: [usize; 4] = [1, 2, 64, 1024];

/// Calls in a sequence for one object.
const SEQUENCE: usize = 40;

/// Makes trials for one kind of policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generator {
    /// Where all chance comes from.
    pub(super) seed: u64,
    /// Whether rows are instances.
    pub(super) is_routing: bool,
}

/// How the free numbers of a row are chosen.
#[derive(Debug, Clone, Copy)]
enum Corner {
    /// All are 0.
    Idle,
    /// All are as large as they get.
    Full,
    /// Every second row is idle, the others full.
    Alternating,
    /// One row is idle, the others full.
    OneIdle,
    /// Of each row another number is as large as it gets, the others are 0.
    OneKnob,
}

const CORNERS: [Corner; 5] =
    [Corner::Idle, Corner::Full, Corner::Alternating, Corner::OneIdle, Corner::OneKnob];

impl Corner {
    /// Whether this number of this row is as large as it gets.
    fn is_full(self, row: usize, knob: usize, knobs: usize) -> bool {
        match self {
            Self::Idle => false,
            Self::Full => true,
            Self::Alternating => row % 2 == 1,
            Self::OneIdle => row != 0,
            Self::OneKnob => row % knobs == knob,
        }
    }
}

impl Generator {
    /// For this policy.
    pub(super) fn new(subject: &Subject<'_>, options: &Options) -> Self {
        Self { seed: options.seed, is_routing: subject.is_routing() }
    }

    /// Single calls in the corners of what can be, then at random, for each number of rows; then
    /// sequences of calls for one object.
    pub(super) fn sweep(self) -> impl Iterator<Item = Trial> {
        SIZES
            .into_iter()
            .flat_map(move |rows| self.corners(rows).chain(self.random(rows)))
            .chain(self.sequences())
    }

    fn corners(self, rows: usize) -> impl Iterator<Item = Trial> {
        CORNERS.into_iter().flat_map(move |corner| {
            // The request is as ordinary, and as extreme, as the instances may be.
            [Corner::Idle, Corner::Full]
                .map(|request| Trial::single(World::of(rows), self.corner(rows, corner, request)))
        })
    }

    fn corner(self, rows: usize, corner: Corner, request: Corner) -> Situation {
        let now_us = if matches!(request, Corner::Full) { 1_000_000_000_000_000 } else { 0 };
        if self.is_routing {
            let instances = (0..rows).map(|row| instance_in(corner, row)).collect();
            let requests = vec![request_in(request, 0)];
            Situation { now_us, instances, requests, chosen: 0 }
        } else {
            let requests = (0..rows).map(|row| request_in(corner, row)).collect();
            Situation { now_us, instances: Vec::new(), requests, chosen: 0 }
        }
    }

    fn random(self, rows: usize) -> impl Iterator<Item = Trial> {
        let mut rng = random::stream(self.seed, &format!("check/random/{rows}"));
        let trials = if rows > 100 { 16 } else { 128 };
        (0..trials).map(move |trial| {
            let world = world(rows, trial);
            let situation = self.situation(&mut rng, &world, rows);
            Trial::single(world, situation)
        })
    }

    /// Sequences: time goes on, and a call may show a part of the rows, in any order.
    pub(super) fn sequences(self) -> impl Iterator<Item = Trial> {
        let mut rng = random::stream(self.seed, "check/sequences");
        let sizes = [1, 2, 3, 8, 64, 3, 8, 2, 4, 16, 4, 5];
        sizes.into_iter().enumerate().map(move |(trial, rows)| {
            let world = world(rows, trial);
            let mut now_us = 0;
            let calls = (0..SEQUENCE).map(|_| {
                let shown = rng.random_range(1..=rows);
                let mut call = self.situation(&mut rng, &world, rows);
                if rng.random_bool(0.25) {
                    call.instances.shuffle(&mut rng);
                    call.instances.truncate(shown);
                }
                now_us += log_uniform(&mut rng, 10_000_000);
                call.now_us = now_us;
                call
            });
            Trial { world, calls: calls.collect() }
        })
    }

    /// One situation at random.
    pub(super) fn situation(self, rng: &mut ChaCha8Rng, world: &World, rows: usize) -> Situation {
        let now_us = log_uniform(rng, 1_000_000_000_000);
        let chosen = rng.random_range(0..rows);
        if !self.is_routing {
            let requests = requests(rng, rows, now_us);
            return Situation { now_us, instances: Vec::new(), requests, chosen };
        }
        let instances = (0..rows as u64).map(|instance| {
            let mut row = InstanceRow { instance, ..InstanceRow::default() };
            turn(rng, row.knobs(), &instance::LIMITS);
            row
        });
        let instances = instances.collect();
        let requests = requests(rng, 1, now_us);
        debug_assert!(rows as u64 <= world.instances, "a row is one of the instances");
        Situation { now_us, instances, requests, chosen }
    }
}

/// Clusters of several shapes, taken in turn.
fn world(rows: usize, trial: usize) -> World {
    let (block_size, total_kv_blocks) = [(16, 1000), (16, 1000), (128, 100_000), (16, 1)][trial % 4];
    World { instances: rows as u64, block_size, total_kv_blocks, seed: 42 + trial as u64 }
}

fn requests(rng: &mut ChaCha8Rng, rows: usize, now_us: u64) -> Vec<RequestRow> {
    let mut id = 0;
    let row = |at: usize| {
        id += 1 + log_uniform(rng, 3);
        // A few were put at the head of the queue.
        let position = if rng.random_bool(0.1) { -(at as i64) - 1 } else { at as i64 };
        let mut row = RequestRow { id, position, ..RequestRow::default() };
        turn(rng, row.knobs(), &request::LIMITS);
        // Prompts of more than some thousand tokens are in the corners.
        row.prompt = row.prompt.min(log_uniform(rng, 8000));
        row.arrival_us = now_us.saturating_sub(log_uniform(rng, 60_000_000));
        row
    };
    (0..rows).map(row).collect()
}

/// Turns each knob: often to one of its ends, else to anything between, small values more often.
fn turn<const N: usize>(rng: &mut ChaCha8Rng, knobs: [&mut u64; N], limits: &[u64; N]) {
    for (knob, &most) in knobs.into_iter().zip(limits) {
        *knob = match rng.random_range(0..8) {
            0 | 1 => 0,
            2 => most,
            3 => 1.min(most),
            4 | 5 => rng.random_range(0..=most),
            _ => log_uniform(rng, most),
        };
    }
}

/// A number up to `most` whose length in digits is as good as any other.
fn log_uniform(rng: &mut ChaCha8Rng, most: u64) -> u64 {
    let bits = rng.random_range(0..=u64::BITS - most.leading_zeros());
    let below = 1_u64.checked_shl(bits).unwrap_or(u64::MAX);
    rng.random_range(0..below).min(most)
}

fn instance_in(corner: Corner, row: usize) -> InstanceRow {
    let mut instance = InstanceRow { instance: row as u64, ..InstanceRow::default() };
    for (at, (knob, most)) in instance.knobs().into_iter().zip(instance::LIMITS).enumerate() {
        if corner.is_full(row, at, instance::LIMITS.len()) {
            *knob = most;
        }
    }
    instance
}

fn request_in(corner: Corner, row: usize) -> RequestRow {
    let mut request = RequestRow { id: row as u64, position: row as i64, ..RequestRow::default() };
    for (at, (knob, most)) in request.knobs().into_iter().zip(request::LIMITS).enumerate() {
        if corner.is_full(row, at, request::LIMITS.len()) {
            *knob = most;
        }
    }
    request
}

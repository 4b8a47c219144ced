//! What the parts of the engine cost, each alone: the KV blocks, the index of `prefix-affinity`, the queue of
//! events. `cargo bench -p pointsman --bench parts`; `seam` has the boundary of plugins.
//!
//! The parts are the engine's own business, and no interface of the library should exist for a benchmark: neither
//! a hidden module nor a feature that some build would turn on. So their sources are built into this
//! program a second time. What they use of the library comes from it as for anyone.

// A part has functions that are not measured, and tests.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "parts are built in as they are, and not all of them is measured"
)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pointsman::policy;
use pointsman_plugin_api::BlockRun;

#[path = "../src/workload/content.rs"]
mod content;
#[path = "../src/engine/event.rs"]
mod event;
#[path = "../src/engine/kv/mod.rs"]
mod kv;
#[path = "../src/recency/mod.rs"]
mod recency;
#[path = "../src/engine/timers.rs"]
mod timers;

/// Where the KV blocks look for it.
mod workload {
    pub(crate) use crate::content::Content;
}

use content::Content;
use event::{Event, EventQueue};
use kv::{BlockPool, Held};
use recency::Recency;

/// Blocks of an instance of the default profile.
const BLOCKS: u32 = 132_139;

fn main() {
    divan::main();
}

/// A way of keeping blocks.
type Pool = fn(u32) -> BlockPool;

const POOLS: [(&str, Pool); 2] = [("plain", BlockPool::individual), ("fast", BlockPool::by_runs)];

/// The life of a request at an instance: it is looked up, takes blocks for its prompt and registers them, takes one
/// block after the other as it goes on, and gives all back.
fn live(pool: &mut BlockPool, content: &Content, prompt: u64) {
    let mut held = Held::default();
    let hit = pool.hit(content, prompt - 1);
    assert!(pool.have_beside_hits(prompt - hit, content, hit));
    pool.take_hits(content, hit, &mut held);
    pool.allocate(prompt - hit, &mut held);
    pool.register(&mut held, content, prompt);
    for block in prompt..content.blocks() {
        pool.allocate(1, &mut held);
        pool.register(&mut held, content, block + 1);
    }
    pool.release(&mut held);
}

/// A request of so many blocks that nobody else has, a ninth of them filled by its output.
fn fresh(next: &mut u64, blocks: u64) -> (Content, u64) {
    let (prompt, output) = (blocks - blocks / 9, blocks / 9);
    let run = |first, len| vec![BlockRun { first, len }];
    let content = Content::new(run(*next, prompt), run(*next + prompt, output));
    // Sources leave gaps between requests, too.
    *next = (*next + blocks).next_multiple_of(64);
    (content, prompt)
}

/// A pool in which every block holds what ended requests left, so that taking one means evicting.
fn full(pool: Pool, next: &mut u64) -> BlockPool {
    let mut pool = pool(BLOCKS);
    for _ in 0..BLOCKS / 64 {
        let (content, prompt) = fresh(next, 72);
        live(&mut pool, &content, prompt);
    }
    pool
}

/// A request that nobody has met: S has 72 blocks, the Mooncake trace ten times as many.
#[divan::bench(args = [("plain", 72), ("plain", 720), ("fast", 72), ("fast", 720)])]
fn kv_unknown_request(bencher: Bencher<'_, '_>, (kept, blocks): (&str, u64)) {
    let mut next = 0;
    let mut pool = full(named(kept), &mut next);
    bencher.counter(ItemsCount::new(blocks)).bench_local(|| {
        let (content, prompt) = fresh(&mut next, blocks);
        live(&mut pool, black_box(&content), prompt);
    });
}

/// A request whose prompt was there before.
#[divan::bench(args = [("plain", 72), ("plain", 720), ("fast", 72), ("fast", 720)])]
fn kv_known_request(bencher: Bencher<'_, '_>, (kept, blocks): (&str, u64)) {
    let mut next = 0;
    let mut pool = full(named(kept), &mut next);
    let (content, prompt) = fresh(&mut next, blocks);
    live(&mut pool, &content, prompt);
    bencher.counter(ItemsCount::new(blocks)).bench_local(|| live(&mut pool, black_box(&content), prompt));
}

fn named(kept: &str) -> Pool {
    POOLS.iter().find(|(name, _)| *name == kept).map_or(BlockPool::by_runs, |(_, pool)| *pool)
}

/// Prompts as the index sees them: of one run, and in pieces of 32 blocks as the Mooncake trace has them.
const PROMPTS: [(u64, u64); 2] = [(1, 64), (24, 32)];

fn prompt(next: &mut u64, (runs, len): (u64, u64)) -> Vec<BlockRun> {
    let run = |_| {
        let first = *next;
        *next += 2 * len;
        BlockRun { first, len }
    };
    (0..runs).map(run).collect()
}

/// An index, as `prefix-affinity` keeps it.
type Index = Recency<()>;

/// A prompt was sent somewhere.
fn record(index: &mut Index, prompt: &[BlockRun]) {
    prompt.iter().rev().for_each(|run| index.put(run.first, run.len, ()));
    index.shrink(BLOCKS.into());
}

/// How much of a prompt is known.
fn look_up(index: &Index, prompt: &[BlockRun]) -> u64 {
    prompt.iter().map(|run| index.prefix(run.first, run.len)).sum()
}

/// An index that is full.
fn index(next: &mut u64) -> Index {
    let mut index = Recency::new();
    for _ in 0..BLOCKS / 32 {
        record(&mut index, &prompt(next, (1, 64)));
    }
    index
}

#[divan::bench(args = PROMPTS)]
fn prefix_index_record_unknown(bencher: Bencher<'_, '_>, shape: (u64, u64)) {
    let mut next = 0;
    let mut index = index(&mut next);
    bencher
        .counter(ItemsCount::new(shape.0 * shape.1))
        .bench_local(|| record(&mut index, black_box(&prompt(&mut next, shape))));
}

#[divan::bench(args = PROMPTS)]
fn prefix_index_look_up_known(bencher: Bencher<'_, '_>, shape: (u64, u64)) {
    let mut next = 0;
    let mut index = index(&mut next);
    let prompt = prompt(&mut next, shape);
    record(&mut index, &prompt);
    bencher.counter(ItemsCount::new(shape.0 * shape.1)).bench_local(|| look_up(&index, black_box(&prompt)));
}

#[divan::bench(args = PROMPTS)]
fn prefix_index_look_up_unknown(bencher: Bencher<'_, '_>, shape: (u64, u64)) {
    let mut next = 0;
    let index = index(&mut next);
    let prompt = prompt(&mut next, shape);
    bencher.counter(ItemsCount::new(shape.0 * shape.1)).bench_local(|| look_up(&index, black_box(&prompt)));
}

/// Events in turn: the first of all instances ends its step and starts the next.
const TURNS: u64 = 1000;

fn turn(bencher: Bencher<'_, '_>, mut events: EventQueue, instances: u32) {
    for instance in 0..instances {
        events.push(u64::from(instance) * 13 % 7000, Event::StepEnd(instance));
    }
    bencher.counter(ItemsCount::new(TURNS)).bench_local(|| {
        for _ in 0..TURNS {
            if let Some((time_us, Event::StepEnd(instance))) = events.pop() {
                // Steps of different batches differ.
                events
                    .push(time_us + 7000 + u64::from(instance) * 7 % 97, black_box(Event::StepEnd(instance)));
            }
        }
    });
}

#[divan::bench(args = [2, 64, 1024])]
fn events_of_the_plain_engine(bencher: Bencher<'_, '_>, instances: u32) {
    turn(bencher, EventQueue::default(), instances);
}

#[divan::bench(args = [2, 64, 1024])]
fn events_of_the_fast_engine(bencher: Bencher<'_, '_>, instances: u32) {
    turn(bencher, EventQueue::with_timers(instances), instances);
}

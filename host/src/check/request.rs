//! A request as a policy sees it: free numbers, and the attributes that follow from them.

use pointsman_plugin_api::BlockRun;
use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::world::World;

/// Labels of SLO classes that a policy may meet: the usual ones, and some that nobody planned for.
const CLASSES: [&str; 8] =
    ["standard", "critical", "sheddable", "batch", "background", "made-up", "", "Ünïcödé ✓ \u{1F680}"];

/// The free numbers of one request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct RequestRow {
    /// No two rows of a call have the same.
    pub(super) id: u64,
    /// Place in the queue; no two rows of a call have the same.
    pub(super) position: i64,
    pub(super) arrival_us: u64,
    /// From arrival at the router to entry into the queue. \[us\]
    pub(super) on_its_way_us: u64,
    /// Prompt tokens beyond the first.
    pub(super) prompt: u64,
    pub(super) max_tokens: u64,
    pub(super) emitted: u64,
    pub(super) preemptions: u64,
    /// In thousandths; odd ones are negative.
    pub(super) priority: u64,
    /// Which SLO class.
    pub(super) class: u64,
    /// 0: none given.
    pub(super) tenant: u64,
    /// 0: none given.
    pub(super) session: u64,
    pub(super) round: u64,
    /// Requests of one content begin with the same blocks.
    pub(super) content: u64,
    /// Runs that the blocks come in, beyond the first.
    pub(super) runs: u64,
    /// Tokens that need not be computed, of all. \[ppm\]
    pub(super) held: u64,
}

/// The largest value that each free number takes, in the order of [`RequestRow::knobs`].
pub(super) const LIMITS: [u64; 14] = [
    1_000_000_000_000_000, // arrival_us
    1_000_000_000,         // on_its_way_us
    199_999,               // prompt
    1_000_000,             // max_tokens
    100_000,               // emitted
    1000,                  // preemptions
    1_000_000_000_000,     // priority
    CLASSES.len() as u64 - 1,
    1000,    // tenant
    100_000, // session
    1000,    // round
    100_000, // content
    3,       // runs
    999_999, // held
];

impl RequestRow {
    /// What can be varied by itself.
    pub(super) fn knobs(&mut self) -> [&mut u64; 14] {
        [
            &mut self.arrival_us,
            &mut self.on_its_way_us,
            &mut self.prompt,
            &mut self.max_tokens,
            &mut self.emitted,
            &mut self.preemptions,
            &mut self.priority,
            &mut self.class,
            &mut self.tenant,
            &mut self.session,
            &mut self.round,
            &mut self.content,
            &mut self.runs,
            &mut self.held,
        ]
    }

    /// Full blocks of its prompt.
    pub(super) fn blocks(&self, world: &World) -> u64 {
        self.prompt_tokens() / world.block_size
    }

    fn prompt_tokens(&self) -> u64 {
        self.prompt + 1
    }

    /// A request that has emitted its last token does not wait.
    fn emitted_tokens(&self) -> u64 {
        match self.max_tokens {
            0 => self.emitted,
            most => self.emitted.min(most - 1),
        }
    }

    /// Only a request that was preempted has emitted tokens and waits.
    fn preemptions(&self) -> u64 {
        self.preemptions.max(u64::from(self.emitted_tokens() > 0))
    }

    fn arrival_us(&self, now_us: u64) -> u64 {
        self.arrival_us.min(now_us)
    }

    fn queued_us(&self, now_us: u64) -> u64 {
        now_us.min(self.arrival_us(now_us) + self.on_its_way_us)
    }

    fn num_tokens(&self) -> u64 {
        self.prompt_tokens() + self.emitted_tokens()
    }

    /// At least one token has to be computed, or the request would not wait.
    fn remaining_prefill_tokens(&self) -> u64 {
        self.num_tokens() - self.num_tokens() * self.held / 1_000_000
    }

    fn priority(&self) -> f64 {
        let size = self.priority as f64 / 1000.0;
        if self.priority % 2 == 1 { -size } else { size }
    }

    /// The identities of its full blocks.
    pub(super) fn runs(&self, world: &World) -> Vec<BlockRun> {
        let blocks = self.blocks(world);
        let runs = (self.runs + 1).min(blocks);
        let run = |at: u64| BlockRun {
            // Far apart, so that contents and runs share nothing by chance.
            first: self.content * (1 << 32) + at * (1 << 24),
            len: blocks / runs + u64::from(at < blocks % runs),
        };
        (0..runs).map(run).collect()
    }

    /// Fixes its past, as it is at `now_us`, for later calls.
    pub(super) fn settle(&mut self, now_us: u64) {
        let (arrival_us, queued_us) = (self.arrival_us(now_us), self.queued_us(now_us));
        self.arrival_us = arrival_us;
        self.on_its_way_us = queued_us - arrival_us;
    }

    /// One attribute of all rows at `now_us`; `Absent` if there is none of that id.
    pub(super) fn attribute(id: &str, rows: &[Self], world: &World, now_us: u64) -> Cells {
        let u64s = |of: &dyn Fn(&Self) -> u64| Cells::U64(rows.iter().map(of).collect());
        let label = |name: &str, number: u64| match number {
            0 => String::new(),
            number => format!("{name}-{number}"),
        };
        match id {
            "id" => u64s(&|row| row.id),
            "arrival_us" => u64s(&|row| row.arrival_us(now_us)),
            "prompt_tokens" => u64s(&Self::prompt_tokens),
            "max_tokens" => u64s(&|row| row.max_tokens),
            "slo_class" => {
                let class = |row: &Self| CLASSES[row.class as usize % CLASSES.len()].to_owned();
                Cells::Text(rows.iter().map(class).collect())
            }
            "tenant" => Cells::Text(rows.iter().map(|row| label("tenant", row.tenant)).collect()),
            "session" => Cells::Text(rows.iter().map(|row| label("session", row.session)).collect()),
            "round" => u64s(&|row| row.round),
            "prompt_blocks" => Cells::Blocks(rows.iter().map(|row| row.runs(world)).collect()),
            "queued_us" => u64s(&|row| row.queued_us(now_us)),
            "num_tokens" => u64s(&Self::num_tokens),
            "emitted_tokens" => u64s(&Self::emitted_tokens),
            "preemptions" => u64s(&Self::preemptions),
            "remaining_prefill_tokens" => u64s(&Self::remaining_prefill_tokens),
            "queue_position" => Cells::I64(rows.iter().map(|row| row.position).collect()),
            "priority" => Cells::F64(rows.iter().map(Self::priority).collect()),
            _ => Cells::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pointsman_plugin_api::attribute;

    fn full() -> RequestRow {
        let mut row = RequestRow::default();
        row.knobs().into_iter().zip(LIMITS).for_each(|(knob, most)| *knob = most);
        row
    }

    #[test]
    fn every_attribute_of_the_api_is_made() {
        for id in [attribute::ALL, attribute::WAITING, attribute::PRIORITIZED].concat() {
            let cells = RequestRow::attribute(id, &[full()], &World::default(), 5);
            assert_ne!(cells, Cells::Absent, "{id}");
        }
    }

    #[test]
    fn attributes_keep_what_the_model_says_of_them() {
        let rows = [RequestRow::default(), full()];
        let of = |id| RequestRow::attribute(id, &rows, &World::default(), 7);
        assert_eq!(of("arrival_us"), Cells::U64(vec![0, 7]));
        assert_eq!(of("queued_us"), Cells::U64(vec![0, 7]));
        assert_eq!(of("prompt_tokens"), Cells::U64(vec![1, 200_000]));
        assert_eq!(of("num_tokens"), Cells::U64(vec![1, 300_000]));
        assert_eq!(of("preemptions"), Cells::U64(vec![0, 1000]));
        let Cells::Blocks(blocks) = of("prompt_blocks") else { panic!("blocks") };
        assert_eq!((blocks[0].len(), blocks[1].len()), (0, 4));
        assert_eq!(blocks[1].iter().map(|run| run.len).sum::<u64>(), 200_000 / 16);
        let emitted = RequestRow { emitted: 3, max_tokens: 3, ..RequestRow::default() };
        let of = |id| RequestRow::attribute(id, std::slice::from_ref(&emitted), &World::default(), 7);
        assert_eq!((of("emitted_tokens"), of("preemptions")), (Cells::U64(vec![2]), Cells::U64(vec![1])));
    }
}

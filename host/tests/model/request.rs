//! Requests in a line each.

use pointsman::workload::{Arrival, Content};
use pointsman_plugin_api::BlockRun;

/// A request to be: where it goes, and what it is made of.
#[derive(Clone)]
pub(crate) struct Req {
    pub(crate) arrival_us: u64,
    prompt: u64,
    output: u64,
    names: &'static str,
    /// Names beyond its blocks are ignored.
    surplus: bool,
    class: Option<&'static str>,
    instance: u32,
}

/// A request that arrives at `arrival_us`, with N = `prompt` and M = `output`, like no other.
pub(crate) fn at(arrival_us: u64, prompt: u64, output: u64) -> Req {
    Req { arrival_us, prompt, output, names: "", surplus: false, class: None, instance: 0 }
}

impl Req {
    /// Its first full blocks, by name, those that generation fills included: `a b c`. `p*3` is a
    /// run of three, `p+1*2` its last two. Equal names are equal content; the blocks after them are its own.
    pub(crate) fn holds(mut self, names: &'static str) -> Self {
        self.names = names;
        self
    }

    /// The same; of more names than it has blocks, the first.
    pub(crate) fn holds_up_to(mut self, names: &'static str) -> Self {
        self.surplus = true;
        self.names = names;
        self
    }

    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    /// Where [`Steer`] sends it.
    pub(crate) fn to(mut self, instance: u32) -> Self {
        self.instance = instance;
        self
    }

    pub(crate) fn arrival(&self, id: u64, block_size: u64) -> Arrival {
        let all = (self.prompt + self.output - 1) / block_size;
        let mut named: Vec<BlockRun> = self.names.split_whitespace().map(run).collect();
        if self.surplus {
            named = split(named, all).0;
        }
        let known: u64 = named.iter().map(|run| run.len).sum();
        assert!(known <= all, "request {id} has {all} full blocks, not {known}");
        named.push(BlockRun { first: (1 << 63) | (id << 32) | known, len: all - known });
        let (prompt, output) = split(named, self.prompt / block_size);
        Arrival {
            id,
            arrival_us: self.arrival_us,
            prompt_tokens: self.prompt,
            output_tokens: self.output,
            max_tokens: None,
            slo_class: self.class.map(Into::into),
            tenant: Some(self.instance.to_string().into()),
            session: None,
            round: None,
            content: Content::new(prompt, output),
            ticket: None,
        }
    }
}

/// `name`, `name*count` or `name+skipped*count`: names of up to five letters.
fn run(text: &str) -> BlockRun {
    let (name, len) = text.split_once('*').map_or((text, 1), |(name, len)| (name, len.parse().unwrap()));
    let (name, skipped) = name.split_once('+').map_or((name, 0), |(name, by)| (name, by.parse().unwrap()));
    assert!(name.len() <= 5);
    let first = name.bytes().fold(0, |sum, byte| (sum << 8) | u64::from(byte)) << 16;
    BlockRun { first: first + skipped, len }
}

/// The first `blocks` blocks of some runs, and the others.
fn split(runs: Vec<BlockRun>, blocks: u64) -> (Vec<BlockRun>, Vec<BlockRun>) {
    let (mut head, mut tail, mut left) = (vec![], vec![], blocks);
    for BlockRun { first, len } in runs {
        let here = len.min(left);
        left -= here;
        head.push(BlockRun { first, len: here });
        tail.push(BlockRun { first: first + here, len: len - here });
    }
    (head, tail)
}

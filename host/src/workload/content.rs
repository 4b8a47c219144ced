//! What a request's tokens are: never text, only which prefixes are equal.

use pointsman_plugin_api::BlockRun;
use smallvec::SmallVec;

/// The content identities of a request's full KV blocks, as runs of consecutive identities.
///
/// Two requests share block `j` exactly when their identities of block `j` are equal; since an
/// identity chains over everything before it, equal identities mean equal prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The prompt's runs, then those of the blocks that generation fills.
    runs: SmallVec<[BlockRun; FEW]>,
    /// `ends[i]` = blocks in `runs[..=i]`; empty while there are few runs, the common case.
    ends: Box<[u64]>,
    /// How many of `runs` make up the prompt's full blocks.
    prompt_runs: usize,
    private_output: bool,
}

/// So many runs are found one after the other, and need no memory of their own.
const FEW: usize = 3;

impl Content {
    /// Content from the runs of the prompt's `floor(N/B)` full blocks and of the blocks that
    /// fill afterwards, `floor((N+M-1)/B) - floor(N/B)` of them. Empty runs are dropped, and runs that
    /// go on where the one before them ends become one with it.
    #[must_use]
    pub fn new(
        prompt: impl IntoIterator<Item = BlockRun>,
        output: impl IntoIterator<Item = BlockRun>,
    ) -> Self {
        let mut runs = SmallVec::new();
        prompt.into_iter().for_each(|run| add(&mut runs, 0, run));
        let prompt_runs = runs.len();
        output.into_iter().for_each(|run| add(&mut runs, prompt_runs, run));
        let ends = if runs.len() > FEW {
            let mut sum = 0;
            runs.iter()
                .map(|run| {
                    sum += run.len;
                    sum
                })
                .collect()
        } else {
            Box::default()
        };
        Self { runs, ends, prompt_runs, private_output: false }
    }

    /// The run that block `index` is in, and how many blocks come before that run.
    fn place(&self, index: u64) -> (usize, u64) {
        if self.ends.is_empty() {
            let mut before = 0;
            let found = self.runs.iter().position(|run| {
                let here = index < before + run.len;
                before += if here { 0 } else { run.len };
                here
            });
            return (found.unwrap_or(self.runs.len()), before);
        }
        let at = self.ends.partition_point(|&end| end <= index);
        (at, if at == 0 { 0 } else { self.ends[at - 1] })
    }

    /// The same, with the promise that no other request that arrives before this one has ended has any of
    /// the blocks that its generation fills.
    #[must_use]
    pub fn with_private_output(self, private_output: bool) -> Self {
        Self { private_output, ..self }
    }

    /// Whether nobody can see what generation fills before the request has ended.
    #[must_use]
    pub fn is_output_private(&self) -> bool {
        self.private_output
    }

    /// The identity of block `index`. Panics when the request has no such full block.
    #[must_use]
    pub fn block(&self, index: u64) -> u64 {
        let (at, before) = self.place(index);
        assert!(at < self.runs.len(), "block {index} of content with {} blocks", self.blocks());
        self.runs[at].first.wrapping_add(index - before)
    }

    /// The runs of blocks `from..to`. Panics when the request has no such full blocks.
    pub(crate) fn runs_of(&self, from: u64, to: u64) -> impl Iterator<Item = BlockRun> + '_ {
        assert!(from >= to || to <= self.blocks(), "blocks {from}..{to} of content with {}", self.blocks());
        let (mut at, mut before) = if from < to { self.place(from) } else { (0, 0) };
        let mut from = from;
        std::iter::from_fn(move || {
            if from >= to {
                return None;
            }
            let run = self.runs[at];
            let skipped = from - before;
            let len = (run.len - skipped).min(to - from);
            at += 1;
            before += run.len;
            from += len;
            Some(BlockRun { first: run.first.wrapping_add(skipped), len })
        })
    }

    /// How many full blocks are known: `floor((N+M-1)/B)`.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        match self.ends.last() {
            Some(&end) => end,
            None => self.runs.iter().map(|run| run.len).sum(),
        }
    }

    /// The runs of the prompt's full blocks: what a policy may see.
    #[must_use]
    pub fn prompt(&self) -> &[BlockRun] {
        &self.runs[..self.prompt_runs]
    }
}

/// Adds a run to those from number `from` on.
fn add(runs: &mut SmallVec<[BlockRun; FEW]>, from: usize, run: BlockRun) {
    match runs[from..].last_mut() {
        _ if run.len == 0 => {}
        Some(last) if last.first.checked_add(last.len) == Some(run.first) => last.len += run.len,
        _ => runs.push(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs() -> impl Strategy<Value = Vec<BlockRun>> {
        let run = (any::<u64>(), 0_u64..6).prop_map(|(first, len)| BlockRun { first, len });
        prop::collection::vec(run, 0..6)
    }

    fn expand(runs: &[BlockRun]) -> Vec<u64> {
        runs.iter().flat_map(|run| (0..run.len).map(|i| run.first.wrapping_add(i))).collect()
    }

    proptest! {
        #[test]
        fn blocks_are_those_of_the_runs_written_out(prompt in runs(), output in runs()) {
            let content = Content::new(prompt.clone(), output.clone());
            let expected = [expand(&prompt), expand(&output)].concat();
            prop_assert_eq!(content.blocks(), expected.len() as u64);
            let got: Vec<u64> = (0..content.blocks()).map(|block| content.block(block)).collect();
            prop_assert_eq!(&got, &expected);
            prop_assert_eq!(expand(content.prompt()), expand(&prompt));
            for from in 0..=content.blocks() {
                for to in from..=content.blocks() {
                    let runs: Vec<BlockRun> = content.runs_of(from, to).collect();
                    prop_assert_eq!(expand(&runs), expected[from as usize..to as usize].to_vec());
                    prop_assert!(runs.iter().all(|run| run.len > 0));
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "block 1 of content with 1 blocks")]
    fn a_block_that_is_not_full_is_a_bug() {
        let _ = Content::new(vec![BlockRun { first: 7, len: 1 }], vec![]).block(1);
    }
}

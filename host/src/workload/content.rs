//! What a request's tokens are: never text, only which prefixes are equal.

use pointsman_plugin_api::BlockRun;

/// The content identities of a request's full KV blocks, as runs of consecutive identities.
///
/// Two requests share block `j` exactly when their identities of block `j` are equal; since an
/// identity chains over everything before it, equal identities mean equal prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The prompt's runs, then those of the blocks that generation fills.
    runs: Box<[BlockRun]>,
    /// `ends[i]` = blocks in `runs[..=i]`; empty while there is one run, the common case.
    ends: Box<[u64]>,
    /// How many of `runs` make up the prompt's full blocks.
    prompt_runs: usize,
}

impl Content {
    /// Content from the runs of the prompt's `floor(N/B)` full blocks and of the blocks that
    /// fill afterwards, `floor((N+M-1)/B) - floor(N/B)` of them. Empty runs are dropped.
    #[must_use]
    pub fn new(prompt: Vec<BlockRun>, output: Vec<BlockRun>) -> Self {
        let mut runs = prompt;
        runs.retain(|run| run.len > 0);
        let prompt_runs = runs.len();
        runs.extend(output.into_iter().filter(|run| run.len > 0));
        let ends = if runs.len() > 1 {
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
        Self { runs: runs.into(), ends, prompt_runs }
    }

    /// The identity of block `index`. Panics when the request has no such full block.
    #[must_use]
    pub fn block(&self, index: u64) -> u64 {
        if self.ends.is_empty() {
            let run = self.runs[0];
            assert!(index < run.len, "block {index} of content with {} blocks", run.len);
            return run.first.wrapping_add(index);
        }
        let at = self.ends.partition_point(|&end| end <= index);
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.runs[at].first.wrapping_add(index - start)
    }

    /// How many full blocks are known: `floor((N+M-1)/B)`.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        match self.ends.last() {
            Some(&end) => end,
            None => self.runs.first().map_or(0, |run| run.len),
        }
    }

    /// The runs of the prompt's full blocks: what a policy may see.
    #[must_use]
    pub fn prompt(&self) -> &[BlockRun] {
        &self.runs[..self.prompt_runs]
    }
}

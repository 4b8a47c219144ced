//! Routing decisions as they are kept and written: one each, with all that was known and said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::leave_one_out::{flips, margin};
use crate::policy::{Cells, DecisionView, RequestFacts, ScorerView, SignalTable};

/// The values of a signal, by candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SignalValues {
    /// Whole numbers.
    Numbers(Vec<u64>),
    /// Shares and rates.
    Ratios(Vec<f64>),
}

/// What a scorer said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedScorer {
    /// The policy that was asked.
    pub name: String,
    /// Its weight for the class over the sum of the weights of those that answered.
    pub weight: f64,
    /// Its scores by candidate, clamped to 0 to 1; `None`: it did not answer.
    pub scores: Option<Vec<f64>>,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedDecision {
    /// The request.
    pub id: u64,
    /// When it was made. \[us\]
    pub now_us: u64,
    /// The request's SLO class.
    pub class: String,
    /// Its session; empty where it has none.
    pub session: String,
    /// Its round in the session.
    pub round: u64,
    /// Its prompt length.
    pub prompt_tokens: u64,
    /// The candidates, by instance.
    pub candidates: Vec<u64>,
    /// What the policies of the router could read of them.
    pub signals: BTreeMap<String, SignalValues>,
    /// The scorers, in configured order; none where the picker asked for no scores.
    pub scorers: Vec<LoggedScorer>,
    /// Weighted sums by candidate.
    pub totals: Vec<f64>,
    /// The instance that was chosen.
    pub chosen: u64,
    /// Best total - second best.
    pub margin: Option<f64>,
    /// The scorers, by place from 0, without each of which another candidate is the best.
    pub flips: Vec<usize>,
    /// How much longer it waited than others at other candidates
    /// (see [`Routings::regrets_us`](super::Routings::regrets_us)). \[ms\]
    pub regret_ms: Option<f64>,
}

impl LoggedDecision {
    /// Lets `see` see it as it was made, as far as scores go: the candidates have no signals.
    pub fn view<R>(&self, see: impl FnOnce(&DecisionView<'_>) -> R) -> R {
        let scorers: Vec<ScorerView<'_>> = self.scorers.iter().map(LoggedScorer::view).collect();
        let request = RequestFacts {
            id: self.id,
            arrival_us: self.now_us,
            prompt_tokens: self.prompt_tokens,
            max_tokens: 0,
            slo_class: &self.class,
            tenant: "",
            session: &self.session,
            round: self.round,
            prompt_blocks: &[],
        };
        see(&DecisionView {
            now_us: self.now_us,
            request,
            candidates: &SignalTable::default(),
            scorers: &scorers,
            totals: &self.totals,
            chosen: self.candidates.iter().position(|&one| one == self.chosen).unwrap_or(usize::MAX),
        })
    }

    /// Whether each part has as many values as there are candidates.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let rows = self.candidates.len();
        let scores = self.scorers.iter().filter_map(|scorer| scorer.scores.as_ref()).map(Vec::len);
        let signals = self.signals.values().map(|values| match values {
            SignalValues::Numbers(values) => values.len(),
            SignalValues::Ratios(values) => values.len(),
        });
        let totals = Some(self.totals.len()).filter(|_| !self.scorers.is_empty());
        self.candidates.contains(&self.chosen) && scores.chain(signals).chain(totals).all(|len| len == rows)
    }
}

impl LoggedScorer {
    fn view(&self) -> ScorerView<'_> {
        let scores = self.scores.as_deref();
        let answered = scores.is_some();
        ScorerView { name: &self.name, weight: self.weight, scores: scores.unwrap_or_default(), answered }
    }
}

/// The decisions of a run, or a sample of them.
#[derive(Debug)]
pub struct DecisionLog {
    /// The share of requests that is kept.
    pub share: f64,
    signals: Vec<&'static str>,
    /// Each with its place among all decisions.
    kept: Vec<(usize, LoggedDecision)>,
    seen: usize,
}

impl DecisionLog {
    /// None yet; of a share of the requests, with these signals.
    #[must_use]
    pub fn new(share: f64, signals: Vec<&'static str>) -> Self {
        Self { share, signals, kept: Vec::new(), seen: 0 }
    }

    /// The next decision: it is kept if its request belongs to the sample.
    pub fn add(&mut self, decision: &DecisionView<'_>) {
        let order = self.seen;
        self.seen += 1;
        if is_sampled(decision.request.id, self.share) {
            self.kept.push((order, logged(decision, &self.signals)));
        }
    }

    /// The run is over: what each decision is thought to have cost, in their order.
    pub fn judge(&mut self, regrets_us: &[Option<u64>]) {
        for (order, decision) in &mut self.kept {
            let regret_us = regrets_us.get(*order).copied().flatten();
            decision.regret_ms = regret_us.map(|regret_us| regret_us as f64 / 1e3);
        }
        self.kept.sort_by_key(|(_, decision)| decision.id);
    }

    /// Those that are kept; in order of id once they are judged.
    pub fn decisions(&self) -> impl ExactSizeIterator<Item = &LoggedDecision> {
        self.kept.iter().map(|(_, decision)| decision)
    }
}

/// Whether a request belongs to a sample of this share. It depends on the id alone: two runs with the same
/// requests keep the same ones, whatever their policies.
#[must_use]
pub fn is_sampled(id: u64, share: f64) -> bool {
    is_rank_within(sample_rank(id), share)
}

/// Where an id stands in the order in which ids come into a growing sample.
#[must_use]
pub fn sample_rank(id: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbours end up far apart.
    let mut mixed = id.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Whether what has this rank belongs to a sample of this share.
#[must_use]
pub fn is_rank_within(rank: u64, share: f64) -> bool {
    share >= 1.0 || (rank as f64) < share * 2f64.powi(64)
}

fn logged(decision: &DecisionView<'_>, signals: &[&'static str]) -> LoggedDecision {
    let request = &decision.request;
    let values = |id: &&'static str| {
        let values = match decision.candidates.cells(id)? {
            Cells::Numbers(cells) => SignalValues::Numbers(cells.to_vec()),
            Cells::Ratios(cells) => SignalValues::Ratios(cells.to_vec()),
        };
        Some(((*id).to_owned(), values))
    };
    let scorer = |scorer: &ScorerView<'_>| LoggedScorer {
        name: scorer.name.to_owned(),
        weight: scorer.weight,
        scores: scorer.answered.then(|| scorer.scores.to_vec()),
    };
    let candidates = decision.candidates.instances().to_vec();
    LoggedDecision {
        id: request.id,
        now_us: decision.now_us,
        class: request.slo_class.to_owned(),
        session: request.session.to_owned(),
        round: request.round,
        prompt_tokens: request.prompt_tokens,
        chosen: candidates.get(decision.chosen).copied().unwrap_or(0),
        candidates,
        signals: signals.iter().filter_map(values).collect(),
        scorers: decision.scorers.iter().map(scorer).collect(),
        totals: decision.totals.to_vec(),
        margin: margin(decision.totals),
        flips: (0..decision.scorers.len())
            .filter(|&at| flips(decision.scorers, at, decision.totals))
            .collect(),
        regret_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_share_that_was_asked_for_and_grows_with_it() {
        let kept = |share| (0..10_000).filter(|&id| is_sampled(id, share)).collect::<Vec<_>>();
        assert_eq!(kept(1.0).len(), 10_000);
        assert_eq!(kept(0.0).len(), 0);
        let (tenth, half) = (kept(0.1), kept(0.5));
        // Six standard deviations of a fair draw: 180 and 300.
        assert!((820..1180).contains(&tenth.len()) && (4700..5300).contains(&half.len()));
        assert!(tenth.iter().all(|id| half.contains(id)));
    }
}

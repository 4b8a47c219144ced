//! Which scorer decided: from the decisions of one run, without further runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::leave_one_out::{flips, has_say, margin};
use super::percentile;
use crate::policy::{DecisionView, best_row};

/// Whose decisions they were, over all and by SLO class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// Over all decisions.
    pub all: Attributed,
    /// By SLO class.
    pub classes: BTreeMap<String, Attributed>,
}

/// Whose decisions some were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attributed {
    /// Decisions for which scorers were asked.
    pub decisions: u64,
    /// Decisions besides, made by a picker that reads no scores.
    pub unscored: u64,
    /// Of `decisions`, those that are the same without any one of the scorers.
    pub unflipped: u64,
    /// Those with more than one best candidate: their choice was the picker's way with ties.
    pub ties: u64,
    /// Those whose choice was not a best candidate: the picker had a will of its own.
    pub not_best: u64,
    /// Best total - second best; of decisions with two candidates or more.
    pub margin: Option<Margin>,
    /// Decisions whose regret could be estimated.
    pub judged: u64,
    /// The sum of their regrets (see [`Routings::regrets_us`](super::Routings::regrets_us)). \[ms\]
    pub regret_ms: f64,
    /// The scorers, in configured order.
    pub scorers: Vec<ScorerShare>,
}

/// What is shown of margins. All are differences of totals, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// Arithmetic mean.
    pub mean: f64,
    /// 10th percentile.
    pub p10: f64,
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
}

/// One scorer's part in decisions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScorerShare {
    /// Its name; where another policy took its place, both.
    pub name: String,
    /// Decisions that would have been others without it.
    pub flips: u64,
    /// Their share of all.
    pub flip_share: f64,
    /// Decisions in which it had no say: no weight for the class, no answer, or the same score for all.
    pub no_say: u64,
    /// Of those, the ones that it did not answer.
    pub unanswered: u64,
    /// The regret of the decisions that it flipped. \[ms\]
    pub regret_ms: f64,
    /// Its share of all regret; the shares of several scorers may overlap, and need not add up to 1.
    /// `None` where there is no regret.
    pub regret_share: Option<f64>,
}

/// Gathers decisions. Some 20 bytes are kept of each, and one more per scorer.
#[derive(Debug, Default)]
pub struct Attributor {
    names: Vec<String>,
    classes: Vec<String>,
    decisions: Vec<Entry>,
    /// What each scorer did, those of one decision after those of the last.
    marks: Vec<u8>,
}

#[derive(Debug)]
struct Entry {
    class: usize,
    scorers: u32,
    marks: u8,
    /// Not a number for a single candidate.
    margin: f64,
}

/// What a scorer did in a decision.
const FLIPS: u8 = 1;
const NO_SAY: u8 = 2;
const UNANSWERED: u8 = 4;
/// Between the names of a policy and of the one that took its place.
const THEN: &str = ", then ";
/// What a decision was.
const TIE: u8 = 8;
const NOT_BEST: u8 = 16;

impl Attributor {
    /// The next decision.
    pub fn add(&mut self, decision: &DecisionView<'_>) {
        let class = self.class(decision.request.slo_class);
        for (at, scorer) in decision.scorers.iter().enumerate() {
            self.name(at, scorer.name);
            let mut mark = 0;
            mark |= if scorer.answered { 0 } else { UNANSWERED };
            mark |= if has_say(scorer) { 0 } else { NO_SAY };
            mark |= if flips(decision.scorers, at, decision.totals) { FLIPS } else { 0 };
            self.marks.push(mark);
        }
        let margin = margin(decision.totals);
        let best = decision.totals.get(best_row(decision.totals));
        let mut marks = 0;
        marks |= if margin == Some(0.0) { TIE } else { 0 };
        marks |= if decision.totals.get(decision.chosen) == best { 0 } else { NOT_BEST };
        let scorers = decision.scorers.len() as u32;
        self.decisions.push(Entry { class, scorers, marks, margin: margin.unwrap_or(f64::NAN) });
    }

    /// What they come to, with the regret of each, in their order.
    #[must_use]
    pub fn finish(&self, regrets_us: &[Option<u64>]) -> Attribution {
        let mut sums: Vec<Sum> = self.classes.iter().map(|_| Sum::new(&self.names)).collect();
        let mut all = Sum::new(&self.names);
        let mut from = 0;
        for (order, entry) in self.decisions.iter().enumerate() {
            let to = from + entry.scorers as usize;
            let regret_us = regrets_us.get(order).copied().flatten();
            for sum in [&mut all].into_iter().chain(sums.get_mut(entry.class)) {
                sum.add(entry, &self.marks[from..to], regret_us);
            }
            from = to;
        }
        let classes = self.classes.iter().cloned().zip(sums.into_iter().map(Sum::finish)).collect();
        Attribution { all: all.finish(), classes }
    }

    fn class(&mut self, name: &str) -> usize {
        self.classes.iter().position(|known| known == name).unwrap_or_else(|| {
            self.classes.push(name.to_owned());
            self.classes.len() - 1
        })
    }

    fn name(&mut self, at: usize, name: &str) {
        match self.names.get_mut(at) {
            None => self.names.push(name.to_owned()),
            // A fallback sits there now: it is named after the first.
            Some(known) if known.rsplit(THEN).next() != Some(name) => *known = format!("{known}{THEN}{name}"),
            Some(_) => {}
        }
    }
}

/// Attribution under way.
struct Sum {
    result: Attributed,
    margins: Vec<f64>,
}

impl Sum {
    fn new(names: &[String]) -> Self {
        let scorers = names.iter().map(|name| ScorerShare { name: name.clone(), ..ScorerShare::default() });
        Self {
            result: Attributed { scorers: scorers.collect(), ..Attributed::default() },
            margins: Vec::new(),
        }
    }

    fn add(&mut self, entry: &Entry, marks: &[u8], regret_us: Option<u64>) {
        let result = &mut self.result;
        let regret_ms = regret_us.unwrap_or(0) as f64 / 1e3;
        result.judged += u64::from(regret_us.is_some());
        result.regret_ms += regret_ms;
        if marks.is_empty() {
            result.unscored += 1;
            return;
        }
        result.decisions += 1;
        result.ties += u64::from(entry.marks & TIE != 0);
        result.not_best += u64::from(entry.marks & NOT_BEST != 0);
        result.unflipped += u64::from(marks.iter().all(|mark| mark & FLIPS == 0));
        if !entry.margin.is_nan() {
            self.margins.push(entry.margin);
        }
        for (scorer, mark) in result.scorers.iter_mut().zip(marks) {
            scorer.no_say += u64::from(mark & NO_SAY != 0);
            scorer.unanswered += u64::from(mark & UNANSWERED != 0);
            if mark & FLIPS != 0 {
                scorer.flips += 1;
                scorer.regret_ms += regret_ms;
            }
        }
    }

    fn finish(mut self) -> Attributed {
        let (decisions, regret_ms) = (self.result.decisions.max(1) as f64, self.result.regret_ms);
        for scorer in &mut self.result.scorers {
            scorer.flip_share = scorer.flips as f64 / decisions;
            scorer.regret_share = (regret_ms > 0.0).then(|| scorer.regret_ms / regret_ms);
        }
        Attributed { margin: Margin::of(&mut self.margins), ..self.result }
    }
}

impl Margin {
    fn of(margins: &mut [f64]) -> Option<Self> {
        if margins.is_empty() {
            return None;
        }
        margins.sort_unstable_by(f64::total_cmp);
        let mean = margins.iter().sum::<f64>() / margins.len() as f64;
        let at = |p| percentile(margins.len() as u64, p, |rank| margins[rank as usize]);
        Some(Self { mean, p10: at(10.0), p50: at(50.0), p90: at(90.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{RequestFacts, ScorerView, SignalTable};

    fn add(to: &mut Attributor, class: &str, scorers: &[(&str, f64, &[f64])], chosen: usize) {
        let rows = scorers.first().map_or(2, |(.., scores)| scores.len());
        let table = SignalTable::new(rows as u32, false);
        let views: Vec<_> = scorers
            .iter()
            .map(|&(name, weight, scores)| ScorerView { name, weight, scores, answered: weight >= 0.0 })
            .collect();
        let totals: Vec<f64> = (0..rows)
            .map(|row| scorers.iter().map(|(_, weight, scores)| weight.max(0.0) * scores[row]).sum())
            .collect();
        let request = RequestFacts {
            id: 0,
            arrival_us: 0,
            prompt_tokens: 1,
            max_tokens: 0,
            slo_class: class,
            tenant: "",
            session: "",
            round: 0,
            prompt_blocks: &[],
        };
        let totals = if scorers.is_empty() { &[] } else { &totals[..] };
        to.add(&DecisionView { now_us: 0, request, candidates: &table, scorers: &views, totals, chosen });
    }

    #[test]
    fn decisions_belong_to_those_who_flip_them() {
        let mut attributor = Attributor::default();
        // [0.25, 0.75]: b alone; without it row 0.
        add(&mut attributor, "batch", &[("a", 0.25, &[1.0, 0.0]), ("b", 0.75, &[0.0, 1.0])], 1);
        // [0, 1]: both say so.
        add(&mut attributor, "batch", &[("a", 0.25, &[0.0, 1.0]), ("b", 0.75, &[0.0, 1.0])], 1);
        // [0.5, 0.5]: a tie, whose choice by the rule is row 0; without a it is row 1.
        add(&mut attributor, "chat", &[("a", 0.5, &[1.0, 0.0]), ("b", 0.5, &[0.0, 1.0])], 1);
        // [1, 0] by b alone, and the picker took the other.
        add(&mut attributor, "chat", &[("a", -1.0, &[0.0, 1.0]), ("b", 1.0, &[1.0, 0.0])], 1);
        let found = attributor.finish(&[Some(3000), Some(1000), None, Some(4000)]);
        let (batch, chat, all) = (&found.classes["batch"], &found.classes["chat"], &found.all);
        let flips = |part: &Attributed| part.scorers.iter().map(|one| one.flips).collect::<Vec<_>>();
        assert_eq!((flips(batch), flips(chat), flips(all)), (vec![0, 1], vec![1, 0], vec![1, 1]));
        assert_eq!((batch.unflipped, chat.unflipped, all.unflipped), (1, 1, 2));
        assert_eq!((batch.ties, chat.ties, chat.not_best, all.not_best), (0, 1, 1, 1));
        assert_eq!((all.decisions, all.judged, all.regret_ms), (4, 3, 8.0));
        assert_eq!((all.scorers[1].regret_ms, all.scorers[1].regret_share), (3.0, Some(0.375)));
        assert_eq!(
            (all.scorers[0].no_say, all.scorers[0].unanswered, all.scorers[0].flip_share),
            (1, 1, 0.25)
        );
        // Margins 0.5, 1, 0, 1.
        let margin = all.margin.unwrap();
        assert_eq!((margin.mean, margin.p50, margin.p90), (0.625, 0.75, 1.0));
        assert!((margin.p10 - 0.15).abs() < 1e-12);
    }

    #[test]
    fn decisions_without_scores_are_counted_apart() {
        let mut attributor = Attributor::default();
        add(&mut attributor, "chat", &[], 1);
        let found = attributor.finish(&[None]);
        assert_eq!((found.all.decisions, found.all.unscored, found.all.not_best), (0, 1, 0));
        assert_eq!(found.all.margin, None);
    }

    #[test]
    fn a_fallback_is_named_beside_the_first() {
        let mut attributor = Attributor::default();
        for name in ["a", "a", "b", "b"] {
            add(&mut attributor, "chat", &[(name, 1.0, &[1.0, 0.0])], 0);
        }
        assert_eq!(attributor.finish(&[]).all.scorers[0].name, "a, then b");
    }
}

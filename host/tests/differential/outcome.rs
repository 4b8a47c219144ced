//! A run of a case, what it leaves behind, and whether two of them are the same.

use std::collections::{BTreeMap, BTreeSet};

use pointsman::engine::{
    Engine, Gap, Progress, RequestRecord, RunError, Simulation, Sink, State, Totals, Watch,
};
use pointsman::metrics::SeriesObserver;
use pointsman::policy::{
    ClassWeights, Loaded, OnError, Ordering, Policies, PolicyObject, Router, Seat, baseline,
};

use crate::case::{Admission, Case, Hooks, Queueing, Routing};
use crate::heard::{self, Heard};
use crate::policies;
use crate::source::Sessions;
use crate::watchers::{Classes, Gate, Looking, Remaining, Watcher};

/// Whether the engines agree.
pub(crate) enum Verdict {
    Same,
    /// A run that was ended because it took too long.
    Endless,
    Different(String),
}

/// What a run leaves behind.
#[derive(Debug, Default)]
struct Left {
    /// In the order in which requests ended.
    records: Vec<(RequestRecord, Vec<Gap>)>,
    /// Gaps of completed requests added up, by class.
    gaps: BTreeMap<String, BTreeMap<u64, u64>>,
    cached: BTreeMap<u32, BTreeSet<u64>>,
    adds_up: bool,
}

impl Sink for Left {
    fn record(&mut self, record: RequestRecord, gaps: &[Gap]) {
        if record.state == State::Completed {
            let class = self.gaps.entry(record.class().to_owned()).or_default();
            gaps.iter().for_each(|gap| *class.entry(gap.gap_us).or_default() += gap.count);
        }
        let told = if self.adds_up && record.state == State::Completed { vec![] } else { gaps.to_vec() };
        self.records.push((record, told));
    }

    fn adds_up_gaps(&self) -> bool {
        self.adds_up
    }

    fn gaps_of(&mut self, class: &str, gaps: Gap) {
        *self.gaps.entry(class.to_owned()).or_default().entry(gaps.gap_us).or_default() += gaps.count;
    }

    fn cached(&mut self, instance: u32, identities: &mut dyn Iterator<Item = u64>) {
        self.cached.insert(instance, identities.collect());
    }
}

/// Ends what goes on for ever.
struct Patience(u64);

impl Watch for Patience {
    fn go_on(&mut self, _: Progress) -> bool {
        self.0 -= 1;
        self.0 > 0
    }
}

/// A run.
struct Outcome {
    end: Result<Totals, RunError>,
    left: Left,
    heard: Heard,
}

/// Who looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    ByNobody,
    /// By somebody who notes every call.
    AtEveryStep,
    /// By somebody who only wants levels over time.
    OverTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Manner {
    engine: Engine,
    watched: Watched,
    adds_up: bool,
    in_words: bool,
}

fn router(case: &Case) -> Router {
    let weights = |count: usize| ClassWeights { default: vec![1.0; count], ..ClassWeights::default() };
    macro_rules! watcher {
        ($reads:literal) => {{
            let scorer = match case.hooks {
                Hooks::None => policies::scorer::<Watcher<$reads, 0>>("{}"),
                Hooks::Completed => policies::scorer::<Watcher<$reads, 1>>("{}"),
                Hooks::All => policies::scorer::<Watcher<$reads, 2>>("{}"),
            };
            policies::max_score(vec![scorer], weights(1))
        }};
    }
    match case.routing {
        Routing::ReadsAll => watcher!(0),
        Routing::ReadsReports => watcher!(1),
        Routing::ReadsCounts => watcher!(2),
        Routing::RoundRobin => Router::with_picker(policies::picker::<baseline::RoundRobin>("{}")),
        Routing::Compound => policies::max_score(
            vec![
                policies::scorer::<baseline::PrefixAffinity>(r#"{"capacity_blocks": 20}"#),
                policies::scorer::<baseline::QueueDepth>("{}"),
            ],
            weights(2),
        ),
    }
}

/// The plain engine asks the host's own policies; the fast one knows what they would answer.
fn asked_or_known<T: PolicyObject>(loaded: Loaded<T>, engine: Engine) -> Seat<T> {
    let loaded = if engine == Engine::Fast { loaded.of_this_host() } else { loaded };
    Seat::new(loaded, OnError::Fail, None)
}

fn ordering(case: &Case, index: u32, engine: Engine) -> Ordering {
    let constant = || policies::priority::<baseline::Constant>("{}");
    let (scheduler, priority) = match case.queueing {
        Queueing::Fcfs => {
            (asked_or_known(policies::load_scheduler::<baseline::Fcfs>("{}"), engine), constant())
        }
        Queueing::Sjf => (policies::scheduler::<baseline::Sjf>(), constant()),
        Queueing::Classes => {
            (policies::scheduler::<Classes>(), policies::priority::<baseline::SloClass>("{}"))
        }
        Queueing::Ageing => (
            policies::scheduler::<Classes>(),
            policies::priority::<baseline::SloClass>(r#"{"age_weight": 0.01}"#),
        ),
        Queueing::Remaining => (policies::scheduler::<Remaining>(), constant()),
    };
    Ordering::new(index, scheduler, priority)
}

fn run(case: &Case, manner: Manner) -> Outcome {
    heard::start(manner.in_words);
    let admission = match case.admission {
        Admission::All => {
            asked_or_known(policies::load_admission::<baseline::AlwaysAdmit>("{}"), manner.engine)
        }
        Admission::UnlessWaiting(most) => policies::admission::<Gate>(&format!(r#"{{"most": {most}}}"#)),
    };
    let mut policies = Policies {
        trial: None,
        router: router(case),
        admission,
        orderings: (0..case.settings.instances).map(|index| ordering(case, index, manner.engine)).collect(),
    };
    let mut left = Left { adds_up: manner.adds_up, ..Left::default() };
    let mut source = Sessions::of(case);
    let mut looking = Looking;
    let simulation = Simulation::new(&case.settings, manner.engine, &mut policies, &mut source, &mut left);
    let patience = &mut Patience(200);
    let mut series = SeriesObserver::new(case.settings.instances, case.settings.kv.blocks);
    let end = match manner.watched {
        Watched::ByNobody => simulation.run(patience),
        Watched::AtEveryStep => simulation.observed_by(&mut looking).run(patience),
        Watched::OverTime => simulation.observed_by(&mut series).run(patience),
    };
    if end.is_ok() && manner.watched == Watched::OverTime {
        heard::note("series", format!("{:?}", series.finish()));
    }
    Outcome { end, left, heard: heard::stop() }
}

/// What differs first between two runs.
fn difference(plain: &Outcome, fast: &Outcome) -> Option<String> {
    if let (Some(plain), Some(fast)) = (&plain.heard.words, &fast.heard.words)
        && plain != fast
    {
        let at = plain.iter().zip(fast).take_while(|(a, b)| a == b).count();
        return Some(format!("call {at}:\n  plain {:?}\n  fast  {:?}", plain.get(at), fast.get(at)));
    }
    let text = |outcome: &Outcome| outcome.end.as_ref().map_err(ToString::to_string).cloned();
    if text(plain) != text(fast) {
        return Some(format!("totals:\n  plain {:?}\n  fast  {:?}", text(plain), text(fast)));
    }
    if plain.end.is_ok() {
        let count = plain.left.records.len().max(fast.left.records.len());
        for at in 0..count {
            let (a, b) = (plain.left.records.get(at), fast.left.records.get(at));
            if a != b {
                return Some(format!("end {at}:\n  plain {a:?}\n  fast  {b:?}"));
            }
        }
        if plain.left.gaps != fast.left.gaps {
            return Some(format!("gaps:\n  plain {:?}\n  fast  {:?}", plain.left.gaps, fast.left.gaps));
        }
        if plain.left.cached != fast.left.cached {
            return Some(format!("cache:\n  plain {:?}\n  fast  {:?}", plain.left.cached, fast.left.cached));
        }
    }
    let heard = |outcome: &Outcome| (outcome.heard.calls, outcome.heard.hash);
    (heard(plain) != heard(fast))
        .then(|| format!("calls:\n  plain {:?}\n  fast  {:?}", heard(plain), heard(fast)))
}

/// Runs a case on both engines, in several manners, and compares.
pub(crate) fn verdict(case: &Case) -> Verdict {
    for (watched, adds_up) in
        [(Watched::ByNobody, true), (Watched::AtEveryStep, false), (Watched::OverTime, false)]
    {
        let manner = Manner { engine: Engine::Plain, watched, adds_up, in_words: false };
        let both = |in_words: bool| {
            let plain = run(case, Manner { in_words, ..manner });
            (plain, run(case, Manner { in_words, engine: Engine::Fast, ..manner }))
        };
        let (plain, fast) = both(false);
        if matches!(plain.end, Err(RunError::Interrupted)) || matches!(fast.end, Err(RunError::Interrupted)) {
            return Verdict::Endless;
        }
        if difference(&plain, &fast).is_some() {
            let (plain, fast) = both(true);
            let how = difference(&plain, &fast).unwrap_or_else(|| "only at times".to_owned());
            return Verdict::Different(format!("{watched:?}, adds up {adds_up}: {how}"));
        }
    }
    Verdict::Same
}

//! From the names of a configuration to policies that can be called.

use std::path::PathBuf;

use rand::Rng;

use super::RunFailure;
use super::admission;
use super::outcome::Used;
use crate::config::{
    self, ConfigError, Diagnostic, OnError as OnErrorSpec, OnErrorAction, PolicyRef, Resolved, Spanned,
};
use crate::policy::{
    ClassWeights, Loaded, OnError, Ordering, Picker, Policies, Router, Seat, TieBreak, baseline,
};
use crate::random;
use crate::registry::{self, Catalogue, ErrorClass, Facts, Handle, Kind, PluginError};

/// A catalogue of the policies that are built in.
#[must_use]
pub fn builtin_catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    catalogue.builtin_scorer::<baseline::PrefixAffinity>();
    catalogue.builtin_scorer::<baseline::QueueDepth>();
    catalogue.builtin_scorer::<baseline::KvUtilization>();
    catalogue.builtin_scorer::<baseline::LoadBalance>();
    catalogue.builtin_scheduler::<baseline::Fcfs>();
    catalogue.builtin_scheduler::<baseline::Sjf>();
    catalogue.builtin_priority::<baseline::Constant>();
    catalogue.builtin_priority::<baseline::SloClass>();
    catalogue.builtin_priority::<baseline::Age>();
    catalogue
}

/// The libraries that the policies of a configuration name by file: `{name: N, library: F}`.
#[must_use]
pub fn referenced_libraries(resolved: &Resolved) -> Vec<PathBuf> {
    let spec = &resolved.policy;
    let scorers = spec.routing.scorers.iter().map(|scorer| &scorer.policy);
    let fallbacks = Kind::ALL.map(|kind| action(&spec.on_error, kind));
    let fallbacks = fallbacks.into_iter().filter_map(|action| match action {
        OnErrorAction::Fallback(policy) => Some(&**policy),
        _ => None,
    });
    let all = scorers.chain([&spec.scheduler, &spec.priority]).chain(fallbacks);
    all.filter_map(|policy| policy.library.as_ref()).map(|library| library.value.clone()).collect()
}

fn action(spec: &OnErrorSpec, kind: Kind) -> &OnErrorAction {
    match spec {
        OnErrorSpec::All(action) => action,
        OnErrorSpec::ByKind { scorer, scheduler, priority } => match kind {
            Kind::Scorer => scorer,
            Kind::Scheduler => scheduler,
            Kind::Priority => priority,
        },
    }
}

/// Builds all policies of a run, and notes where each came from.
pub(super) struct Builder<'a> {
    pub(super) resolved: &'a Resolved,
    catalogue: &'a Catalogue,
    /// What a record says of the policies, in the order in which they are built.
    recorded: Option<&'a [registry::Provenance]>,
    built: Vec<registry::Provenance>,
    /// Place in `built` of the next policy. The objects of all instances share those of the first.
    next: usize,
    pub(super) used: Vec<Used>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        resolved: &'a Resolved,
        catalogue: &'a Catalogue,
        recorded: Option<&'a [registry::Provenance]>,
    ) -> Self {
        Self {
            resolved,
            catalogue,
            recorded,
            built: Vec::new(),
            next: 0,
            used: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Everything that can be checked without running a library is checked first.
    pub(super) fn build(&mut self) -> Result<(Policies, Vec<registry::Provenance>), RunFailure> {
        self.check()?;
        let router = self.router()?;
        let orderings = self.orderings()?;
        let (admission, used) = admission::build(&self.resolved.policy.admission);
        self.used.push(used);
        let policies = Policies { admission, router, orderings };
        self.check_effects(&policies)?;
        Ok((policies, std::mem::take(&mut self.built)))
    }

    fn check(&self) -> Result<(), RunFailure> {
        let spec = &self.resolved.policy;
        let check = |kind, policy: &PolicyRef| match self.catalogue.check(kind, &reference(policy, None)) {
            Ok(provenance) => Ok(provenance),
            Err(error) => Err(located(policy, error)),
        };
        for scorer in &spec.routing.scorers {
            check(Kind::Scorer, &scorer.policy)?;
        }
        check(Kind::Scheduler, &spec.scheduler)?;
        check(Kind::Priority, &spec.priority)?;
        spec.routing.check_repeats(|policy| {
            check(Kind::Scorer, policy).ok().map(|found| (found.policy, found.library))
        })?;
        if matches!(spec.on_error, OnErrorSpec::ByKind { .. }) {
            for kind in Kind::ALL {
                if let OnErrorAction::Fallback(policy) = action(&spec.on_error, kind) {
                    check(kind, policy)?;
                }
            }
        }
        if let OnErrorSpec::All(OnErrorAction::Fallback(policy)) = &spec.on_error {
            let mut failures = Kind::ALL.into_iter().map(|kind| check(kind, policy));
            if failures.all(|failure| failure.is_err()) {
                check(Kind::Scorer, policy)?;
            }
        }
        Ok(())
    }

    fn router(&mut self) -> Result<Router, RunFailure> {
        let routing = &self.resolved.policy.routing;
        let picker = routing.picker;
        let tie_break = match routing.tie_break {
            config::TieBreak::First => TieBreak::First,
            config::TieBreak::Random => {
                TieBreak::Random(Box::new(random::stream(self.resolved.seed, "tie-break")))
            }
            config::TieBreak::RoundRobin => TieBreak::RoundRobin { last: None },
        };
        let mut seats = Vec::new();
        for (index, scorer) in routing.scorers.iter().enumerate() {
            let facts = self.facts(&format!("scorer/{index}"), None);
            let seat = self.seat(Kind::Scorer, &scorer.policy, &facts, Catalogue::create_scorer)?;
            let by_class =
                routing.by_class.iter().map(|(class, weights)| format!("{class} {}", weights[index]));
            self.note("scorer", &scorer.policy, Some(scorer.weight), by_class.collect());
            seats.push(seat);
        }
        let name = picker.name().to_owned();
        let ties = (picker != Picker::RoundRobin).then(|| format!("ties: {}", routing.tie_break.name()));
        self.used.push(Used { role: "picker", name, weight: None, note: ties, library: None });
        let weights = ClassWeights {
            default: routing.scorers.iter().map(|scorer| scorer.weight).collect(),
            by_class: routing
                .by_class
                .iter()
                .map(|(class, weights)| (class.clone(), weights.clone()))
                .collect(),
        };
        Ok(Router::new(picker, tie_break, seats, weights))
    }

    fn orderings(&mut self) -> Result<Vec<Ordering>, RunFailure> {
        let spec = &self.resolved.policy;
        let mut orderings = Vec::new();
        let first = self.next;
        for index in 0..self.resolved.settings.instances {
            self.next = first;
            let facts = self.facts("scheduler", Some(index));
            let scheduler =
                self.seat(Kind::Scheduler, &spec.scheduler, &facts, Catalogue::create_scheduler)?;
            if index == 0 {
                self.note("scheduler", &spec.scheduler, None, Vec::new());
            }
            let facts = self.facts("priority", Some(index));
            let priority = self.seat(Kind::Priority, &spec.priority, &facts, Catalogue::create_priority)?;
            if index == 0 {
                self.note("priority", &spec.priority, None, Vec::new());
            }
            orderings.push(Ordering::new(index, scheduler, priority));
        }
        Ok(orderings)
    }

    /// What a policy is told of the run; no two objects share a seed.
    fn facts(&self, role: &str, instance: Option<u32>) -> Facts {
        let kv = &self.resolved.settings.kv;
        let stream = match instance {
            Some(index) => format!("policy/{role}/{index}"),
            None => format!("policy/{role}"),
        };
        Facts {
            instances: self.resolved.settings.instances.into(),
            block_size: kv.block_size,
            total_kv_blocks: kv.blocks.into(),
            seed: random::stream(self.resolved.seed, &stream).next_u64(),
            instance: instance.map(u64::from),
        }
    }

    /// Builds a policy and what may take its place.
    fn seat<T>(
        &mut self,
        kind: Kind,
        policy: &PolicyRef,
        facts: &Facts,
        create: impl Fn(&Catalogue, &registry::PolicyRef, &Facts) -> Result<Handle<T>, PluginError>,
    ) -> Result<Seat<T>, RunFailure> {
        let loaded = self.load(policy, facts, &create)?;
        let (on_error, fallback) = match action(&self.resolved.policy.on_error, kind) {
            OnErrorAction::Fail => (OnError::Fail, None),
            OnErrorAction::Skip => (OnError::Skip, None),
            // A fallback for all kinds is of one kind; policies of the others fail the run.
            OnErrorAction::Fallback(next) if self.catalogue.check(kind, &reference(next, None)).is_ok() => {
                (OnError::Fallback, Some(self.load(next, facts, &create)?))
            }
            OnErrorAction::Fallback(_) => (OnError::Fail, None),
        };
        Ok(Seat::new(kind, loaded, on_error, fallback))
    }

    fn load<T>(
        &mut self,
        policy: &PolicyRef,
        facts: &Facts,
        create: &impl Fn(&Catalogue, &registry::PolicyRef, &Facts) -> Result<Handle<T>, PluginError>,
    ) -> Result<Loaded<T>, RunFailure> {
        let recorded = self.recorded.and_then(|all| all.get(self.next));
        let sha256 = recorded.and_then(|one| one.library.as_ref()).map(|library| library.sha256.clone());
        let handle = create(self.catalogue, &reference(policy, sha256), facts)
            .map_err(|error| located(policy, error))?;
        let library = handle.provenance.library.as_ref();
        let place = library.map_or_else(|| "built in".to_owned(), |library| library.path.clone());
        let loaded = Loaded::new(
            handle.provenance.policy.clone(),
            place,
            handle.object,
            handle.attributes.iter().map(|need| need.id.as_str()),
            handle.signals.iter().map(|need| need.id.as_str()),
        );
        if self.next == self.built.len() {
            self.built.push(handle.provenance);
        }
        self.next += 1;
        Ok(loaded)
    }

    /// Notes the policy for the composition that people see.
    fn note(&mut self, role: &'static str, policy: &PolicyRef, weight: Option<f64>, mut notes: Vec<String>) {
        let kind = match role {
            "scorer" => Kind::Scorer,
            "scheduler" => Kind::Scheduler,
            _ => Kind::Priority,
        };
        let Ok(found) = self.catalogue.check(kind, &reference(policy, None)) else { return };
        notes.extend(policy.params.iter().map(|(name, value)| format!("{name} {value}")));
        let note = (!notes.is_empty()).then(|| notes.join(", "));
        let library = found.library;
        self.used.push(Used { role, name: found.policy, weight, note, library });
    }
}

/// A policy of the configuration as the registry wants it.
fn reference(policy: &PolicyRef, sha256: Option<String>) -> registry::PolicyRef {
    registry::PolicyRef {
        name: policy.name.value.clone(),
        label: policy.label.clone(),
        library: policy.library.as_ref().map(|Spanned { value, .. }| value.clone()),
        params: policy.params.clone().into(),
        sha256,
    }
}

/// An error that the configuration has to answer for points there.
fn located(policy: &PolicyRef, error: PluginError) -> RunFailure {
    if error.class() == ErrorClass::Library {
        return error.into();
    }
    let span = match &error {
        PluginError::UnknownParameter { parameter, .. } => policy.param_span(parameter),
        PluginError::Refused { .. } => policy.param_span(""),
        _ => &policy.name.span,
    };
    ConfigError::at(span, error.to_string(), None).into()
}

//! From the names of a configuration to policies that can be called.

use std::path::PathBuf;

use pointsman_plugin_api::abi::{FilterBox, ScorerBox};
use rand::Rng;

use super::outcome::Used;
use super::{Look, RunFailure};
use crate::config::{
    ConfigError, Diagnostic, OnError as OnErrorSpec, OnErrorAction, PolicyRef, Resolved, Spanned, option,
};
use crate::policy::{
    ClassWeights, Loaded, OnError, Ordering, Policies, PolicyObject, Router, Seat, baseline,
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
    catalogue.builtin_picker::<baseline::MaxScore>();
    catalogue.builtin_picker::<baseline::RoundRobin>();
    catalogue.builtin_picker::<baseline::LeastLoaded>();
    catalogue.builtin_admission::<baseline::AlwaysAdmit>();
    catalogue.builtin_admission::<baseline::RejectAll>();
    catalogue.builtin_admission::<baseline::TokenBucket>();
    catalogue.builtin_admission::<baseline::SloGated>();
    catalogue
}

/// The libraries that the policies of a configuration name by file: `{name: N, library: F}`.
#[must_use]
pub fn referenced_libraries(resolved: &Resolved) -> Vec<PathBuf> {
    let spec = &resolved.policy;
    let scorers = spec.routing.scorers.iter().map(|scorer| &scorer.policy);
    let fallbacks = Kind::ALL.into_iter().filter_map(|kind| match spec.on_error.action(kind) {
        OnErrorAction::Fallback(policy) => Some(&**policy),
        _ => None,
    });
    let routing = spec.routing.filters.iter().chain([&spec.routing.picker]);
    let others = [&spec.scheduler, &spec.priority, &spec.admission];
    let all = scorers.chain(routing).chain(others).chain(fallbacks);
    all.filter_map(|policy| policy.library.as_ref()).map(|library| library.value.clone()).collect()
}

/// Builds all policies of a run, and notes where each came from.
pub(super) struct Builder<'a> {
    pub(super) resolved: &'a Resolved,
    pub(super) catalogue: &'a Catalogue,
    /// What a record says of the policies, in the order in which they are built.
    recorded: Option<&'a [registry::Provenance]>,
    built: Vec<registry::Provenance>,
    /// Place in `built` of the next policy. The objects of all instances share those of the first.
    pub(super) next: usize,
    /// Place in `built` of each scorer.
    pub(super) scorer_places: Vec<usize>,
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
            scorer_places: Vec::new(),
            used: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Everything that can be checked without running a library is checked first.
    pub(super) fn build(&mut self, look: &Look) -> Result<(Policies, Vec<registry::Provenance>), RunFailure> {
        self.check()?;
        let (picker, uses_scores) = self.picker()?;
        // The order of building is that of the record. What 1.0 recorded comes first, as it did there.
        let scorers = if uses_scores { self.scorers()? } else { Vec::new() };
        let orderings = self.orderings()?;
        let filters = self.filters()?;
        let picker = self.single("picker", &picker, self.picker_seed(&picker), Catalogue::create_picker)?;
        let admission = &self.resolved.policy.admission;
        let seed = self.seed("policy/admission");
        let admission = self.single("admission", admission, seed, Catalogue::create_admission)?;
        let routing = &self.resolved.policy.routing;
        let weights = ClassWeights {
            default: routing.scorers.iter().map(|scorer| scorer.weight).collect(),
            by_class: routing.by_class.clone(),
        };
        let router = Router::new(filters, scorers, weights, picker);
        let mut policies = Policies { admission, router, orderings, trial: None };
        if look.probes {
            self.add_shadows(&mut policies)?;
        }
        self.check_effects(&policies)?;
        self.note_fallbacks(uses_scores);
        self.used.sort_by_key(|used| ROLES.iter().position(|role| *role == used.role));
        Ok((policies, std::mem::take(&mut self.built)))
    }

    pub(super) fn check(&self) -> Result<(), RunFailure> {
        let spec = &self.resolved.policy;
        let check = |kind, policy: &PolicyRef| match self.catalogue.check(kind, &reference(policy, None)) {
            Ok(provenance) => Ok(provenance),
            Err(error) => Err(located(policy, error)),
        };
        for filter in &spec.routing.filters {
            check(Kind::Filter, filter)?;
        }
        for scorer in &spec.routing.scorers {
            check(Kind::Scorer, &scorer.policy)?;
        }
        check(Kind::Picker, &spec.routing.picker)?;
        check(Kind::Scheduler, &spec.scheduler)?;
        check(Kind::Priority, &spec.priority)?;
        check(Kind::Admission, &spec.admission)?;
        spec.routing.check_repeats(|policy| {
            check(Kind::Scorer, policy).ok().map(|found| (found.policy, found.library))
        })?;
        if matches!(spec.on_error, OnErrorSpec::ByKind { .. }) {
            for kind in Kind::ALL {
                if let OnErrorAction::Fallback(policy) = spec.on_error.action(kind) {
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

    /// The picker, with the tie-break among its parameters if it has one, and whether it needs scorers.
    fn picker(&mut self) -> Result<(PolicyRef, bool), RunFailure> {
        let routing = &self.resolved.policy.routing;
        let mut picker = routing.picker.clone();
        let found = self.catalogue.policy(Kind::Picker, &reference(&picker, None));
        let found = found.map_err(|error| located(&picker, error))?;
        let written = self.resolved.span(option::TIE_BREAK).filter(|_| !self.resolved.is_record);
        if found.parameters.iter().any(|parameter| parameter.name == "tie_break") {
            match picker.params.get("tie_break") {
                None => {
                    picker.params.insert("tie_break".to_owned(), routing.tie_break.name().into());
                }
                Some(_) if written.is_some() => {
                    let message = "the tie-break is there twice: `policy.routing.tie_break` and among the \
                                   parameters of the picker";
                    return Err(
                        ConfigError::at(picker.param_span("tie_break"), message.to_owned(), None).into()
                    );
                }
                Some(_) => {}
            }
        } else if let Some(span) =
            self.resolved.span(option::TIE_BREAK).filter(|_| self.resolved.warns_of(option::TIE_BREAK))
        {
            let why = format!("the picker `{picker}` takes none");
            let message = "`policy.routing.tie_break` has no effect";
            self.warnings.push(Diagnostic::at(span, message).label(why));
        }
        if found.uses_scores && routing.scorers.is_empty() {
            let message = format!("the picker `{picker}` needs scorers");
            let help = Some("give scorers with weights: `pa:3,qd:2`".to_owned());
            return Err(ConfigError::at(&picker.name.span, message, help).into());
        }
        if let Some(first) =
            routing.scorers.first().filter(|_| !found.uses_scores && self.resolved.warns_of(option::SCORERS))
        {
            let message = "the scorers have no effect";
            let why = format!("the picker `{picker}` asks none");
            self.warnings.push(Diagnostic::at(&first.policy.name.span, message).label(why));
        }
        Ok((picker, found.uses_scores))
    }

    fn filters(&mut self) -> Result<Vec<Seat<FilterBox>>, RunFailure> {
        let mut seats = Vec::new();
        for (index, filter) in self.resolved.policy.routing.filters.iter().enumerate() {
            let seed = self.seed(&format!("policy/filter/{index}"));
            seats.push(self.single("filter", filter, seed, Catalogue::create_filter)?);
        }
        Ok(seats)
    }

    fn scorers(&mut self) -> Result<Vec<Seat<ScorerBox>>, RunFailure> {
        let routing = &self.resolved.policy.routing;
        let mut seats = Vec::new();
        for (index, scorer) in routing.scorers.iter().enumerate() {
            self.scorer_places.push(self.next);
            seats.push(self.seat(&scorer.policy, &self.scorer_facts(index), Catalogue::create_scorer)?);
            let by_class =
                routing.by_class.iter().map(|(class, weights)| format!("{class} {}", weights[index]));
            self.note("scorer", Kind::Scorer, &scorer.policy, Some(scorer.weight), by_class.collect());
        }
        Ok(seats)
    }

    /// A policy of the router of which there is one object.
    fn single<T: PolicyObject>(
        &mut self,
        role: &'static str,
        policy: &PolicyRef,
        seed: u64,
        create: impl Fn(&Catalogue, &registry::PolicyRef, &Facts) -> Result<Handle<T>, PluginError>,
    ) -> Result<Seat<T>, RunFailure> {
        let seat = self.seat(policy, &self.facts(seed, None), create)?;
        self.note(role, T::KIND, policy, None, Vec::new());
        Ok(seat)
    }

    fn orderings(&mut self) -> Result<Vec<Ordering>, RunFailure> {
        let spec = &self.resolved.policy;
        let mut orderings = Vec::new();
        let first = self.next;
        for index in 0..self.resolved.settings.instances {
            self.next = first;
            let facts = self.facts(self.seed(&format!("policy/scheduler/{index}")), Some(index));
            let scheduler = self.seat(&spec.scheduler, &facts, Catalogue::create_scheduler)?;
            let facts = self.facts(self.seed(&format!("policy/priority/{index}")), Some(index));
            let priority = self.seat(&spec.priority, &facts, Catalogue::create_priority)?;
            if index == 0 {
                self.note("scheduler", Kind::Scheduler, &spec.scheduler, None, Vec::new());
                self.note("priority", Kind::Priority, &spec.priority, None, Vec::new());
            }
            orderings.push(Ordering::new(index, scheduler, priority));
        }
        Ok(orderings)
    }

    /// The first number of a stream of the run's randomness: no two objects share one.
    fn seed(&self, stream: &str) -> u64 {
        random::stream(self.resolved.seed, stream).next_u64()
    }

    /// The pickers of the host break ties by the run's own stream `tie-break`, which they open
    /// themselves. A library's picker gets a seed like any other policy: the root seed would let it
    /// foretell the workload (law L8).
    fn picker_seed(&self, picker: &PolicyRef) -> u64 {
        match self.catalogue.check(Kind::Picker, &reference(picker, None)) {
            Ok(found) if found.library.is_none() => self.resolved.seed,
            _ => self.seed("policy/picker"),
        }
    }

    /// What the scorer at this place is told of the run.
    pub(super) fn scorer_facts(&self, index: usize) -> Facts {
        self.facts(self.seed(&format!("policy/scorer/{index}")), None)
    }

    /// What a policy is told of the run.
    fn facts(&self, seed: u64, instance: Option<u32>) -> Facts {
        let kv = &self.resolved.settings.kv;
        Facts {
            instances: self.resolved.settings.instances.into(),
            block_size: kv.block_size,
            total_kv_blocks: kv.blocks.into(),
            seed,
            instance: instance.map(u64::from),
        }
    }

    /// Builds a policy and what may take its place.
    fn seat<T: PolicyObject>(
        &mut self,
        policy: &PolicyRef,
        facts: &Facts,
        create: impl Fn(&Catalogue, &registry::PolicyRef, &Facts) -> Result<Handle<T>, PluginError>,
    ) -> Result<Seat<T>, RunFailure> {
        let loaded = self.load(policy, facts, &create)?;
        let (on_error, fallback) = match self.resolved.policy.on_error.action(T::KIND) {
            OnErrorAction::Fail => (OnError::Fail, None),
            OnErrorAction::Skip => (OnError::Skip, None),
            // A fallback for all kinds is of one kind; policies of the others fail the run.
            OnErrorAction::Fallback(next)
                if self.catalogue.check(T::KIND, &reference(next, None)).is_ok() =>
            {
                let seed = if T::KIND == Kind::Picker { self.picker_seed(next) } else { facts.seed };
                (OnError::Fallback, Some(self.load(next, &Facts { seed, ..*facts }, &create)?))
            }
            OnErrorAction::Fallback(_) => (OnError::Fail, None),
        };
        Ok(Seat::new(loaded, on_error, fallback))
    }

    pub(super) fn load<T: PolicyObject>(
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
        let is_own = library.is_none();
        let place = library.map_or_else(|| "built in".to_owned(), |library| library.path.clone());
        let loaded = Loaded::new(
            handle.provenance.policy.clone(),
            place,
            handle.object,
            handle.attributes.iter().map(|need| need.id.as_str()),
            handle.signals.iter().map(|need| need.id.as_str()),
        );
        let hooks = handle.hooks.iter().map(|need| need.id.as_str());
        let loaded = loaded.with_hooks(hooks).with_scores(handle.uses_scores);
        let loaded = if is_own { loaded.of_this_host() } else { loaded };
        if self.next == self.built.len() {
            self.built.push(handle.provenance);
        }
        self.next += 1;
        Ok(loaded)
    }

    /// Notes the policy for the composition that people see.
    pub(super) fn note(
        &mut self,
        role: &'static str,
        kind: Kind,
        policy: &PolicyRef,
        weight: Option<f64>,
        mut notes: Vec<String>,
    ) {
        let Ok(found) = self.catalogue.check(kind, &reference(policy, None)) else { return };
        notes.extend(policy.params.iter().map(|(name, value)| shown(name, value)));
        let note = (!notes.is_empty()).then(|| notes.join(", "));
        let library = found.library;
        self.used.push(Used { role, name: found.policy, weight, note, library });
    }
}

/// The roles in the order in which a request meets them.
const ROLES: [&str; 7] = ["filter", "scorer", "picker", "scheduler", "priority", "admission", "fallback"];

/// A parameter as people see it.
fn shown(name: &str, value: &serde_json::Value) -> String {
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        serde_json::Value::Array(items) => {
            format!("{name} {}", items.iter().map(word).collect::<Vec<_>>().join(" "))
        }
        _ if name == "tie_break" => format!("ties: {}", word(value)),
        _ => format!("{name} {}", word(value)),
    }
}

/// A policy of the configuration as the registry wants it.
pub(super) fn reference(policy: &PolicyRef, sha256: Option<String>) -> registry::PolicyRef {
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
        PluginError::UnknownParameter { parameter, .. } | PluginError::ParameterType { parameter, .. } => {
            policy.param_span(parameter)
        }
        // By custom, a sentence on a parameter names it first, between backticks.
        PluginError::Refused { message, .. } => policy.param_span(message.split('`').nth(1).unwrap_or("")),
        _ => &policy.name.span,
    };
    ConfigError::at(span, error.to_string(), None).into()
}

/// The policies of a configuration alone, for whoever has requests of another kind.
///
/// # Errors
///
/// Why one of them cannot be built.
pub fn policies(resolved: &Resolved, catalogue: &Catalogue) -> Result<Policies, RunFailure> {
    Ok(Builder::new(resolved, catalogue, None).build(&Look::default())?.0)
}

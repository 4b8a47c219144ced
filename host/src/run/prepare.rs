//! Puts policies, workload and cluster together, and runs them.

use super::effects::unmet_classes;
use super::ended::{Ended, Listener};
use super::look::Recorder;
use super::policies::Builder;
use super::{IdleLibrary, Look, Outcome, Provenance, Rival, RunFailure, Trialled, Used, WorkloadRecord};
use crate::config::{ConfigError, Diagnostic, Resolved};
use crate::engine::{ClusterSettings, Observer, Simulation, Watch};
use crate::metrics::{Collector, Keep, Waits, summarise};
use crate::policy::Policies;
use crate::registry::{self, Catalogue, Origin};
use crate::workload::{self, Source, WorkloadError, WorkloadSpec};

/// A run that is ready to start.
pub struct Prepared {
    resolved: Resolved,
    policies: Policies,
    source: Box<dyn Source>,
    used: Vec<Used>,
    idle: Vec<IdleLibrary>,
    provenance: Provenance,
    warnings: Vec<Diagnostic>,
    look: Look,
    keep: Keep,
    /// Where the policies of a second routing came from.
    rival: Vec<registry::Provenance>,
}

/// Checks and builds everything that the configuration asks for. With a record, libraries and
/// workload must be those of the record.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn prepare(
    resolved: Resolved,
    catalogue: &Catalogue,
    record: Option<&Provenance>,
) -> Result<Prepared, RunFailure> {
    prepare_until(resolved, catalogue, record, &|| false)
}

/// As [`prepare`], unless `is_asked` says that somebody wants the end.
///
/// # Errors
///
/// As [`prepare`], and [`RunFailure::Interrupted`].
pub fn prepare_until(
    resolved: Resolved,
    catalogue: &Catalogue,
    record: Option<&Provenance>,
    is_asked: &dyn Fn() -> bool,
) -> Result<Prepared, RunFailure> {
    prepare_to_look(resolved, catalogue, record, Look::default(), is_asked)
}

/// As [`prepare_until`], to be looked into. The results are the same.
///
/// # Errors
///
/// As [`prepare_until`].
pub fn prepare_to_look(
    mut resolved: Resolved,
    catalogue: &Catalogue,
    record: Option<&Provenance>,
    look: Look,
    is_asked: &dyn Fn() -> bool,
) -> Result<Prepared, RunFailure> {
    let spec: WorkloadSpec = resolved.workload.spec()?;
    let mut builder = Builder::new(&resolved, catalogue, record.map(|record| record.policies.as_slice()));
    let (policies, built) = builder.build(&look)?;
    let (used, mut warnings) = (builder.used, builder.warnings);
    if !policies.router.uses_scorers() {
        // Nobody asks them: a record of the run should not say that somebody did.
        resolved.policy.routing.forget_scorers();
    }
    let source = workload::open_until(&spec, resolved.seed, resolved.settings.kv.block_size, is_asked)
        .map_err(|error| located(&resolved, error))?;
    let identity = source.identity().map(|identity| WorkloadRecord {
        kind: identity.kind.to_owned(),
        description: identity.description.clone(),
        sha256: identity.sha256.clone(),
    });
    let provenance = Provenance {
        host_version: env!("CARGO_PKG_VERSION").to_owned(),
        api_version: pointsman_plugin_api::manifest::API_VERSION.to_owned(),
        seed: resolved.seed,
        config: resolved.to_value(),
        workload: identity.unwrap_or_default(),
        policies: built,
    };
    if let Some(record) = record {
        same_workload(&record.workload, &provenance.workload)?;
    }
    let idle = idle_libraries(catalogue, &provenance.policies);
    let mut all = resolved.warnings.clone();
    all.append(&mut warnings);
    Ok(Prepared {
        resolved,
        policies,
        source,
        used,
        idle,
        provenance,
        warnings: all,
        look,
        keep: Keep::All,
        rival: Vec::new(),
    })
}

/// The libraries of the catalogue that none of the policies is from, in its order.
fn idle_libraries(catalogue: &Catalogue, built: &[registry::Provenance]) -> Vec<IdleLibrary> {
    let mut idle: Vec<IdleLibrary> = Vec::new();
    for entry in catalogue.entries() {
        let Origin::Library { record, .. } = entry.origin else { continue };
        let is_used =
            built.iter().filter_map(|one| one.library.as_ref()).any(|used| used.sha256 == record.sha256);
        match idle.iter_mut().find(|seen| seen.library == record) {
            _ if is_used => {}
            Some(seen) => seen.policies.push(entry.policy.name.clone()),
            None => idle.push(IdleLibrary { policies: vec![entry.policy.name.clone()], library: record }),
        }
    }
    idle
}

fn same_workload(recorded: &WorkloadRecord, found: &WorkloadRecord) -> Result<(), RunFailure> {
    if recorded.sha256 == found.sha256 {
        return Ok(());
    }
    Err(RunFailure::Workload(WorkloadError::File {
        file: found.description.clone(),
        problem: format!(
            "this is not the recorded workload: its sha256 is {}, recorded is {}; restore that file",
            found.sha256, recorded.sha256
        ),
    }))
}

/// An error about a key of the configuration points there.
pub(super) fn located(resolved: &Resolved, error: WorkloadError) -> RunFailure {
    match &error {
        WorkloadError::Config { key, problem } => {
            let span = match key.strip_prefix("workload.") {
                Some(path) => resolved.workload.span(path),
                // What the workload does not go with: it is to blame where that was not written.
                None => resolved.span(key).unwrap_or(resolved.workload.span("")),
            };
            ConfigError::at(span, format!("`{key}`: {problem}"), None).into()
        }
        _ => error.into(),
    }
}

impl Prepared {
    /// The same with a second routing on the same cluster.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn with_rival(mut self, rival: &Rival<'_>) -> Result<Self, RunFailure> {
        let (trial, built) = rival.build()?;
        self.policies.trial = Some(trial);
        Ok(Self { rival: built, ..self })
    }

    /// The same with a bound on the requests that are kept one by one. [`Outcome::collector`] has no
    /// records of a run of more, and the percentiles of its summary are those of sketches.
    #[must_use]
    pub fn keeping(self, keep: Keep) -> Self {
        Self { keep, ..self }
    }

    /// Requests that there will be, if that is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.source.total()
    }

    /// What was written without effect.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The cluster that is simulated.
    #[must_use]
    pub fn cluster(&self) -> &ClusterSettings {
        &self.resolved.settings
    }

    /// Runs the simulation to its end.
    ///
    /// # Errors
    ///
    /// What ended it early.
    pub fn execute(self, watch: &mut dyn Watch) -> Result<Outcome, RunFailure> {
        self.execute_observed(watch, None)
    }

    /// The same, with somebody who looks on.
    ///
    /// # Errors
    ///
    /// What ended it early.
    pub fn execute_observed(
        self,
        watch: &mut dyn Watch,
        observer: Option<&mut dyn Observer>,
    ) -> Result<Outcome, RunFailure> {
        self.execute_told(watch, observer, None)
    }

    /// The same, with somebody who hears of every request as it ends, in order of time.
    ///
    /// # Errors
    ///
    /// What ended it early.
    pub fn execute_told(
        mut self,
        watch: &mut dyn Watch,
        observer: Option<&mut dyn Observer>,
        listener: Option<Listener<'_>>,
    ) -> Result<Outcome, RunFailure> {
        let collector =
            Collector::expecting(self.source.total()).keeping(self.keep, self.resolved.slo.clone());
        let settings = &self.resolved.settings;
        let mut recorder = Recorder::new(&self.look, settings.instances, &self.policies.router);
        let waits = recorder.as_ref().map(|_| Waits::default());
        let mut ended = Ended { collector, waits, listener };
        let engine = self.resolved.engine;
        let simulation = Simulation::new(settings, engine, &mut self.policies, &mut *self.source, &mut ended);
        let simulation = simulation.with_recorder(recorder.as_mut().map(|recorder| recorder as _));
        let totals = match observer {
            Some(observer) => simulation.observed_by(observer).run(watch)?,
            None => simulation.run(watch)?,
        };
        let Ended { mut collector, waits, .. } = ended;
        collector.sort();
        let looked = recorder.zip(waits).map(|(recorder, waits)| recorder.finish(waits));
        let (attribution, decisions) = looked.unwrap_or_default();
        let summary = summarise(&collector, &totals, &self.resolved.slo);
        let mut warnings = self.source.warnings();
        warnings.extend(unmet_classes(&self.resolved, &summary));
        warnings.extend(collector.warnings());
        Ok(Outcome {
            summary,
            events: totals.events,
            collector,
            policies: self.used,
            idle: self.idle,
            calls: self.policies.calls(),
            failures: self.policies.failures(),
            ejections: self.policies.ejections(),
            clamped_scores: self.policies.router.clamped_scores(),
            passed_over_filters: self.policies.router.passed_over_filters(),
            provenance: self.provenance,
            attribution,
            decisions,
            probes: self.policies.router.probe_counts(),
            trial: self.policies.trial.map(|trial| Trialled { log: trial.into_log(), policies: self.rival }),
            warnings,
        })
    }
}

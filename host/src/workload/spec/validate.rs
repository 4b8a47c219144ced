//! What a description must fulfil beyond its types.

use super::check::{Check, Unit, shown};
use super::{ArrivalsSpec, Popularity, Process, SessionSpec, SharedPrefixSpec, TraceFormat, WorkloadSpec};
use crate::workload::{MAX_ARRIVAL_US, MAX_GROUPS, MAX_ROUNDS, MAX_TOKENS, WorkloadError};

impl WorkloadSpec {
    /// Everything that is contradictory, missing or out of range, with dotted paths that begin with
    /// `workload`. Files are not looked at.
    #[must_use]
    pub fn validate(&self) -> Vec<WorkloadError> {
        let mut check = Check::default();
        if let Some(limit) = self.limit {
            check.require(limit > 0, "workload.limit", "is 0: a workload has at least one request");
        }
        if let Some(rate) = self.rate {
            check.positive("workload.rate", rate);
        }
        if self.trace.is_some() {
            self.check_trace(&mut check);
        } else {
            self.check_synthetic(&mut check);
        }
        check.errors
    }

    fn check_trace(&self, check: &mut Check) {
        let synthetic = [
            ("requests", self.requests.is_some(), ": use `limit` to read fewer"),
            ("arrivals", self.arrivals.is_some(), ": use `rate` or `speedup` to rescale its times"),
            ("prompt_tokens", self.prompt_tokens.is_some(), ""),
            ("output_tokens", self.output_tokens.is_some(), ""),
            ("max_tokens", self.max_tokens.is_some(), ""),
            ("classes", self.classes.is_some(), ""),
            ("tenants", self.tenants.is_some(), ""),
            ("shared_prefixes", self.shared_prefixes.is_some(), ""),
            ("sessions", self.sessions.is_some(), ""),
        ];
        for (name, given, advice) in synthetic {
            let problem =
                format!("has no meaning beside `workload.trace`, which says what the requests are{advice}");
            check.require(!given, format!("workload.{name}"), problem);
        }
        let format = self.format.unwrap_or_default();
        if !matches!(format, TraceFormat::Auto | TraceFormat::Csv) {
            let problem = format!("has no meaning with `format: {}`: it is for CSV traces", format.name());
            check.require(self.columns.is_none(), "workload.columns", problem.as_str());
            check.require(self.time_unit.is_none(), "workload.time_unit", problem);
        }
        if let Some(speedup) = self.speedup {
            check.positive("workload.speedup", speedup);
            let alone = self.rate.is_none();
            check.require(
                alone,
                "workload.speedup",
                "and `workload.rate` both rescale the times: give one of them",
            );
        }
    }

    fn check_synthetic(&self, check: &mut Check) {
        let of_traces = [
            ("format", self.format.is_some()),
            ("columns", self.columns.is_some()),
            ("time_unit", self.time_unit.is_some()),
        ];
        for (name, given) in of_traces {
            check.require(!given, format!("workload.{name}"), "has no meaning without `workload.trace`");
        }
        let problem =
            "is for traces: use `workload.rate` (`--rate`) to change a synthetic workload's arrivals";
        check.require(self.speedup.is_none(), "workload.speedup", problem);
        match self.requests {
            Some(requests) => check.count("workload.requests", requests, MAX_ARRIVAL_US),
            None => check
                .fail("workload.requests", "is missing: say how many requests there are, or give a `trace`"),
        }
        match &self.arrivals {
            Some(arrivals) => check_arrivals(check, arrivals, self.rate.is_some()),
            None => check.fail(
                "workload.arrivals",
                "is missing: say for instance {process: poisson, rate_per_s: 100}",
            ),
        }
        self.check_lengths(check);
        if let Some(tenants) = &self.tenants {
            check.mix("workload.tenants", tenants.iter().map(|tenant| (tenant.name.as_str(), tenant.share)));
        }
        if let Some(prefixes) = &self.shared_prefixes {
            check_prefixes(check, prefixes);
        }
        if let Some(sessions) = &self.sessions {
            check_sessions(check, sessions);
        }
    }

    fn check_lengths(&self, check: &mut Check) {
        let classes = self.classes.as_deref().unwrap_or_default();
        if self.classes.is_some() {
            check.mix("workload.classes", classes.iter().map(|class| (class.name.as_str(), class.share)));
        }
        for (name, dist, own) in [
            (
                "prompt_tokens",
                &self.prompt_tokens,
                classes.iter().map(|c| c.prompt_tokens.as_ref()).collect::<Vec<_>>(),
            ),
            (
                "output_tokens",
                &self.output_tokens,
                classes.iter().map(|c| c.output_tokens.as_ref()).collect(),
            ),
        ] {
            let key = format!("workload.{name}");
            match dist {
                Some(dist) => check.dist(&key, dist, Unit::Tokens),
                None if !own.is_empty() && own.iter().all(Option::is_some) => {}
                None => check.fail(
                    key,
                    "is missing: give a number, or a map such as {dist: uniform, min: 1, max: 100}",
                ),
            }
            for (i, dist) in own.into_iter().enumerate().filter_map(|(i, dist)| Some((i, dist?))) {
                check.dist(&format!("workload.classes[{i}].{name}"), dist, Unit::Tokens);
            }
        }
        if let Some(cap) = self.max_tokens {
            check.count("workload.max_tokens", cap, MAX_TOKENS);
        }
        for (i, class) in classes.iter().enumerate() {
            if let Some(cap) = class.max_tokens {
                check.count(format!("workload.classes[{i}].max_tokens"), cap, MAX_TOKENS);
            }
        }
    }
}

fn check_arrivals(check: &mut Check, arrivals: &ArrivalsSpec, overridden: bool) {
    let key = "workload.arrivals";
    match (arrivals.process, arrivals.cv) {
        (Process::Gamma, None) => check.fail(format!("{key}.cv"), "is missing: `process: gamma` needs it"),
        (Process::Gamma, Some(cv)) => {
            let fits = (0.01..=100.0).contains(&cv);
            check.require(
                fits,
                format!("{key}.cv"),
                format!("is {}, but must be from 0.01 to 100", shown(cv)),
            );
        }
        (_, Some(_)) => check.fail(format!("{key}.cv"), "is for `process: gamma`: leave it out"),
        _ => {}
    }
    match (&arrivals.rate_per_s, &arrivals.phases) {
        (Some(_), Some(_)) => {
            check.fail(format!("{key}.phases"), "and `rate_per_s` both say the rate: give one of them")
        }
        (None, None) if !overridden => {
            check.fail(format!("{key}.rate_per_s"), "is missing: give it, or `phases`")
        }
        (Some(rate), None) => check.positive(format!("{key}.rate_per_s"), *rate),
        _ => {}
    }
    if let Some(swing) = &arrivals.swing {
        check.positive(format!("{key}.swing.period_s"), swing.period_s);
        let fits = (0.0..=1.0).contains(&swing.amplitude);
        let problem = format!("is {}, but must be from 0 to 1", shown(swing.amplitude));
        check.require(fits, format!("{key}.swing.amplitude"), problem);
        check.require(arrivals.phases.is_none(), format!("{key}.swing"), "has no meaning with `phases`");
    }
    let Some(phases) = &arrivals.phases else {
        return check.require(!arrivals.repeat, format!("{key}.repeat"), "has no meaning without `phases`");
    };
    check.require(
        !overridden,
        "workload.rate",
        "cannot replace `arrivals.phases`: change the rates of the phases",
    );
    check_phases(check, &format!("{key}.phases"), phases, arrivals.repeat);
}

fn check_phases(check: &mut Check, key: &str, phases: &[super::PhaseSpec], repeat: bool) {
    check.require(!phases.is_empty(), key, "is empty");
    let mut start = 0.0;
    for (i, phase) in phases.iter().enumerate() {
        let last = i + 1 == phases.len();
        let rate = phase.rate_per_s;
        let fits = rate.is_finite() && rate >= 0.0;
        let problem = format!("is {}, but must be a finite number, at least 0", shown(rate));
        check.require(fits, format!("{key}[{i}].rate_per_s"), problem);
        let path = format!("{key}[{i}].until_s");
        match phase.until_s {
            Some(_) if last && !repeat => {
                check.fail(
                    path,
                    "ends the last phase, which holds for ever: leave it out, or set `repeat: true`",
                );
            }
            Some(until) => {
                let fits = until.is_finite() && until > start;
                check.require(
                    fits,
                    path,
                    format!(
                        "is {}, but must be above {}, where the phase starts",
                        shown(until),
                        shown(start)
                    ),
                );
                start = until;
            }
            None if last && !repeat => {
                check.require(
                    rate != 0.0,
                    format!("{key}[{i}].rate_per_s"),
                    "is 0 for ever: nothing would arrive",
                );
            }
            None => check.fail(path, "is missing: only a last phase that holds for ever has none"),
        }
    }
    let silent = repeat && phases.iter().all(|phase| phase.rate_per_s == 0.0);
    check.require(!silent, key, "has no rate above 0: nothing would ever arrive");
}

fn check_prefixes(check: &mut Check, prefixes: &SharedPrefixSpec) {
    let key = "workload.shared_prefixes";
    check.count(format!("{key}.groups"), prefixes.groups, MAX_GROUPS);
    // Together below 2^62, so that identities of prefixes leave room for those of sessions.
    check.count(format!("{key}.tokens"), prefixes.tokens, MAX_TOKENS >> 10);
    match (prefixes.popularity, prefixes.exponent) {
        (Popularity::Uniform, Some(_)) => {
            check.fail(format!("{key}.exponent"), "is for `popularity: zipf`: leave it out");
        }
        (Popularity::Zipf, Some(exponent)) => {
            let fits = (0.0..=10.0).contains(&exponent);
            check.require(
                fits,
                format!("{key}.exponent"),
                format!("is {}, but must be from 0 to 10", shown(exponent)),
            );
        }
        _ => {}
    }
    let fits = (0.0..=1.0).contains(&prefixes.share);
    check.require(
        fits,
        format!("{key}.share"),
        format!("is {}, but must be from 0 to 1", shown(prefixes.share)),
    );
}

fn check_sessions(check: &mut Check, sessions: &SessionSpec) {
    check.count("workload.sessions.rounds", sessions.rounds, MAX_ROUNDS);
    check.dist("workload.sessions.think_time_s", &sessions.think_time_s, Unit::Seconds);
}

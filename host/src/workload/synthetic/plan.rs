//! What a session will send, drawn when it starts.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Zipf};
use smallvec::SmallVec;
use std::sync::Arc;

use super::draw::{Draw, Shares};
use crate::random;
use crate::workload::WorkloadError;
use crate::workload::spec::{ClassSpec, DistSpec, Popularity, WorkloadSpec};

/// Everything random about a session.
#[derive(Debug)]
pub(super) struct Plan {
    /// Index of its class in the mix.
    pub(super) class: Option<usize>,
    /// Its tenant.
    pub(super) tenant: Option<Arc<str>>,
    /// Its group of shared prefixes.
    pub(super) group: Option<u64>,
    /// Its requests.
    pub(super) rounds: SmallVec<[RoundPlan; 1]>,
}

/// One request of a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoundPlan {
    /// New prompt tokens.
    pub(super) new_tokens: u64,
    /// Output tokens.
    pub(super) output_tokens: u64,
    /// Time until the next round. \[us\]
    pub(super) think_us: u64,
}

/// Draws sessions.
///
/// Sessions start in one order whatever the policies do, and all draws of a session happen when it
/// starts, each kind from a stream of its own: so two policies with one seed meet the same sessions,
/// and a change to one distribution leaves the draws of the others alone.
#[derive(Debug)]
pub(super) struct Planner {
    default: Lengths,
    classes: Option<(Shares, Vec<Class>)>,
    tenants: Option<(Shares, Vec<Arc<str>>)>,
    prefixes: Option<Prefixes>,
    think: Option<Draw>,
    class_rng: ChaCha8Rng,
    tenant_rng: ChaCha8Rng,
    group_rng: ChaCha8Rng,
    prompt_rng: ChaCha8Rng,
    output_rng: ChaCha8Rng,
    think_rng: ChaCha8Rng,
}

/// Lengths of a class or of the whole workload.
#[derive(Debug)]
struct Lengths {
    prompt: Option<Draw>,
    output: Option<Draw>,
    max_tokens: Option<u64>,
}

#[derive(Debug)]
struct Class {
    name: Arc<str>,
    tenant: Option<Arc<str>>,
    lengths: Lengths,
}

#[derive(Debug)]
struct Prefixes {
    share: f64,
    groups: u64,
    zipf: Option<Zipf<f64>>,
}

impl Planner {
    /// A planner for a validated description whose files have been loaded.
    #[expect(clippy::cast_precision_loss, reason = "groups are at most 2^31")]
    pub(super) fn new(spec: &WorkloadSpec, seed: u64) -> Result<Self, WorkloadError> {
        let classes = spec.classes.as_deref().map(classes).transpose()?;
        let tenants = spec.tenants.as_ref().map(|tenants| {
            let names = tenants.iter().map(|tenant| Arc::from(tenant.name.as_str())).collect();
            (Shares::new(tenants.iter().map(|tenant| tenant.share)), names)
        });
        let prefixes = spec.shared_prefixes.as_ref().map(|prefixes| {
            let zipf = match prefixes.popularity {
                Popularity::Uniform => None,
                Popularity::Zipf => {
                    let zipf = Zipf::new(prefixes.groups as f64, prefixes.exponent.unwrap_or(1.0));
                    let key = "workload.shared_prefixes.exponent";
                    Some(zipf.map_err(|_| WorkloadError::config(key, "is out of range"))?)
                }
            };
            Ok(Prefixes { share: prefixes.share, groups: prefixes.groups, zipf })
        });
        let think =
            spec.sessions.as_ref().map(|s| Draw::new("workload.sessions.think_time_s", &s.think_time_s));
        Ok(Self {
            default: lengths(
                "workload",
                spec.prompt_tokens.as_ref(),
                spec.output_tokens.as_ref(),
                spec.max_tokens,
            )?,
            classes,
            tenants,
            prefixes: prefixes.transpose()?,
            think: think.transpose()?,
            class_rng: random::stream(seed, "classes"),
            tenant_rng: random::stream(seed, "tenants"),
            group_rng: random::stream(seed, "prefix-groups"),
            prompt_rng: random::stream(seed, "prompt-tokens"),
            output_rng: random::stream(seed, "output-tokens"),
            think_rng: random::stream(seed, "think-times"),
        })
    }

    /// Draws the next session, of `rounds` requests.
    pub(super) fn plan(&mut self, rounds: u64) -> Result<Plan, WorkloadError> {
        let class = self.classes.as_ref().map(|(shares, _)| shares.pick(&mut self.class_rng));
        // Drawn even when the class fixes the tenant, so that one session takes one draw.
        let drawn =
            self.tenants.as_ref().map(|(shares, names)| names[shares.pick(&mut self.tenant_rng)].clone());
        let group = self.prefixes.as_ref().and_then(|prefixes| prefixes.pick(&mut self.group_rng));
        let own = class.and_then(|class| self.classes.as_ref().map(|(_, classes)| &classes[class]));
        let prompt = own.and_then(|c| c.lengths.prompt.as_ref()).or(self.default.prompt.as_ref());
        let output = own.and_then(|c| c.lengths.output.as_ref()).or(self.default.output.as_ref());
        let (Some(prompt), Some(output)) = (prompt, output) else {
            return Err(WorkloadError::config("workload", "has a class without prompt or output lengths"));
        };
        let cap =
            own.and_then(|class| class.lengths.max_tokens).or(self.default.max_tokens).unwrap_or(u64::MAX);
        let rounds = (0..rounds).map(|_| RoundPlan {
            new_tokens: prompt.tokens(&mut self.prompt_rng),
            output_tokens: output.tokens(&mut self.output_rng).min(cap),
            think_us: self.think.as_ref().map_or(0, |think| think.ticks(&mut self.think_rng)),
        });
        let tenant = own.and_then(|class| class.tenant.clone()).or(drawn);
        Ok(Plan { class, tenant, group, rounds: rounds.collect() })
    }

    /// The name of a class.
    pub(super) fn class_name(&self, class: usize) -> Option<Arc<str>> {
        self.classes.as_ref().map(|(_, classes)| classes[class].name.clone())
    }

    /// The declared cap on the output of a class, or of a session without one.
    pub(super) fn max_tokens(&self, class: Option<usize>) -> Option<u64> {
        let own = class.and_then(|class| self.classes.as_ref().map(|(_, classes)| &classes[class].lengths));
        own.and_then(|lengths| lengths.max_tokens).or(self.default.max_tokens)
    }
}

impl Prefixes {
    /// The group of a session, or none. Always as many draws, whether it has one or not.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a Zipf draw is a whole number from 1 to the number of groups"
    )]
    fn pick(&self, rng: &mut ChaCha8Rng) -> Option<u64> {
        let has_one = rng.random::<f64>() < self.share;
        let group = match &self.zipf {
            None => rng.random_range(0..self.groups),
            Some(zipf) => (zipf.sample(rng) as u64).clamp(1, self.groups) - 1,
        };
        has_one.then_some(group)
    }
}

fn classes(specs: &[ClassSpec]) -> Result<(Shares, Vec<Class>), WorkloadError> {
    let classes = specs.iter().enumerate().map(|(i, spec)| {
        let key = format!("workload.classes[{i}]");
        let own = lengths(&key, spec.prompt_tokens.as_ref(), spec.output_tokens.as_ref(), spec.max_tokens)?;
        let tenant = spec.tenant.as_deref().map(Arc::from);
        Ok(Class { name: Arc::from(spec.name.as_str()), tenant, lengths: own })
    });
    Ok((Shares::new(specs.iter().map(|spec| spec.share)), classes.collect::<Result<_, _>>()?))
}

fn lengths(
    key: &str,
    prompt: Option<&DistSpec>,
    output: Option<&DistSpec>,
    max_tokens: Option<u64>,
) -> Result<Lengths, WorkloadError> {
    let draw = |name: &str, dist: Option<&DistSpec>| {
        dist.map(|dist| Draw::new(&format!("{key}.{name}"), dist)).transpose()
    };
    Ok(Lengths { prompt: draw("prompt_tokens", prompt)?, output: draw("output_tokens", output)?, max_tokens })
}

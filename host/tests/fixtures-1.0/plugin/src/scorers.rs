//! Scorers over all that version 1.0 lets a scorer read. Plain arithmetic only, so that equal inputs
//! give equal bits whatever the compiler.

use pointsman_plugin_api::{Signal, prelude::*};

parameters! {
    /// Parameters of `frozen-pressure`.
    pub struct PressureParams {
        /// Pending transfers that cost a request of weight 1 a whole point. \[us\]
        transfer_scale_us: f64 = 10_000.0,
        /// What a thrashing rate of 1 costs. \[points\]
        thrash_weight: f64 = 2.0,
        /// How much transfers count for class `critical`. \[factor\]
        critical_weight: f64 = 5.0,
        /// How much transfers count for every other class. \[factor\]
        other_weight: f64 = 0.5,
    }
}

/// How hard the KV memory of an instance is pressed, by the class of the request.
pub struct Pressure(PressureParams);

impl Scorer for Pressure {
    type Params = PressureParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-pressure",
        aliases: &["fp"],
        summary: "prefers free KV memory, short transfers and no thrashing",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[
        signal::KV_UTILIZATION.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
        signal::KV_THRASHING_RATE.required(),
    ];
    const ATTRIBUTES: &'static [Need] = &[attribute::SLO_CLASS.required()];

    fn new(params: PressureParams, _setup: &Setup<'_>) -> Result<Self, String> {
        if params.transfer_scale_us > 0.0 {
            Ok(Self(params))
        } else {
            Err(format!("`transfer_scale_us` must be above 0, not {}", params.transfer_scale_us))
        }
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let critical = request.get(&attribute::SLO_CLASS) == "critical";
        let weight = if critical { self.0.critical_weight } else { self.0.other_weight };
        let used = instances.get(&signal::KV_UTILIZATION);
        let transfer_us = instances.get(&signal::PENDING_TRANSFER_LATENCY);
        let thrashing = instances.get(&signal::KV_THRASHING_RATE);
        for (i, score) in scores.iter_mut().enumerate() {
            let transfer = transfer_us[i] as f64 / self.0.transfer_scale_us * weight;
            let value = 1.0 - used[i] - transfer - self.0.thrash_weight * thrashing[i];
            *score = value.clamp(0.0, 1.0);
        }
        Ok(())
    }
}

parameters! {
    /// Parameters of `frozen-reader`.
    pub struct ReaderParams {
        /// How much the values of block identities count, which are a host's own affair.
        identity_weight: f64 = 0.0,
    }
}

/// No host of version 1.0 has it, and none of a later one may give it a meaning.
const UNHEARD_OF: Signal<u64> = Signal::new("frozen_unheard_of", "none", "Does not exist.");

/// Mixes all signals and all attributes of a request into its scores.
pub struct Reader(ReaderParams);

/// Between 0 and 1, for any number that is not negative.
fn share(value: f64, half: f64) -> f64 {
    value / (value + half)
}

/// Added from left to right, as every compiler must.
fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64
}

impl Scorer for Reader {
    type Params = ReaderParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-reader",
        aliases: &[],
        summary: "mixes everything that a scorer can read",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::QUEUE_DEPTH.required(),
        signal::BATCH_SIZE.required(),
        signal::KV_UTILIZATION.required(),
        signal::FREE_KV_BLOCKS.required(),
        signal::TOTAL_KV_BLOCKS.required(),
        signal::CACHE_HIT_RATE.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
        signal::KV_THRASHING_RATE.required(),
        signal::PREEMPTION_COUNT.required(),
        signal::WAITING_TOKENS.required(),
        signal::CPU_KV_UTILIZATION.required(),
        signal::CACHED_PREFIX_BLOCKS.required(),
        signal::PENDING_REQUESTS.required(),
        signal::INFLIGHT_REQUESTS.required(),
        UNHEARD_OF.optional(),
    ];
    const ATTRIBUTES: &'static [Need] = &[
        attribute::ID.required(),
        attribute::ARRIVAL_US.required(),
        attribute::PROMPT_TOKENS.required(),
        attribute::MAX_TOKENS.required(),
        attribute::SLO_CLASS.required(),
        attribute::TENANT.required(),
        attribute::SESSION.required(),
        attribute::ROUND.required(),
        attribute::PROMPT_BLOCKS.required(),
    ];

    fn new(params: ReaderParams, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(params))
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        if instances.try_get(&UNHEARD_OF).is_some() {
            return Err("the host has what it cannot have".to_owned());
        }
        let waited_us = request.now_us() - request.get(&attribute::ARRIVAL_US);
        let blocks = request.get(&attribute::PROMPT_BLOCKS);
        let identities = blocks.iter().fold(0, |sum: u64, run| sum.wrapping_mul(31).wrapping_add(run.first));
        let asked = [
            share(request.get(&attribute::ID) as f64, 50.0),
            share(waited_us as f64, 1000.0),
            share(request.get(&attribute::PROMPT_TOKENS) as f64, 512.0),
            share(request.get(&attribute::MAX_TOKENS) as f64, 64.0),
            share(request.get(&attribute::SLO_CLASS).len() as f64, 8.0),
            share(request.get(&attribute::TENANT).len() as f64, 4.0),
            share(request.get(&attribute::SESSION).len() as f64, 4.0),
            share(request.get(&attribute::ROUND) as f64, 2.0),
            share(blocks.iter().map(|run| run.len).sum::<u64>() as f64, 32.0),
            share(blocks.len() as f64, 2.0),
            share((identities % 1000) as f64, 500.0) * self.0.identity_weight,
        ];
        let asked = mean(&asked);
        for (i, (score, load)) in scores.iter_mut().zip(instances.effective_load()).enumerate() {
            let age_us = instances.age_us(&signal::QUEUE_DEPTH, i);
            let free = instances.get(&signal::FREE_KV_BLOCKS)[i] as f64;
            let seen = [
                share(instances.get(&signal::INSTANCE)[i] as f64, 100.0) * 0.01,
                1.0 - share(load as f64, 8.0),
                1.0 - instances.get(&signal::KV_UTILIZATION)[i],
                free / instances.get(&signal::TOTAL_KV_BLOCKS)[i] as f64,
                instances.get(&signal::CACHE_HIT_RATE)[i] * 0.25,
                1.0 - share(instances.get(&signal::PENDING_TRANSFER_LATENCY)[i] as f64, 5000.0),
                1.0 - share(instances.get(&signal::KV_THRASHING_RATE)[i], 0.5),
                1.0 - share(instances.get(&signal::PREEMPTION_COUNT)[i] as f64, 10.0),
                1.0 - share(instances.get(&signal::WAITING_TOKENS)[i] as f64, 4096.0),
                1.0 - instances.get(&signal::CPU_KV_UTILIZATION)[i],
                share(instances.get(&signal::CACHED_PREFIX_BLOCKS)[i] as f64, 16.0) * asked,
                1.0 - share(instances.get(&signal::INFLIGHT_REQUESTS)[i] as f64, 8.0),
                1.0 - share(age_us as f64, 2000.0),
            ];
            *score = mean(&seen);
        }
        Ok(())
    }
}

parameters! {
    /// Parameters of `frozen-spread`.
    pub struct SpreadParams {
        /// What is left of the past after each request, 0 to 1.
        keep: f64 = 0.9,
        /// How much chance counts, from the seed that it is built with.
        jitter: f64 = 0.0,
    }
}

/// Prefers the instances to which little went of late: it learns from `routed`.
pub struct Spread {
    params: SpreadParams,
    /// Tokens that went to each instance, fading.
    sent: Vec<f64>,
    random: u64,
}

impl Spread {
    /// The next number between 0 and 1 of its own sequence (xorshift64).
    fn chance(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Scorer for Spread {
    type Params = SpreadParams;
    const INFO: PolicyInfo = PolicyInfo {
        name: "frozen-spread",
        aliases: &[],
        summary: "prefers instances to which little went of late",
        version: "1.0.0",
    };
    const SIGNALS: &'static [Need] = &[signal::INSTANCE.required()];
    const ATTRIBUTES: &'static [Need] = &[attribute::PROMPT_TOKENS.required()];

    fn new(params: SpreadParams, setup: &Setup<'_>) -> Result<Self, String> {
        if !(0.0..=1.0).contains(&params.keep) {
            return Err(format!("`keep` must be between 0 and 1, not {}", params.keep));
        }
        let instances = setup.get(&setup::INSTANCES) as usize;
        let capacity = setup.get(&setup::BLOCK_SIZE) * setup.get(&setup::TOTAL_KV_BLOCKS);
        if setup.try_get(&setup::INSTANCE).is_some() || capacity == 0 {
            return Err("a scorer belongs to all instances, and they have memory".to_owned());
        }
        Ok(Self { params, sent: vec![0.0; instances], random: setup.get(&setup::SEED) | 1 })
    }

    fn score(
        &mut self,
        _request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        for (score, &instance) in scores.iter_mut().zip(instances.get(&signal::INSTANCE)) {
            let sent = self.sent.get(instance as usize).ok_or("an instance beyond those of the setup")?;
            let calm = 1.0 - share(*sent, 1000.0);
            *score = if self.params.jitter > 0.0 { calm - self.params.jitter * self.chance() } else { calm };
        }
        Ok(())
    }

    fn routed(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        chosen: usize,
    ) -> Result<(), String> {
        for sent in &mut self.sent {
            *sent *= self.params.keep;
        }
        let instance = instances.get(&signal::INSTANCE)[chosen] as usize;
        self.sent[instance] += request.get(&attribute::PROMPT_TOKENS) as f64;
        Ok(())
    }
}

/// Answers the first call, refuses the second, panics in the third, and is not called after that.
pub struct Fragile {
    calls: u32,
}

impl Scorer for Fragile {
    type Params = NoParams;
    const INFO: PolicyInfo =
        PolicyInfo { name: "frozen-fragile", aliases: &[], summary: "breaks", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[];

    fn new(_params: NoParams, _setup: &Setup<'_>) -> Result<Self, String> {
        Ok(Self { calls: 0 })
    }

    fn score(
        &mut self,
        _request: &Request<'_>,
        _instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        self.calls += 1;
        match self.calls {
            1 => scores.fill(0.5),
            2 => return Err("refuses its second call".to_owned()),
            _ => panic!("breaks in its third call"),
        }
        Ok(())
    }
}

//! One reference case: its configuration, its requests, and a run of it.

use std::io::Read;
use std::path::{Path, PathBuf};

use pointsman::engine::{
    ClusterSettings, EngineSettings, Gap, KvSettings, LinearLatency, Preemption, Reload, RequestRecord,
    Simulation, Sink, Totals, Unwatched,
};
use pointsman::policy::{
    Admission, ClassWeights, Loaded, OnError, Ordering, Picker, Policies, PolicyKind, Router, Seat, TieBreak,
    baseline,
};
use pointsman::workload::{Arrival, Content, End, Source, WorkloadError};
use pointsman_plugin_api::abi::{NamedColumn, RSlice, SetupCall};
use pointsman_plugin_api::prelude::*;
use pointsman_plugin_api::{BlockRun, Column, abi, setup};
use serde_json::Value;

pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) config: Value,
}

#[derive(Default)]
pub(crate) struct Run {
    pub(crate) records: Vec<RequestRecord>,
    pub(crate) totals: Totals,
}

impl Sink for Run {
    fn record(&mut self, record: RequestRecord, _: &[Gap]) {
        self.records.push(record);
    }
}

pub(crate) fn gunzip(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

struct Fixed(std::collections::VecDeque<Arrival>);

impl Source for Fixed {
    fn total(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }
    fn peek_us(&mut self) -> Result<Option<u64>, WorkloadError> {
        Ok(self.0.front().map(|a| a.arrival_us))
    }
    fn take(&mut self) -> Result<Option<Arrival>, WorkloadError> {
        Ok(self.0.pop_front())
    }
    fn on_end(&mut self, _: u64, _: End) -> Result<Option<Arrival>, WorkloadError> {
        Ok(None)
    }
}

impl Case {
    pub(crate) fn find(name: &str) -> Option<Self> {
        let base = std::env::var("POINTSMAN_REFERENCE")
            .map(PathBuf::from)
            .unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference"));
        Self::at(&base.join(name))
    }

    pub(crate) fn at(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join("config.json")).ok()?;
        Some(Self { folder: folder.to_owned(), config: serde_json::from_str(&text).unwrap() })
    }

    fn u(&self, key: &str) -> u64 {
        self.config[key].as_u64().unwrap_or_else(|| panic!("{key}"))
    }

    fn f(&self, key: &str) -> f64 {
        self.config[key].as_f64().unwrap()
    }

    fn settings(&self) -> ClusterSettings {
        let floats = |key: &str| -> Vec<f64> {
            self.config[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        let (alpha, beta) = (floats("alpha"), floats("beta"));
        ClusterSettings {
            instances: self.u("instances") as u32,
            kv: KvSettings {
                blocks: self.u("total_blocks") as u32,
                block_size: self.u("block_size"),
                cpu_blocks: self.u("cpu_blocks") as u32,
                offload_threshold: self.f("offload_threshold"),
                transfer_bandwidth: self.u("transfer_bandwidth"),
                transfer_base_latency_us: self.u("transfer_base_latency"),
                reload: if self.config["reload_mode"] == "async" { Reload::Async } else { Reload::Blocking },
                thrash_window_us: self.u("thrash_window"),
            },
            engine: EngineSettings {
                max_num_seqs: self.u("max_num_seqs"),
                max_num_batched_tokens: self.u("max_num_batched_tokens"),
                long_prefill_token_threshold: self.u("long_prefill_token_threshold"),
                preemption: if self.config["preemption"] == "priority" {
                    Preemption::Priority
                } else {
                    Preemption::Tail
                },
            },
            latency: LinearLatency {
                alpha: [alpha[0], alpha[1], alpha[2]],
                beta: [beta[0], beta[1], beta[2]],
                beta3: beta.get(3).copied(),
            },
            refresh_interval_us: self.u("refresh_interval"),
            admission_latency_us: self.u("admission_latency"),
            routing_latency_us: self.u("routing_latency"),
            horizon_us: self.config["horizon_us"].as_u64(),
        }
    }

    fn source(&self) -> Fixed {
        let block_size = self.u("block_size");
        let step = (block_size / 16) as usize;
        let text = gunzip(&self.folder.join(self.config["stream"].as_str().unwrap()));
        let mut private = 1u64 << 63;
        let arrivals = text.lines().map(|line| {
            let v: Value = serde_json::from_str(line).unwrap();
            let u = |key: &str| v[key].as_u64().unwrap();
            let hashes = |key: &str| -> Option<Vec<u64>> {
                v[key].as_array().map(|a| a.iter().map(|h| h.as_u64().unwrap()).collect())
            };
            let (n, m) = (u("input_len"), u("output_len"));
            let mut all = hashes("block_hashes").unwrap_or_default();
            let total16 = ((n + m - 1) / 16) as usize;
            match hashes("output_block_hashes") {
                Some(more) => all.extend(more),
                None => {
                    while all.len() < total16 {
                        private += 1;
                        all.push(private.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    }
                }
            }
            let run = |j: u64| BlockRun { first: all[(j as usize + 1) * step - 1], len: 1 };
            let prompt: Vec<_> = (0..n / block_size).map(run).collect();
            let output: Vec<_> = (n / block_size..(n + m - 1) / block_size).map(run).collect();
            let label = |key: &str| v[key].as_str().map(Into::into);
            Arrival {
                id: u("id"),
                arrival_us: u("arrival_us"),
                prompt_tokens: n,
                output_tokens: m,
                max_tokens: None,
                slo_class: label("slo_class"),
                tenant: None,
                session: label("session_id"),
                round: None,
                content: Content::new(prompt, output),
                ticket: None,
            }
        });
        Fixed(arrivals.collect())
    }

    fn setup<R>(&self, f: impl Fn(SetupCall<'_>) -> R) -> R {
        let capacity = [self.u("total_blocks")];
        let instances = [self.u("instances")];
        let facts = [
            NamedColumn { id: setup::TOTAL_KV_BLOCKS.id().into(), column: Column::of(&capacity) },
            NamedColumn { id: setup::INSTANCES.id().into(), column: Column::of(&instances) },
        ];
        f(SetupCall { facts: RSlice::from_slice(&facts) })
    }

    fn scorer<T: Scorer>(&self, params: &str) -> Seat<abi::ScorerBox> {
        let object = self
            .setup(|call| abi::scorer::<T>(call, params.into()))
            .into_result()
            .unwrap_or_else(|f| panic!("{f:?}"));
        let ids = |needs: &'static [Need]| needs.iter().map(|need| need.id);
        let loaded = Loaded::new(T::INFO.name, "built in", object, ids(T::ATTRIBUTES), ids(T::SIGNALS));
        Seat::new(PolicyKind::Scorer, loaded, OnError::Fail, None)
    }

    fn scheduler<T: Scheduler>(&self) -> Seat<abi::SchedulerBox> {
        let object = self
            .setup(|call| abi::scheduler::<T>(call, "{}".into()))
            .into_result()
            .unwrap_or_else(|f| panic!("{f:?}"));
        let loaded = Loaded::new(T::INFO.name, "built in", object, T::ATTRIBUTES.iter().map(|n| n.id), []);
        Seat::new(PolicyKind::Scheduler, loaded, OnError::Fail, None)
    }

    fn priority<T: Priority>(&self, params: &str) -> Seat<abi::PriorityBox> {
        let object = self
            .setup(|call| abi::priority::<T>(call, params.into()))
            .into_result()
            .unwrap_or_else(|f| panic!("{f:?}"));
        let loaded = Loaded::new(T::INFO.name, "built in", object, T::ATTRIBUTES.iter().map(|n| n.id), []);
        Seat::new(PolicyKind::Priority, loaded, OnError::Fail, None)
    }

    fn policies(&self) -> Policies {
        let routing = &self.config["routing"];
        let router = match routing["picker"].as_str().unwrap() {
            "round-robin" => Router::with_picker(Picker::RoundRobin, TieBreak::First),
            "least-loaded" => Router::with_picker(Picker::LeastLoaded, TieBreak::First),
            _ => {
                let mut seats = vec![];
                let mut weights = vec![];
                for s in routing["scorers"].as_array().unwrap() {
                    weights.push(s[1].as_f64().unwrap());
                    seats.push(match s[0].as_str().unwrap() {
                        "pa" | "prefix-affinity" => {
                            let cap = &self.config["prefix_index_capacity"];
                            self.scorer::<baseline::PrefixAffinity>(&format!("{{\"capacity_blocks\":{cap}}}"))
                        }
                        "qd" | "queue-depth" => self.scorer::<baseline::QueueDepth>("{}"),
                        "kv" | "kv-utilization" => self.scorer::<baseline::KvUtilization>("{}"),
                        "lb" | "load-balance" => self.scorer::<baseline::LoadBalance>("{}"),
                        "kvp" | "kv-pressure" => self.scorer::<Kvp<false>>("{}"),
                        "kv-pressure-slo" => self.scorer::<Kvp<true>>("{}"),
                        other => panic!("{other}"),
                    });
                }
                Router::new(
                    Picker::MaxScore,
                    TieBreak::First,
                    seats,
                    ClassWeights { default: weights, ..Default::default() },
                )
            }
        };
        let orderings = (0..self.u("instances") as u32)
            .map(|i| {
                let scheduler = match self.config["scheduler"].as_str().unwrap() {
                    "fcfs" => self.scheduler::<baseline::Fcfs>(),
                    "sjf" => self.scheduler::<baseline::Sjf>(),
                    _ => self.scheduler::<Pf>(),
                };
                let priority = match self.config["priority"].as_str().unwrap() {
                    "constant" => self.priority::<baseline::Constant>("{}"),
                    "age" => self.priority::<baseline::Age>("{}"),
                    _ => self.priority::<baseline::SloClass>(&format!(
                        "{{\"age_weight\":{}}}",
                        self.f("age_weight")
                    )),
                };
                Ordering::new(i, scheduler, priority)
            })
            .collect();
        Policies { admission: Admission::AlwaysAdmit, router, orderings }
    }

    pub(crate) fn run(&self) -> Run {
        let settings = self.settings();
        let mut policies = self.policies();
        let mut source = self.source();
        let mut run = Run::default();
        let totals =
            Simulation::new(&settings, &mut policies, &mut source, &mut run).run(&mut Unwatched).unwrap();
        run.totals = totals;
        run.records.sort_by_key(|r| r.id);
        run
    }
}

struct Pf;
impl Scheduler for Pf {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "pf", aliases: &[], summary: "", version: "" };
    const ATTRIBUTES: &'static [Need] = &[attribute::PRIORITY.required()];
    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }
    fn order(&self) -> Order {
        Order::Fixed
    }
    fn uses_priority(&self) -> bool {
        true
    }
    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        for (k, p) in keys.iter_mut().zip(queue.get(&attribute::PRIORITY)) {
            *k = Key::of(-p);
        }
        Ok(())
    }
}

struct Kvp<const SLO: bool>;
impl<const SLO: bool> Scorer for Kvp<SLO> {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "kvp", aliases: &[], summary: "", version: "" };
    const SIGNALS: &'static [Need] = &[
        signal::KV_UTILIZATION.required(),
        signal::PENDING_TRANSFER_LATENCY.required(),
        signal::KV_THRASHING_RATE.required(),
    ];
    const ATTRIBUTES: &'static [Need] = &[attribute::SLO_CLASS.required()];
    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }
    fn score(&mut self, r: &Request<'_>, i: &Instances<'_>, s: &mut [f64]) -> Result<(), String> {
        let w = match r.get(&attribute::SLO_CLASS) {
            "critical" if SLO => 5.0,
            "batch" if SLO => 0.2,
            "background" if SLO => 0.1,
            _ => 1.0,
        };
        for (k, s) in s.iter_mut().enumerate() {
            let p = i.get(&signal::PENDING_TRANSFER_LATENCY)[k] as f64 / 10000.0 * w;
            *s = (1.0 - i.get(&signal::KV_UTILIZATION)[k] - p - 2.0 * i.get(&signal::KV_THRASHING_RATE)[k])
                .clamp(0.0, 1.0);
        }
        Ok(())
    }
}

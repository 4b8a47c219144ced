//! Hooks: each routed request is told once at either end, and KV events add up to what is cached.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use pointsman::engine::Reload;
use pointsman::policy::{ClassWeights, baseline};
use pointsman_plugin_api::prelude::*;

use crate::policies;
use crate::support::{Lab, Tier, at, cluster};

/// When it was told, the state, TTFT and E2E.
type Told = (u64, String, Option<u64>, Option<u64>);

/// What a listener has heard.
#[derive(Debug, Default)]
struct Heard {
    routed: BTreeMap<u64, u64>,
    completed: BTreeMap<u64, Vec<Told>>,
    gpu: Vec<BTreeSet<u64>>,
    cpu: Vec<BTreeSet<u64>>,
    reloaded: u64,
    order: Vec<u64>,
    /// Decisions at which the set of events differed from `cached_prefix_blocks`.
    compared: u64,
}

static HEARD: Mutex<BTreeMap<String, Heard>> = Mutex::new(BTreeMap::new());

parameters! {
    /// Parameters of `listener`.
    pub struct Params {
        /// Under which name it writes down what it hears.
        name: String = String::new(),
        /// Whether events are current, so that they can be compared with signals.
        compare: bool = true,
    }
}

/// Listens to everything, and sends requests to the instance that their tenant names.
struct Listener(Params);

impl Listener {
    fn heard<R>(&self, change: impl FnOnce(&mut Heard) -> R) -> R {
        change(HEARD.lock().unwrap().entry(self.0.name.clone()).or_default())
    }
}

impl Scorer for Listener {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo { name: "listener", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::CACHED_PREFIX_BLOCKS.required()];
    const ATTRIBUTES: &'static [Need] = &[
        attribute::ID.required(),
        attribute::TENANT.required(),
        attribute::PROMPT_BLOCKS.required(),
        attribute::PROMPT_TOKENS.required(),
    ];
    const HOOKS: &'static [Need] = &[hook::COMPLETED.required(), hook::KV_EVENTS.required()];

    fn new(params: Params, setup: &Setup<'_>) -> Result<Self, String> {
        let instances = setup.get(&setup::INSTANCES) as usize;
        let sets = vec![BTreeSet::new(); instances];
        let listener = Self(params);
        listener.heard(|heard| (heard.gpu, heard.cpu) = (sets.clone(), sets));
        Ok(listener)
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        scores: &mut [f64],
    ) -> Result<(), String> {
        let goal = request.get(&attribute::TENANT).parse().unwrap_or(0);
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if at == goal { 1.0 } else { 0.0 };
        }
        if self.0.compare {
            // The law: what events add up to is what the instance would hit.
            let most = (request.get(&attribute::PROMPT_TOKENS) - 1) / 16;
            let runs = request.get(&attribute::PROMPT_BLOCKS).iter();
            let blocks: Vec<u64> =
                runs.flat_map(|run| (0..run.len).map(|at| run.first.wrapping_add(at))).collect();
            let cached = instances.get(&signal::CACHED_PREFIX_BLOCKS);
            self.heard(|heard| {
                for (set, &cached) in heard.gpu.iter().zip(cached) {
                    let hit =
                        blocks.iter().take(most as usize).take_while(|block| set.contains(block)).count();
                    assert_eq!(hit as u64, cached, "request {}", request.get(&attribute::ID));
                    heard.compared += 1;
                }
            });
        }
        Ok(())
    }

    fn routed(&mut self, request: &Request<'_>, _: &Instances<'_>, _: usize) -> Result<(), String> {
        self.heard(|heard| *heard.routed.entry(request.get(&attribute::ID)).or_default() += 1);
        Ok(())
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        let id = completion.request().get(&attribute::ID);
        let state = completion.get(&outcome::STATE).to_owned();
        let times = (completion.try_get(&outcome::TTFT_US), completion.try_get(&outcome::E2E_US));
        self.heard(|heard| {
            heard.order.push(completion.now_us());
            heard.completed.entry(id).or_default().push((completion.now_us(), state, times.0, times.1));
        });
        Ok(())
    }

    fn kv_events(&mut self, events: &KvEvents<'_>) -> Result<(), String> {
        let instance = events.instance() as usize;
        self.heard(|heard| {
            heard.order.push(events.now_us());
            for event in events.iter() {
                for at in 0..event.blocks.len {
                    let block = event.blocks.first.wrapping_add(at);
                    let (gpu, cpu) = (&mut heard.gpu[instance], &mut heard.cpu[instance]);
                    let changed = match event.kind {
                        KvEventKind::Cached => gpu.insert(block),
                        KvEventKind::Evicted => gpu.remove(&block),
                        KvEventKind::Offloaded => cpu.insert(block),
                        KvEventKind::CpuEvicted => cpu.remove(&block),
                        KvEventKind::Reloaded => {
                            heard.reloaded += 1;
                            cpu.contains(&block)
                        }
                        _ => false,
                    };
                    assert!(changed, "{:?} of {block} at {} us", event.kind, events.happened_us());
                }
            }
        });
        Ok(())
    }
}

fn listening(mut lab: Lab, params: &str) -> Lab {
    let weights = ClassWeights { default: vec![1.0], ..ClassWeights::default() };
    lab.router = Some(policies::max_score(vec![policies::scorer::<Listener>(params)], weights));
    lab
}

fn heard(name: &str) -> Heard {
    HEARD.lock().unwrap().remove(name).unwrap()
}

/// Two instances, a CPU tier, prefixes that come back, preemptions and a request that never fits.
fn busy(name: &str, compare: bool) -> Lab {
    let lab = Lab::tiered(Tier { gpu: 9, cpu: 6 });
    let mut lab = listening(lab, &format!(r#"{{"name": "{name}", "compare": {compare}}}"#));
    let prefixes = ["a b c", "a b d", "e f", "a b c", "g h i", "e f", "a b c", "j k l m"];
    for (index, prefix) in prefixes.into_iter().cycle().take(60).enumerate() {
        let blocks = prefix.split(' ').count() as u64;
        let tenant = index % 3 % 2;
        let request =
            at(index as u64 * 900, blocks * 16 + 5, 3 + index as u64 % 20).holds(prefix).to(tenant as u32);
        lab.add([request]);
    }
    lab.add([at(60_000, 16 * 50, 1)]);
    lab
}

#[test]
fn every_routed_request_is_told_once_at_either_end() {
    let run = busy("ends", true).run();
    let heard = heard("ends");
    let ids: Vec<u64> = run.records.iter().map(|record| record.id).collect();
    assert_eq!(heard.routed.keys().copied().collect::<Vec<_>>(), ids);
    assert!(heard.routed.values().all(|&times| times == 1));
    assert_eq!(heard.completed.keys().copied().collect::<Vec<_>>(), ids);
    for record in &run.records {
        let [(_, state, ttft_us, e2e_us)] = &heard.completed[&record.id][..] else { panic!("once") };
        assert_eq!(state, record.state.name());
        assert_eq!((*ttft_us, *e2e_us), (record.ttft_us, record.e2e_us));
    }
    assert!(heard.order.is_sorted(), "in the order in which it happened");
}

#[test]
fn kv_events_add_up_to_what_is_cached() {
    let run = busy("kv", true).run();
    let heard = heard("kv");
    let total =
        |of: fn(&pointsman::engine::InstanceTotals) -> u64| run.totals.instances.iter().map(of).sum::<u64>();
    assert!(total(|i| i.preemptions) > 0 && total(|i| i.offloaded_blocks) > 0, "{:?}", run.totals.instances);
    assert_eq!(heard.reloaded, total(|instance| instance.reloaded_blocks));
    assert!(heard.reloaded > 0);
    // Two instances for each of the requests: compared at every decision, see `score`.
    assert_eq!(heard.compared, 2 * run.records.len() as u64);
    assert!(heard.cpu.iter().all(|held| held.len() <= 6));
    // The law at the end: what was cached and not evicted is what is held.
    for (instance, held) in &run.cached {
        assert_eq!(&heard.gpu[*instance as usize], held, "instance {instance}");
    }
}

#[test]
fn a_hundred_thousand_requests_with_all_hooks() {
    const REQUESTS: u64 = 100_000;
    let mut lab = listening(Lab::new(cluster(4)), r#"{"name": "many", "compare": false}"#);
    lab.settings.kv.blocks = 90;
    lab.settings.kv.cpu_blocks = 200;
    lab.settings.kv.offload_threshold = 0.5;
    lab.settings.completion_delay_us = 300;
    lab.patience_us = u64::MAX;
    let prefixes = ["a*9", "a*9 b", "c*20", "a*9 d*7", "e", "f*12 g", "f*12 h*3", "i*30"];
    let blocks = [9, 10, 20, 16, 1, 13, 15, 30];
    lab.add((0..REQUESTS).map(|id| {
        // A prefix that comes back now and then, in no order; some requests are too large for ever.
        let pick = (id * 7 + id / 11 + id / 1013) as usize % prefixes.len();
        let tokens = if id % 5_000 == 4_999 { 16 * 91 } else { blocks[pick] * 16 + id % 37 };
        at(id * 700, tokens, 1 + id % 9).holds(prefixes[pick]).to((id % 4) as u32)
    }));
    let run = lab.run();
    let heard = heard("many");
    assert_eq!((heard.routed.len(), heard.completed.len()), (REQUESTS as usize, REQUESTS as usize));
    assert!(heard.routed.values().all(|&times| times == 1));
    assert!(heard.completed.values().all(|told| told.len() == 1));
    let dropped = heard.completed.values().filter(|told| told[0].1 == "dropped").count();
    assert_eq!(dropped, 20);
    assert_eq!(run.cached.len(), 4);
    for (instance, held) in &run.cached {
        assert!(held.len() > 50, "{}", held.len());
        assert_eq!(&heard.gpu[*instance as usize], held, "instance {instance}");
    }
    assert!(heard.reloaded > 0);
}

#[test]
fn blocks_that_were_loaded_beside_a_step_are_cached_when_their_transfer_ends() {
    // As in `unread`: a b are in the CPU tier when 6 comes. Its load of 200 ticks begins with a step of
    // request 0, of some 1000, and ends in the midst of it. Those that come to the other instance
    // meanwhile compare what they hear with the signal.
    let mut lab = listening(Lab::tiered(Tier { gpu: 5, cpu: 8 }), r#"{"name": "async"}"#);
    lab.settings.kv.reload = Reload::Async;
    lab.add([at(10, 33, 1).holds("a b")]);
    lab.flush(6_000, 4);
    lab.add([at(9_000, 40, 1).holds("a b")]);
    lab.add((0..20).map(|step| at(9_050 + 100 * step, 40, 1).holds("a b").to(1)));
    let run = lab.run();
    assert_eq!(run.of(6).hit_tokens_cpu, 32);
    let heard = heard("async");
    assert_eq!((heard.reloaded, heard.compared), (2, 2 * run.records.len() as u64));
    assert_eq!(heard.gpu[0], run.cached[&0]);
}

#[test]
fn a_delay_moves_what_is_told_and_nothing_is_lost() {
    let now = busy("now", true).run();
    let mut lab = busy("later", false);
    lab.settings.completion_delay_us = 5_000;
    lab.settings.kv_event_delay_us = 777;
    let later = lab.run();
    assert_eq!(now.records, later.records, "a listener alone changes nothing");
    let (now, later) = (heard("now"), heard("later"));
    assert_eq!((&now.gpu, &now.cpu, now.reloaded), (&later.gpu, &later.cpu, later.reloaded));
    for (id, told) in &now.completed {
        assert_eq!(told[0].0 + 5_000, later.completed[id][0].0);
    }
    assert!(later.order.is_sorted());
}

#[test]
fn a_decision_knows_what_was_due_at_its_tick() {
    // 0 ends at 1160: 1000 + 16 * 10. The request of that tick knows, with a delay of 100 not.
    let told = |delay_us: u64, name: &str| {
        let mut lab = listening(Lab::new(cluster(1)), &format!(r#"{{"name": "{name}"}}"#));
        lab.settings.completion_delay_us = delay_us;
        lab.add([at(0, 16, 1), at(1160, 16, 1), at(1260, 16, 1)]);
        lab.run();
        heard(name).order
    };
    let order = told(0, "tick");
    assert!(order.contains(&1160));
    let order = told(100, "tick later");
    assert!(order.contains(&1260) && order.is_sorted(), "{order:?}");
}

#[test]
fn other_kinds_of_the_router_hear_too() {
    struct Door(Params);
    impl Admission for Door {
        type Params = Params;
        const INFO: PolicyInfo = PolicyInfo { name: "door", aliases: &[], summary: "", version: "1.0.0" };
        const ATTRIBUTES: &'static [Need] = &[attribute::ID.required()];
        const HOOKS: &'static [Need] = &[hook::COMPLETED.required()];

        fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
            Ok(Self(params))
        }
        fn admit(&mut self, request: &Request<'_>, _: &Instances<'_>) -> Result<bool, String> {
            Ok(request.get(&attribute::ID) != 1)
        }
        fn routed(&mut self, request: &Request<'_>, _: &Instances<'_>, _: usize) -> Result<(), String> {
            let id = request.get(&attribute::ID);
            *HEARD.lock().unwrap().entry(self.0.name.clone()).or_default().routed.entry(id).or_default() += 1;
            Ok(())
        }
        fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
            let (id, now_us) = (completion.request().get(&attribute::ID), completion.now_us());
            let mut heard = HEARD.lock().unwrap();
            heard.entry(self.0.name.clone()).or_default().completed.entry(id).or_default().push((
                now_us,
                String::new(),
                None,
                None,
            ));
            Ok(())
        }
    }
    let mut lab = Lab::new(cluster(1));
    lab.admission = policies::admission::<Door>(r#"{"name": "door"}"#);
    lab.router = Some(pointsman::policy::Router::with_picker(policies::picker::<baseline::RoundRobin>("{}")));
    lab.add([at(0, 16, 1), at(1, 16, 1), at(2, 16, 1)]);
    lab.run();
    let heard = heard("door");
    // One that was turned away was not routed, and has no end to tell of.
    assert_eq!(heard.routed.into_keys().collect::<Vec<_>>(), [0, 2]);
    assert_eq!(heard.completed.into_keys().collect::<Vec<_>>(), [0, 2]);
}

//! The testkit gives a policy what a test says, plain defaults for the rest, and nothing that a host
//! would not give.

use pointsman_plugin_api::{
    prelude::*,
    testkit::{
        Admissions, Pickers, Schedulers, Scorers, completion, facts, instance, instances, kv_events, request,
        requests,
    },
};

/// Remembers all that it is given, and hands it out as the text of an error.
struct Witness {
    seen: String,
}

parameters! {
    /// Parameters of the policies here.
    pub struct Params {
        /// The signal that is declared and not read.
        unread: String = String::new(),
    }
}

impl Scorer for Witness {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "witness", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[
        signal::INSTANCE.required(),
        signal::QUEUE_DEPTH.required(),
        signal::KV_UTILIZATION.optional(),
        signal::INFLIGHT_REQUESTS.required(),
    ];
    const ATTRIBUTES: &'static [Need] = &[
        attribute::ID.required(),
        attribute::SLO_CLASS.required(),
        attribute::PROMPT_TOKENS.required(),
        attribute::PROMPT_BLOCKS.required(),
        attribute::TENANT.optional(),
    ];
    const HOOKS: &'static [Need] = &[hook::COMPLETED.required()];

    fn new(_: NoParams, setup: &Setup<'_>) -> Result<Self, String> {
        let instance = setup.try_get(&setup::INSTANCE);
        let seed = setup.get(&setup::SEED);
        Ok(Self { seen: format!("seed {seed}, of {instance:?}") })
    }

    fn score(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        _: &mut [f64],
    ) -> Result<(), String> {
        let ages = |signal| (0..instances.len()).map(|row| instances.age_us(signal, row)).collect::<Vec<_>>();
        Err(format!(
            "{} {} {} {:?} {:?}; {:?} {:?} {:?} {:?}",
            request.get(&attribute::ID),
            request.get(&attribute::SLO_CLASS),
            request.get(&attribute::PROMPT_TOKENS),
            request.get(&attribute::PROMPT_BLOCKS).iter().map(|run| run.len).collect::<Vec<_>>(),
            request.try_get(&attribute::TENANT),
            instances.get(&signal::INSTANCE),
            instances.get(&signal::QUEUE_DEPTH),
            instances.try_get(&signal::KV_UTILIZATION),
            (ages(&signal::QUEUE_DEPTH), ages(&signal::INFLIGHT_REQUESTS)),
        ))
    }

    fn routed(&mut self, _: &Request<'_>, _: &Instances<'_>, chosen: usize) -> Result<(), String> {
        Err(format!("{}; to row {chosen}", self.seen))
    }

    fn completed(&mut self, completion: &Completion<'_>) -> Result<(), String> {
        Err(format!(
            "{} {} {} {:?} on {}",
            completion.now_us(),
            completion.request().get(&attribute::SLO_CLASS),
            completion.get(&outcome::STATE),
            completion.try_get(&outcome::TTFT_US),
            completion.get(&outcome::INSTANCE),
        ))
    }
}

fn witness() -> Scorers {
    Scorers::new::<Witness>("{}").unwrap()
}

fn seen(scorer: &mut Scorers) -> String {
    scorer.score().unwrap_err()
}

#[test]
fn a_policy_begins_with_four_idle_instances_and_a_plain_request() {
    let plain = "0 standard 512 [32] Some(\"\"); [0, 1, 2, 3] [0, 0, 0, 0] Some([0.0, 0.0, 0.0, 0.0]) \
                 ([0, 0, 0, 0], [0, 0, 0, 0])";
    assert_eq!(seen(&mut witness()), plain);
}

#[test]
fn rows_say_what_matters_and_are_numbered() {
    let mut scorer = witness();
    scorer.instances.push(instance().queue_depth(3)).push(instance().kv_utilization(0.5));
    scorer.instances.push(instances(2).queue_depth(7));
    scorer.request = request().slo_class("batch").prompt_tokens(100).tenant("a").id(9);
    assert_eq!(
        seen(&mut scorer),
        "9 batch 100 [6] Some(\"a\"); [0, 1, 2, 3] [3, 0, 7, 7] Some([0.0, 0.5, 0.0, 0.0]) ([0, 0, 0, 0], [0, 0, 0, 0])"
    );
}

#[test]
fn many_instances_are_one_line() {
    let mut scorer = witness();
    scorer.instances = instances(1024).each(&signal::QUEUE_DEPTH, |row| row as u64 % 2);
    assert!(seen(&mut scorer).contains(" 1022, 1023] [0, 1, 0, 1,"));
    scorer.instances = instances(2).with(&signal::INSTANCE, &[7, 5]);
    assert!(seen(&mut scorer).contains("; [7, 5] [0, 0]"));
}

#[test]
fn what_a_host_lacks_is_absent_and_what_is_stale_has_its_age() {
    let mut scorer = witness();
    scorer.instances = instances(2).stale(5_000).without(&signal::KV_UTILIZATION);
    scorer.request = request().without(&attribute::TENANT);
    assert_eq!(seen(&mut scorer), "0 standard 512 [32] None; [0, 1] [0, 0] None ([5000, 5000], [0, 0])");
    // Only one of them is old.
    scorer.instances.push(instance().aged(&signal::QUEUE_DEPTH, 7));
    assert!(seen(&mut scorer).ends_with("([5000, 5000, 7], [0, 0, 0])"));
    scorer.instances = instances(1).without(&signal::QUEUE_DEPTH);
    assert!(
        seen(&mut scorer)
            .ends_with("the host has no signal `queue_depth`: read an optional one with `try_get`")
    );
}

/// As it was in 1.0.
#[test]
fn a_table_that_is_begun_with_set_has_nothing_else() {
    let mut scorer = witness();
    scorer.instances.set(&signal::QUEUE_DEPTH, &[1, 2]);
    assert!(seen(&mut scorer).contains("the host has no signal `instance`"));
    // A row has everything, and so do the others then.
    let mut scorer = witness();
    scorer.instances.set(&signal::QUEUE_DEPTH, &[1, 2]);
    scorer.instances.push(instance());
    let whole = seen(&mut scorer);
    assert!(whole.contains("; [0, 1, 2] [1, 2, 0]"), "{whole}");
}

#[test]
fn facts_are_those_that_a_policy_of_the_router_has() {
    let of = |mut scorer: Scorers| scorer.routed(2).unwrap_err();
    assert_eq!(of(witness()), "seed 42, of None; to row 2");
    assert_eq!(
        of(Scorers::with_facts::<Witness>("{}", facts().seed(7)).unwrap()),
        "seed 7, of None; to row 2"
    );
    let lacking = Scorers::with_facts::<Witness>("{}", facts().without(&setup::SEED)).err().unwrap();
    assert!(lacking.ends_with("the host gives no `seed` to this policy"), "{lacking}");
}

#[test]
fn hooks_bring_what_is_said_and_only_those_that_are_declared() {
    let mut scorer = witness();
    scorer.now_us = 50;
    scorer.request = request().slo_class("critical");
    let mut told = |what| scorer.completed(what).unwrap_err();
    assert_eq!(told(completion()), "50 critical completed Some(100000) on 0");
    assert_eq!(told(completion().instance(3).ttft_us(7)), "50 critical completed Some(7) on 3");
    assert_eq!(told(completion().dropped()), "50 critical dropped None on 0");
    assert_eq!(
        scorer.kv_events(kv_events(0)).unwrap_err(),
        "the policy does not declare the hook `kv-events`, so no host calls it"
    );
}

/// Says of the queue what it is asked about.
struct Order3;

impl Scheduler for Order3 {
    type Params = NoParams;
    const INFO: PolicyInfo = PolicyInfo { name: "order3", aliases: &[], summary: "", version: "1.0.0" };
    const ATTRIBUTES: &'static [Need] =
        &[attribute::NUM_TOKENS.required(), attribute::REMAINING_PREFILL_TOKENS.required()];

    fn new(_: NoParams, setup: &Setup<'_>) -> Result<Self, String> {
        assert_eq!(setup.get(&setup::INSTANCE), 0);
        Ok(Self)
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, queue: &Queue<'_>, keys: &mut [Key]) -> Result<(), String> {
        let all =
            queue.get(&attribute::NUM_TOKENS).iter().zip(queue.get(&attribute::REMAINING_PREFILL_TOKENS));
        for (key, (&tokens, &remaining)) in keys.iter_mut().zip(all) {
            *key = Key { major: tokens as f64, minor: remaining as f64 };
        }
        Ok(())
    }
}

#[test]
fn a_queue_is_ordered_by_key_then_by_arrival_then_by_id() {
    let mut scheduler = Schedulers::new::<Order3>("{}").unwrap();
    assert!(scheduler.keys().unwrap().is_empty());
    scheduler
        .queue
        .push(request().prompt_tokens(90).emitted_tokens(10).arrival_us(5))
        .push(request().prompt_tokens(100).remaining_prefill_tokens(40))
        .push(requests(2).prompt_tokens(100).arrival_us(5));
    let keys = scheduler.keys().unwrap();
    assert_eq!(keys[0], Key { major: 100.0, minor: 100.0 }, "what follows from what was said");
    assert_eq!(scheduler.order_of_rows().unwrap(), [1, 0, 2, 3]);
}

/// Takes the lowest total.
struct Lowest;

impl Picker for Lowest {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo { name: "lowest", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required()];

    fn new(_: Params, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn pick(&mut self, _: &Request<'_>, instances: &Instances<'_>, totals: &[f64]) -> Result<usize, String> {
        assert_eq!(instances.get(&signal::QUEUE_DEPTH).len(), totals.len());
        (0..totals.len()).min_by(|&a, &b| totals[a].total_cmp(&totals[b])).ok_or_else(|| "none".into())
    }
}

#[test]
fn a_picker_has_an_instance_for_every_total() {
    let mut picker = Pickers::new::<Lowest>("{}").unwrap();
    assert_eq!(picker.pick(&[0.5, 0.25, 0.75]).unwrap(), 1);
    assert_eq!(picker.pick(&[0.5, 0.25]).unwrap(), 1);
    picker.instances = instances(3);
    assert_eq!(picker.pick(&[0.5]).unwrap_err(), "1 totals are given for 3 instances");
}

/// Lets in what its parameter does not forbid it to look at.
struct Blind(Params);

impl Admission for Blind {
    type Params = Params;
    const INFO: PolicyInfo = PolicyInfo { name: "blind", aliases: &[], summary: "", version: "1.0.0" };
    const SIGNALS: &'static [Need] = &[signal::QUEUE_DEPTH.required()];

    fn new(params: Params, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self(params))
    }

    fn reads(&self, id: &str) -> bool {
        id != self.0.unread
    }

    fn admit(&mut self, _: &Request<'_>, instances: &Instances<'_>) -> Result<bool, String> {
        Ok(instances.try_get(&signal::QUEUE_DEPTH).is_some())
    }
}

#[test]
fn what_a_policy_says_that_it_does_not_read_it_does_not_get() {
    let mut admission = Admissions::new::<Blind>("{}").unwrap();
    assert!(admission.admit().unwrap() && admission.reads("queue_depth"));
    let mut admission = Admissions::new::<Blind>(r#"{"unread": "queue_depth"}"#).unwrap();
    assert!(!admission.admit().unwrap() && !admission.reads("queue_depth"));
}

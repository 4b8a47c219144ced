//! What policies are read into, and where messages about them point.

use super::super::{OnError, OnErrorAction, TieBreak};
use super::resolve;
use crate::policy::PolicyKind;

#[test]
fn weights_by_class_are_over_shared_scorers() {
    let text = "policy:\n  routing:\n    by_class: {critical: 'pa:2,qd:4', default: 'kv:1,pa:3'}\n    tie_break: first\n";
    let routing = resolve(text).expect("good").policy.routing;
    let own: Vec<_> = routing.scorers.iter().map(|one| (one.policy.to_string(), one.weight)).collect();
    assert_eq!(own, [("pa".to_owned(), 3.0), ("qd".to_owned(), 0.0), ("kv".to_owned(), 1.0)]);
    assert_eq!(routing.by_class["critical"], [2.0, 4.0, 0.0]);
    assert_eq!((routing.picker.name.value.as_str(), routing.tie_break), ("max-score", TieBreak::First));
}

#[test]
fn a_list_of_scorers_gives_parameters_to_weights_by_class() {
    let text = "policy: {routing: {scorers: [{name: pa, params: {capacity_blocks: 9}}, {name: qd}], by_class: {default: 'qd:1,pa:2'}}}\n";
    let routing = resolve(text).expect("good").policy.routing;
    assert_eq!(routing.scorers[0].policy.params["capacity_blocks"], 9);
    assert_eq!((routing.scorers[0].weight, routing.scorers[1].weight), (2.0, 1.0));
}

#[test]
fn places_lie_inside_the_text() {
    let text = "policy:\n  routing: 'pa:3,kv-pressure@new:2'\n  priority: {name: age, params: {rate: 2}}\n";
    let policy = resolve(text).expect("good").policy;
    let scorer = &policy.routing.scorers[1].policy;
    assert_eq!(scorer.name.span.describe(), "run.yaml:2:18");
    assert_eq!((scorer.name.value.as_str(), scorer.label.as_deref()), ("kv-pressure", Some("new")));
    assert_eq!(policy.priority.param_span("rate").describe(), "run.yaml:3:40");
    assert_eq!(policy.priority.param_span("other").describe(), "run.yaml:3:33");
    assert_eq!(policy.scheduler.param_span("x").describe(), "default");
    assert!(!policy.scheduler.name.span.is_written());
}

#[test]
fn an_alias_beside_its_name_is_a_repeated_scorer() {
    let routing = resolve("policy: {routing: 'pa:3,qd:1,prefix-affinity:2'}\n").expect("good").policy.routing;
    assert!(routing.check_repeats(|policy| policy.name.value.clone()).is_ok());
    let long = |name: &str| if name == "pa" { "prefix-affinity".to_owned() } else { name.to_owned() };
    let error = routing.check_repeats(|policy| long(&policy.name.value)).expect_err("twice");
    insta::assert_snapshot!(error, @r#"
    error: the scorer `prefix-affinity` is there twice
     --> run.yaml:1:30
      |
    1 | policy: {routing: 'pa:3,qd:1,prefix-affinity:2'}
      |                    --        ^^^^^^^^^^^^^^^ again here
      |                    |
      |                    first here
      |
      = help: give it once, with the sum of the weights
    "#);
}

#[test]
fn a_scorer_with_other_parameters_is_no_repetition_unless_weights_go_by_class() {
    let text = "policy: {routing: {scorers: [{name: pa, weight: 1, params: {capacity_blocks: 9}}, {name: pa, weight: 2, params: {capacity_blocks: 8}}]}}\n";
    let routing = resolve(text).expect("good").policy.routing;
    assert!(routing.check_repeats(|policy| policy.name.value.clone()).is_ok());
    assert!(resolve(&text.replace('8', "9")).is_err());
    let by_class = text
        .replace("weight: 1, ", "")
        .replace("weight: 2, ", "")
        .replace("]}", "], by_class: {default: 'pa:1'}}");
    assert!(resolve(&by_class).is_err());
}

#[test]
fn one_policy_of_two_libraries_is_no_repetition() {
    assert!(resolve("policy: {routing: 'kvp:1,kvp@new:1'}\n").is_ok());
    let text = "policy: {routing: {scorers: [{name: kvp, weight: 1, library: a.so}, {name: kvp, weight: 1, library: b.so}]}}\n";
    assert!(resolve(text).is_ok());
    assert!(resolve(&text.replace("b.so", "./a.so")).is_err());
}

#[test]
fn filters_pickers_and_admission_are_policies_like_all_others() {
    let text = "policy:\n  admission: {name: token-bucket, params: {burst: 10}}\n  routing:\n    filters: [roomy, {name: near@new, params: {km: 3}}]\n    picker: {name: softmax, params: {temperature: 2}}\n    scorers: pa:3\n";
    let policy = resolve(text).expect("good").policy;
    assert_eq!(
        (policy.admission.name.value.as_str(), &policy.admission.params["burst"]),
        ("token-bucket", &10.into())
    );
    let filters: Vec<_> = policy.routing.filters.iter().map(ToString::to_string).collect();
    assert_eq!(filters, ["roomy", "near@new"]);
    assert_eq!(policy.routing.filters[1].param_span("km").describe(), "run.yaml:4:52");
    assert_eq!(policy.routing.picker.params["temperature"], 2);
    let alone = resolve("policy: {routing: {filters: roomy}}\n").expect("good").policy.routing;
    assert_eq!((alone.filters.len(), alone.picker.name.value.as_str()), (1, "round-robin"));
}

#[test]
fn a_name_without_a_weight_is_a_picker() {
    let picker =
        |text: &str| resolve(&format!("policy: {{routing: {text}}}\n")).expect(text).policy.routing.picker;
    assert_eq!(picker("my-picker@new").to_string(), "my-picker@new");
    assert_eq!(picker("'pa:1'").to_string(), "max-score");
}

#[test]
fn failures_are_handled_for_all_kinds_or_for_each() {
    let on_error =
        |text: &str| resolve(&format!("policy: {{on_error: {text}}}\n")).expect(text).policy.on_error;
    assert_eq!(on_error("skip"), OnError::All(OnErrorAction::Skip));
    let OnError::All(OnErrorAction::Fallback(policy)) = on_error("{fallback: fcfs}") else {
        panic!("a fallback");
    };
    assert_eq!(policy.name.value, "fcfs");
    let by_kind = on_error("{scorer: skip, scheduler: {fallback: fcfs}}");
    assert_eq!(by_kind.action(PolicyKind::Scorer), &OnErrorAction::Skip);
    assert_eq!(by_kind.action(PolicyKind::Admission), &OnErrorAction::Fail);
    assert!(matches!(by_kind.action(PolicyKind::Scheduler), OnErrorAction::Fallback(_)));
}

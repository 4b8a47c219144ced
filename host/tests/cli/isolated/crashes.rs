//! A policy that takes its process with it fails its run, by name, and leaves nothing behind.

use std::fs;

use super::{crash, isolated, plugin, policy, run, scene};
use crate::libraries::crashing;
use crate::scene::{Scene, seen};

const RESULTS: [&str; 4] = ["--requests", "r.csv", "--summary", "s.json"];

/// The one sentence about a policy of the library.
fn sentence(kind: &str, what: &str) -> String {
    format!("error: {kind} `crashing-{kind}` ({}) {what}\n", crashing().display())
}

fn names_the_policy(kind: &str, params: &str, args: &[&str], what: &str) {
    let scene = scene();
    fs::write(scene.path("r.csv"), "earlier").unwrap();
    let seen = crash(&scene, kind, params, &[&RESULTS[..], args].concat());
    assert_eq!((seen.code, seen.err), (Some(3), sentence(kind, what)), "{params}");
    assert_eq!(seen.out, "", "{params}");
    assert_eq!(scene.names(), ["r.csv", "run.yaml", "tmp"], "{params}");
    assert_eq!(scene.read("r.csv"), b"earlier", "{params}");
}

#[test]
fn a_fault_is_named_with_its_signal() {
    for (how, what) in [
        ("fault", "crashed with SIGSEGV (invalid memory access)"),
        ("bus", "crashed with SIGBUS (bad memory access)"),
        ("abort", "crashed with SIGABRT (abort)"),
        ("illegal", "crashed with SIGILL (illegal instruction)"),
        ("divide", "crashed with SIGFPE (arithmetic error)"),
        ("overflow", "crashed with SIGABRT (stack overflow)"),
        ("thread", "crashed with SIGSEGV (invalid memory access)"),
        ("kill", "was ended by SIGKILL (by the system for lack of memory, or by somebody)"),
    ] {
        names_the_policy("scorer", &format!("how: {how}"), &[], what);
    }
}

#[test]
fn an_exit_is_named_with_its_code_even_if_it_is_0() {
    names_the_policy("scorer", "how: exit", &[], "ended the process with exit code 0");
    names_the_policy("scorer", "how: exit-7", &[], "ended the process with exit code 7");
}

#[test]
fn a_policy_of_any_kind_is_named() {
    for kind in ["filter", "scorer", "picker", "admission", "scheduler", "priority"] {
        let what = "crashed with SIGSEGV (invalid memory access)";
        let other = policy("scheduler", "call: 0");
        names_the_policy(kind, "call: 3", &["--set", &other][..if kind == "priority" { 2 } else { 0 }], what);
    }
}

#[test]
fn the_stage_of_its_life_is_named() {
    for (params, what) in [
        ("how: fault, when: new", "crashed with SIGSEGV (invalid memory access) while it was built"),
        ("how: exit, when: new", "ended the process with exit code 0 while it was built"),
        ("how: abort, when: drop", "crashed with SIGABRT (abort) while it was taken down"),
        ("how: exit-7, when: drop", "ended the process with exit code 7 while it was taken down"),
    ] {
        names_the_policy("scorer", params, &[], what);
        names_the_policy("scheduler", params, &[], what);
    }
    let what = "crashed with SIGSEGV (invalid memory access) while it was built";
    names_the_policy("filter", "when: reads", &[], what);
}

#[test]
fn a_hook_is_a_call_like_any_other() {
    for kind in ["filter", "scorer", "picker", "admission"] {
        for hook in ["routed", "completed", "kv-events"] {
            let what = "crashed with SIGSEGV (invalid memory access)";
            names_the_policy(kind, &format!("when: {hook}"), &[], what);
        }
    }
}

#[test]
fn a_library_that_crashes_while_it_is_loaded_is_named() {
    for (how, what) in [
        ("fault", "crashed with SIGSEGV (invalid memory access)"),
        ("exit", "ended the process with exit code 0"),
        ("overflow", "crashed with SIGABRT (stack overflow)"),
    ] {
        let scene = scene();
        let [option, file] = plugin();
        let mut command = isolated(&scene, &[&option, &file, "--set", &policy("scorer", "call: 0")]);
        command.env("POINTSMAN_TEST_AT_LOAD", how);
        let seen = seen(command);
        let expected = format!("error: the library {file} {what} while it was loaded\n");
        assert_eq!((seen.code, seen.err), (Some(3), expected));
        assert!(super::left(&scene).is_empty());
    }
}

/// The thread runs on while the policy is asked again, or another is, or none.
#[test]
fn a_thread_that_crashes_is_traced_to_the_library() {
    let scene = scene();
    let args = ["--set", "workload.requests=1000000"];
    let seen = crash(&scene, "scorer", "how: thread-later", &[&args[..], &RESULTS].concat());
    assert_eq!(seen.code, Some(3), "{}", seen.err);
    assert_eq!(seen.err.lines().count(), 1, "{}", seen.err);
    assert!(seen.err.contains("crashed with SIGSEGV (invalid memory access)"), "{}", seen.err);
    assert!(seen.err.contains(crashing().to_str().unwrap()), "{}", seen.err);
    assert_eq!(scene.names(), ["run.yaml", "tmp"]);
}

#[test]
fn what_happens_when_all_is_done_does_no_harm() {
    for how in ["at-exit", "stay-at-exit"] {
        let scene = scene();
        let seen = crash(&scene, "scorer", &format!("how: {how}"), &[&RESULTS[..], &["--quiet"]].concat());
        assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""), "{how}");
        assert_eq!(scene.names(), ["r.csv", "run.yaml", "s.json", "tmp"]);
    }
}

#[test]
fn the_bar_is_gone_before_the_sentence() {
    let scene = scene();
    let args = ["--set", "workload.requests=200000", "--progress", "bar"];
    let seen = crash(&scene, "scorer", "call: 150000", &args);
    let (bar, error) = seen.err.rsplit_once("\u{1b}[2K").unwrap();
    assert!(bar.contains("requests"), "{bar:?}");
    assert_eq!(error, sentence("scorer", "crashed with SIGSEGV (invalid memory access)"));
}

/// Without a process of its own, such a library ends the program: this is what isolation is for.
#[test]
fn without_isolation_the_program_ends() {
    let scene = Scene::new();
    let [option, file] = plugin();
    let seen = scene.run(&["run", "run.yaml", &option, &file, "--set", &policy("scorer", "how: fault")]);
    assert_eq!((seen.code, seen.err.as_str()), (None, ""));
}

#[test]
fn a_policy_that_fails_in_order_says_so_itself() {
    let scene = scene();
    let [option, file] = plugin();
    let how = policy("scorer", "how: unheard-of");
    let args = [option.as_str(), file.as_str(), "--set", how.as_str()];
    let inside = run(&scene, &args);
    assert_eq!(inside.code, Some(3));
    assert!(inside.err.contains("no way to crash is called unheard-of"), "{}", inside.err);
    assert_eq!(inside, scene.run(&[&["run", "run.yaml"], &args[..]].concat()));
}

//! What a person sees, with and without a terminal.

use crate::scene::{Scene, seen};

#[test]
fn the_summary_names_policies_and_figures() {
    let scene = Scene::new();
    let seen = scene.run(&["run", "run.yaml"]);
    assert_eq!((seen.code, seen.err.as_str()), (Some(0), ""));
    let parts =
        ["scorer     prefix-affinity  x1  built in", "critical", "TTFT", "goodput", "Instances", "Totals"];
    for part in parts {
        assert!(seen.out.contains(part), "no {part} in\n{}", seen.out);
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let scene = Scene::new();
    let is_coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = scene.command(&[&["run", "run.yaml"], args].concat());
        command.envs(variables.iter().copied());
        seen(command).out.contains('\u{1b}')
    };
    assert!(!is_coloured(&[], &[]), "a pipe is no terminal");
    assert!(is_coloured(&["--color", "always"], &[]));
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "the flag is the last word");
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!is_coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn the_bar_is_on_standard_error_alone() {
    let scene = Scene::new();
    let without = scene.run(&["run", "run.yaml", "--progress", "none"]);
    assert_eq!(without.err, "");
    let long = ["run", "run.yaml", "--set", "workload.requests=50000", "--format", "json"];
    let with = scene.run(&[&long[..], &["--progress", "bar"]].concat());
    assert!(with.err.contains("requests"), "{}", with.err);
    assert!(with.err.ends_with("\u{1b}[2K"), "the bar is erased: {:?}", with.err);
    assert_eq!(scene.run(&long).out, with.out);
}

#[test]
fn quiet_leaves_errors_and_warnings() {
    let scene = Scene::new();
    let seen = scene.run(&["run", "run.yaml", "--quiet", "--priority", "slo-class"]);
    assert_eq!((seen.code, seen.out.as_str()), (Some(0), ""));
    assert!(seen.err.starts_with("warning: priority `slo-class` has no effect"), "{}", seen.err);
}

#[test]
fn help_has_examples_and_exit_codes() {
    let scene = Scene::new();
    let help = scene.run(&["run", "--help"]).out;
    for part in [
        "pointsman run [OPTIONS] --from SUMMARY",
        "Examples:",
        "--kv-offload-threshold",
        "Policies:",
        "[default: text]",
    ] {
        assert!(help.contains(part), "no {part} in\n{help}");
    }
    assert!(scene.run(&["--help"]).out.contains("130  interrupted"));
    assert_eq!(scene.run(&["--version"]).out, format!("pointsman {}\n", env!("CARGO_PKG_VERSION")));
}

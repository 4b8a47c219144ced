//! The options, and that nothing else changes.

use super::{KINDS, Trace, run, scene};

#[test]
fn results_are_the_same_whoever_looks() {
    let scene = scene();
    for kind in KINDS {
        run(&scene, &[&["--requests", "plain.csv", "--summary", "plain.json"], kind].concat());
        let looked =
            ["--requests", "r.csv", "--summary", "s.json", "--timeline", "t.json", "--decisions", "d"];
        run(&scene, &[&looked, kind].concat());
        assert_eq!(scene.read("r.csv"), scene.read("plain.csv"));
        assert_eq!(scene.read("s.json"), scene.read("plain.json"));
    }
}

#[test]
fn a_run_gives_the_same_bytes_again_packed_or_not() {
    let scene = scene();
    let part = ["--timeline-sample", "0.5", "--timeline-window", "1..1.5"];
    let said = run(&scene, &[]).err;
    for (first, second) in [("a.json", "b.json"), ("a.json.gz", "b.json.gz")] {
        for file in [first, second] {
            assert_eq!(run(&scene, &[&["--timeline", file], &part[..]].concat()).err, said);
        }
        assert_eq!(scene.read(first), scene.read(second));
    }
    assert_eq!(Trace::read(&scene, "a.json").all, Trace::read(&scene, "a.json.gz").all);
    assert_eq!(scene.names(), ["a.json", "a.json.gz", "b.json", "b.json.gz", "run.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_worker_process_writes_the_same() {
    let scene = scene();
    let parts: [&[&str]; 3] =
        [&[], &["--timeline-sample", "0.5"], &["--timeline-window", "0.5..1", "--timeline-sample", "0.1"]];
    for part in parts {
        let plain = run(&scene, &[&["--timeline", "t.json.gz"], part].concat());
        let isolated = run(&scene, &[&["--timeline", "isolated.json.gz", "--isolate"], part].concat());
        assert_eq!(plain, isolated);
        assert_eq!(scene.read("t.json.gz"), scene.read("isolated.json.gz"));
    }
    for args in [&["--timeline-sample", "0.5"][..], &["--timeline", "/dev/null"]] {
        assert_eq!(run(&scene, args), run(&scene, &[args, &["--isolate"]].concat()));
    }
}

#[test]
fn options_without_effect_are_said_once() {
    let scene = scene();
    let seen = run(&scene, &["--timeline-sample", "0.5", "--timeline-window", "1..2"]);
    let needless = "warning: --timeline-sample has no effect without --timeline\n\
                    warning: --timeline-window has no effect without --timeline\n";
    assert_eq!(seen.err, needless.to_owned() + &run(&scene, &[]).err);
}

#[test]
fn what_cannot_be_is_said_beforehand() {
    let scene = scene();
    let err = |args: &[&str]| {
        let seen = scene.run(&[&["run", "run.yaml"], args].concat());
        assert_eq!((seen.code, seen.out.as_str()), (Some(2), ""), "{}", seen.err);
        seen.err
    };
    assert!(err(&["--timeline", "-"]).contains("--timeline writes to a file"));
    assert!(err(&["--timeline", "run.yaml"]).contains("--timeline would overwrite run.yaml"));
    let both = err(&["--timeline", "a", "--decisions", "a"]);
    assert!(both.contains("--decisions and --timeline both name a: choose another"), "{both}");
    assert!(err(&["--timeline", "no/where.json"]).contains("there is no directory"));
    for (option, value, part) in [
        ("--timeline-sample", "0", "above 0, up to 1"),
        ("--timeline-sample", "1.5", "above 0, up to 1"),
        ("--timeline-window", "10", "two times in seconds, such as 10..20"),
        ("--timeline-window", "20..10", "it ends before it begins"),
        ("--timeline-window", "1..x", "`x` is no time in seconds; write two times"),
    ] {
        let err = err(&["--timeline", "a", option, value]);
        assert!(err.contains(part) && err.contains(option), "{err}");
    }
    assert_eq!(scene.names(), ["run.yaml"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_leaves_the_other_results() {
    let scene = scene();
    let full = scene.run(&["run", "run.yaml", "--quiet", "--timeline", "/dev/full", "--requests", "r.csv"]);
    assert_eq!(full.code, Some(1));
    assert!(full.err.contains("cannot write /dev/full: no space left"), "{}", full.err);
    assert_eq!(scene.names(), ["r.csv", "run.yaml"]);
}

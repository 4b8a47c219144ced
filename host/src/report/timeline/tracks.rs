//! The processes, threads and counters of a trace.
//!
//! Perfetto knows threads by their number alone, so no number is used twice: an instance has ten, the
//! first for itself, the others for its threads.

use std::fmt::Write as _;

/// The process of the router.
pub(super) const ROUTER: u64 = 1;
/// Its thread with the routing decisions.
pub(super) const DECISIONS: u64 = 2;
/// Its thread with the requests that were refused.
pub(super) const REJECTIONS: u64 = 3;

/// A thread of an instance.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thread {
    Steps = 1,
    Reloads = 2,
    Offloads = 3,
    Preemptions = 4,
}

const THREADS: [(Thread, &str); 4] = [
    (Thread::Steps, "steps"),
    (Thread::Reloads, "reloads from CPU"),
    (Thread::Offloads, "offloads to CPU"),
    (Thread::Preemptions, "preemptions and drops"),
];

/// The counters of an instance, each with its unit. Perfetto shows both as one name.
pub(super) const COUNTERS: [(&str, &str); 5] = [
    ("waiting", "requests"),
    ("running", "requests"),
    ("loading", "requests"),
    ("KV used", "blocks"),
    ("pending transfer", "us"),
];

/// The process of an instance.
pub(super) fn instance(index: u32) -> u64 {
    10 * (u64::from(index) + 1)
}

/// A thread of an instance.
pub(super) fn thread(index: u32, thread: Thread) -> u64 {
    instance(index) + thread as u64
}

/// Names of all of them, an event a line.
pub(super) fn names(instances: u32) -> impl Iterator<Item = String> {
    let router = process(ROUTER, "router", 0)
        + &one("thread_name", ROUTER, DECISIONS, "\"name\":\"routing\"")
        + &one("thread_name", ROUTER, REJECTIONS, "\"name\":\"rejections\"");
    let of = |index: u32| {
        let pid = instance(index);
        let mut text = process(pid, &format!("instance {index}"), u64::from(index) + 1);
        for (at, name) in THREADS {
            text += &one("thread_name", pid, thread(index, at), &format!("\"name\":\"{name}\""));
            text +=
                &one("thread_sort_index", pid, thread(index, at), &format!("\"sort_index\":{}", at as u64));
        }
        text
    };
    std::iter::once(router).chain((0..instances).map(of))
}

fn process(pid: u64, name: &str, order: u64) -> String {
    let mut text = one("process_name", pid, pid, &format!("\"name\":\"{name}\""));
    text += &one("process_sort_index", pid, pid, &format!("\"sort_index\":{order}"));
    text
}

fn one(name: &str, pid: u64, tid: u64, args: &str) -> String {
    let mut text = String::new();
    // A string takes whatever is written.
    let _ = write!(
        text,
        r#",
{{"ph":"M","pid":{pid},"tid":{tid},"ts":0,"name":"{name}","args":{{{args}}}}}"#
    );
    text
}

//! Records as events of the trace, one a line; each has the comma that parts it from the one before.

use std::fmt::{self, Write as _};

use rustc_hash::{FxHashMap, FxHashSet};

use super::event::{Event, Record, Values, What};
use super::tracks::{self, COUNTERS, DECISIONS, REJECTIONS, ROUTER, Thread};
use crate::engine::{Step, Transfer};

/// A class of requests, as strings of JSON.
#[derive(Debug)]
struct Class {
    name: String,
    /// What a request of it is called.
    request: String,
}

/// Writes events.
#[derive(Debug)]
pub(super) struct Lines {
    classes: Vec<Class>,
    by_name: FxHashMap<String, u64>,
    /// The counters as they were last written, by instance: only what has changed is written.
    last: Vec<Values>,
    /// The end of the run: nothing lasts longer.
    end_us: u64,
    /// Requests whose routing leads to no step of the trace.
    unscheduled: FxHashSet<u64>,
    /// The reload of the last step: the arrows that end at the step come before.
    held: String,
    text: String,
}

impl Lines {
    pub(super) fn new(instances: u32) -> Self {
        Self {
            classes: Vec::new(),
            by_name: FxHashMap::default(),
            last: vec![Values::default(); instances as usize],
            end_us: u64::MAX,
            unscheduled: FxHashSet::default(),
            held: String::new(),
            text: String::new(),
        }
    }

    /// The number of a class.
    pub(super) fn class(&mut self, name: &str) -> u64 {
        if let Some(&class) = self.by_name.get(name) {
            return class;
        }
        let class = self.classes.len() as u64;
        let json = |text: &str| serde_json::Value::from(text).to_string();
        self.classes.push(Class { name: json(name), request: json(&format!("{name} request")) });
        self.by_name.insert(name.to_owned(), class);
        class
    }

    /// From here on the trace is written for good.
    pub(super) fn begin(&mut self, end_us: u64, unscheduled: impl IntoIterator<Item = u64>) {
        self.begin_again();
        self.end_us = end_us;
        self.unscheduled = unscheduled.into_iter().collect();
    }

    /// Forgets what was written.
    pub(super) fn begin_again(&mut self) {
        self.last.fill(Values::default());
        self.held.clear();
    }

    /// The events of a record.
    pub(super) fn of(&mut self, record: &Record) -> &str {
        self.text.clear();
        if !matches!(record.event, Event::Moment { what: What::Scheduled, .. }) {
            self.text.push_str(&self.held);
            self.held.clear();
        }
        // A string takes whatever is written.
        let _ = self.write(record.at_us, &record.event);
        &self.text
    }

    /// What is left when all records are written.
    pub(super) fn rest(&self) -> &str {
        &self.held
    }

    fn write(&mut self, at_us: u64, event: &Event) -> fmt::Result {
        match *event {
            Event::Routed { instance, id, class, pending_transfer_us } => {
                self.open("X", "routing", self.name(class), ROUTER, DECISIONS, at_us)?;
                write!(
                    self.text,
                    r#","dur":0,"args":{{"request":{id},"slo_class":{},"instance":{instance},"pending_transfer_us":{pending_transfer_us}}}}}"#,
                    self.classes.get(class as usize).map_or("\"\"", |class| &class.name)
                )?;
                if self.unscheduled.contains(&id) {
                    return Ok(());
                }
                self.open("s", "routing", "\"to its first step\"", ROUTER, DECISIONS, at_us)?;
                write!(self.text, r#","id":{id}}}"#)
            }
            Event::Rejected { id } => {
                self.open("i", "rejection", "\"rejected\"", ROUTER, REJECTIONS, at_us)?;
                write!(self.text, r#","s":"t","args":{{"request":{id}}}}}"#)
            }
            Event::Moment { what, instance, id, class } => self.moment(at_us, what, instance, (id, class)),
            Event::Step(step) => self.step(&step),
            Event::Offload(transfer) => self.transfer("\"offload\"", Thread::Offloads, &transfer, None),
            Event::Reload { transfer, id } => {
                self.transfer("\"reload\"", Thread::Reloads, &transfer, Some(id))
            }
            Event::Levels { instance, values } => self.counters(at_us, instance, &values),
        }
    }

    /// The beginning of an event; `name` is a string of JSON.
    fn open(
        &mut self,
        ph: &str,
        cat: &str,
        name: impl AsRef<str>,
        pid: u64,
        tid: u64,
        ts: u64,
    ) -> fmt::Result {
        let name = name.as_ref();
        write!(
            self.text,
            r#",
{{"ph":"{ph}","cat":"{cat}","name":{name},"pid":{pid},"tid":{tid},"ts":{ts}"#
        )
    }

    fn name(&self, class: u64) -> String {
        self.classes.get(class as usize).map_or_else(|| "\"\"".to_owned(), |class| class.name.clone())
    }

    fn moment(&mut self, at_us: u64, what: What, instance: u32, (id, class): (u64, u64)) -> fmt::Result {
        let name = match what {
            What::Preempted => "\"preempted\"",
            What::Dropped => "\"dropped\"",
            _ => return self.phases(at_us, what, instance, (id, class)),
        };
        let (pid, tid) = (tracks::instance(instance), tracks::thread(instance, Thread::Preemptions));
        self.open("i", "preemption", name, pid, tid, at_us)?;
        write!(self.text, r#","s":"t","args":{{"request":{id}}}}}"#)
    }

    /// Where a request passes from one phase of its life to the next.
    fn phases(&mut self, at_us: u64, what: What, instance: u32, (id, class): (u64, u64)) -> fmt::Result {
        if what == What::Scheduled {
            let (pid, tid) = (tracks::instance(instance), tracks::thread(instance, Thread::Steps));
            self.open("f", "routing", "\"to its first step\"", pid, tid, at_us)?;
            write!(self.text, r#","bp":"e","id":{id}}}"#)?;
        }
        let (ends, begins): (&[Span], &[Span]) = match what {
            What::Queued => (&[], &[Span::Request, Span::Waiting]),
            What::Scheduled | What::Started => (&[Span::Waiting], &[Span::Prefill]),
            What::FirstToken => (&[Span::Prefill], &[]),
            What::LeftWaiting => (&[Span::Waiting, Span::Request], &[]),
            What::LeftInPrefill => (&[Span::Prefill, Span::Request], &[]),
            _ => (&[Span::Request], &[]),
        };
        let is_left = matches!(what, What::LeftWaiting | What::LeftInPrefill | What::LeftDecoding);
        let pid = tracks::instance(instance);
        for (ph, spans) in [("e", ends), ("b", begins)] {
            for span in spans {
                let name = match span {
                    Span::Request => {
                        self.classes.get(class as usize).map_or("", |class| &class.request).to_owned()
                    }
                    Span::Waiting => "\"waiting\"".to_owned(),
                    Span::Prefill => "\"prefill\"".to_owned(),
                };
                self.open(ph, "request", name, pid, pid, at_us)?;
                write!(self.text, r#","id":{id}"#)?;
                match (span, ph) {
                    (Span::Request, "b") => write!(self.text, r#","args":{{"request":{id}}}"#)?,
                    (Span::Request, _) if is_left => write!(self.text, r#","args":{{"unfinished":true}}"#)?,
                    _ => {}
                }
                self.text.push('}');
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> fmt::Result {
        let &Step {
            instance,
            start_us,
            end_us,
            prefill_tokens,
            prefills,
            decodes,
            reload_us,
            reloaded_blocks,
        } = step;
        let name = match (prefills, decodes) {
            (0, _) => "\"decode\"",
            (_, 0) => "\"prefill\"",
            _ => "\"mixed\"",
        };
        let (pid, tid) = (tracks::instance(instance), tracks::thread(instance, Thread::Steps));
        self.open("X", "step", name, pid, tid, start_us)?;
        let dur_us = self.duration(start_us, end_us);
        write!(
            self.text,
            r#","dur":{dur_us},"args":{{"prefill_tokens":{prefill_tokens},"prefills":{prefills},"decodes":{decodes}"#
        )?;
        if reload_us > 0 {
            write!(self.text, r#","reload_us":{reload_us},"reloaded_blocks":{reloaded_blocks}"#)?;
        }
        self.close(end_us);
        if reload_us == 0 {
            return Ok(());
        }
        let before = std::mem::take(&mut self.text);
        let reload_end_us = start_us.saturating_add(reload_us);
        self.open("X", "transfer", "\"reload\"", pid, tid, start_us)?;
        let dur_us = self.duration(start_us, reload_end_us);
        write!(self.text, r#","dur":{dur_us},"args":{{"blocks":{reloaded_blocks}"#)?;
        self.close(reload_end_us);
        self.held = std::mem::replace(&mut self.text, before);
        Ok(())
    }

    fn transfer(&mut self, name: &str, at: Thread, transfer: &Transfer, request: Option<u64>) -> fmt::Result {
        let &Transfer { instance, start_us, end_us, blocks } = transfer;
        self.open("X", "transfer", name, tracks::instance(instance), tracks::thread(instance, at), start_us)?;
        let dur_us = self.duration(start_us, end_us);
        write!(self.text, r#","dur":{dur_us},"args":{{"blocks":{blocks}"#)?;
        if let Some(id) = request {
            write!(self.text, r#","request":{id}"#)?;
        }
        self.close(end_us);
        Ok(())
    }

    /// How long something lasts within the run.
    fn duration(&self, start_us: u64, end_us: u64) -> u64 {
        end_us.min(self.end_us).saturating_sub(start_us)
    }

    /// The end of the arguments and of the event.
    fn close(&mut self, end_us: u64) {
        self.text.push_str(if end_us > self.end_us { ",\"unfinished\":true}}" } else { "}}" });
    }

    fn counters(&mut self, at_us: u64, instance: u32, values: &Values) -> fmt::Result {
        let pid = tracks::instance(instance);
        let Some(last) = self.last.get_mut(instance as usize) else { return Ok(()) };
        let last = std::mem::replace(last, *values);
        for ((name, unit), (value, last)) in COUNTERS.iter().zip(values.iter().zip(&last)) {
            if value != last {
                write!(
                    self.text,
                    r#",
{{"ph":"C","name":"{name}","pid":{pid},"tid":{pid},"ts":{at_us},"args":{{"{unit}":{value}}}}}"#
                )?;
            }
        }
        Ok(())
    }
}

/// What lasts in the life of a request: the whole from its entry into the queue, and within it the time
/// to its first step and from there to its first token.
#[derive(Debug, Clone, Copy)]
enum Span {
    Request,
    Waiting,
    Prefill,
}

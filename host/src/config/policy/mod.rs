//! The `policy:` map: which policies decide, by name. The registry finds out what they are.

mod classes;
mod on_error;
mod reference;
mod routing;
mod scorers;
mod short;
mod tie_break;

use serde_json::{Value, json};

pub use on_error::{OnError, OnErrorAction};
pub use reference::PolicyRef;
pub use routing::{RoutingSpec, ScorerSpec};
pub(super) use short::is_picker;
pub use tie_break::TieBreak;

use super::reader::{MapReader, Sink};

/// All policies of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySpec {
    /// Which instance a request goes to.
    pub routing: RoutingSpec,
    /// The order of the waiting queue.
    pub scheduler: PolicyRef,
    /// The priority of a request.
    pub priority: PolicyRef,
    /// Who is let in.
    pub admission: PolicyRef,
    /// What happens when a policy fails.
    pub on_error: OnError,
}

impl PolicySpec {
    pub(super) fn read(mut map: MapReader<'_>, sink: &Sink) -> Option<Self> {
        let routing = RoutingSpec::read(map.take("routing"), &map.path("routing"), sink);
        let mut named = |key, default| match map.take(key) {
            Some(node) => PolicyRef::read(node, &map.path(key), sink),
            None => Some(PolicyRef::of_default(default)),
        };
        let scheduler = named("scheduler", "fcfs");
        let priority = named("priority", "constant");
        let admission = named("admission", "always-admit");
        let on_error = OnError::read(map.take("on_error"), &map.path("on_error"), sink);
        map.finish();
        Some(Self {
            routing: routing?,
            scheduler: scheduler?,
            priority: priority?,
            admission: admission?,
            on_error: on_error?,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        json!({
            "routing": self.routing.to_value(),
            "scheduler": self.scheduler.to_value(),
            "priority": self.priority.to_value(),
            "admission": self.admission.to_value(),
            "on_error": self.on_error.to_value(),
        })
    }
}

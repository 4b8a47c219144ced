//! What happened to KV blocks since somebody was told last.

use pointsman_plugin_api::KvEventKind;

use crate::policy::KvEventRows;

/// A log of KV events; off until somebody wants them.
#[derive(Default)]
pub(crate) struct KvLog {
    on: bool,
    rows: KvEventRows,
}

impl KvLog {
    /// From now on events are kept.
    pub(crate) fn turn_on(&mut self) {
        self.on = true;
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: KvEventKind, identity: u64) {
        if self.on {
            self.rows.push(kind, identity);
        }
    }

    /// Moves all events to the end of `into`.
    pub(crate) fn drain(&mut self, into: &mut KvEventRows) {
        into.append(&mut self.rows);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

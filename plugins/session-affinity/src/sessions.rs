//! Which instance each session was last sent to.

use lru::LruCache;
use rustc_hash::FxBuildHasher;

/// Sessions and their instances: at most so many, and none that was idle for too long.
pub(crate) struct Sessions {
    idle_us: u64,
    most: u64,
    /// Least recently used last. Time never goes back, so that is also the order of `used_us`.
    bound: LruCache<String, Binding, FxBuildHasher>,
    /// By instance: sessions that are bound to it.
    counts: Vec<u64>,
}

struct Binding {
    instance: u64,
    used_us: u64,
}

impl Sessions {
    /// Remembers at most `most` sessions, each for `idle_s` seconds after its last request, over so
    /// many instances.
    pub(crate) fn new(idle_s: f64, most: u64, instances: u64) -> Result<Self, String> {
        if !(idle_s.is_finite() && idle_s > 0.0) {
            return Err(format!("`idle_s` must be above 0, not {idle_s}"));
        }
        if most == 0 {
            return Err("`max_sessions` must be at least 1".into());
        }
        Ok(Self {
            idle_us: (idle_s * 1e6) as u64,
            most,
            // Kept short by hand: one that is bounded takes the memory for all at once.
            bound: LruCache::unbounded_with_hasher(FxBuildHasher),
            counts: (0..instances).map(|_| 0).collect(),
        })
    }

    /// The instance of a session, if it has one.
    pub(crate) fn instance_of(&mut self, session: &str, now_us: u64) -> Option<u64> {
        self.forget_idle(now_us);
        self.bound.peek(session).map(|binding| binding.instance)
    }

    /// Sessions that are bound to an instance.
    pub(crate) fn count(&self, instance: u64) -> u64 {
        self.counts.get(instance as usize).copied().unwrap_or(0)
    }

    /// A request of the session went there.
    pub(crate) fn bind(&mut self, session: &str, instance: u64, now_us: u64) {
        self.forget_idle(now_us);
        let binding = Binding { instance, used_us: now_us };
        let before = self.bound.put(session.to_owned(), binding);
        let is_one_too_many = self.bound.len() as u64 > self.most;
        let gone = if is_one_too_many { self.bound.pop_lru().map(|(_, gone)| gone) } else { None };
        before.iter().chain(&gone).for_each(|binding| self.uncount(binding.instance));
        if let Some(count) = self.counts.get_mut(instance as usize) {
            *count += 1;
        }
    }

    fn forget_idle(&mut self, now_us: u64) {
        let idle_us = self.idle_us;
        let is_idle = |binding: &Binding| now_us.saturating_sub(binding.used_us) > idle_us;
        while self.bound.peek_lru().is_some_and(|(_, oldest)| is_idle(oldest)) {
            if let Some((_, gone)) = self.bound.pop_lru() {
                self.uncount(gone.instance);
            }
        }
    }

    fn uncount(&mut self, instance: u64) {
        if let Some(count) = self.counts.get_mut(instance as usize) {
            *count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_where_its_last_request_went() {
        let mut sessions = Sessions::new(10.0, 100, 3).unwrap();
        sessions.bind("a", 1, 0);
        sessions.bind("b", 1, 0);
        sessions.bind("a", 2, 5);
        assert_eq!((sessions.instance_of("a", 5), sessions.instance_of("b", 5)), (Some(2), Some(1)));
        assert_eq!([0, 1, 2].map(|at| sessions.count(at)), [0, 1, 1]);
    }

    #[test]
    fn an_idle_one_is_forgotten_and_a_request_keeps_it() {
        let mut sessions = Sessions::new(1.0, 100, 3).unwrap();
        sessions.bind("a", 0, 0);
        sessions.bind("b", 1, 0);
        sessions.bind("a", 0, 600_000);
        assert_eq!(sessions.instance_of("b", 1_000_000), Some(1), "a second is not too long");
        assert_eq!(sessions.instance_of("b", 1_000_001), None);
        assert_eq!(sessions.instance_of("a", 1_600_000), Some(0));
        assert_eq!([0, 1].map(|at| sessions.count(at)), [1, 0]);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut sessions = Sessions::new(10.0, 2, 3).unwrap();
        for (session, instance) in [("a", 0), ("b", 1), ("c", 2)] {
            sessions.bind(session, instance, 0);
        }
        assert_eq!(["a", "b", "c"].map(|session| sessions.instance_of(session, 0)), [None, Some(1), Some(2)]);
        assert_eq!([0, 1, 2].map(|at| sessions.count(at)), [0, 1, 1]);
    }

    #[test]
    fn senseless_limits_are_refused_by_name() {
        assert_eq!(Sessions::new(0.0, 2, 1).err().unwrap(), "`idle_s` must be above 0, not 0");
        assert_eq!(Sessions::new(1.0, 0, 1).err().unwrap(), "`max_sessions` must be at least 1");
    }
}

//! A request that came to an end.

use crate::{
    abi::{CompletionCall, NamedColumn},
    need::Need,
    outcome::Outcome,
    value::Value,
    view::Request,
};

/// What became of a request that was routed; see [`outcome`](crate::outcome).
pub struct Completion<'a> {
    now_us: u64,
    request: Request<'a>,
    outcomes: &'a [NamedColumn<'a>],
}

impl<'a> Completion<'a> {
    pub(crate) fn new(call: &CompletionCall<'a>, needs: &'static [Need]) -> Result<Self, String> {
        let request = Request::of(call.now_us, call.request.as_slice(), needs)?;
        Ok(Self { now_us: call.now_us, request, outcomes: call.outcomes.as_slice() })
    }

    /// The tick at which the policy is told: that of the end, or later by the configured delay. \[us\]
    #[must_use]
    pub const fn now_us(&self) -> u64 {
        self.now_us
    }

    /// The request, with the attributes that the policy declares.
    #[must_use]
    pub const fn request(&self) -> &Request<'a> {
        &self.request
    }

    /// An outcome; `None` where the request had none, or where the host does not tell it.
    #[must_use]
    pub fn try_get<T: Value + ?Sized>(&self, outcome: &Outcome<T>) -> Option<T::Item<'a>> {
        let entry = self.outcomes.iter().find(|entry| entry.id.as_str() == outcome.id())?;
        entry.column.cells::<T>()?.first().map(T::item)
    }

    /// An outcome that every request has. Panics, and so ends the call with an error, where this
    /// request has none.
    #[must_use]
    pub fn get<T: Value + ?Sized>(&self, outcome: &Outcome<T>) -> T::Item<'a> {
        match self.try_get(outcome) {
            Some(value) => value,
            None => panic!("the request has no `{}`: read it with `try_get`", outcome.id()),
        }
    }
}

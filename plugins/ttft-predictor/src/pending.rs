//! Decisions whose outcome is not known yet.

use crate::rls::Features;

/// A decision: which request went where, and what was known then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decision {
    pub(crate) request: u64,
    pub(crate) instance: usize,
    pub(crate) features: Features,
}

/// A table of fixed size: the place of a request is its id modulo the size, and a newer one takes the place
/// of an older. Ids count up, so as long as fewer requests than that are on their way none is lost.
#[derive(Debug)]
pub(crate) struct Pending {
    places: Vec<Option<Decision>>,
}

impl Pending {
    pub(crate) fn new(size: usize) -> Self {
        Self { places: vec![None; size] }
    }

    /// Number of places, all of which are there from the start.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        self.places.len()
    }

    fn place(&mut self, request: u64) -> &mut Option<Decision> {
        let size = self.places.len() as u64;
        &mut self.places[(request % size) as usize]
    }

    pub(crate) fn remember(&mut self, decision: Decision) {
        *self.place(decision.request) = Some(decision);
    }

    /// Takes the decision about a request out, if it is still there.
    pub(crate) fn take(&mut self, request: u64) -> Option<Decision> {
        self.place(request).take_if(|decision| decision.request == request)
    }
}

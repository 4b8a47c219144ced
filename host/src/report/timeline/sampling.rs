//! What a timeline keeps.
//!
//! A share of the requests and the same share of the time: of a kept request everything, in a kept
//! stretch of time every step, transfer and preemption of all instances. Steps that are kept one by one
//! would look like idle instances. In a window everything is kept.

use crate::engine::LAST_TICK_US;
use crate::metrics::{is_rank_within, sample_rank};

/// Time is kept or left out in stretches of this length. \[us\]
pub(super) const STRETCH_US: u64 = 100_000;
/// The rank of what is always kept.
pub(super) const ALWAYS: u64 = 0;
/// The rank of what is kept only with everything else.
pub(super) const ONLY_WITH_ALL: u64 = u64::MAX;

/// What somebody asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sampling {
    /// The share that is kept, above 0 and up to 1. `None`: nothing outside of the window, or, without a
    /// window, as much as the size of the file allows.
    pub share: Option<f64>,
    /// Where everything is kept.
    pub window: Option<Window>,
}

impl Sampling {
    /// Whether the share follows from the size of the file.
    pub(super) fn is_automatic(&self) -> bool {
        self.share.is_none() && self.window.is_none()
    }

    /// The share to begin with.
    pub(super) fn first_share(&self) -> f64 {
        self.share.unwrap_or(if self.window.is_some() { 0.0 } else { 1.0 })
    }

    /// The rank of an instant.
    pub(super) fn rank_at(&self, now_us: u64) -> u64 {
        self.rank_of(now_us, now_us.saturating_add(1))
    }

    /// The rank of what lasts from a tick to another.
    pub(super) fn rank_of(&self, start_us: u64, end_us: u64) -> u64 {
        match self.window {
            Some(window) if window.overlaps(start_us, end_us) => ALWAYS,
            // From the other end than the ids of requests.
            _ => sample_rank(!(start_us / STRETCH_US)).max(ALWAYS + 1),
        }
    }

    /// The rank of a request that is routed now.
    pub(super) fn rank_of_request(&self, id: u64, now_us: u64) -> u64 {
        if self.is_in_window(now_us) { ALWAYS } else { sample_rank(id).max(ALWAYS + 1) }
    }

    pub(super) fn is_in_window(&self, now_us: u64) -> bool {
        self.window.is_some_and(|window| window.overlaps(now_us, now_us.saturating_add(1)))
    }
}

/// Whether what has this rank belongs to a share.
pub(super) fn is_kept(rank: u64, share: f64) -> bool {
    rank == ALWAYS || is_rank_within(rank, share)
}

/// A part of simulated time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where it begins. \[us\]
    pub start_us: u64,
    /// Where it ends; `u64::MAX`: with the run. \[us\]
    pub end_us: u64,
}

impl Window {
    /// From a text such as `10..20`, `0.5..` or `..3`, in seconds.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = "two times in seconds, such as 10..20, 0.5.. or ..3";
        let (start, end) = text.split_once("..").ok_or(form)?;
        let time = |text: &str, open: u64| match text.trim() {
            "" => Ok(open),
            text => ticks(text).ok_or_else(|| format!("`{text}` is no time in seconds; write {form}")),
        };
        let (start_us, end_us) = (time(start, 0)?, time(end, u64::MAX)?);
        if start_us >= end_us {
            return Err(format!("it ends before it begins, or is empty; write {form}"));
        }
        Ok(Self { start_us, end_us })
    }

    /// Whether a part of it is in what lasts from a tick to another.
    fn overlaps(self, start_us: u64, end_us: u64) -> bool {
        start_us < self.end_us && end_us > self.start_us
    }
}

/// Seconds as ticks.
fn ticks(text: &str) -> Option<u64> {
    let us = (text.parse::<f64>().ok()? * 1e6).round();
    (us >= 0.0 && us <= LAST_TICK_US as f64).then_some(us as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_open_ends_and_fractions() {
        let window = |text| Window::parse(text).map(|window| (window.start_us, window.end_us));
        assert_eq!(window("10..20"), Ok((10_000_000, 20_000_000)));
        assert_eq!(window("0.5..1.25"), Ok((500_000, 1_250_000)));
        assert_eq!(window("10.."), Ok((10_000_000, u64::MAX)));
        assert_eq!(window("..3"), Ok((0, 3_000_000)));
        assert_eq!(window(".."), Ok((0, u64::MAX)));
        for text in ["", "10", "20..10", "3..3", "a..b", "-1..2", "NaN..2", "1..inf", "1...5.", "1e40..2e40"]
        {
            let problem = window(text).unwrap_err();
            assert!(problem.contains("such as 10..20"), "{text}: {problem}");
        }
    }

    #[test]
    fn what_touches_the_window_is_always_kept_and_the_rest_by_stretches() {
        let sampling = Sampling { share: Some(0.5), window: Some(Window::parse("10..20").unwrap()) };
        let end_us = 20_000_000;
        assert_eq!(sampling.rank_of(9_000_000, 10_000_001), ALWAYS);
        assert_ne!(sampling.rank_of(9_000_000, 10_000_000), ALWAYS);
        assert_eq!((sampling.rank_at(end_us - 1), sampling.rank_at(end_us) > ALWAYS), (ALWAYS, true));
        assert_eq!(sampling.rank_at(50 * STRETCH_US), sampling.rank_at(51 * STRETCH_US - 1));
        let kept = (1000..11_000).filter(|at| is_kept(sampling.rank_at(at * STRETCH_US), 0.5)).count();
        assert!((4700..5300).contains(&kept), "{kept}");
        assert!(!is_kept(ONLY_WITH_ALL, 0.999) && is_kept(ONLY_WITH_ALL, 1.0));
        assert!(is_kept(ALWAYS, 0.0) && !is_kept(ALWAYS + 1, 0.0));
    }
}

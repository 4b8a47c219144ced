//! How A and B are put to the test.

use crate::experiment::part::Windows;
use crate::policy::Assignment;

/// How A and B meet the requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Each has a cluster of its own, on the same seeds.
    Paired,
    /// They share one cluster; B decides about this share of the sessions.
    Split {
        /// Above 0 and below 1.
        share: f64,
    },
    /// They share one cluster and take turns.
    Switchback(Windows),
}

impl Mode {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::Split { .. } => "split",
            Self::Switchback(_) => "switchback",
        }
    }

    /// Who decides on the shared cluster, if there is one.
    #[must_use]
    pub const fn assignment(&self) -> Option<Assignment> {
        match self {
            Self::Paired => None,
            Self::Split { share } => Some(Assignment::Split { share: *share }),
            Self::Switchback(windows) => Some(Assignment::Switchback { window_us: windows.window_us }),
        }
    }

    /// The windows, if they take turns.
    #[must_use]
    pub const fn windows(&self) -> Option<Windows> {
        match self {
            Self::Switchback(windows) => Some(*windows),
            _ => None,
        }
    }
}

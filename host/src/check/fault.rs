//! What can go wrong in a call, and which case it belongs to.

use std::fmt;

use pointsman_plugin_api::abi::Failure;

use super::Case;

/// Why a call has no whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It panicked.
    Panic(String),
    /// It read a column that it does not declare.
    Undeclared(String),
    /// It insisted on a column that it calls optional.
    Insisted(String),
    /// It refused, with a sentence.
    Refused(String),
    /// It says that it answered for another number of rows.
    Count { given: usize, rows: usize },
    /// It left the slot of a row alone.
    Unfilled { row: usize },
    /// It chose a row that is not there.
    NoRow { chosen: usize, rows: usize },
    /// It gave this byte for a truth value.
    NoTruth(u8),
}

impl Fault {
    /// The case whose business it is.
    pub(super) fn case(&self) -> Case {
        match self {
            Self::Panic(_) => Case::NoPanic,
            Self::Undeclared(_) => Case::Reads,
            Self::Insisted(_) => Case::OptionalReads,
            Self::Refused(_) => Case::NoError,
            Self::Count { .. } | Self::Unfilled { .. } => Case::RowCount,
            Self::NoRow { .. } | Self::NoTruth(_) => Case::Range,
        }
    }

    /// Whether the call came back with something.
    pub(super) fn has_come_back(&self) -> bool {
        !self.is_last()
    }

    /// Whether the object answers no more calls.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, Self::Panic(_) | Self::Undeclared(_) | Self::Insisted(_))
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let message = failure.message.into_string();
        if !failure.panicked {
            return Self::Refused(message);
        }
        // The glue of the plugin API ends a wrong read with a panic of this wording; that of 1.0 is
        // built into libraries, and cannot change any more.
        if message.contains("which it does not declare") {
            Self::Undeclared(without_place(message))
        } else if message.contains("read an optional one with `try_get`") {
            Self::Insisted(without_place(message))
        } else {
            Self::Panic(message)
        }
    }
}

/// A wrong read without the place of the panic: that is in the glue, not in the policy.
fn without_place(message: String) -> String {
    let starts = ["the policy reads the ", "the host has no "];
    let start = starts.iter().find_map(|start| message.find(start));
    start.map_or(message.clone(), |start| message[start..].to_owned())
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panic(message) | Self::Undeclared(message) | Self::Insisted(message) => {
                f.write_str(message)
            }
            Self::Refused(message) => write!(f, "it refused: {message}"),
            Self::Count { given, rows } => write!(f, "it says that it gave {given} answers for {rows} rows"),
            Self::Unfilled { row } => write!(f, "it left the slot of row {row} as it was"),
            Self::NoRow { chosen, rows } => write!(f, "it chose row {chosen} of {rows} rows, counted from 0"),
            Self::NoTruth(byte) => write!(f, "it gave {byte} for a truth value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pointsman_plugin_api::prelude::*;
    use pointsman_plugin_api::testkit::Scorers;

    /// Reads one signal, declared as it may be.
    struct Reader<const DECLARED: bool>;

    impl<const DECLARED: bool> Scorer for Reader<DECLARED> {
        type Params = NoParams;
        const INFO: PolicyInfo =
            PolicyInfo { name: "reader", aliases: &[], summary: "reads", version: "1.0.0" };
        const SIGNALS: &'static [Need] = if DECLARED { &[signal::QUEUE_DEPTH.optional()] } else { &[] };

        fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
            Ok(Self)
        }

        fn score(&mut self, _: &Request<'_>, instances: &Instances<'_>, _: &mut [f64]) -> Result<(), String> {
            let _ = instances.get(&signal::QUEUE_DEPTH);
            Ok(())
        }
    }

    fn fault<const DECLARED: bool>() -> Fault {
        let mut scorers = Scorers::new::<Reader<DECLARED>>("{}").unwrap();
        scorers.instances.set(&signal::BATCH_SIZE, &[1]);
        Failure::panic(scorers.score().unwrap_err()).into()
    }

    /// What is recognised is what the glue says.
    #[test]
    fn wrong_reads_are_told_from_other_panics() {
        let undeclared = "the policy reads the signal `queue_depth`, which it does not declare";
        assert_eq!(fault::<false>(), Fault::Undeclared(undeclared.into()));
        let insisted = "the host has no signal `queue_depth`: read an optional one with `try_get`";
        assert_eq!(fault::<true>(), Fault::Insisted(insisted.into()));
        assert_eq!(Fault::from(Failure::panic("panicked at lib.rs:1:1: no".into())).case(), Case::NoPanic);
        assert_eq!(Fault::from(Failure::error("no".into())).case(), Case::NoError);
    }
}

//! The cases: what a good library does.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::registry::Kind;

/// A conformance case. They run in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// The library becomes code.
    Loads,
    /// What the code says of itself is what the file said.
    Manifest,
    /// A policy describes itself in full.
    Metadata,
    /// It can be built without parameters.
    Defaults,
    /// It refuses parameters that it does not have.
    UnknownParameter,
    /// Its parameters are as it describes them.
    ParameterSchema,
    /// Its calls do not crash the process.
    NoFault,
    /// Its calls do not end the process.
    NoExit,
    /// Its calls come back.
    NoHang,
    /// It does not panic.
    NoPanic,
    /// It reads what it declares, and nothing else.
    Reads,
    /// It does without what it calls optional, hooks included.
    OptionalReads,
    /// It has an answer for whatever can be.
    NoError,
    /// Its answer has a value for every row.
    RowCount,
    /// Its answers are finite numbers.
    Finite,
    /// Its answers are within their bounds.
    Range,
    /// It takes what it is told.
    Hooks,
    /// The same calls get the same answers.
    Deterministic,
    /// The order of the rows does not matter.
    RowOrder,
    /// A queue gets the same order, however its requests stand.
    Permutation,
    /// Its order changes only when it says so.
    DeclaredOrder,
    /// A call takes no longer than it may.
    Speed,
    /// It does not grow.
    Memory,
}

impl Case {
    /// The cases of a library as a whole.
    pub const OF_LIBRARY: [Self; 2] = [Self::Loads, Self::Manifest];

    /// The cases of a policy of this kind.
    #[must_use]
    pub fn of_kind(kind: Kind) -> Vec<Self> {
        let all = [
            Self::Metadata,
            Self::Defaults,
            Self::UnknownParameter,
            Self::ParameterSchema,
            Self::NoFault,
            Self::NoExit,
            Self::NoHang,
            Self::NoPanic,
            Self::Reads,
            Self::OptionalReads,
            Self::NoError,
            Self::RowCount,
            Self::Finite,
            Self::Range,
            Self::Hooks,
            Self::Deterministic,
            Self::RowOrder,
            Self::Permutation,
            Self::DeclaredOrder,
            Self::Speed,
            Self::Memory,
        ];
        all.into_iter().filter(|case| case.is_for(kind)).collect()
    }

    fn is_for(self, kind: Kind) -> bool {
        let is_queue = matches!(kind, Kind::Scheduler | Kind::Priority);
        match self {
            Self::Loads | Self::Manifest => false,
            Self::RowCount => is_queue || matches!(kind, Kind::Scorer | Kind::Filter),
            Self::Finite => is_queue || kind == Kind::Scorer,
            Self::Range => !is_queue,
            Self::Hooks => !is_queue,
            Self::RowOrder => kind != Kind::Scheduler,
            Self::Permutation => kind == Kind::Scheduler,
            Self::DeclaredOrder => is_queue,
            _ => true,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loads => "loads",
            Self::Manifest => "manifest",
            Self::Metadata => "metadata",
            Self::Defaults => "defaults",
            Self::UnknownParameter => "unknown-parameter",
            Self::ParameterSchema => "parameter-schema",
            Self::NoFault => "no-fault",
            Self::NoExit => "no-exit",
            Self::NoHang => "no-hang",
            Self::NoPanic => "no-panic",
            Self::Reads => "reads",
            Self::OptionalReads => "optional-reads",
            Self::NoError => "no-error",
            Self::RowCount => "row-count",
            Self::Finite => "finite",
            Self::Range => "range",
            Self::Hooks => "hooks",
            Self::Deterministic => "deterministic",
            Self::RowOrder => "row-order",
            Self::Permutation => "permutation",
            Self::DeclaredOrder => "declared-order",
            Self::Speed => "speed",
            Self::Memory => "memory",
        }
    }

    /// One sentence on what is checked.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Loads => "The library becomes code, of types that fit this host.",
            Self::Manifest => "What the running library says of itself is what its file says.",
            Self::Metadata => {
                "Summary, version and every parameter are described; what it reads is known and named once."
            }
            Self::Defaults => "It can be built without parameters.",
            Self::UnknownParameter => "The policy itself refuses a parameter that it does not have.",
            Self::ParameterSchema => {
                "Each default can be given explicitly, each choice taken, and another type is refused."
            }
            Self::NoFault => "No call crashes the process.",
            Self::NoExit => "No call ends the process.",
            Self::NoHang => "Every call comes back.",
            Self::NoPanic => "No call panics, and no constructor.",
            Self::Reads => "It reads no signal or attribute that it does not declare.",
            Self::OptionalReads => {
                "It works without what it calls optional, or says in a sentence what is missing."
            }
            Self::NoError => "It has an answer for every consistent situation.",
            Self::RowCount => "It fills the slot of every row, and says so.",
            Self::Finite => "No answer is NaN or infinite.",
            Self::Range => "Every score is within 0 and 1; the row that a picker chooses is there.",
            Self::Hooks => "It accepts what it is told: of routing, completions and KV events.",
            Self::Deterministic => {
                "Equal objects give equal answers to equal calls, whatever other objects are asked meanwhile."
            }
            Self::RowOrder => "An answer does not depend on where the rows stand, unless the policy says so.",
            Self::Permutation => "Its keys put the waiting requests into one order, however the rows stand.",
            Self::DeclaredOrder => "Its order changes only with what it declares.",
            Self::Speed => "A call over 64 rows takes no longer than the limit.",
            Self::Memory => "A million calls do not let the process grow.",
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_programs_and_in_order() {
        for kind in Kind::ALL {
            let cases = Case::of_kind(kind);
            assert!(cases.is_sorted(), "{kind}");
            for case in cases {
                assert_eq!(serde_json::to_value(case).unwrap(), case.name());
            }
        }
    }
}

//! Is B better than A? Two arms on the same seeds, looked at until the answer is clear.
//!
//! - `question`: what is asked;
//! - `answer`: what was found, as plain data;
//! - `weigh`: from runs to the answer;
//! - `ask`: seeds are run, look after look;
//! - `mode`, `one_cluster`: tests of two routings on one cluster, and how far off they are;
//! - `shadow`: one decides, the other is asked too.

mod answer;
mod ask;
mod mode;
mod one_cluster;
mod question;
mod shadow;
mod weigh;

pub use answer::{Answer, Effect, GuardrailRow, GuardrailState, Row, Side, Verdict};
pub(super) use ask::composition;
pub use ask::{AskError, Budget, ask};
pub use mode::Mode;
pub use one_cluster::{MISMATCH, OneCluster, SampleRatio, WholeRow, look_at};
pub use question::{Guardrail, Question};
pub use shadow::{Example, ShadowAnswer, ShadowRow, ask_shadow};
pub use weigh::{Pair, Weighed, weigh};
pub(super) use weigh::{effect, guardrail, row, values, verdict};

//! Is B better than A? Two arms on the same seeds, looked at until the answer is clear.
//!
//! - `question`: what is asked;
//! - `answer`: what was found, as plain data;
//! - `weigh`: from runs to the answer;
//! - `ask`: seeds are run, look after look.

mod answer;
mod ask;
mod question;
mod weigh;

pub use answer::{Answer, Effect, GuardrailRow, GuardrailState, Row, Side, Verdict};
pub use ask::{AskError, Budget, ask};
pub use question::{Guardrail, Question};
pub use weigh::{Pair, Weighed, weigh};

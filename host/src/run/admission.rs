//! From the admission of a configuration to one that decides.

use super::Used;
use crate::config::AdmissionSpec;
use crate::policy::{Admission, TokenBucket};

/// The policy, and its line in the composition that people see.
pub(super) fn build(spec: &AdmissionSpec) -> (Admission, Used) {
    let (admission, note) = match spec {
        AdmissionSpec::AlwaysAdmit => (Admission::AlwaysAdmit, None),
        AdmissionSpec::RejectAll => (Admission::RejectAll, None),
        AdmissionSpec::TokenBucket { rate_per_s, burst, cost } => {
            let note = format!("rate_per_s {rate_per_s}, burst {burst}, cost {}", cost.name());
            (Admission::TokenBucket(TokenBucket::new(*rate_per_s, *burst, *cost)), Some(note))
        }
        AdmissionSpec::SloGated { classes, threshold } => {
            let note = format!("classes {}, threshold {threshold}", classes.join(" "));
            (Admission::SloGated { classes: classes.clone(), threshold: *threshold }, Some(note))
        }
    };
    let name = spec.name().to_owned();
    (admission, Used { role: "admission", name, weight: None, note, library: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Cost;

    #[test]
    fn what_was_configured_is_shown() {
        let note = |spec| build(&spec).1.note;
        assert_eq!(note(AdmissionSpec::AlwaysAdmit), None);
        let bucket = AdmissionSpec::TokenBucket { rate_per_s: 2.5, burst: 10.0, cost: Cost::PromptTokens };
        assert_eq!(note(bucket).unwrap(), "rate_per_s 2.5, burst 10, cost prompt-tokens");
        let gate =
            AdmissionSpec::SloGated { classes: vec!["batch".into(), "background".into()], threshold: 8 };
        assert_eq!(note(gate).unwrap(), "classes batch background, threshold 8");
    }
}

//! What a policy says about itself.

use std::collections::BTreeSet;

use super::super::Case;
use super::super::subject::Subject;
use super::super::verdict::CaseResult;
use crate::registry::PolicyRef;

/// Whether it describes itself in full.
pub(super) fn metadata(subject: &Subject<'_>) -> CaseResult {
    let policy = &subject.policy;
    let mut wrong = Vec::new();
    if policy.summary.trim().is_empty() {
        wrong.push("it has no summary".to_owned());
    }
    if policy.summary.contains(char::is_control) {
        wrong.push("its summary is more than one line".to_owned());
    }
    if let Err(error) = semver::Version::parse(&policy.version) {
        wrong.push(format!("its version `{}` is not MAJOR.MINOR.PATCH ({error})", policy.version));
    }
    for parameter in policy.parameters.iter().filter(|parameter| parameter.doc.trim().is_empty()) {
        wrong.push(format!("its parameter `{}` has no documentation", parameter.name));
    }
    let ids =
        |needs: &'_ [crate::registry::Need]| needs.iter().map(|need| need.id.clone()).collect::<Vec<_>>();
    let names = policy.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let lists = [
        ("parameter", names),
        ("signal", ids(&policy.signals)),
        ("attribute", ids(&policy.attributes)),
        ("hook", ids(&policy.hooks)),
    ];
    for (what, list) in lists {
        if let Some(twice) = repeated(&list) {
            wrong.push(format!("it names the {what} `{twice}` twice"));
        }
    }
    // Whether this host has what it requires.
    let wanted = PolicyRef { params: serde_json::Value::Null, ..subject.wanted.clone() };
    if let Err(error) = subject.catalogue.check(subject.kind, &wanted) {
        wrong.push(error.to_string());
    }
    if wrong.is_empty() {
        CaseResult::passed(Case::Metadata, "")
    } else {
        CaseResult::failed(Case::Metadata, wrong.join("; "))
    }
}

fn repeated(list: &[String]) -> Option<&String> {
    let mut seen = BTreeSet::new();
    list.iter().find(|id| !seen.insert(*id))
}

//! Names of arms, factors and levels: what an expression can refer to.

use super::super::error::{Diagnostic, quoted};
use super::super::reader::Sink;
use super::super::source::Span;

/// Whether a name can stand in an expression: letters, digits, `_`, `.`, and `-` between those.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && text.ends_with(is_part)
        && text.chars().all(|c| is_part(c) || c == '-')
        && !text.contains("..")
}

/// Words that mean something in an expression.
const RESERVED: [&str; 2] = ["in", "within"];

/// Notes what is wrong with a name, if anything is.
pub(super) fn check(what: &str, name: &str, span: &Span, sink: &Sink) -> bool {
    if is_name(name) && !RESERVED.contains(&name) && name.parse::<f64>().is_err() {
        return true;
    }
    let message = format!("{} cannot be the name of {what}", quoted(name));
    let help = "use letters, digits, `_`, `.` and `-` between them; not a number, `in` or `within`";
    sink.error(Diagnostic::at(span, message).help(help.to_owned()));
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_operators_in_them() {
        for good in ["rr", "static-default", "low.kv-heavy", "rate60", "t0.5", "naïve"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "a/b", "a*b", "a..b", "a,b", "a:b", "(a)"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}

//! Whether the types of a library fit those of the host.

use std::fmt::Display;

use abi_stable::{
    abi_stability::abi_checking::{
        AbiInstability, AbiInstabilityErrors, CheckingGlobals, ExpectedFound,
        check_layout_compatibility_with_globals,
    },
    type_layout::{TLFieldOrFunction, TypeLayout},
};

/// How the types of a library differ from the host's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The deepest difference, in one line.
    pub brief: String,
    /// The whole comparison, some hundred lines.
    pub full: String,
}

/// Checks in both directions: a type may have grown at its end on either side, and the accessors
/// of what is missing then say so at run time. Each check gets fresh globals, so that the verdict
/// does not depend on what was loaded before.
///
/// # Errors
///
/// The deepest difference, and all of them.
pub fn check(host: &'static TypeLayout, library: &'static TypeLayout) -> Result<(), Mismatch> {
    let Err(forward) = check_layout_compatibility_with_globals(host, library, &CheckingGlobals::new()) else {
        return Ok(());
    };
    if check_layout_compatibility_with_globals(library, host, &CheckingGlobals::new()).is_ok() {
        return Ok(());
    }
    Err(Mismatch { brief: brief(&forward), full: forward.to_string() })
}

/// The difference with the longest path to it: its causes are not further explained by another.
fn brief(errors: &AbiInstabilityErrors) -> String {
    let Some(deepest) = errors.errors.iter().max_by_key(|error| error.stack_trace.len()) else {
        return "an unknown difference".to_owned();
    };
    let path = deepest.stack_trace.iter().map(|step| match step.expected {
        TLFieldOrFunction::Field(field) => field.name().to_owned(),
        TLFieldOrFunction::Function(function) => function.name.as_str().to_owned(),
    });
    // Wrappers have fields that are called 0, and a function's field is called like the function.
    let mut path = path.filter(|name| name.parse::<u32>().is_err()).collect::<Vec<_>>();
    path.dedup();
    let path = path.join(" / ");
    let what = deepest.errs.first().map_or_else(|| "differs".to_owned(), describe);
    if path.is_empty() { what } else { format!("{path}: {what}") }
}

fn describe(error: &AbiInstability) -> String {
    fn sides<T: Display>(what: &str, sides: &ExpectedFound<T>) -> String {
        format!("{what}: host {}, library {}", sides.expected, sides.found)
    }
    match error {
        AbiInstability::Name(names) => {
            format!("type: host {}, library {}", names.expected.name(), names.found.name())
        }
        AbiInstability::Package(names) => sides("crate", names),
        AbiInstability::PackageVersion(versions) => sides("crate version", versions),
        AbiInstability::Size(sizes) => sides("size in bytes", sizes),
        AbiInstability::Alignment(alignments) => sides("alignment in bytes", alignments),
        AbiInstability::FieldCountMismatch(counts) => sides("number of fields", counts),
        AbiInstability::UnexpectedField(fields) => {
            format!("field: host `{}`, library `{}`", fields.expected.name(), fields.found.name())
        }
        // The rest is rare; the full comparison has it in words.
        _ => "types of another shape".to_owned(),
    }
}

//! Whether a request is let in (`model.md` section 9).

use pointsman_plugin_api::abi::{AdmissionBox, Failure, RErr, ROk};

use super::decision::Decision;
use super::failure::PolicyFailure;
use super::loaded::Loaded;
use super::seat::Seat;
use super::table::SignalTable;

/// Asks the admission policy. Without an answer the request is let in.
pub(super) fn admits(
    seat: &mut Seat<AdmissionBox>,
    decision: &Decision<'_>,
    table: &SignalTable,
) -> Result<bool, PolicyFailure> {
    // Known without asking. What a fallback decides is counted.
    if seat.current.admits_all && !seat.fell_back() {
        return Ok(true);
    }
    let answer = seat.decide(decision.occasion(), |loaded| ask(loaded, decision, table))?;
    Ok(answer.unwrap_or(true))
}

fn ask(
    loaded: &mut Loaded<AdmissionBox>,
    decision: &Decision<'_>,
    table: &SignalTable,
) -> Result<bool, Failure> {
    match decision.call(loaded, table, |object, call| object.admit(call)) {
        RErr(failure) => Err(failure),
        ROk(0) => Ok(false),
        ROk(1) => Ok(true),
        ROk(other) => Err(Failure::error(format!("it answered {other} instead of yes or no"))),
    }
}

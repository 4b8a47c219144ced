//! `model: linear`.

use crate::engine::Linear;

use super::{MapReader, Sink, coefficients, limits};

pub(super) fn read(map: &mut MapReader<'_>, sink: &Sink) -> Option<Linear> {
    let bounds = [limits::CONSTANT_US, limits::PER_TOKEN_US, limits::PER_TOKEN_US, limits::PER_SQUARE_US];
    let beta = coefficients(map, "beta", 3, &bounds, sink)?;
    Some(Linear { beta: beta.get(..3)?.try_into().ok()?, beta3: beta.get(3).copied() })
}

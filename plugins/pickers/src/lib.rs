//! Pickers that draw an instance, by load or by the total scores.
//!
//! All randomness is from the seed that the host gives each object, through a generator whose output
//! is specified: the same run draws the same.

mod draw;
mod power_of_two;
mod random;
mod softmax;
mod weighted_random;

use pointsman_plugin_api::export;

use power_of_two::{PowerOfTwoChoices, PowerOfTwoScores};
use random::Random;
use softmax::Softmax;
use weighted_random::WeightedRandom;

export! { pickers: [PowerOfTwoChoices, PowerOfTwoScores, Softmax, WeightedRandom, Random] }

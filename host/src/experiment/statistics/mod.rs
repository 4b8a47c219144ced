//! The statistics: what can be said from values that differ from seed to seed.
//!
//! Every quantity that is tested is one number per seed: a difference or the logarithm of a ratio
//! between arms that met the same requests. Seeds are independent, so such numbers are a plain sample,
//! and Student's t is all that is needed: there are few seeds, their means are of heavy-tailed
//! percentiles, and the differences between arms are far tamer than the percentiles themselves.
//!
//! | room | what happens there |
//! |---|---|
//! | `sample` | mean, spread, interval of one sample |
//! | `looks` | looking more than once without fooling oneself |
//! | `holm` | several metrics at once |
//! | `pairing` | two arms on the same seeds, and what the pairing saved |

mod holm;
mod looks;
mod pairing;
mod sample;

pub use holm::holm;
pub use looks::Looks;
pub use pairing::{Paired, unpaired_p};
pub use sample::{Sample, p_value};

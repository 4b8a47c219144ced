//! A library of version 1.0.

mod queue;
mod scorers;

use pointsman_plugin_api::export;

export! {
    scorers: [scorers::Pressure, scorers::Reader, scorers::Spread, scorers::Fragile],
    schedulers: [queue::Urgent, queue::Entry],
    priorities: [queue::Age]
}

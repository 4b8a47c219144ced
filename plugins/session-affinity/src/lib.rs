//! Keeps a session where it was served: as a preference (a scorer) or without exception (a filter).

mod filter;
mod scorer;
mod sessions;

use pointsman_plugin_api::export;

use filter::SessionAffinityFilter;
use scorer::SessionAffinity;

export! { scorers: [SessionAffinity], filters: [SessionAffinityFilter] }

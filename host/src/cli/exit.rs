//! Exit codes. Scripts depend on them: they never change their meaning.

/// All that was asked for is done.
pub const DONE: u8 = 0;
/// A run failed, or its results could not be written.
pub const RUN_FAILED: u8 = 1;
/// The command line, the configuration or the input data is wrong, or an output has no place to
/// go: found before the first event, or while a trace is read.
pub const USAGE: u8 = 2;
/// A plugin could not be loaded, or a policy of it failed.
pub const PLUGIN: u8 = 3;
/// All that was asked for is done, but a claim or a gate does not hold (`--strict`).
pub const NOT_HELD: u8 = 4;
/// Ctrl-C, or a request of the system to end.
pub const INTERRUPTED: u8 = 130;

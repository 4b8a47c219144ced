//! The options for a run in a process of its own.

use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;

use super::Messages;

/// Options for isolation.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Isolation")]
pub(super) struct IsolationArgs {
    /// Simulate in a process of its own, where a library that crashes, hangs or exits is found out
    ///
    /// The results are the same, to the byte. The run then fails with the name of the policy that was
    /// being called, and nothing is written.
    #[arg(long)]
    isolate: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

/// What a process that simulates must keep to.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Isolation")]
pub(super) struct LimitArgs {
    /// Longest time for one call of a policy, such as `500ms`, or `none` [default: 10s]
    #[arg(long, value_name = "TIME")]
    policy_timeout: Option<Timeout>,
    /// Most memory for the run, such as `512MiB`, or `none` [default: 4GiB]
    #[arg(long, value_name = "SIZE")]
    memory_limit: Option<MemoryLimit>,
}

/// Far more than a call of a policy takes, even over 65536 instances.
pub(super) const POLICY_TIMEOUT: Duration = Duration::from_secs(10);
/// Enough for ten million requests.
pub(super) const MEMORY_LIMIT: u64 = 4 << 30;
/// With less than this the program itself does not start.
const LEAST_MEMORY: u64 = 64 << 20;
/// A shorter one could not be told from the system's own delays.
const LEAST_TIMEOUT: Duration = Duration::from_millis(10);

impl IsolationArgs {
    pub(super) fn is_wanted(&self) -> bool {
        self.isolate
    }

    /// The limits of the process.
    pub(super) fn limits(&self) -> &LimitArgs {
        &self.limits
    }

    /// Limits for a run that has no process of its own.
    pub(super) fn warn_of_what_has_no_effect(&self, messages: &Messages) {
        let given = [
            ("--policy-timeout", self.limits.policy_timeout.is_some()),
            ("--memory-limit", self.limits.memory_limit.is_some()),
        ];
        for (option, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
            messages.warning(format!("{option} has no effect without --isolate"));
        }
    }
}

impl LimitArgs {
    /// Longest time for one call.
    pub(super) fn policy_timeout(&self) -> Option<Duration> {
        self.policy_timeout.map_or(Some(POLICY_TIMEOUT), |timeout| timeout.0)
    }

    /// Most memory. \[bytes\]
    pub(super) fn memory_limit(&self) -> Option<u64> {
        self.memory_limit.map_or(Some(MEMORY_LIMIT), |limit| limit.0)
    }
}

/// A time, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timeout(pub(super) Option<Duration>);

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        match humantime::parse_duration(text) {
            Ok(time) if time < LEAST_TIMEOUT => Err("at least 10ms, or `none`".to_owned()),
            Ok(time) => Ok(Self(Some(time))),
            Err(_) => Err("a number and a unit, such as 500ms, 10s or 2min; or `none`".to_owned()),
        }
    }
}

/// A size, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MemoryLimit(pub(super) Option<u64>);

impl FromStr for MemoryLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let Ok(ByteSize(bytes)) = text.parse() else {
            return Err("a number and a unit, such as 512MiB, 4GiB or 4GB; or `none`".to_owned());
        };
        if bytes < LEAST_MEMORY {
            return Err("at least 64MiB, or `none`; the units are MiB, GiB, MB, GB".to_owned());
        }
        Ok(Self(Some(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_units_or_there_are_none() {
        let time = |text: &str| text.parse::<Timeout>().map(|timeout| timeout.0);
        assert_eq!(time("500ms"), Ok(Some(Duration::from_millis(500))));
        assert_eq!(time("1min 30s"), Ok(Some(Duration::from_secs(90))));
        assert_eq!(time("none"), Ok(None));
        for text in ["", "10", "0s", "-1s", "1us", "soon"] {
            assert!(time(text).is_err(), "{text}");
        }
        let size = |text: &str| text.parse::<MemoryLimit>().map(|limit| limit.0);
        assert_eq!(size("4GiB"), Ok(Some(4 << 30)));
        assert_eq!(size("1.5 GB"), Ok(Some(1_500_000_000)));
        assert_eq!(size("none"), Ok(None));
        for text in ["", "4", "-1GiB", "much", "1KiB", "4GiBs"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_help_states_the_defaults() {
        use clap::Args as _;
        let command = IsolationArgs::augment_args(clap::Command::new("run"));
        let help = |name: &str| {
            let argument =
                command.get_arguments().find(|argument| argument.get_long() == Some(name)).unwrap();
            argument.get_help().unwrap().to_string()
        };
        let default =
            |text: String| text.rsplit_once("[default: ").unwrap().1.trim_end_matches(']').to_owned();
        assert_eq!(default(help("policy-timeout")).parse(), Ok(Timeout(Some(POLICY_TIMEOUT))));
        assert_eq!(default(help("memory-limit")).parse(), Ok(MemoryLimit(Some(MEMORY_LIMIT))));
    }
}

//! The values of a configuration that are given on the command line: `--set` and the short flags.
//!
//! The short flags come from the table in `config::flags`, so that it is the one place where they
//! are defined.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use serde_json::Value;

use crate::config::flags::{FLAGS, Flag};
use crate::config::{ConfigError, Override, defaults};

/// What was given, in the order in which it was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct ConfigFlags {
    given: Vec<(Option<&'static Flag>, String)>,
}

const SET: &str = "set";

impl ConfigFlags {
    /// As overrides of a configuration; the last one of a value counts.
    pub(super) fn overrides(&self) -> Result<Vec<Override>, ConfigError> {
        let read = |(flag, argument): &(Option<&Flag>, String)| match flag {
            Some(flag) => Override::flag(flag, argument),
            None => Override::set(argument),
        };
        self.given.iter().map(read).collect()
    }

    /// Whether the option of this name was typed.
    #[cfg(unix)]
    pub(super) fn names(&self, name: &str) -> bool {
        self.given.iter().any(|(flag, _)| flag.is_some_and(|flag| flag.name == name))
    }

    /// The first of these options that was typed, if any was.
    pub(super) fn first(&self) -> Option<&'static str> {
        self.given.first().map(|(flag, _)| flag.map_or("--set", |flag| flag.name))
    }
}

fn id(flag: &Flag) -> &'static str {
    flag.name.trim_start_matches('-')
}

/// The part of the help that a flag belongs to.
fn heading(flag: &Flag) -> &'static str {
    match flag.path.split('.').next() {
        Some("policy") => "Policies",
        Some("workload") => "Workload",
        Some("cluster") => "Cluster",
        _ => "Run",
    }
}

/// What a flag's value is where it is given nowhere; a workload has no defaults.
fn default_of(flag: &Flag, defaults: &Value) -> Option<String> {
    if flag.path.starts_with("workload.") {
        return None;
    }
    if flag.path == "cluster.kv.blocks" {
        return Some("the profile's".to_owned());
    }
    let value = flag.path.split('.').fold(defaults, |value, key| &value[key]);
    // Policies are maps: their name says it.
    let value = value.get("picker").unwrap_or(value);
    let value = value.get("name").unwrap_or(value);
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl Args for ConfigFlags {
    fn augment_args(command: Command) -> Command {
        let set = Arg::new(SET)
            .long(SET)
            .value_name("PATH=VALUE")
            .help("Set any value of the configuration, such as `cluster.kv.block_size=32`; repeatable")
            .action(ArgAction::Append)
            .help_heading("Run");
        let defaults = defaults();
        let flags = FLAGS.iter().map(|flag| {
            Arg::new(id(flag))
                .long(id(flag))
                .value_name(flag.value_name)
                .help(match default_of(flag, &defaults) {
                    Some(default) => format!("{} [default: {default}]", flag.help),
                    None => flag.help.to_owned(),
                })
                // `--seed -1` is for the configuration to refuse, with a reason.
                .allow_negative_numbers(true)
                .help_heading(heading(flag))
        });
        command.arg(set).args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ConfigFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let all = FLAGS.iter().map(|flag| (Some(flag), id(flag))).chain([(None, SET)]);
        let mut given = Vec::new();
        for (flag, id) in all {
            let indices = matches.indices_of(id).into_iter().flatten();
            let values = matches.get_many::<String>(id).into_iter().flatten();
            given.extend(indices.zip(values).map(|(index, value)| (index, flag, value.clone())));
        }
        given.sort_by_key(|(index, ..)| *index);
        self.given = given.into_iter().map(|(_, flag, value)| (flag, value)).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(args: &[&str]) -> Vec<String> {
        let command = ConfigFlags::augment_args(Command::new("run").no_binary_name(true));
        let flags = ConfigFlags::from_arg_matches(&command.get_matches_from(args)).unwrap();
        let name = |flag: Option<&Flag>| flag.map_or("--set", |flag| flag.name);
        flags.given.iter().map(|(flag, value)| format!("{} {value}", name(*flag))).collect()
    }

    #[test]
    fn the_help_states_the_defaults_of_the_configuration() {
        let defaults = defaults();
        let default = |name| default_of(FLAGS.iter().find(|flag| flag.name == name).unwrap(), &defaults);
        assert_eq!(default("--seed").as_deref(), Some("42"));
        assert_eq!(default("--scheduler").as_deref(), Some("fcfs"));
        assert_eq!(default("--routing").as_deref(), Some("round-robin"));
        assert_eq!(default("--admission").as_deref(), Some("always-admit"));
        assert_eq!((default("--horizon"), default("--rate")), (None, None));
    }

    #[test]
    fn values_keep_the_order_in_which_they_were_typed() {
        let typed = ["--set", "seed=1", "--seed", "-2", "--kv-blocks", "5", "--set", "a.b=[1, 2]"];
        assert_eq!(given(&typed), ["--set seed=1", "--seed -2", "--kv-blocks 5", "--set a.b=[1, 2]"]);
        assert!(given(&[]).is_empty());
    }
}

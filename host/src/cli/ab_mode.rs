//! `pointsman ab --mode`: tests of two routings on one cluster.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{CliError, Messages};
use crate::experiment::ab::Mode;
use crate::experiment::part::Windows;
use crate::experiment::plan::{Arm, Rival};
use crate::policy::Assignment;
use crate::registry::{Kind, Provenance};

/// How A and B are put to the test.
#[derive(Debug, Clone, Args)]
pub(super) struct ModeArgs {
    /// How A and B meet the requests
    #[arg(long, value_enum, default_value = "paired", help_heading = "Mode")]
    mode: ModeName,
    /// B's share of the sessions in a split [default: 50%]
    #[arg(long, value_name = "PERCENT", help_heading = "Mode")]
    share: Option<String>,
    /// Length of a turn in a switchback, in simulated time [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = "Mode")]
    window: Option<Duration>,
    /// Requests of the first part of a turn count for neither [default: a fifth of the turn]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, help_heading = "Mode")]
    burn_in: Option<Duration>,
}

/// The ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// A cluster each, on the same seeds: nothing of one reaches the other
    Paired,
    /// One cluster; a share of the sessions goes by B. Off where A and B feel each other
    Split,
    /// One cluster; A and B take turns. Off where one's doing outlasts its turn
    Switchback,
    /// One cluster; A decides and B is asked too. Says how often they differ, not what comes of it
    Shadow,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asked {
    /// Which of the two is better.
    Better(Mode),
    /// How often they differ.
    Shadow,
}

const WINDOW: Duration = Duration::from_secs(5);

impl ModeArgs {
    /// What is asked for, checked.
    pub(super) fn asked(&self, messages: &Messages) -> Result<Asked, CliError> {
        let given = [
            ("--share", self.share.is_some(), ModeName::Split),
            ("--window", self.window.is_some(), ModeName::Switchback),
            ("--burn-in", self.burn_in.is_some(), ModeName::Switchback),
        ];
        for (option, is_given, mode) in given {
            if is_given && mode != self.mode {
                let name = mode.to_possible_value().map(|value| value.get_name().to_owned());
                let name = name.unwrap_or_default();
                messages.warning(format!("{option} has no effect without --mode {name}"));
            }
        }
        Ok(match self.mode {
            ModeName::Paired => Asked::Better(Mode::Paired),
            ModeName::Shadow => Asked::Shadow,
            ModeName::Split => Asked::Better(Mode::Split { share: self.share()? }),
            ModeName::Switchback => Asked::Better(Mode::Switchback(self.windows()?)),
        })
    }

    fn share(&self) -> Result<f64, CliError> {
        let text = self.share.as_deref().unwrap_or("50%").trim();
        let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        percent
            .filter(|percent| *percent > 0.0 && *percent < 100.0)
            .map(|percent| percent / 100.0)
            .ok_or_else(|| {
                let help = "write a percentage above 0% and below 100%, such as `10%`";
                CliError::Usage(format!("--share: `{text}` is no share of the sessions: {help}"))
            })
    }

    fn windows(&self) -> Result<Windows, CliError> {
        let ticks = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let window_us = ticks(self.window.unwrap_or(WINDOW));
        if window_us == 0 {
            return Err(CliError::Usage("--window: a turn of no time is none".to_owned()));
        }
        let burn_in_us = self.burn_in.map_or(window_us / 5, ticks);
        if burn_in_us >= window_us {
            let message = "--burn-in: it must be shorter than the turn (--window), or no request would count";
            return Err(CliError::Usage(message.to_owned()));
        }
        Ok(Windows { window_us, burn_in_us })
    }
}

/// The arm on which both are.
pub(super) fn shared(
    a: &Arm,
    b: &Arm,
    assignment: Assignment,
    windows: Option<Windows>,
) -> Result<Arm, CliError> {
    let own = |arm: &Arm| {
        let mut value = arm.resolved.to_value();
        if let Some(policy) = value.get_mut("policy").and_then(|policy| policy.as_object_mut()) {
            policy.remove("routing");
        }
        value
    };
    if let Some(path) = first_difference(&own(a), &own(b), "") {
        let message = format!(
            "on one cluster only routings can be compared: A and B also differ in `{path}`; use --mode paired"
        );
        return Err(CliError::Usage(message));
    }
    let others = |arm: &Arm| -> Vec<Provenance> {
        let is_other = |one: &&Provenance| !matches!(one.kind, Kind::Filter | Kind::Scorer | Kind::Picker);
        arm.origins.policies.iter().filter(is_other).cloned().collect()
    };
    if let Some((of_a, _)) = others(a).iter().zip(&others(b)).find(|(a, b)| a != b) {
        let message = format!(
            "on one cluster only routings can be compared: A and B have the {} `{}` from different libraries; use \
             --mode paired",
            of_a.kind.name(),
            of_a.policy
        );
        return Err(CliError::Usage(message));
    }
    let rival = Rival { arm: b.clone(), assignment, windows };
    Ok(Arm { rival: Some(Box::new(rival)), ..a.clone() })
}

/// The path of the first value that differs.
fn first_difference(a: &serde_json::Value, b: &serde_json::Value, path: &str) -> Option<String> {
    match (a.as_object(), b.as_object()) {
        (Some(of_a), Some(of_b)) => of_a.keys().chain(of_b.keys()).find_map(|key| {
            let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            first_difference(&a[key], &b[key], &here)
        }),
        _ => (a != b).then(|| path.to_owned()),
    }
}

//! Which column of a file is which, and in what unit.

use std::str::FromStr;

use crate::config::nearest;

/// What is read of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// When it was sent.
    Arrival,
    /// Tokens of the prompt.
    PromptTokens,
    /// Tokens of the output.
    OutputTokens,
    /// Time to the first token.
    Ttft,
    /// Time to the last token.
    E2e,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Arrival, Self::PromptTokens, Self::OutputTokens, Self::Ttft, Self::E2e];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::PromptTokens => "prompt_tokens",
            Self::OutputTokens => "output_tokens",
            Self::Ttft => "ttft",
            Self::E2e => "e2e",
        }
    }

    /// Names of its column, unit aside, that are known; the first that a file has counts.
    const fn known(self) -> &'static [&'static str] {
        match self {
            // When a request was really sent, before when it should have been.
            Self::Arrival => &["send", "arrival", "arrival_time"],
            // What the server counted, before what the client asked for.
            Self::PromptTokens => &["input_tokens_server", "prompt_tokens", "input_tokens", "input_toks"],
            Self::OutputTokens => &["output_tokens", "output_toks"],
            Self::Ttft => &["ttft"],
            Self::E2e => &["e2e", "e2e_latency", "latency"],
        }
    }

    /// Whether it is a time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Arrival | Self::Ttft | Self::E2e)
    }
}

/// Endings of a column's name that say its unit, with the microseconds in it.
const UNITS: [(&str, f64); 4] = [("_s", 1e6), ("_ms", 1e3), ("_us", 1.0), ("_ns", 1e-3)];

/// Names given instead of the known ones, and what files do not say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    given: Vec<(Field, String)>,
    /// Microseconds in the unit of times whose column does not say it.
    unit_us: Option<f64>,
    /// The output length of every request, where it was forced: what a client counts may be wrong.
    pub output_tokens: Option<u64>,
}

/// A column that was found: its place and, of a time, the microseconds in its unit.
pub(super) struct Found {
    pub(super) at: usize,
    pub(super) unit_us: f64,
}

impl Columns {
    /// The same with a unit for times whose column does not say it: `s`, `ms`, `us` or `ns`.
    ///
    /// # Errors
    ///
    /// That it is none of these.
    pub fn with_unit(self, unit: &str) -> Result<Self, String> {
        let found = UNITS.iter().find(|(ending, _)| ending[1..] == *unit);
        let &(_, unit_us) = found.ok_or_else(|| format!("`{unit}` is no unit: it is s, ms, us or ns"))?;
        Ok(Self { unit_us: Some(unit_us), ..self })
    }

    /// Where a field is in a file with these columns.
    pub(super) fn find(&self, field: Field, heads: &[&str]) -> Result<Found, String> {
        if let Some((_, name)) = self.given.iter().find(|(given, _)| *given == field) {
            let at = heads.iter().position(|head| head == name);
            let at = at.ok_or_else(|| missing(&format!("column `{name}`"), name, heads))?;
            return Ok(Found { at, unit_us: self.unit_of(field, name)? });
        }
        for known in field.known() {
            for (at, head) in heads.iter().enumerate() {
                let ending = head.strip_prefix(known).unwrap_or("?");
                let has_unit = field.is_time() && UNITS.iter().any(|(unit, _)| *unit == ending);
                if ending.is_empty() || has_unit {
                    return Ok(Found { at, unit_us: self.unit_of(field, head)? });
                }
            }
        }
        let name = field.name();
        let what =
            format!("column for `{name}`, such as `{}{}`", name, if field.is_time() { "_s" } else { "" });
        Err(format!("{}; or name it: --columns {name}=COLUMN", missing(&what, name, heads)))
    }

    fn unit_of(&self, field: Field, head: &str) -> Result<f64, String> {
        if !field.is_time() {
            return Ok(1.0);
        }
        let said = UNITS.iter().find(|(ending, _)| head.ends_with(ending)).map(|(_, us)| *us);
        said.or(self.unit_us).ok_or_else(|| {
            format!("the unit of column `{head}` is not known: name it `{head}_s`, or give --time-unit")
        })
    }
}

fn missing(what: &str, name: &str, heads: &[&str]) -> String {
    let near = nearest(name, heads.iter().copied());
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("there is no {what}{hint} (there are: {})", heads.join(", "))
}

/// `arrival=send_s,ttft=first_s`.
impl FromStr for Columns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut columns = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (name, column) =
                part.split_once('=').ok_or_else(|| format!("`{part}` is not FIELD=COLUMN"))?;
            let names = Field::ALL.map(Field::name);
            let field = Field::ALL.into_iter().find(|field| field.name() == name.trim());
            let field = field.ok_or_else(|| format!("`{}` is none of {}", name.trim(), names.join(", ")))?;
            columns.given.push((field, column.trim().to_owned()));
        }
        Ok(columns)
    }
}

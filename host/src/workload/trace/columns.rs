//! CSV traces: Azure's, and any other by the names of its columns.
//!
//! An arrival column with numbers is used as it is, from the start of the simulation. Azure's time
//! stamps are dates: they count from the first row. No CSV trace says what its prompts share, so every
//! request's content is its own; sessions are labels.

use super::civil;
use super::decimal;
use super::input::Lines;
use super::json::nearest;
use super::own::Counted;
use super::record::{self, Labels, Record, Records};
use super::table::Fields;
use crate::workload::spec::{Columns, TimeUnit};
use crate::workload::{Content, WorkloadError};

/// The columns of Azure's traces (`AzurePublicDataset`, LLM inference 2023 and 2024).
pub(super) const AZURE_COLUMNS: [&str; 3] = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];

/// How the arrival column is written.
#[derive(Debug, Clone, Copy)]
enum Clock {
    /// A decimal number of this unit.
    Decimal(TimeUnit),
    /// A UTC time stamp, and that of the first row once it has been read.
    Date(Option<i128>),
}

/// Reads a CSV trace.
pub(super) struct Table {
    lines: Lines,
    block_size: u64,
    fields: Fields,
    clock: Clock,
    /// Fields that the first line has.
    width: usize,
    arrival: usize,
    input: usize,
    output: usize,
    slo_class: Option<usize>,
    tenant: Option<usize>,
    session: Option<usize>,
    round: Option<usize>,
    max_tokens: Option<usize>,
    labels: Labels,
    own: Counted,
}

impl Table {
    /// An Azure trace.
    pub(super) fn azure(lines: Lines, block_size: u64) -> Result<Self, WorkloadError> {
        let [arrival, input, output] = AZURE_COLUMNS.map(str::to_owned);
        let columns = Columns { arrival, input, output, ..Columns::default() };
        Self::new(lines, block_size, &columns, Clock::Date(None))
    }

    /// Any other CSV.
    pub(super) fn csv(
        lines: Lines,
        block_size: u64,
        columns: &Columns,
        unit: TimeUnit,
    ) -> Result<Self, WorkloadError> {
        Self::new(lines, block_size, columns, Clock::Decimal(unit))
    }

    fn new(
        mut lines: Lines,
        block_size: u64,
        columns: &Columns,
        clock: Clock,
    ) -> Result<Self, WorkloadError> {
        if !lines.advance()? {
            return Err(WorkloadError::file(
                lines.name(),
                "is empty: a CSV trace begins with the names of its columns",
            ));
        }
        let mut fields = Fields::default();
        fields.read(&lines)?;
        let find = |name: &str| find(&lines, &fields, name);
        let optional = |name: &Option<String>| name.as_deref().map(&find).transpose();
        Ok(Self {
            block_size,
            clock,
            width: fields.len(),
            arrival: find(&columns.arrival)?,
            input: find(&columns.input)?,
            output: find(&columns.output)?,
            slo_class: optional(&columns.slo_class)?,
            tenant: optional(&columns.tenant)?,
            session: optional(&columns.session)?,
            round: optional(&columns.round)?,
            max_tokens: optional(&columns.max_tokens)?,
            labels: Labels::default(),
            own: Counted::new(),
            lines,
            fields,
        })
    }

    fn bad(&self, index: usize, problem: &str) -> WorkloadError {
        let text = self.fields.get(index).unwrap_or_default();
        self.lines.error(self.fields.column(index), format!("`{text}` {problem}"))
    }

    fn whole(&self, index: usize) -> Result<u64, WorkloadError> {
        decimal::whole(self.fields.get(index).unwrap_or_default()).map_err(|problem| self.bad(index, problem))
    }

    /// The text of an optional column, unless it is empty.
    fn text(&self, index: Option<usize>) -> Option<&str> {
        index.and_then(|index| self.fields.get(index)).filter(|text| !text.is_empty())
    }

    fn arrival_us(&mut self) -> Result<u64, WorkloadError> {
        let index = self.arrival;
        let text = self.fields.get(index).unwrap_or_default();
        match self.clock {
            Clock::Decimal(unit) => {
                decimal::scaled(text, unit.tick_digits()).map_err(|problem| self.bad(index, problem))
            }
            Clock::Date(first) => {
                let stamp = civil::parse(text).ok_or_else(|| {
                    self.bad(index, "is not a time stamp such as 2023-11-16 18:17:03.9799600")
                })?;
                let first = first.unwrap_or(stamp);
                self.clock = Clock::Date(Some(first));
                civil::ticks_between(first, stamp)
                    .ok_or_else(|| self.bad(index, "is before the first row: sort the trace by time"))
            }
        }
    }
}

impl Records for Table {
    fn next(&mut self) -> Result<Option<Record>, WorkloadError> {
        if !self.lines.advance()? {
            return Ok(None);
        }
        self.fields.read(&self.lines)?;
        if self.fields.len() != self.width {
            let problem = format!(
                "the line has {} fields, but the first line has {}: it is truncated or malformed",
                self.fields.len(),
                self.width
            );
            return Err(self.lines.error(None, problem));
        }
        let arrival_us = self.arrival_us()?;
        let optional = |index: Option<usize>| match self.text(index) {
            Some(_) => index.map(|index| Ok((index, self.whole(index)?))).transpose(),
            None => Ok(None),
        };
        let round = match optional(self.round)? {
            Some((index, round)) => Some(u32::try_from(round).map_err(|_| self.bad(index, "is too large"))?),
            None => None,
        };
        let mut record = Record {
            line: self.lines.number(),
            arrival_us,
            prompt_tokens: self.whole(self.input)?,
            output_tokens: self.whole(self.output)?,
            max_tokens: optional(self.max_tokens)?.map(|(_, cap)| cap),
            session: self.text(self.session).map(Into::into),
            round,
            ..Record::default()
        };
        for (index, label) in [(self.slo_class, &mut record.slo_class), (self.tenant, &mut record.tenant)] {
            *label = index.and_then(|index| self.labels.get(self.fields.get(index).unwrap_or_default()));
        }
        record::check(&self.lines, &record)?;
        Ok(Some(record))
    }

    fn content(&mut self, record: &Record) -> Content {
        let in_prompt = record.prompt_tokens / self.block_size;
        let all = (record.prompt_tokens + record.output_tokens - 1) / self.block_size;
        let own = self.own.run(all);
        let prompt = pointsman_plugin_api::BlockRun { len: in_prompt, ..own };
        let output = pointsman_plugin_api::BlockRun { first: own.first + in_prompt, len: all - in_prompt };
        Content::new([prompt], [output]).with_private_output(true)
    }

    fn lines(&self) -> &Lines {
        &self.lines
    }
}

/// The position of a column by its name.
fn find(lines: &Lines, fields: &Fields, name: &str) -> Result<usize, WorkloadError> {
    let names: Vec<&str> = fields.iter().collect();
    if let Some(index) = names.iter().position(|&column| column == name) {
        if names[index + 1..].contains(&name) {
            return Err(lines.error(fields.column(index), format!("two columns are called `{name}`")));
        }
        return Ok(index);
    }
    let hint = nearest(name, &names).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    let problem = format!(
        "there is no column `{name}`{hint}: the columns are {}; name yours in `workload.columns`",
        names.join(", ")
    );
    Err(lines.error(None, problem))
}

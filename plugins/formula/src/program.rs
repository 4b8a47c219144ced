//! A formula, compiled: a list of steps over columns, one number per instance.
//!
//! Nothing is parsed, looked up by name or allocated in a call, once the columns have their length.

use pointsman_plugin_api::prelude::*;

use crate::names::{Column, Scalar, Text, read_text};
use crate::ops::{Fold, Numbers, Op1, Op2, Op3};

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Source {
    /// Written in the formula.
    Constant(f64),
    /// The same for all instances.
    Scalar(usize),
    /// One per instance, read from outside.
    Input(usize),
    /// One per instance, computed.
    Temporary(usize),
}

/// One computation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    One(Op1, Source),
    Two(Op2, Source, Source),
    Three(Op3, Source, Source, Source),
    Fold(Fold, Source),
}

/// Where a text comes from.
#[derive(Clone)]
pub(crate) enum TextSource {
    /// Written in the formula.
    Literal(String),
    /// An attribute of the request.
    Attribute(Text),
}

/// A comparison of two texts; its truth is a scalar.
#[derive(Clone)]
pub(crate) struct TextTest {
    pub(crate) left: TextSource,
    pub(crate) right: TextSource,
    /// Whether it is true of equal texts; else of different ones.
    pub(crate) equal: bool,
    pub(crate) scalar: usize,
}

/// A compiled formula.
#[derive(Clone)]
pub(crate) struct Program {
    /// Columns that are read; the place is the number of the input.
    pub(crate) inputs: Vec<(&'static str, Column)>,
    /// Scalars that are read, each with its number.
    pub(crate) scalars: Vec<(&'static str, Scalar, usize)>,
    /// Comparisons of texts, before all steps.
    pub(crate) texts: Vec<TextTest>,
    /// What is computed, in order; the result is a scalar or a temporary.
    pub(crate) steps: Vec<(Step, Source)>,
    /// The score.
    pub(crate) result: Source,
    /// Number of scalars, read and computed.
    pub(crate) scalar_count: usize,
    /// Number of temporary columns.
    pub(crate) temporary_count: usize,
}

impl Program {
    /// Whether it reads this signal or attribute.
    pub(crate) fn reads(&self, id: &str) -> bool {
        let is_text = |source: &TextSource| matches!(source, TextSource::Attribute(text) if text.id() == id);
        self.inputs.iter().any(|(_, column)| column.signals().any(|signal| signal == id))
            || self.scalars.iter().any(|(name, _, _)| *name == id)
            || self.texts.iter().any(|test| is_text(&test.left) || is_text(&test.right))
    }
}

/// A program and the memory that it runs in.
pub(crate) struct Machine {
    program: Program,
    scalars: Vec<f64>,
    inputs: Vec<Vec<f64>>,
    temporaries: Vec<Vec<f64>>,
}

impl Machine {
    /// Makes room for a program.
    pub(crate) fn new(program: Program) -> Self {
        Self {
            scalars: vec![0.0; program.scalar_count],
            inputs: vec![Vec::new(); program.inputs.len()],
            temporaries: vec![Vec::new(); program.temporary_count],
            program,
        }
    }

    /// The program.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// Computes the number of each instance; they may not be finite. An error if the host lacks
    /// what the program reads.
    pub(crate) fn run(
        &mut self,
        request: &Request<'_>,
        instances: &Instances<'_>,
        into: &mut [f64],
    ) -> Result<(), String> {
        if into.is_empty() {
            return Ok(());
        }
        for (&(_, column), values) in self.program.inputs.iter().zip(&mut self.inputs) {
            column.read(instances, values)?;
        }
        for &(_, scalar, number) in &self.program.scalars {
            self.scalars[number] = scalar.read(request)?;
        }
        for test in &self.program.texts {
            let same = test.left.read(request)? == test.right.read(request)?;
            self.scalars[test.scalar] = f64::from(u8::from(same == test.equal));
        }
        for at in 0..self.program.steps.len() {
            let (step, target) = self.program.steps[at];
            match target {
                Source::Scalar(number) => {
                    let mut value = [0.0];
                    self.step(step, &mut value);
                    self.scalars[number] = value[0];
                }
                Source::Temporary(number) => {
                    // No step reads the column that it writes.
                    let mut values = std::mem::take(&mut self.temporaries[number]);
                    values.resize(into.len(), 0.0);
                    self.step(step, &mut values);
                    self.temporaries[number] = values;
                }
                Source::Constant(_) | Source::Input(_) => {}
            }
        }
        match self.numbers(self.program.result) {
            Numbers::One(value) => into.fill(value),
            Numbers::Each(values) => into.copy_from_slice(values),
        }
        Ok(())
    }

    fn step(&self, step: Step, into: &mut [f64]) {
        match step {
            Step::One(op, a) => op.apply(self.numbers(a), into),
            Step::Two(op, a, b) => op.apply(self.numbers(a), self.numbers(b), into),
            Step::Three(op, a, b, c) => {
                op.apply(self.numbers(a), self.numbers(b), self.numbers(c), into);
            }
            Step::Fold(fold, a) => into.fill(fold.apply(self.numbers(a))),
        }
    }

    fn numbers(&self, source: Source) -> Numbers<'_> {
        match source {
            Source::Constant(value) => Numbers::One(value),
            Source::Scalar(number) => Numbers::One(self.scalars[number]),
            Source::Input(number) => Numbers::Each(&self.inputs[number]),
            Source::Temporary(number) => Numbers::Each(&self.temporaries[number]),
        }
    }

    /// What the formula read of one instance in the last call, for a message.
    pub(crate) fn read_values(&self, row: usize) -> String {
        let inputs = self.program.inputs.iter().zip(&self.inputs);
        let inputs = inputs.map(|(&(name, _), values)| format!("{name} {}", values[row]));
        let scalars = self.program.scalars.iter();
        let scalars = scalars.map(|&(name, _, number)| format!("{name} {}", self.scalars[number]));
        inputs.chain(scalars).collect::<Vec<_>>().join(", ")
    }
}

impl TextSource {
    fn read<'a>(&'a self, request: &Request<'a>) -> Result<&'a str, String> {
        match self {
            Self::Literal(text) => Ok(text),
            Self::Attribute(text) => read_text(text, request),
        }
    }
}

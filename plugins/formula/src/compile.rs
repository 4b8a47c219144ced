//! From the tree of a formula to a program: names become numbered places, and all that can be wrong
//! with a formula is found here, before the first request.

use rhai::{Expr, FnCallExpr, Position};

use crate::fault::{Fault, did_you_mean};
use crate::functions::{FUNCTIONS, Function, compares, infix, orders, prefix};
use crate::names::{NAMES, NO_VALUE, Name};
use crate::ops::{Numbers, Op2};
use crate::parse::parse;
use crate::program::{Program, Source, Step, TextSource, TextTest};

/// Compiles the text of a formula.
pub(crate) fn compile(text: &str) -> Result<Program, Fault> {
    parse(text, |tree| {
        let mut compiler = Compiler { program: Program::empty(), free: Vec::new() };
        compiler.program.result = compiler.number(tree)?;
        Ok(compiler.program)
    })
}

/// What a part of a formula is.
enum Value {
    Number(Source),
    Text(TextSource),
}

struct Compiler {
    program: Program,
    /// Temporary columns that are not needed any more.
    free: Vec<usize>,
}

impl Program {
    fn empty() -> Self {
        Self {
            inputs: Vec::new(),
            scalars: Vec::new(),
            texts: Vec::new(),
            steps: Vec::new(),
            result: Source::Constant(0.0),
            scalar_count: 0,
            temporary_count: 0,
        }
    }
}

impl Compiler {
    fn number(&mut self, tree: &Expr) -> Result<Source, Fault> {
        match self.value(tree)? {
            Value::Number(source) => Ok(source),
            Value::Text(_) => {
                Err(Fault::at(tree.position(), "a text is no number: compare it with `==` or `!=`"))
            }
        }
    }

    fn value(&mut self, tree: &Expr) -> Result<Value, Fault> {
        let at = tree.position();
        Ok(match tree {
            Expr::StringConstant(text, _) => Value::Text(TextSource::Literal(text.to_string())),
            Expr::Variable(variable, _, _) => self.name(&variable.1, at)?,
            Expr::BoolConstant(truth, _) => Value::Number(Source::Constant(f64::from(u8::from(*truth)))),
            Expr::IntegerConstant(value, _) => Value::Number(Source::Constant(*value as f64)),
            Expr::FloatConstant(value, _) => Value::Number(Source::Constant(**value)),
            Expr::And(parts, _) => Value::Number(self.all(Op2::And, parts)?),
            Expr::Or(parts, _) => Value::Number(self.all(Op2::Or, parts)?),
            Expr::FnCall(call, _) if call.op_token.is_some() => Value::Number(self.operator(call, at)?),
            Expr::FnCall(call, _) => Value::Number(self.call(call, at)?),
            _ => return Err(Fault::at(at, "this is no part of a formula")),
        })
    }

    fn name(&mut self, word: &str, at: Position) -> Result<Value, Fault> {
        let Some(&(id, name)) = NAMES.iter().find(|(id, _)| *id == word) else {
            return Err(Fault::at(at, unknown_name(word)));
        };
        let program = &mut self.program;
        Ok(match name {
            Name::Text(text) => Value::Text(TextSource::Attribute(text)),
            Name::Column(column) => {
                let number = program.inputs.iter().position(|(other, _)| *other == id);
                Value::Number(Source::Input(number.unwrap_or_else(|| {
                    program.inputs.push((id, column));
                    program.inputs.len() - 1
                })))
            }
            Name::Scalar(scalar) => {
                let number = program.scalars.iter().find(|(other, _, _)| *other == id).map(|found| found.2);
                Value::Number(Source::Scalar(number.unwrap_or_else(|| {
                    program.scalars.push((id, scalar, program.scalar_count));
                    program.scalar_count += 1;
                    program.scalar_count - 1
                })))
            }
        })
    }

    fn operator(&mut self, call: &FnCallExpr, at: Position) -> Result<Source, Fault> {
        let sign = call.name.as_str();
        match (&call.args[..], prefix(sign), infix(sign)) {
            ([a], Some(op), _) => {
                let a = self.number(a)?;
                Ok(self.emit(Step::One(op, a)))
            }
            ([a], _, Some(Op2::Add)) => self.number(a),
            ([a, b], _, Some(op)) if compares(op) => self.comparison(op, a, b, at),
            ([a, b], _, Some(op)) => {
                let (a, b) = (self.number(a)?, self.number(b)?);
                Ok(self.emit(Step::Two(op, a, b)))
            }
            _ if sign == "**" => Err(Fault::at(at, "powers are written `pow(x, y)`")),
            _ => Err(Fault::at(at, format!("`{sign}` is no operator of formulas"))),
        }
    }

    fn comparison(&mut self, op: Op2, a: &Expr, b: &Expr, at: Position) -> Result<Source, Fault> {
        // `a < b < c` would compare a truth with `c`.
        if comparison_of(a).is_some_and(|left| orders(op) || !orders(left)) {
            return Err(Fault::at(at, "comparisons cannot be chained: join two with `&&`"));
        }
        match (self.value(a)?, self.value(b)?, op) {
            (Value::Number(a), Value::Number(b), op) => Ok(self.emit(Step::Two(op, a, b))),
            (Value::Text(left), Value::Text(right), Op2::Eq | Op2::Ne) => {
                let scalar = self.program.scalar_count;
                self.program.scalar_count += 1;
                self.program.texts.push(TextTest { left, right, equal: op == Op2::Eq, scalar });
                Ok(Source::Scalar(scalar))
            }
            (Value::Text(_), Value::Text(_), _) => {
                Err(Fault::at(at, "texts have no order: compare them with `==` or `!=`"))
            }
            _ => Err(Fault::at(at, "a number and a text are never equal")),
        }
    }

    fn call(&mut self, call: &FnCallExpr, at: Position) -> Result<Source, Fault> {
        let word = call.name.as_str();
        let known = FUNCTIONS.iter().find(|(name, _)| *name == word).filter(|_| !call.capture_parent_scope);
        let Some(&(_, function)) = known else {
            return Err(Fault::at(at, unknown_function(word)));
        };
        if let Some(words) = function.miscounted(call.args.len()) {
            return Err(Fault::at(at, format!("`{word}` takes {words}, not {}", call.args.len())));
        }
        match (function, &call.args[..]) {
            (Function::Many(op), args) => self.all(op, args),
            (Function::One(op), [a]) => {
                let a = self.number(a)?;
                Ok(self.emit(Step::One(op, a)))
            }
            (Function::Fold(fold), [a]) => {
                let a = self.number(a)?;
                Ok(self.emit(Step::Fold(fold, a)))
            }
            (Function::Two(op), [a, b]) => {
                let (a, b) = (self.number(a)?, self.number(b)?);
                Ok(self.emit(Step::Two(op, a, b)))
            }
            (Function::Three(op), [a, b, c]) => {
                let (a, b, c) = (self.number(a)?, self.number(b)?, self.number(c)?);
                Ok(self.emit(Step::Three(op, a, b, c)))
            }
            // Counted above.
            _ => Err(Fault::at(at, "this is no part of a formula")),
        }
    }

    /// Joins numbers two at a time, from the left.
    fn all(&mut self, op: Op2, parts: &[Expr]) -> Result<Source, Fault> {
        let mut joined = None;
        for part in parts {
            let next = self.number(part)?;
            joined = Some(match joined {
                None => next,
                Some(joined) => self.emit(Step::Two(op, joined, next)),
            });
        }
        Ok(joined.unwrap_or(Source::Constant(0.0)))
    }

    /// Adds a step, or computes it at once where all is constant. Its temporary arguments are read
    /// by no other step.
    fn emit(&mut self, step: Step) -> Source {
        if let Some(value) = step.constant() {
            return Source::Constant(value);
        }
        let sources = step.sources();
        let is_column = |source: &Source| matches!(source, Source::Input(_) | Source::Temporary(_));
        let target = if sources.iter().flatten().any(is_column) && !matches!(step, Step::Fold(..)) {
            // Taken before those that it reads are given back: no step reads what it writes.
            Source::Temporary(self.free.pop().unwrap_or_else(|| {
                self.program.temporary_count += 1;
                self.program.temporary_count - 1
            }))
        } else {
            self.program.scalar_count += 1;
            Source::Scalar(self.program.scalar_count - 1)
        };
        for source in sources.into_iter().flatten() {
            if let Source::Temporary(number) = source {
                self.free.push(number);
            }
        }
        self.program.steps.push((step, target));
        target
    }
}

impl Step {
    fn sources(self) -> [Option<Source>; 3] {
        match self {
            Self::One(_, a) | Self::Fold(_, a) => [Some(a), None, None],
            Self::Two(_, a, b) => [Some(a), Some(b), None],
            Self::Three(_, a, b, c) => [Some(a), Some(b), Some(c)],
        }
    }

    /// Its value, if it reads constants alone.
    fn constant(self) -> Option<f64> {
        let constant = |source| match source {
            Source::Constant(value) => Some(Numbers::One(value)),
            _ => None,
        };
        let mut value = [0.0];
        match self {
            Self::One(op, a) => op.apply(constant(a)?, &mut value),
            Self::Two(op, a, b) => op.apply(constant(a)?, constant(b)?, &mut value),
            Self::Three(op, a, b, c) => op.apply(constant(a)?, constant(b)?, constant(c)?, &mut value),
            Self::Fold(fold, a) => value[0] = fold.apply(constant(a)?),
        }
        Some(value[0])
    }
}

fn comparison_of(tree: &Expr) -> Option<Op2> {
    match tree {
        Expr::FnCall(call, _) if call.op_token.is_some() => infix(&call.name).filter(|&op| compares(op)),
        _ => None,
    }
}

fn unknown_name(word: &str) -> String {
    if FUNCTIONS.iter().any(|(name, _)| *name == word) {
        return format!("`{word}` is a function: its arguments follow in parentheses");
    }
    if word == NO_VALUE {
        return format!("`{word}` is neither a number nor a text: a formula cannot read it");
    }
    let names = NAMES.iter().map(|(name, _)| *name);
    format!("unknown name `{word}`; {}", did_you_mean(word, names))
}

fn unknown_function(word: &str) -> String {
    if NAMES.iter().any(|(name, _)| *name == word) {
        return format!("`{word}` is no function");
    }
    format!("unknown function `{word}`; {}", did_you_mean(word, FUNCTIONS.iter().map(|(name, _)| *name)))
}

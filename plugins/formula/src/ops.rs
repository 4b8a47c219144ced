//! The operators and functions of a formula, on columns of numbers.

/// What a step computes from one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op1 {
    Neg,
    Not,
    Abs,
    Ceil,
    Exp,
    Floor,
    Ln,
    Sqrt,
}

/// What a step computes from two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op2 {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Min,
    Max,
    Pow,
}

/// What a step computes from three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op3 {
    If,
    Clamp,
}

/// What a step computes from the numbers of all instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Lowest,
    Highest,
}

/// One number for all instances, or one for each.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Numbers<'a> {
    One(f64),
    Each(&'a [f64]),
}

impl Numbers<'_> {
    #[inline]
    fn at(self, row: usize) -> f64 {
        match self {
            Self::One(value) => value,
            Self::Each(values) => values[row],
        }
    }
}

impl Op1 {
    /// Computes each number of `into`.
    pub(crate) fn apply(self, a: Numbers<'_>, into: &mut [f64]) {
        match self {
            Self::Neg => map1(a, into, |a| -a),
            Self::Not => map1(a, into, |a| truth(a == 0.0)),
            Self::Abs => map1(a, into, f64::abs),
            Self::Ceil => map1(a, into, f64::ceil),
            Self::Exp => map1(a, into, f64::exp),
            Self::Floor => map1(a, into, f64::floor),
            Self::Ln => map1(a, into, f64::ln),
            Self::Sqrt => map1(a, into, f64::sqrt),
        }
    }
}

impl Op2 {
    /// Computes each number of `into`.
    pub(crate) fn apply(self, a: Numbers<'_>, b: Numbers<'_>, into: &mut [f64]) {
        match self {
            Self::Add => map2(a, b, into, |a, b| a + b),
            Self::Sub => map2(a, b, into, |a, b| a - b),
            Self::Mul => map2(a, b, into, |a, b| a * b),
            Self::Div => map2(a, b, into, |a, b| a / b),
            Self::Rem => map2(a, b, into, |a, b| a % b),
            Self::Eq => map2(a, b, into, |a, b| truth(a == b)),
            Self::Ne => map2(a, b, into, |a, b| truth(a != b)),
            Self::Lt => map2(a, b, into, |a, b| truth(a < b)),
            Self::Le => map2(a, b, into, |a, b| truth(a <= b)),
            Self::Gt => map2(a, b, into, |a, b| truth(a > b)),
            Self::Ge => map2(a, b, into, |a, b| truth(a >= b)),
            Self::And => map2(a, b, into, |a, b| truth(a != 0.0 && b != 0.0)),
            Self::Or => map2(a, b, into, |a, b| truth(a != 0.0 || b != 0.0)),
            // `f64::min` and `max` would hide what is not a number.
            Self::Min => map2(a, b, into, |a, b| if b < a || b.is_nan() { b } else { a }),
            Self::Max => map2(a, b, into, |a, b| if b > a || b.is_nan() { b } else { a }),
            Self::Pow => map2(a, b, into, f64::powf),
        }
    }
}

impl Op3 {
    /// Computes each number of `into`.
    pub(crate) fn apply(self, a: Numbers<'_>, b: Numbers<'_>, c: Numbers<'_>, into: &mut [f64]) {
        for (row, value) in into.iter_mut().enumerate() {
            let (a, b, c) = (a.at(row), b.at(row), c.at(row));
            *value = match self {
                Self::If => if_else(a, b, c),
                Self::Clamp => clamp(a, b, c),
            };
        }
    }
}

impl Fold {
    /// The lowest or highest number; there must be one. What is not a number wins.
    pub(crate) fn apply(self, a: Numbers<'_>) -> f64 {
        let values = match a {
            Numbers::One(value) => return value,
            Numbers::Each(values) => values.iter().copied(),
        };
        match self {
            Self::Lowest => values.fold(f64::INFINITY, |a, b| if b < a || b.is_nan() { b } else { a }),
            Self::Highest => values.fold(f64::NEG_INFINITY, |a, b| if b > a || b.is_nan() { b } else { a }),
        }
    }
}

fn truth(truth: bool) -> f64 {
    f64::from(u8::from(truth))
}

#[inline]
fn if_else(condition: f64, yes: f64, no: f64) -> f64 {
    if condition != 0.0 { yes } else { no }
}

/// As `f64::clamp`, which panics on limits in the wrong order; here the lower one goes first.
#[inline]
fn clamp(value: f64, low: f64, high: f64) -> f64 {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

#[inline]
fn map1(a: Numbers<'_>, into: &mut [f64], f: impl Fn(f64) -> f64) {
    match a {
        Numbers::One(a) => into.fill(f(a)),
        Numbers::Each(a) => into.iter_mut().zip(a).for_each(|(value, &a)| *value = f(a)),
    }
}

#[inline]
fn map2(a: Numbers<'_>, b: Numbers<'_>, into: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Numbers::One(a), Numbers::One(b)) => into.fill(f(a, b)),
        (Numbers::One(a), Numbers::Each(b)) => {
            into.iter_mut().zip(b).for_each(|(value, &b)| *value = f(a, b));
        }
        (Numbers::Each(a), Numbers::One(b)) => {
            into.iter_mut().zip(a).for_each(|(value, &a)| *value = f(a, b));
        }
        (Numbers::Each(a), Numbers::Each(b)) => {
            into.iter_mut().zip(a).zip(b).for_each(|((value, &a), &b)| *value = f(a, b));
        }
    }
}

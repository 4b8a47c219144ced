//! What a formula can call.

use crate::ops::{Fold, Op1, Op2, Op3};

/// What a function does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    One(Op1),
    Two(Op2),
    /// Two numbers or more, two at a time from the left.
    Many(Op2),
    Three(Op3),
    Fold(Fold),
}

/// All functions by name.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("abs", Function::One(Op1::Abs)),
    ("ceil", Function::One(Op1::Ceil)),
    ("clamp", Function::Three(Op3::Clamp)),
    ("exp", Function::One(Op1::Exp)),
    ("floor", Function::One(Op1::Floor)),
    ("highest", Function::Fold(Fold::Highest)),
    ("if", Function::Three(Op3::If)),
    ("ln", Function::One(Op1::Ln)),
    ("lowest", Function::Fold(Fold::Lowest)),
    ("max", Function::Many(Op2::Max)),
    ("min", Function::Many(Op2::Min)),
    ("pow", Function::Two(Op2::Pow)),
    ("sqrt", Function::One(Op1::Sqrt)),
];

/// The operator of one number with this sign.
pub(crate) fn prefix(sign: &str) -> Option<Op1> {
    match sign {
        "-" => Some(Op1::Neg),
        "!" => Some(Op1::Not),
        _ => None,
    }
}

/// The operator between two numbers with this sign.
pub(crate) fn infix(sign: &str) -> Option<Op2> {
    Some(match sign {
        "+" => Op2::Add,
        "-" => Op2::Sub,
        "*" => Op2::Mul,
        "/" => Op2::Div,
        "%" => Op2::Rem,
        "==" => Op2::Eq,
        "!=" => Op2::Ne,
        "<" => Op2::Lt,
        "<=" => Op2::Le,
        ">" => Op2::Gt,
        ">=" => Op2::Ge,
        _ => return None,
    })
}

/// Whether it compares.
pub(crate) fn compares(op: Op2) -> bool {
    matches!(op, Op2::Eq | Op2::Ne) || orders(op)
}

/// Whether it asks which is greater.
pub(crate) fn orders(op: Op2) -> bool {
    matches!(op, Op2::Lt | Op2::Le | Op2::Gt | Op2::Ge)
}

impl Function {
    /// How many arguments it takes, in words, if not `count`.
    pub(crate) fn miscounted(self, count: usize) -> Option<&'static str> {
        let (fits, words) = match self {
            Self::One(_) | Self::Fold(_) => (count == 1, "1 argument"),
            Self::Two(_) => (count == 2, "2 arguments"),
            Self::Many(_) => (count >= 2, "2 arguments or more"),
            Self::Three(_) => (count == 3, "3 arguments"),
        };
        (!fits).then_some(words)
    }
}

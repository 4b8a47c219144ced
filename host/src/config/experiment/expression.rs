//! What is expected, as a tree.

use super::metric::MetricRef;

/// A metric of an arm: one number per seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The metric.
    pub metric: MetricRef,
    /// The name of the arm.
    pub arm: String,
}

/// A sum or a product of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A quantity that each seed gives a value of.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A metric of an arm.
    Atom(Atom),
    /// A constant.
    Number(f64),
    /// Two put together.
    Binary(Op, Box<Expr>, Box<Expr>),
}

impl Expr {
    /// Two put together.
    #[must_use]
    pub fn binary(op: Op, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    /// All metrics of arms in it, from left to right.
    #[must_use]
    pub fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::Atom(atom) => vec![atom],
            Self::Number(_) => Vec::new(),
            Self::Binary(_, left, right) => {
                let mut atoms = left.atoms();
                atoms.extend(right.atoms());
                atoms
            }
        }
    }

    /// Its value, where there are no arms in it.
    #[must_use]
    pub fn constant(&self) -> Option<f64> {
        self.value(&|_| None)
    }

    /// Its value, given those of its atoms; `None` where one has none.
    #[must_use]
    pub fn value(&self, of: &dyn Fn(&Atom) -> Option<f64>) -> Option<f64> {
        Some(match self {
            Self::Atom(atom) => of(atom)?,
            Self::Number(number) => *number,
            Self::Binary(op, left, right) => {
                let (left, right) = (left.value(of)?, right.value(of)?);
                match op {
                    Op::Add => left + right,
                    Op::Subtract => left - right,
                    Op::Multiply => left * right,
                    Op::Divide => left / right,
                }
            }
        })
    }

    /// Whether it is a product or quotient of at least two metrics, and nothing else: it is then
    /// estimated by the mean of its logarithm.
    #[must_use]
    pub fn is_ratio(&self) -> bool {
        self.is_product() && self.atoms().len() > 1
    }

    /// Whether it is made of products and quotients alone.
    #[must_use]
    pub fn is_product(&self) -> bool {
        match self {
            Self::Atom(_) => true,
            Self::Number(number) => *number > 0.0,
            Self::Binary(Op::Multiply | Op::Divide, left, right) => left.is_product() && right.is_product(),
            Self::Binary(..) => false,
        }
    }
}

/// What is expected of arms.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// A quantity lies between two bounds, either of which may be missing.
    Within {
        /// The quantity.
        quantity: Expr,
        /// Not below this.
        from: Option<f64>,
        /// Not above this.
        to: Option<f64>,
        /// The bounds themselves are not in the range: `<`, not `<=`.
        is_open: bool,
    },
    /// Every run of these arms is the same, to the byte.
    Identical(Vec<String>),
}

/// An expectation as it was written, and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As written.
    pub text: String,
    /// What it means.
    pub relation: Relation,
}

impl Expectation {
    /// The names of the arms in it, each once, in order.
    #[must_use]
    pub fn arms(&self) -> Vec<String> {
        let mut arms: Vec<String> = Vec::new();
        let all = match &self.relation {
            Relation::Within { quantity, .. } => {
                quantity.atoms().into_iter().map(|atom| atom.arm.clone()).collect()
            }
            Relation::Identical(arms) => arms.clone(),
        };
        for arm in all {
            if !arms.contains(&arm) {
                arms.push(arm);
            }
        }
        arms
    }

    /// The metrics in it, each once, in order.
    #[must_use]
    pub fn metrics(&self) -> Vec<MetricRef> {
        let mut metrics: Vec<MetricRef> = Vec::new();
        if let Relation::Within { quantity, .. } = &self.relation {
            for atom in quantity.atoms() {
                if !metrics.contains(&atom.metric) {
                    metrics.push(atom.metric.clone());
                }
            }
        }
        metrics
    }
}

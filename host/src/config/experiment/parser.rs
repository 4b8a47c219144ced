//! From `ttft_p99{class=critical}: a / b <= 0.8` to an expectation.
//!
//! ```text
//! expectation = [metric ":"] ( "identical" "(" arm "," arm ... ")" | sum relation )
//! relation    = ("<" | "<=" | ">" | ">=") sum | "in" number ".." number | "~" sum "within" number
//! sum         = product (("+" | "-") product)*
//! product     = factor (("*" | "/") factor)*
//! factor      = number | arm | metric "@" arm | "(" sum ")"
//! ```

use super::super::error::quoted;
use super::super::suggest::did_you_mean;
use super::expression::{Atom, Expectation, Expr, Op, Relation};
use super::lexer::{Lexer, Token};
use super::metric::{self, MetricRef, Problem};

/// Parentheses inside each other: this bounds the stack.
const MAX_DEPTH: usize = 32;

/// Reads an expectation over these arms.
pub(super) fn parse(text: &str, arms: &[&str]) -> Result<Expectation, Problem> {
    let mut parser = Parser { lexer: Lexer::new(text), arms, metric: None, depth: 0 };
    let relation = parser.expectation()?;
    Ok(Expectation { text: text.split_whitespace().collect::<Vec<_>>().join(" "), relation })
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    arms: &'a [&'a str],
    /// Of every arm that names none itself.
    metric: Option<MetricRef>,
    depth: usize,
}

impl Parser<'_> {
    fn expectation(&mut self) -> Result<Relation, Problem> {
        self.metric = self.leading_metric()?;
        if self.is_identical()? {
            return self.identical();
        }
        let left = self.sum()?;
        let (sign, at) = self.lexer.next()?;
        let relation = match sign {
            Token::Less | Token::AtMost => {
                let (quantity, bound) = one_sided(left, self.sum()?);
                Relation::Within { quantity, from: None, to: Some(bound), is_open: sign == Token::Less }
            }
            Token::Greater | Token::AtLeast => {
                let (quantity, bound) = one_sided(left, self.sum()?);
                Relation::Within { quantity, from: Some(bound), to: None, is_open: sign == Token::Greater }
            }
            Token::Name("in") => {
                let from = self.number()?;
                self.lexer.expect(Token::To)?;
                let to = self.number()?;
                Relation::Within { quantity: left, from: Some(from), to: Some(to), is_open: false }
            }
            Token::About => {
                let right = self.sum()?;
                let (word, at) = self.lexer.next()?;
                if word != Token::Name("within") {
                    let help = "say how far apart they may be: `a ~ b within 1%`".to_owned();
                    return Err((at, format!("`within` is expected, found {word}"), Some(help)));
                }
                about(left, right, self.margin()?)
            }
            _ => {
                let message = format!("`<=`, `>=`, `in` or `~` is expected, found {sign}");
                return Err((at, message, Some("an expectation compares: `a / b <= 0.8`".to_owned())));
            }
        };
        self.lexer.end()?;
        if let Relation::Within { quantity, from, to, .. } = &relation {
            let all = 0..self.lexer.len();
            if quantity.atoms().is_empty() {
                return Err((all.clone(), "there is no arm in this expectation".to_owned(), None));
            }
            if let (Some(from), Some(to)) = (from, to)
                && from > to
            {
                return Err((all.clone(), format!("nothing lies between {from} and {to}"), None));
            }
            let bounds = [from, to];
            let mut below = bounds.into_iter().flatten().filter(|bound| **bound <= 0.0);
            if let Some(bound) = below.next().filter(|_| quantity.is_ratio()) {
                return Err((all, format!("a ratio is always above {bound}"), None));
            }
        }
        Ok(relation)
    }

    /// The metric before the colon, if there is one.
    fn leading_metric(&mut self) -> Result<Option<MetricRef>, Problem> {
        // Look ahead for the colon outside of braces: only then does a name at the start mean a metric.
        let mut ahead = self.lexer.clone();
        loop {
            match ahead.next()?.0 {
                Token::Colon => break,
                Token::End => return Ok(None),
                _ => {}
            }
        }
        let metric = metric::parse(&mut self.lexer)?;
        self.lexer.expect(Token::Colon)?;
        Ok(Some(metric))
    }

    fn is_identical(&self) -> Result<bool, Problem> {
        let mut ahead = self.lexer.clone();
        Ok(ahead.next()?.0 == Token::Name("identical") && ahead.next()?.0 == Token::Open)
    }

    fn identical(&mut self) -> Result<Relation, Problem> {
        let (_, at) = self.lexer.next()?;
        if self.metric.is_some() {
            return Err((at, "`identical` is about whole runs: it has no metric".to_owned(), None));
        }
        self.lexer.expect(Token::Open)?;
        let mut arms = Vec::new();
        loop {
            let (name, range) = self.lexer.name("an arm")?;
            let arm = self.arm(name, &range)?;
            if arms.contains(&arm) {
                return Err((range, format!("{} is there twice", quoted(name)), None));
            }
            arms.push(arm);
            match self.lexer.next()? {
                (Token::Comma, _) => {}
                (Token::Close, _) if arms.len() > 1 => break,
                (token, range) => {
                    return Err((range, format!("another arm is expected, found {token}"), None));
                }
            }
        }
        self.lexer.end()?;
        Ok(Relation::Identical(arms))
    }

    fn sum(&mut self) -> Result<Expr, Problem> {
        let mut left = self.product()?;
        loop {
            let op = match self.lexer.peek()? {
                Token::Plus => Op::Add,
                Token::Minus => Op::Subtract,
                _ => return Ok(left),
            };
            self.lexer.next()?;
            left = Expr::binary(op, left, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Expr, Problem> {
        let mut left = self.factor()?;
        loop {
            let op = match self.lexer.peek()? {
                Token::Times => Op::Multiply,
                Token::Over => Op::Divide,
                _ => return Ok(left),
            };
            self.lexer.next()?;
            left = Expr::binary(op, left, self.factor()?);
        }
    }

    fn factor(&mut self) -> Result<Expr, Problem> {
        let before = self.lexer.clone();
        match self.lexer.next()? {
            (Token::Number(number, _), _) => Ok(Expr::Number(number)),
            (Token::Open, range) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err((range, "there are too many parentheses inside each other".to_owned(), None));
                }
                let inner = self.sum()?;
                self.lexer.expect(Token::Close)?;
                self.depth -= 1;
                Ok(inner)
            }
            (Token::Name(name), range) => {
                if matches!(self.lexer.peek()?, Token::At | Token::OpenBrace) {
                    self.lexer = before;
                    let metric = metric::parse(&mut self.lexer)?;
                    self.lexer.expect(Token::At)?;
                    let (name, range) = self.lexer.name("an arm")?;
                    return Ok(Expr::Atom(Atom { metric, arm: self.arm(name, &range)? }));
                }
                let arm = self.arm(name, &range)?;
                let Some(metric) = self.metric.clone() else {
                    let message = format!("this says no metric of {}", quoted(name));
                    let help = format!("begin with one, `ttft_p99: ...`, or write `ttft_p99@{name}`");
                    return Err((range, message, Some(help)));
                };
                Ok(Expr::Atom(Atom { metric, arm }))
            }
            (token, range) => Err((range, format!("an arm or a number is expected, found {token}"), None)),
        }
    }

    fn arm(&self, name: &str, range: &std::ops::Range<usize>) -> Result<String, Problem> {
        if self.arms.contains(&name) {
            return Ok(name.to_owned());
        }
        let help = did_you_mean(name, self.arms.iter().copied());
        Err((range.clone(), format!("there is no arm {}", quoted(name)), help))
    }

    fn number(&mut self) -> Result<f64, Problem> {
        let is_negative = self.lexer.peek()? == Token::Minus;
        if is_negative {
            self.lexer.next()?;
        }
        match self.lexer.next()? {
            (Token::Number(number, _), _) => Ok(if is_negative { -number } else { number }),
            (token, range) => Err((range, format!("a number is expected, found {token}"), None)),
        }
    }

    fn margin(&mut self) -> Result<Margin, Problem> {
        match self.lexer.next()? {
            (Token::Number(share, true), range) if share >= 1.0 || share <= 0.0 => {
                Err((range, "a margin is above 0% and below 100%".to_owned(), None))
            }
            (Token::Number(share, true), _) => Ok(Margin::Share(share)),
            (Token::Number(size, false), range) if size <= 0.0 => {
                Err((range, "a margin is above 0".to_owned(), None))
            }
            (Token::Number(size, false), _) => Ok(Margin::Size(size)),
            (token, range) => Err((range, format!("a margin such as `1%` is expected, found {token}"), None)),
        }
    }
}

/// How far apart two quantities may be.
enum Margin {
    /// As a share of one.
    Share(f64),
    /// In their own unit.
    Size(f64),
}

/// A quantity with its bound; the other side may be a quantity, too.
fn one_sided(left: Expr, right: Expr) -> (Expr, f64) {
    match right.constant() {
        Some(bound) => (left, bound),
        None if left.is_product() && right.is_product() => (Expr::binary(Op::Divide, left, right), 1.0),
        None => (Expr::binary(Op::Subtract, left, right), 0.0),
    }
}

/// Two quantities that are about the same.
fn about(left: Expr, right: Expr, margin: Margin) -> Relation {
    match margin {
        Margin::Share(share) => Relation::Within {
            quantity: Expr::binary(Op::Divide, left, right),
            from: Some(1.0 - share),
            to: Some(1.0 + share),
            is_open: false,
        },
        Margin::Size(size) => Relation::Within {
            quantity: Expr::binary(Op::Subtract, left, right),
            from: Some(-size),
            to: Some(size),
            is_open: false,
        },
    }
}

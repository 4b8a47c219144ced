//! From the text of a formula to a tree. The grammar is that of Rhai's expressions.

use rhai::{AST, Engine, Expr, LexError, ParseErrorType, Position, Stmt, Token};

use crate::fault::Fault;

/// Longer formulas are refused: nobody reads them, and the tree must not outgrow the stack.
const MAX_CHARS: usize = 10_000;
/// How deep parentheses and calls may nest, and how many operators may follow each other.
const MAX_DEPTH: usize = 100;

/// Parses a formula and hands its tree to `then`.
pub(crate) fn parse<T>(text: &str, then: impl FnOnce(&Expr) -> Result<T, Fault>) -> Result<T, Fault> {
    let length = text.chars().count();
    if length > MAX_CHARS {
        let message = format!("it is {length} characters long; at most {MAX_CHARS} are allowed");
        return Err(Fault::at(Position::NONE, message));
    }
    let tree = compile(text)?;
    match tree.statements() {
        [Stmt::Expr(expression)] => then(expression),
        _ => Err(Fault::at(Position::NONE, "expected one expression")),
    }
}

fn compile(text: &str) -> Result<AST, Fault> {
    let mut engine = Engine::new_raw();
    engine.set_max_expr_depths(MAX_DEPTH);
    #[expect(deprecated, reason = "it is not: so Rhai marks what may change, and its version is pinned")]
    engine.on_parse_token(|token, _, _| match token {
        // In a formula, `if` is a function of three numbers.
        Token::If => Token::Identifier(Box::new("if".into())),
        // And single quotes are as good as double ones, which YAML often needs itself.
        Token::CharConstant(c) => Token::StringConstant(Box::new(String::from(c).into())),
        Token::LexError(error) => match *error {
            LexError::MalformedChar(text) if !text.is_empty() => Token::StringConstant(Box::new(text.into())),
            other => Token::LexError(Box::new(other)),
        },
        other => other,
    });
    engine.compile_expression(text).map_err(|error| {
        let message = match error.err_type() {
            ParseErrorType::UnexpectedEOF => "the formula ends too early".to_owned(),
            ParseErrorType::ExprTooDeep => {
                format!("more than {MAX_DEPTH} levels of parentheses, calls or operators")
            }
            ParseErrorType::BadInput(LexError::MalformedChar(_)) => {
                "an empty text is written `\"\"`".to_owned()
            }
            other => uncapitalised(&other.to_string()),
        };
        Fault::at(error.position(), message)
    })
}

fn uncapitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

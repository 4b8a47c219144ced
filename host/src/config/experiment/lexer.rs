//! The words of an expression.

use std::fmt;
use std::ops::Range;

use super::metric::Problem;

/// A word of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    /// A number; `true`: in percent, and already divided by 100.
    Number(f64, bool),
    Plus,
    Minus,
    Times,
    Over,
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    Comma,
    Colon,
    At,
    Equals,
    Less,
    AtMost,
    Greater,
    AtLeast,
    /// `~`: about the same.
    About,
    /// `..`: up to.
    To,
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Name(name) => return write!(f, "`{name}`"),
            Self::Number(number, true) => return write!(f, "`{}%`", number * 100.0),
            Self::Number(number, false) => return write!(f, "`{number}`"),
            Self::End => return f.write_str("the end"),
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Open => "(",
            Self::Close => ")",
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::Comma => ",",
            Self::Colon => ":",
            Self::At => "@",
            Self::Equals => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::About => "~",
            Self::To => "..",
        };
        write!(f, "`{text}`")
    }
}

/// Two characters come before their first alone.
const SIGNS: [(&str, Token<'static>); 19] = [
    ("<=", Token::AtMost),
    (">=", Token::AtLeast),
    ("..", Token::To),
    ("<", Token::Less),
    (">", Token::Greater),
    ("+", Token::Plus),
    ("-", Token::Minus),
    ("*", Token::Times),
    ("×", Token::Times),
    ("/", Token::Over),
    ("(", Token::Open),
    (")", Token::Close),
    ("{", Token::OpenBrace),
    ("}", Token::CloseBrace),
    (",", Token::Comma),
    (":", Token::Colon),
    ("@", Token::At),
    ("=", Token::Equals),
    ("~", Token::About),
];

/// Reads words one by one.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes of the whole text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The next word and where it stands.
    pub(super) fn next(&mut self) -> Result<(Token<'a>, Range<usize>), Problem> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let rest = &self.text[self.at..];
        let start = self.at;
        let Some(first) = rest.chars().next() else { return Ok((Token::End, start..start)) };
        if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            return self.number_or_name();
        }
        if first.is_alphabetic() || first == '_' {
            let name = &rest[..name_len(rest)];
            self.at += name.len();
            return Ok((Token::Name(name), start..self.at));
        }
        match SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            Some((sign, token)) => {
                self.at += sign.len();
                Ok((*token, start..self.at))
            }
            None => {
                let message = format!("`{}` means nothing here", first.escape_debug());
                Err((start..start + first.len_utf8(), message, None))
            }
        }
    }

    /// A word that begins with a digit: a number, unless letters follow.
    fn number_or_name(&mut self) -> Result<(Token<'a>, Range<usize>), Problem> {
        let start = self.at;
        let rest = &self.text[start..];
        let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut len = digits(rest);
        // `0.8`, but not `1..2`.
        if rest[len..].starts_with('.') && rest[len + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            len += 1 + digits(&rest[len + 1..]);
        }
        let name = name_len(rest);
        if name > len && rest[len..].starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '-') {
            self.at += name;
            return Ok((Token::Name(&rest[..name]), start..self.at));
        }
        let Ok(number) = rest[..len].parse::<f64>() else {
            return Err((start..start + len, "this is no number".to_owned(), None));
        };
        let is_percent = rest[len..].starts_with('%');
        self.at += len + usize::from(is_percent);
        let number = if is_percent { number / 100.0 } else { number };
        Ok((Token::Number(number, is_percent), start..self.at))
    }

    /// The next word, which stays.
    pub(super) fn peek(&self) -> Result<Token<'a>, Problem> {
        self.clone().next().map(|(token, _)| token)
    }

    /// A name.
    pub(super) fn name(&mut self, what: &str) -> Result<(&'a str, Range<usize>), Problem> {
        match self.next()? {
            (Token::Name(name), range) => Ok((name, range)),
            (token, range) => Err((range, format!("{what} is expected, found {token}"), None)),
        }
    }

    /// This word and no other.
    pub(super) fn expect(&mut self, wanted: Token<'_>) -> Result<Range<usize>, Problem> {
        match self.next()? {
            (token, range) if token == wanted => Ok(range),
            (token, range) => Err((range, format!("{wanted} is expected, found {token}"), None)),
        }
    }

    /// Nothing more.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        self.expect(Token::End).map(|_| ())
    }
}

/// Bytes of the name that a text begins with. A `-` or `.` belongs to it where a name goes on behind it.
fn name_len(text: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut len = 0;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let goes_on = (c == '-' || c == '.') && len > 0 && rest.peek().is_some_and(|&next| is_part(next));
        if !is_part(c) && !goes_on {
            break;
        }
        len += c.len_utf8();
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut lexer = Lexer::new(text);
        let mut words = Vec::new();
        loop {
            match lexer.next() {
                Ok((Token::End, _)) => return words,
                Ok((token, _)) => words.push(token.to_string()),
                Err((range, message, _)) => {
                    words.push(format!("{range:?} {message}"));
                    return words;
                }
            }
        }
    }

    #[test]
    fn names_have_hyphens_and_subtraction_has_spaces() {
        assert_eq!(words("a-b - c"), ["`a-b`", "`-`", "`c`"]);
        assert_eq!(words("low.kv-5/high"), ["`low.kv-5`", "`/`", "`high`"]);
        assert_eq!(words("a -b"), ["`a`", "`-`", "`b`"]);
        assert_eq!(words("4x<=1"), ["`4x`", "`<=`", "`1`"]);
    }

    #[test]
    fn numbers_end_before_two_dots() {
        assert_eq!(words("a in 0.6..0.8"), ["`a`", "`in`", "`0.6`", "`..`", "`0.8`"]);
        assert_eq!(words("~ within 1.5%"), ["`~`", "`within`", "`1.5%`"]);
        assert_eq!(words("1..2"), ["`1`", "`..`", "`2`"]);
        assert_eq!(words("a ? b"), ["`a`", "2..3 `?` means nothing here"]);
        assert_eq!(words("é{class=x}"), ["`é`", "`{`", "`class`", "`=`", "`x`", "`}`"]);
    }
}

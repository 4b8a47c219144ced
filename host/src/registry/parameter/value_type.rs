//! Types of parameters, in the words of a configuration.

use serde_json::{Value, json};

/// What a parameter can be, as far as its Rust type says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// A whole number within bounds.
    Whole {
        /// The lowest.
        least: i64,
        /// The highest.
        most: u64,
    },
    /// Any number.
    Number,
    /// Yes or no.
    Bool,
    /// A text.
    Text,
    /// One of these texts.
    Word(Vec<String>),
    /// A list of values of one type.
    List(Box<Self>),
    /// A map from names to values of one type.
    Map(Box<Self>),
    /// A value, or null for none.
    Optional(Box<Self>),
    /// A type that only its policy knows, as it is written in Rust.
    Other(String),
}

const I64_MAX: u64 = i64::MAX as u64;

impl ValueType {
    /// The type that `rust` writes, such as `Option<u64>` or `std::string::String`.
    #[must_use]
    pub fn of(rust: &str) -> Self {
        let compact: String = rust.chars().filter(|c| !c.is_whitespace()).collect();
        Self::parse(&compact).unwrap_or_else(|| Self::Other(rust.trim().to_owned()))
    }

    fn parse(rust: &str) -> Option<Self> {
        let (name, arguments) = match rust.split_once('<') {
            Some((name, rest)) => (name, Some(rest.strip_suffix('>')?)),
            None => (rust, None),
        };
        let name = name.rsplit("::").next()?;
        let whole = |least, most| Some(Self::Whole { least, most });
        let known = match (name, arguments) {
            ("u8", None) => return whole(0, u8::MAX.into()),
            ("u16", None) => return whole(0, u16::MAX.into()),
            ("u32", None) => return whole(0, u32::MAX.into()),
            ("u64" | "usize", None) => return whole(0, u64::MAX),
            ("i8", None) => return whole(i8::MIN.into(), i8::MAX as u64),
            ("i16", None) => return whole(i16::MIN.into(), i16::MAX as u64),
            ("i32", None) => return whole(i32::MIN.into(), i32::MAX as u64),
            ("i64" | "isize", None) => return whole(i64::MIN, I64_MAX),
            ("NonZeroU8", None) => return whole(1, u8::MAX.into()),
            ("NonZeroU16", None) => return whole(1, u16::MAX.into()),
            ("NonZeroU32", None) => return whole(1, u32::MAX.into()),
            ("NonZeroU64" | "NonZeroUsize", None) => return whole(1, u64::MAX),
            ("f32" | "f64", None) => Self::Number,
            ("bool", None) => Self::Bool,
            ("String", None) => Self::Text,
            ("Option", Some(inner)) => Self::Optional(Self::boxed(inner)),
            ("Vec", Some(inner)) => Self::List(Self::boxed(inner)),
            ("BTreeMap" | "HashMap", Some(inner)) => {
                let (key, value) = inner.split_once(',')?;
                return (Self::parse(key)? == Self::Text).then(|| Self::Map(Self::boxed(value)));
            }
            _ => return None,
        };
        Some(known)
    }

    fn boxed(rust: &str) -> Box<Self> {
        Box::new(Self::of(rust))
    }

    /// The type narrowed to some words, where it is a text and there are any.
    pub(super) fn among(self, words: &[String]) -> Self {
        match self {
            Self::Text if !words.is_empty() => Self::Word(words.to_vec()),
            Self::Optional(inner) => Self::Optional(Box::new(inner.among(words))),
            other => other,
        }
    }

    /// Whether a value is of this type. What only the policy knows passes.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Whole { least, most } => match (value.as_u64(), value.as_i64()) {
                (Some(number), _) => number <= *most && (*least <= 0 || number >= least.unsigned_abs()),
                (None, Some(number)) => number >= *least,
                (None, None) => false,
            },
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Text => value.is_string(),
            Self::Word(words) => words.iter().any(|word| value == word.as_str()),
            Self::List(inner) => value.as_array().is_some_and(|all| all.iter().all(|one| inner.accepts(one))),
            Self::Map(inner) => {
                value.as_object().is_some_and(|all| all.values().all(|one| inner.accepts(one)))
            }
            Self::Optional(inner) => value.is_null() || inner.accepts(value),
            Self::Other(_) => true,
        }
    }

    /// Its name for a column of a table: `whole number`, `number, optional`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Whole { .. } => "whole number".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Word(words) => words.join(" | "),
            Self::List(inner) => format!("list of {}", inner.plural()),
            Self::Map(inner) => format!("map from names to {}", inner.plural()),
            Self::Optional(inner) => format!("{}, optional", inner.name()),
            Self::Other(rust) => format!("`{rust}`"),
        }
    }

    fn plural(&self) -> String {
        match self {
            Self::Whole { .. } | Self::Number => format!("{}s", self.name()),
            Self::List(inner) => format!("lists of {}", inner.plural()),
            Self::Map(inner) => format!("maps from names to {}", inner.plural()),
            _ => self.name(),
        }
    }

    /// For "must be ...".
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Whole { least: i64::MIN, .. } => "a whole number".to_owned(),
            Self::Whole { least, most: u64::MAX } => format!("a whole number, {least} or more"),
            Self::Whole { least, most } => format!("a whole number from {least} to {most}"),
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Word(words) => alternatives(words),
            Self::Optional(inner) => format!("{}, or null", inner.expected()),
            Self::Number | Self::List(_) | Self::Map(_) | Self::Other(_) => format!("a {}", self.name()),
        }
    }

    /// JSON Schema of its values, an object.
    #[must_use]
    pub fn schema(&self) -> Value {
        match self {
            Self::Whole { least, most } => {
                let mut schema = json!({ "type": "integer" });
                if *least != i64::MIN {
                    schema["minimum"] = json!(least);
                }
                if ![u64::MAX, I64_MAX].contains(most) {
                    schema["maximum"] = json!(most);
                }
                schema
            }
            Self::Number => json!({ "type": "number" }),
            Self::Bool => json!({ "type": "boolean" }),
            Self::Text => json!({ "type": "string" }),
            Self::Word(words) => json!({ "enum": words }),
            Self::List(inner) => json!({ "type": "array", "items": inner.schema() }),
            Self::Map(inner) => json!({ "type": "object", "additionalProperties": inner.schema() }),
            Self::Optional(inner) => {
                let mut schema = inner.schema();
                if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                    words.push(Value::Null);
                }
                // Without a type, null is allowed already.
                if let Some(ty) = schema.get("type").filter(|ty| ty.is_string()) {
                    schema["type"] = json!([ty, "null"]);
                }
                schema
            }
            Self::Other(_) => json!({}),
        }
    }
}

fn alternatives(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &quoted[..] {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_names_that_users_know() {
        let name = |rust| ValueType::of(rust).name();
        assert_eq!(name("u64"), "whole number");
        assert_eq!(name("Option < f64 >"), "number, optional");
        assert_eq!(name("std::string::String"), "text");
        assert_eq!(name("Vec<String>"), "list of text");
        assert_eq!(name("BTreeMap<String, Vec<u32>>"), "map from names to lists of whole numbers");
        assert_eq!(name("my::Mode"), "`my::Mode`");
        assert_eq!(name("Vec<my::Mode>"), "list of `my::Mode`");
        assert_eq!(name("HashMap<u64, f64>"), "`HashMap<u64, f64>`", "JSON has texts as keys alone");
        assert_eq!(name("Vec<u64"), "`Vec<u64`");
    }

    #[test]
    fn values_are_accepted_as_serde_does() {
        let accepts = |rust, value: Value| ValueType::of(rust).accepts(&value);
        assert!(accepts("u8", json!(255)) && !accepts("u8", json!(256)) && !accepts("u8", json!(-1)));
        assert!(accepts("i8", json!(-128)) && !accepts("i8", json!(-129)) && !accepts("i8", json!(128)));
        assert!(!accepts("NonZeroU64", json!(0)) && accepts("NonZeroU64", json!(1)));
        assert!(!accepts("u64", json!(0.5)) && !accepts("u64", json!("1")));
        assert!(accepts("f64", json!(1)) && accepts("f64", json!(-0.5)) && !accepts("f64", json!(null)));
        assert!(accepts("Option<f64>", json!(null)) && !accepts("Option<f64>", json!("a")));
        assert!(accepts("Vec<bool>", json!([true])) && !accepts("Vec<bool>", json!([true, 1])));
        assert!(accepts("my::Mode", json!({ "anything": 1 })));
    }

    #[test]
    fn expectations_name_the_bounds() {
        let expected = |rust| ValueType::of(rust).expected();
        assert_eq!(expected("usize"), "a whole number, 0 or more");
        assert_eq!(expected("u8"), "a whole number from 0 to 255");
        assert_eq!(expected("i64"), "a whole number");
        assert_eq!(expected("Option<Vec<f64>>"), "a list of numbers, or null");
    }

    #[test]
    fn schemas_say_the_same() {
        assert_eq!(ValueType::of("u64").schema(), json!({ "type": "integer", "minimum": 0 }));
        assert_eq!(
            ValueType::of("Option<i8>").schema(),
            json!({ "type": ["integer", "null"], "minimum": -128, "maximum": 127 })
        );
        assert_eq!(ValueType::of("Option<my::Mode>").schema(), json!({}));
    }

    #[test]
    fn words_are_a_type_of_their_own() {
        let words = ["fast".to_owned(), "safe".to_owned(), "off".to_owned()];
        let ty = ValueType::of("String").among(&words);
        assert_eq!(
            (ty.name().as_str(), ty.expected().as_str()),
            ("fast | safe | off", "`fast`, `safe` or `off`")
        );
        assert!(ty.accepts(&json!("off")) && !ty.accepts(&json!("on")) && !ty.accepts(&json!(null)));
        let optional = ValueType::of("Option<String>").among(&words[..1]);
        assert!(optional.accepts(&json!(null)) && !optional.accepts(&json!("safe")));
        assert_eq!(optional.schema(), json!({ "enum": ["fast", null] }));
        assert_eq!(ValueType::of("u64").among(&words), ValueType::of("u64"), "the API looks at texts alone");
    }
}

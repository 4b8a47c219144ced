//! serde over the tree: any strict type can be read from it, and errors keep their place.
//!
//! Enums are read from a word (`poisson`) or from a map of one key (`constant: 512`).

use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::error::{ConfigError, Diagnostic, quoted};
use super::source::Span;
use super::suggest::did_you_mean;
use super::tree::{Entry, Node, Value, join};

/// Reads a `T` from `node`, which messages call `path`.
pub(super) fn read<T: de::DeserializeOwned>(node: &Node, path: &str) -> Result<T, ConfigError> {
    T::deserialize(node).map_err(|error| error.locate(node).finish(path))
}

/// An error on its way from the innermost value outwards.
#[derive(Debug)]
pub(super) struct Parts {
    message: String,
    help: Option<String>,
    /// The key that is at fault, in the map that the error came from.
    key: Option<String>,
    span: Option<Span>,
    /// Keys from the inside to the outside.
    path: Vec<String>,
}

impl Parts {
    fn new(message: String) -> Box<Self> {
        Box::new(Self { message, help: None, key: None, span: None, path: Vec::new() })
    }

    /// The first caller on the way out is the innermost place.
    fn locate(mut self: Box<Self>, node: &Node) -> Box<Self> {
        if self.span.is_none() {
            let entry = self.key.as_deref().and_then(|key| node.entry(key));
            self.span = Some(entry.map_or(&node.span, |entry| &entry.key_span).clone());
        }
        self
    }

    fn within(mut self: Box<Self>, key: impl Into<String>) -> Box<Self> {
        self.path.push(key.into());
        self
    }

    fn finish(self: Box<Self>, path: &str) -> ConfigError {
        let path = self.path.iter().rev().fold(path.to_owned(), |path, key| join(&path, key));
        let message = if path.is_empty() { self.message } else { format!("in `{path}`: {}", self.message) };
        let diagnostic = match &self.span {
            Some(span) => Diagnostic::at(span, message),
            None => Diagnostic::new(message),
        };
        diagnostic.help(self.help).into()
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// serde asks for an error type that is an error; the box keeps results small.
#[derive(Debug)]
pub(super) struct DeError(Box<Parts>);

impl DeError {
    fn locate(self, node: &Node) -> Box<Parts> {
        self.0.locate(node)
    }
    fn at(self, node: &Node) -> Self {
        Self(self.0.locate(node))
    }
    fn within(self, key: impl Into<String>) -> Self {
        Self(self.0.within(key))
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DeError {}

impl de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Parts::new(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format!("expected {}, found {}", plainly(expected), shown(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let mut error = Parts::new(format!("unknown key {}", quoted(field)));
        error.help = did_you_mean(field, expected.iter().copied());
        error.key = Some(field.to_owned());
        Self(error)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut error = Parts::new(format!("unknown value {}", quoted(variant)));
        error.help = did_you_mean(variant, expected.iter().copied());
        Self(error)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("`{field}` is missing"))
    }
}

/// What serde expected, in the words of a configuration.
fn plainly(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "a borrowed string" | "path string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        _ if text.starts_with("struct ") => "a map".to_owned(),
        _ if text.starts_with("enum ") => "a word, or a map of one key".to_owned(),
        _ => text,
    }
}

fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(text) => format!("text {}", quoted(text)),
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{}`", super::tree::real(number)),
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

macro_rules! whole {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
            // `60e6` is a whole number, too.
            match self.whole() {
                Some(number) => visitor.visit_u64(number).map_err(|error: DeError| error.at(self)),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Whole(number) => visitor.visit_u64(*number),
            Value::Negative(number) => visitor.visit_i64(*number),
            Value::Real(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Value::Map(entries) => visitor.visit_map(Entries { entries, next: 0 }),
        }
        .map_err(|error: DeError| error.at(self))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match &self.value {
            Value::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Map(entries) if entries.len() == 1 => visitor.visit_enum(Variant { entry: &entries[0] }),
            _ => {
                Err(DeError::custom(format!("expected a word, or a map of one key, found {}", self.found())))
            }
        }
        .map_err(|error: DeError| error.at(self))
    }

    whole! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
    }

    serde::forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DeError> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        self.next += 1;
        let index = self.next - 1;
        seed.deserialize(item).map(Some).map_err(|error| error.at(item).within(index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

struct Entries<'de> {
    entries: &'de [Entry],
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeError> {
        let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(entry.key.as_str().into_deserializer()).map(Some).map_err(|mut error: DeError| {
            error.0.span.get_or_insert_with(|| entry.key_span.clone());
            error
        })
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DeError> {
        let Some(entry) = self.entries.get(self.next) else {
            return Err(DeError::custom("a value was asked for twice"));
        };
        self.next += 1;
        seed.deserialize(&entry.value).map_err(|error| error.at(&entry.value).within(&entry.key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len() - self.next)
    }
}

struct Variant<'de> {
    entry: &'de Entry,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = DeError;
    type Variant = &'de Entry;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, &'de Entry), DeError> {
        let variant = seed.deserialize(self.entry.key.as_str().into_deserializer());
        variant.map(|variant| (variant, self.entry)).map_err(|mut error: DeError| {
            error.0.span.get_or_insert_with(|| self.entry.key_span.clone());
            error
        })
    }
}

impl<'de> VariantAccess<'de> for &'de Entry {
    type Error = DeError;

    fn unit_variant(self) -> Result<(), DeError> {
        if self.value.is_null() {
            return Ok(());
        }
        let message = format!("{} takes no value, found {}", quoted(&self.key), self.value.found());
        Err(DeError::custom(message).at(&self.value))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DeError> {
        seed.deserialize(&self.value).map_err(|error| error.at(&self.value).within(&self.key))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, DeError> {
        self.value.deserialize_seq(visitor).map_err(|error| error.within(&self.key))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.value.deserialize_map(visitor).map_err(|error| error.within(&self.key))
    }
}

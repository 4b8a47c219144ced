//! Parameters as people and editors see them. A manifest has type and default as they are written
//! in Rust; here they become words, JSON values and JSON Schema.

mod literal;
mod value_type;

pub use value_type::ValueType;

use serde_json::{Value, json};

use super::Parameter;

impl Parameter {
    /// What a value must be, as far as the manifest says so.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        ValueType::of(&self.ty).among(&self.choices)
    }

    /// The value that it has where none is given; `None` where the way in which it is written does
    /// not say.
    #[must_use]
    pub fn default_value(&self) -> Option<Value> {
        literal::read(&self.default, &self.value_type())
    }

    /// JSON Schema of its values, with its documentation and default.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut schema = self.value_type().schema();
        if !self.doc.is_empty() {
            schema["description"] = json!(self.doc);
        }
        if let Some(default) = self.default_value() {
            schema["default"] = default;
        }
        schema
    }

    /// What a value must be, where `value` is not.
    pub(super) fn refusal(&self, value: &Value) -> Option<String> {
        let expected = self.value_type();
        (!expected.accepts(value)).then(|| expected.expected())
    }
}

//! Typed parameters: strict, with defaults, and described in the manifest.

use serde::{Deserialize, de::DeserializeOwned};

/// A set of parameters; made by [`parameters!`](crate::parameters).
pub trait Parameters: DeserializeOwned {
    /// What there is, for the manifest and for checks before a library is loaded.
    const FIELDS: &'static [Field];
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key in configurations.
    pub name: &'static str,
    /// Its Rust type, as written.
    pub ty: &'static str,
    /// Its default, as written.
    pub default: &'static str,
    /// Its documentation, a line each.
    pub doc: &'static [&'static str],
}

/// The parameters of a policy that has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoParams {}

impl Parameters for NoParams {
    const FIELDS: &'static [Field] = &[];
}

/// Defines a struct of parameters, each with a default and a documented meaning and unit.
///
/// ```
/// pointsman_plugin_api::parameters! {
///     /// Parameters of my scorer.
///     pub struct Params {
///         /// Queue length at which an instance counts as full. \[requests\]
///         saturation_requests: u64 = 100,
///         /// Weight of the fuller half.
///         weight: f64 = 0.5,
///     }
/// }
/// assert_eq!(Params::default().saturation_requests, 100);
/// ```
///
/// Unknown keys are refused. Whether a value makes sense is for the policy's `new` to say.
#[macro_export]
macro_rules! parameters {
    (
        $(#[doc = $head:literal])*
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr
            ),* $(,)?
        }
    ) => {
        $(#[doc = $head])*
        #[derive(Debug, Clone, PartialEq, $crate::serde::Deserialize)]
        #[serde(crate = "pointsman_plugin_api::serde", default, deny_unknown_fields)]
        $vis struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::Parameters for $name {
            const FIELDS: &'static [$crate::Field] = &[$(
                $crate::Field {
                    name: stringify!($field),
                    ty: stringify!($type),
                    default: stringify!($default),
                    doc: &[$($doc),+],
                },
            )*];
        }
    };
}

/// Reads parameters from JSON, naming the one that does not fit.
pub(crate) fn read<P: Parameters>(json: &str) -> Result<P, String> {
    // Serde would take a list too, by position.
    if !json.trim_start().starts_with('{') {
        return Err("parameters: expected a map from names to values".to_owned());
    }
    let whole = match serde_json::from_str::<P>(json) {
        Ok(params) => return Ok(params),
        Err(error) => error,
    };
    // Every parameter has a default, so each can be tried alone to find the one at fault: the
    // message for the whole names a column of JSON that the user never wrote.
    if let Ok(map) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json) {
        for (key, value) in map {
            let alone = serde_json::Map::from_iter([(key.clone(), value)]);
            if let Err(error) = serde_json::from_value::<P>(alone.into()) {
                let known = P::FIELDS.iter().any(|field| field.name == key);
                return Err(if known { format!("parameter `{key}`: {error}") } else { error.to_string() });
            }
        }
    }
    Err(format!("parameters: {whole}"))
}

//! The names that a formula can use, and how their values are read in a call.

use pointsman_plugin_api::prelude::*;
use pointsman_plugin_api::{Attribute, Signal};

/// The router's own measure of load; not a signal but the sum of three.
pub(crate) const EFFECTIVE_LOAD: &str = "effective_load";
/// The tick of the decision.
pub(crate) const NOW_US: &str = "now_us";
/// The only attribute that is neither a number nor text.
pub(crate) const NO_VALUE: &str = attribute::PROMPT_BLOCKS.id();

/// A number per instance.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    /// A signal of whole numbers.
    Whole(&'static Signal<u64>),
    /// A signal of other numbers.
    Real(&'static Signal<f64>),
    /// `effective_load`.
    EffectiveLoad,
}

/// A number that is the same for all instances.
#[derive(Clone, Copy)]
pub(crate) enum Scalar {
    /// An attribute of the request.
    Attribute(&'static Attribute<u64>),
    /// `now_us`.
    Now,
}

/// A text that is the same for all instances.
pub(crate) type Text = &'static Attribute<str>;

/// What a name stands for.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    /// See [`Column`].
    Column(Column),
    /// See [`Scalar`].
    Scalar(Scalar),
    /// See [`Text`].
    Text(Text),
}

/// Defines the lists and what the policy declares, so that neither can miss what the other has.
macro_rules! names {
    (
        signals: [$($column:ident $signal:ident,)*]
        numbers: [$($number:ident,)*]
        texts: [$($text:ident,)*]
    ) => {
        /// The signals that a formula can read.
        pub(crate) const SIGNALS: &[Need] = &[$(signal::$signal.optional()),*];
        /// The attributes that a formula can read.
        pub(crate) const ATTRIBUTES: &[Need] =
            &[$(attribute::$number.optional(),)* $(attribute::$text.optional(),)*];
        /// All names with what they stand for.
        pub(crate) const NAMES: &[(&str, Name)] = &[
            (EFFECTIVE_LOAD, Name::Column(Column::EffectiveLoad)),
            $((signal::$signal.id(), Name::Column(Column::$column(&signal::$signal))),)*
            (NOW_US, Name::Scalar(Scalar::Now)),
            $((attribute::$number.id(), Name::Scalar(Scalar::Attribute(&attribute::$number))),)*
            $((attribute::$text.id(), Name::Text(&attribute::$text)),)*
        ];
    };
}

names! {
    signals: [
        Whole INSTANCE,
        Whole QUEUE_DEPTH,
        Whole BATCH_SIZE,
        Real KV_UTILIZATION,
        Whole FREE_KV_BLOCKS,
        Whole TOTAL_KV_BLOCKS,
        Real CACHE_HIT_RATE,
        Whole PENDING_TRANSFER_LATENCY,
        Real KV_THRASHING_RATE,
        Whole PREEMPTION_COUNT,
        Whole WAITING_TOKENS,
        Real CPU_KV_UTILIZATION,
        Whole CACHED_PREFIX_BLOCKS,
        Whole PENDING_REQUESTS,
        Whole INFLIGHT_REQUESTS,
        Whole INFLIGHT_TOKENS,
    ]
    numbers: [ID, ARRIVAL_US, PROMPT_TOKENS, MAX_TOKENS, ROUND,]
    texts: [SLO_CLASS, TENANT, SESSION,]
}

/// The signals that `effective_load` is the sum of.
const LOADS: [&Signal<u64>; 3] = [&signal::QUEUE_DEPTH, &signal::BATCH_SIZE, &signal::PENDING_REQUESTS];

impl Column {
    /// Reads it for all instances; an error if the host lacks it.
    pub(crate) fn read(self, instances: &Instances<'_>, into: &mut Vec<f64>) -> Result<(), String> {
        into.clear();
        match self {
            Self::Whole(signal) => {
                let values = instances.try_get(signal).ok_or_else(|| lacking(signal.id()))?;
                into.extend(values.iter().map(|&value| value as f64));
            }
            Self::Real(signal) => {
                into.extend_from_slice(instances.try_get(signal).ok_or_else(|| lacking(signal.id()))?);
            }
            Self::EffectiveLoad => {
                into.resize(instances.len(), 0.0);
                for signal in LOADS {
                    let values = instances.try_get(signal).ok_or_else(|| lacking(signal.id()))?;
                    into.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value as f64);
                }
            }
        }
        Ok(())
    }

    /// The signals that it is read from.
    pub(crate) fn signals(self) -> impl Iterator<Item = &'static str> {
        let (one, three) = match self {
            Self::Whole(signal) => (Some(signal.id()), None),
            Self::Real(signal) => (Some(signal.id()), None),
            Self::EffectiveLoad => (None, Some(LOADS.map(Signal::id))),
        };
        one.into_iter().chain(three.into_iter().flatten())
    }
}

impl Scalar {
    /// Reads it; an error if the host lacks it.
    pub(crate) fn read(self, request: &Request<'_>) -> Result<f64, String> {
        match self {
            Self::Now => Ok(request.now_us() as f64),
            Self::Attribute(attribute) => {
                request.try_get(attribute).map(|value| value as f64).ok_or_else(|| lacking(attribute.id()))
            }
        }
    }
}

/// Reads a text; an error if the host lacks it.
pub(crate) fn read_text<'a>(text: Text, request: &Request<'a>) -> Result<&'a str, String> {
    request.try_get(text).ok_or_else(|| lacking(text.id()))
}

fn lacking(id: &str) -> String {
    format!("this host has no `{id}`, which `expr` reads")
}

//! The kinds that came with 1.1.

use abi_stable::std_types::{RSlice, RSliceMut, RStr};

use super::{Table, call, plain, with_setup};
use crate::{
    Admission, Filter, Need, Picker,
    abi::{self, AdmissionBox, FilterBox, PickerBox},
};

/// Defines a policy of the router under test.
macro_rules! under_test {
    ($doc:literal, $name:ident, $trait:ident, $object:ident, $build:ident) => {
        #[doc = $doc]
        pub struct $name {
            object: $object,
            signals: &'static [Need],
            attributes: &'static [Need],
            /// The signals, one row per instance.
            pub instances: Table,
            /// The request, one row.
            pub request: Table,
            /// The tick of the decision. \[us\]
            pub now_us: u64,
        }

        impl $name {
            /// Builds it from JSON parameters; see [`Scorers::new`](super::Scorers::new).
            ///
            /// # Errors
            ///
            /// What its constructor refuses.
            pub fn new<T: $trait>(params: &str) -> Result<Self, String> {
                Ok(Self {
                    object: with_setup(|setup| abi::$build::<T>(setup, RStr::from_str(params)))?,
                    signals: T::SIGNALS,
                    attributes: T::ATTRIBUTES,
                    instances: Table::default(),
                    request: Table::default(),
                    now_us: 0,
                })
            }

            /// Tells it where the request went.
            ///
            /// # Errors
            ///
            /// What the policy refuses, and a panic in it.
            pub fn routed(&mut self, chosen: usize) -> Result<(), String> {
                let (request, instances) =
                    (self.request.columns(self.attributes), self.instances.columns(self.signals));
                let call = call(self.now_us, self.instances.rows(), &request, &instances);
                plain(self.object.routed(call, chosen))
            }
        }
    };
}

under_test!("A filter under test.", Filters, Filter, FilterBox, filter);
under_test!("A picker under test.", Pickers, Picker, PickerBox, picker);
under_test!("An admission policy under test.", Admissions, Admission, AdmissionBox, admission);

impl Filters {
    /// Which candidates stay.
    ///
    /// # Errors
    ///
    /// What the filter refuses, and a panic in it.
    pub fn filter(&mut self) -> Result<Vec<bool>, String> {
        let (request, instances) =
            (self.request.columns(self.attributes), self.instances.columns(self.signals));
        let rows = self.instances.rows();
        let mut keep = vec![u8::MAX; rows];
        let call = call(self.now_us, rows, &request, &instances);
        plain(self.object.filter(call, RSliceMut::from_mut_slice(&mut keep)))?;
        Ok(keep.into_iter().map(|keep| keep == 1).collect())
    }
}

impl Pickers {
    /// The row that it chooses by these totals.
    ///
    /// # Errors
    ///
    /// What the picker refuses, and a panic in it.
    pub fn pick(&mut self, totals: &[f64]) -> Result<usize, String> {
        let (request, instances) =
            (self.request.columns(self.attributes), self.instances.columns(self.signals));
        let rows = self.instances.rows().max(totals.len());
        let call = call(self.now_us, rows, &request, &instances);
        plain(self.object.pick(call, RSlice::from_slice(totals)))
    }
}

impl Admissions {
    /// Whether the request is let in.
    ///
    /// # Errors
    ///
    /// What the policy refuses, and a panic in it.
    pub fn admit(&mut self) -> Result<bool, String> {
        let (request, instances) =
            (self.request.columns(self.attributes), self.instances.columns(self.signals));
        let call = call(self.now_us, self.instances.rows(), &request, &instances);
        plain(self.object.admit(call)).map(|admitted| admitted == 1)
    }
}

//! `always-admit` and `reject-all`: no questions asked.

use pointsman_plugin_api::{Admission, Instances, NoParams, PolicyInfo, Request, Setup};

/// Lets everything in.
pub struct AlwaysAdmit;

impl Admission for AlwaysAdmit {
    type Params = NoParams;

    const INFO: PolicyInfo =
        PolicyInfo { name: "always-admit", aliases: &[], summary: "lets everything in", version: "1.0.0" };

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn admit(&mut self, _: &Request<'_>, _: &Instances<'_>) -> Result<bool, String> {
        Ok(true)
    }
}

/// Lets nothing in.
pub struct RejectAll;

impl Admission for RejectAll {
    type Params = NoParams;

    const INFO: PolicyInfo =
        PolicyInfo { name: "reject-all", aliases: &[], summary: "lets nothing in", version: "1.0.0" };

    fn new(_: NoParams, _: &Setup<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn admit(&mut self, _: &Request<'_>, _: &Instances<'_>) -> Result<bool, String> {
        Ok(false)
    }
}

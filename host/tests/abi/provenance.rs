//! What a result records of its policies, and that the record finds them again.

use pointsman::registry::{Catalogue, Kind, Origin, PluginError, PolicyRef, Sources};
use serde_json::json;

use crate::support::{FACTS, catalogue, directory, library, named, with};

#[test]
fn a_policy_of_a_library_records_all_of_it() {
    let catalogue = named(&["external-scorer"]);
    let params = json!({"full_requests": 20});
    let built = catalogue.create_scorer(&with("ext", params.clone()), &FACTS).unwrap();
    let record = built.provenance;
    assert_eq!(
        (record.kind, record.policy.as_str(), record.version.as_str()),
        (Kind::Scorer, "external", "0.3.0")
    );
    assert_eq!(record.parameters, params);
    let library = record.library.unwrap();
    assert_eq!(library.path, crate::support::library("external-scorer").display().to_string());
    assert_eq!((library.name.as_str(), library.version.as_str()), ("external-scorer", "0.3.0"));
    assert_eq!(library.api_version, pointsman_plugin_api::manifest::API_VERSION);
    assert!(library.rustc.starts_with("rustc "));
    assert_eq!(library.sha256.len(), 64);
}

#[test]
fn a_record_finds_its_library_and_refuses_another_build_by_name() {
    let directory = directory(&[("recorded.so", "external-scorer")]);
    let path = directory.path().join("recorded.so");
    let sources = Sources { referenced: vec![path.clone()], ..Sources::default() };
    let mut wanted = PolicyRef { library: Some(path.clone()), ..PolicyRef::named("external") };
    let first = catalogue(&sources).unwrap().create_scorer(&wanted, &FACTS).unwrap();
    wanted.sha256 = Some(first.provenance.library.unwrap().sha256);
    catalogue(&sources).unwrap().create_scorer(&wanted, &FACTS).unwrap();

    let other = directory.path().join("other.so");
    std::fs::copy(library("external-scorer+reversed"), &other).unwrap();
    std::fs::rename(&other, &path).unwrap();
    let error = catalogue(&sources).unwrap().create_scorer(&wanted, &FACTS).err().unwrap();
    assert!(matches!(error, PluginError::OtherHash { .. }), "{error:?}");
    assert!(error.to_string().contains("recorded.so"), "{error}");
}

mod host {
    //! A policy that is linked into the host.

    use pointsman_plugin_api::prelude::*;

    pub(super) struct Even;

    impl Scorer for Even {
        type Params = NoParams;
        const INFO: PolicyInfo =
            PolicyInfo { name: "even", aliases: &["ev"], summary: "all alike", version: "1.0.0" };
        const SIGNALS: &'static [Need] = &[];

        fn new(_: NoParams, setup: &Setup<'_>) -> Result<Self, String> {
            let facts = [setup::INSTANCES, setup::BLOCK_SIZE, setup::TOTAL_KV_BLOCKS, setup::SEED];
            let found = facts.map(|fact| setup.get(&fact));
            if found == [3, 16, 1000, 7] { Ok(Self) } else { Err(format!("set up with {found:?}")) }
        }

        fn score(&mut self, _: &Request<'_>, _: &Instances<'_>, scores: &mut [f64]) -> Result<(), String> {
            scores.fill(0.5);
            Ok(())
        }
    }
}

#[test]
fn a_built_in_policy_is_the_same_object_without_a_library() {
    let mut catalogue = Catalogue::new();
    catalogue.builtin_scorer::<host::Even>();
    let mut built = catalogue.create_scorer(&PolicyRef::named("ev"), &FACTS).unwrap();
    assert_eq!(crate::support::scores(&mut built), [0.5; 3]);
    assert_eq!(built.provenance.library, None);
    let entry = catalogue.entries().next().unwrap();
    assert_eq!((entry.policy.name.as_str(), entry.origin), ("even", Origin::BuiltIn));
}

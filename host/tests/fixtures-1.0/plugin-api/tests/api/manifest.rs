//! The manifest is valid JSON whatever the policies say about themselves.

use pointsman_plugin_api::{
    Field, PolicyInfo,
    manifest::{LibraryDoc, PolicyDoc, RUSTC, len, write},
};
use serde_json::{Value, json};

use crate::policies::Reader;

const ODD: PolicyDoc = PolicyDoc {
    kind: "priority",
    info: PolicyInfo { name: "odd", aliases: &["o", "p"], summary: "tab\t, \\, ü and \"", version: "0.0.1" },
    parameters: &[
        Field { name: "a_b", ty: "f64", default: "-1_000.5_0", doc: &[" One [us\\] ", " and \\[two\\]."] },
        Field { name: "w", ty: "String", default: "\"x_1\".to_owned()", doc: &["Unspaced."] },
    ],
    signals: &[],
    attributes: &[],
};

const LIBRARY: LibraryDoc = LibraryDoc {
    name: "odd-library",
    version: "1.2.3",
    panic_unwind: true,
    policies: &[PolicyDoc::scorer::<Reader>(), ODD],
};

static BYTES: [u8; len(&LIBRARY)] = write(&LIBRARY);

#[test]
fn it_says_what_the_policies_say() {
    let manifest = serde_json::from_slice::<Value>(&BYTES).unwrap();
    assert_eq!(manifest["manifest_version"], 1);
    assert_eq!(manifest["api_version"], "1.0.0");
    assert_eq!((&manifest["name"], &manifest["version"]), (&json!("odd-library"), &json!("1.2.3")));
    assert_eq!((&manifest["rustc"], &manifest["panic"]), (&json!(RUSTC), &json!("unwind")));
    let [reader, odd] = &manifest["policies"].as_array().unwrap()[..] else { panic!("two policies") };
    assert_eq!(reader["summary"], "reads \"things\"");
    assert_eq!(reader["signals"][4], json!({"id": "later", "required": false}));
    assert_eq!(reader["attributes"][0], json!({"id": "slo_class", "required": true}));
    assert_eq!(odd["summary"], "tab\t, \\, ü and \"");
    assert_eq!(odd["aliases"], json!(["o", "p"]));
    assert_eq!((&odd["signals"], &odd["attributes"]), (&json!([]), &json!([])));
}

#[test]
fn parameters_read_as_a_person_writes_them() {
    let manifest = serde_json::from_slice::<Value>(&BYTES).unwrap();
    let parameters = &manifest["policies"][1]["parameters"];
    let first = json!({"name": "a_b", "type": "f64", "default": "-1000.50", "doc": "One [us]  and [two]."});
    assert_eq!(parameters[0], first);
    assert_eq!(parameters[1]["default"], "\"x_1\".to_owned()");
    assert_eq!(parameters[1]["doc"], "Unspaced.");
}

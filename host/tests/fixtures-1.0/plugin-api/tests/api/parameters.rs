//! Parameters are strict, and say which one is at fault.

use pointsman_plugin_api::{NoParams, Parameters, prelude::*, testkit::Schedulers};

pointsman_plugin_api::parameters! {
    /// One of each sort.
    pub struct Sorts {
        /// A number. \[us\]
        scale_us: f64 = 10_000.0,
        /// A count,
        /// on two lines.
        count: u64 = 3,
        /// A word.
        word: String = "a \"b\"".to_owned(),
        /// Perhaps a count.
        perhaps: Option<u64> = None,
        /// A list.
        list: Vec<String> = vec!["x".to_owned()],
    }
}

/// A scheduler that shows its parameters by refusing to be built.
struct Shown;

impl Scheduler for Shown {
    type Params = Sorts;
    const INFO: PolicyInfo = PolicyInfo { name: "shown", aliases: &[], summary: "", version: "1.0.0" };
    const ATTRIBUTES: &'static [Need] = &[];

    fn new(params: Sorts, _: &Setup<'_>) -> Result<Self, String> {
        Err(format!("{params:?}"))
    }

    fn order(&self) -> Order {
        Order::Fixed
    }

    fn uses_priority(&self) -> bool {
        false
    }

    fn keys(&mut self, _: &Queue<'_>, _: &mut [Key]) -> Result<(), String> {
        Ok(())
    }
}

fn shown(params: &str) -> String {
    Schedulers::new::<Shown>(params).err().unwrap()
}

#[test]
fn what_is_left_out_has_its_default() {
    assert_eq!(shown("{}"), format!("{:?}", Sorts::default()));
    let some = Sorts { count: 4, perhaps: Some(1), ..Sorts::default() };
    assert_eq!(shown(r#"{"count": 4, "perhaps": 1}"#), format!("{some:?}"));
}

#[test]
fn a_whole_number_will_do_for_a_float() {
    assert!(shown(r#"{"scale_us": 5}"#).contains("scale_us: 5.0"));
}

#[test]
fn unknown_and_repeated_keys_are_refused() {
    assert!(shown(r#"{"cuont": 4}"#).starts_with("unknown field `cuont`, expected one of `scale_us`"));
    assert!(shown(r#"{"count": 4, "count": 5}"#).contains("duplicate field `count`"));
}

#[test]
fn a_wrong_type_names_its_parameter() {
    for (params, name) in [
        (r#"{"count": -1}"#, "count"),
        (r#"{"count": 1.5}"#, "count"),
        (r#"{"scale_us": "1"}"#, "scale_us"),
        (r#"{"count": 1, "list": [1]}"#, "list"),
        (r#"{"word": null}"#, "word"),
    ] {
        let error = shown(params);
        assert!(error.starts_with(&format!("parameter `{name}`: ")), "{params}: {error}");
    }
}

#[test]
fn what_is_not_a_map_is_refused() {
    for params in ["", "[]", "3", "{", "null"] {
        assert!(shown(params).starts_with("parameters: "), "{params}: {}", shown(params));
    }
}

#[test]
fn fields_describe_themselves() {
    let [scale, count, ..] = Sorts::FIELDS else { panic!("five fields") };
    assert_eq!((scale.name, scale.ty, scale.default), ("scale_us", "f64", "10_000.0"));
    assert_eq!(count.doc, [" A count,", " on two lines."]);
    assert!(NoParams::FIELDS.is_empty());
}

//! The page as a program reads it: whole, harmless, alone, and with the numbers of `results.json`.

use std::collections::BTreeMap;

use super::super::plot::Plots;
use super::super::{json, lookup, sample, wording};
use super::rendered;
use crate::experiment::results::{Interval, Results};

fn page(results: &Results) -> String {
    rendered(results, &Plots::draw(results).unwrap()).unwrap()
}

/// The elements of a page: name and attributes. Panics where they are not well nested.
fn elements(page: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    const VOID: [&str; 3] = ["meta", "link", "br"];
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if rest.starts_with('!') {
            continue;
        }
        let end = tag_end(rest);
        let (tag, behind) = (&rest[..end], &rest[end + 1..]);
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name.trim()), "closed before {:.60}", behind);
            continue;
        }
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.trim_end_matches('/').to_owned();
        let text = behind.split('<').next().unwrap_or_default().to_owned();
        if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        // Scripts and style sheets hold no elements.
        if ["script", "style"].contains(&name.as_str()) {
            rest = &rest[rest.find(&format!("</{name}>")).expect("an end")..];
        }
        found.push((name, attributes_of(attributes), text));
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    found
}

fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    panic!("a tag without an end: {text:.60}")
}

fn attributes_of(text: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once("=\"") {
        let (value, behind) = behind.split_once('"').expect("a closed value");
        let name = name.split_whitespace().last().unwrap_or_default().to_owned();
        assert!(attributes.insert(name.clone(), unescaped(value)).is_none(), "{name} twice in {text}");
        rest = behind;
    }
    attributes
}

fn unescaped(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn elements_are_well_nested_and_ids_unique() {
    let page = page(&sample::results());
    let elements = elements(&page);
    let ids: Vec<&String> = elements.iter().filter_map(|(_, attributes, _)| attributes.get("id")).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    for (_, attributes, _) in &elements {
        for link in attributes.get("href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.iter().any(|id| id.as_str() == link), "#{link} leads nowhere");
        }
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = page(&sample::results());
    let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for elsewhere in ["http:", "https:", "src=", "url(", "@import", "//cdn"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
}

#[test]
fn names_cannot_do_harm() {
    const EVIL: &str = "<script>alert('1')</script>\"><img onerror=x>&\u{0}";
    let mut results = sample::results();
    results.name = EVIL.to_owned();
    results.command = EVIL.to_owned();
    results.notes = vec![EVIL.to_owned()];
    results.factors[0].name = EVIL.to_owned();
    results.metrics[0].metric = EVIL.to_owned();
    for hypothesis in &mut results.hypotheses {
        (hypothesis.id, hypothesis.claim, hypothesis.reason) = (EVIL.into(), EVIL.into(), Some(EVIL.into()));
        hypothesis.expectations.iter_mut().for_each(|each| each.text = EVIL.to_owned());
    }
    for arm in &mut results.arms {
        arm.name += EVIL;
        arm.routing = EVIL.to_owned();
        arm.libraries[0].path = EVIL.to_owned();
    }
    let harmless = elements(&page(&sample::results()));
    let page = page(&results);
    let scripts = |elements: &[(String, BTreeMap<String, String>, String)]| {
        elements.iter().filter(|(name, ..)| name == "script").count()
    };
    let elements = elements(&page);
    assert_eq!(scripts(&elements), scripts(&harmless));
    assert!(!elements.iter().any(|(name, ..)| name == "img") && !page.contains('\u{0}'));
}

#[test]
fn numbers_are_those_of_results_json() {
    let mut file = Vec::new();
    json::write(&sample::results(), &mut file).unwrap();
    let results: Results = serde_json::from_slice(&file).unwrap();
    let mut expected: BTreeMap<String, Interval> = BTreeMap::new();
    for found in &results.estimates {
        expected.extend(found.mean.map(|mean| (format!("arms/{}/{}", found.arm, found.metric), mean)));
    }
    for (index, hypothesis) in results.hypotheses.iter().enumerate() {
        for (part, each) in hypothesis.expectations.iter().enumerate() {
            expected.extend(each.estimate.map(|found| (format!("hypotheses/{index}/{part}"), found)));
            expected.extend(each.by_seed.iter().map(|found| {
                let value = Interval { estimate: found.value, low: None, high: None, seeds: 1 };
                (format!("hypotheses/{index}/{part}/{}", found.seed), value)
            }));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for (_, attributes, text) in elements(&page(&sample::results())) {
        let Some(place) = attributes.get("data-place") else { continue };
        let number = |name: &str| attributes.get(name).map(|text| text.parse::<f64>().unwrap());
        let found = expected[place];
        assert_eq!(number("data-value"), Some(found.estimate), "{place}");
        assert_eq!((number("data-low"), number("data-high")), (found.low, found.high), "{place}");
        let unit = &attributes["data-unit"];
        let shown = if place.starts_with("arms/") {
            wording::mean(&found, unit)
        } else {
            wording::with_unit(found.estimate, unit)
        };
        assert_eq!(unescaped(&text), shown, "{place}");
        seen.insert(place.clone());
    }
    assert!(expected.keys().eq(seen.iter()), "every number is on the page, and no other");
    assert_eq!(lookup::unit(&results, "hit_rate"), "share");
}

#[test]
fn an_experiment_without_claims_or_runs_has_a_page() {
    let mut results = sample::results();
    results.hypotheses.clear();
    results.arms.clear();
    results.estimates.clear();
    elements(&page(&results));
    results.metrics.clear();
    results.factors.clear();
    elements(&page(&results));
}

//! A call for a person, in the terms of the model, and for a program.

use serde_json::{Map, Value, json};

use super::cells::Cells;
use super::situation::Feed;

impl Feed {
    /// For a person, a line for each value.
    pub(super) fn describe(&self) -> Vec<String> {
        let mut lines = vec![format!("now_us = {}", self.now_us)];
        let list = |columns: &[(String, Cells)]| {
            columns.iter().map(|(id, cells)| format!("  {id} = {cells}")).collect::<Vec<_>>()
        };
        if self.instances.is_empty() {
            lines.push(count(self.rows, "waiting request"));
            lines.extend(list(&self.attributes));
            return lines;
        }
        if !self.attributes.is_empty() {
            lines.push("request".to_owned());
            lines.extend(self.attributes.iter().map(|(id, cells)| format!("  {id} = {}", alone(cells))));
        }
        lines.push(count(self.rows, "instance"));
        // Which they are says something only where it is not their place.
        let is_plain = self.instances.iter().enumerate().all(|(row, instance)| row as u64 == *instance);
        if !is_plain && !self.signals.iter().any(|(id, _)| id == "instance") {
            lines.push(format!("  instance = {}", Cells::U64(self.instances.clone())));
        }
        lines.extend(list(&self.signals));
        if let Some(ages_us) = &self.ages_us {
            lines.push(format!("  age_us = {}", Cells::U64(ages_us.clone())));
        }
        if let Some(totals) = &self.totals {
            lines.push(format!("  total score = {}", Cells::F64(totals.clone())));
        }
        lines
    }

    /// The same for a program.
    pub(super) fn to_json(&self) -> Value {
        let map = |columns: &[(String, Cells)]| {
            columns.iter().map(|(id, cells)| (id.clone(), cells.to_json())).collect::<Map<_, _>>()
        };
        if self.instances.is_empty() {
            return json!({"now_us": self.now_us, "rows": self.rows, "queue": map(&self.attributes)});
        }
        json!({
            "now_us": self.now_us,
            "rows": self.rows,
            "request": map(&self.attributes),
            "instances": map(&self.signals),
            "instance": self.instances,
            "ages_us": self.ages_us,
            "totals": self.totals,
        })
    }
}

/// The one value of a column of one row: a list would look like a row per instance.
fn alone(cells: &Cells) -> String {
    let value = cells.to_string();
    let inside = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    inside.unwrap_or(&value).to_owned()
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::super::instance::InstanceRow;
    use super::super::request::RequestRow;
    use super::super::situation::Situation;
    use super::super::subject::Reads;
    use super::super::world::World;

    #[test]
    fn a_call_is_shown_in_the_terms_of_the_model() {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let reads = Reads {
            signals: words(&["kv_utilization", "unheard_of"]),
            attributes: words(&["slo_class"]),
            ..Reads::default()
        };
        let instance = |instance, used| InstanceRow { instance, used, ..InstanceRow::default() };
        let situation = Situation {
            now_us: 7,
            instances: vec![instance(3, 0), instance(1, 1_000_000)],
            requests: vec![RequestRow { class: 1, ..RequestRow::default() }],
            chosen: 0,
        };
        insta::assert_snapshot!(situation.feed(&reads, &World::default()).describe().join("\n"), @r#"
        now_us = 7
        request
          slo_class = "critical"
        2 instances
          instance = [3, 1]
          kv_utilization = [0, 1]
          unheard_of = absent
        "#);
        let waiting = Situation { instances: Vec::new(), ..situation };
        insta::assert_snapshot!(waiting.feed(&reads, &World::default()).describe().join("\n"), @r#"
        now_us = 7
        1 waiting request
          slo_class = ["critical"]
        "#);
    }
}

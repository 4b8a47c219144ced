//! Columns of text: names on the left, numbers on the right.

use comfy_table::{CellAlignment, presets};

use super::Style;

/// Spaces between two columns.
const GAP: u16 = 2;

/// A table without lines around it.
#[derive(Debug, Clone)]
pub struct Table {
    table: comfy_table::Table,
    aligned_left: usize,
}

impl Table {
    /// A table with these heads. The first `aligned_left` columns hold words, the others numbers.
    #[must_use]
    pub fn new<S: Into<String>>(aligned_left: usize, heads: impl IntoIterator<Item = S>) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(heads.into_iter().map(Into::into).collect::<Vec<String>>());
        Self { table, aligned_left }
    }

    /// Adds a row.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.table.add_row(cells.into_iter().map(Into::into).collect::<Vec<String>>());
    }

    /// The lines, the heads first, without spaces at their ends.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut table = self.table.clone();
        for (index, column) in table.column_iter_mut().enumerate() {
            let is_word = index < self.aligned_left;
            column.set_padding((if index == 0 { 0 } else { GAP }, 0));
            column.set_cell_alignment(if is_word { CellAlignment::Left } else { CellAlignment::Right });
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// The same with heads that begin with the title of a part.
    #[must_use]
    pub fn titled_lines(&self, title: &str, style: Style) -> Vec<String> {
        let mut lines = self.lines();
        if let Some(heads) = lines.first_mut()
            && let Some(rest) = heads.strip_prefix(title)
        {
            *heads = format!("{}{}", style.title(title), style.faint(rest));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_left_and_numbers_right() {
        let mut table = Table::new(1, ["class", "requests"]);
        table.row(["critical", "7"]);
        table.row(["all", "1,234,567"]);
        insta::assert_snapshot!(table.lines().join("\n"), @r#"
        class      requests
        critical          7
        all       1,234,567
        "#);
    }
}

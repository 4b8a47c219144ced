//! Columns of text: names on the left, numbers on the right.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, presets};

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
        self.rendered(self.table.clone())
    }

    /// The same with the last column broken between words, so that lines have at most `width` columns
    /// as far as the others leave it room.
    #[must_use]
    pub fn lines_within(&self, width: usize) -> Vec<String> {
        /// Room for the last column at least.
        const LEAST: usize = 20;
        let widest = self.table.column_max_content_widths();
        let Some((_, others)) = widest.split_last() else { return Vec::new() };
        let others: usize = others.iter().map(|width| usize::from(width + GAP)).sum();
        let mut table = self.table.clone();
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width.max(others + LEAST)).unwrap_or(u16::MAX));
        for column in table.column_iter_mut().take(widest.len() - 1) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        self.rendered(table)
    }

    fn rendered(&self, mut table: comfy_table::Table) -> Vec<String> {
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
        Self::titled(self.lines(), title, style)
    }

    /// Both: heads that begin with a title, and a last column that is broken between words.
    #[must_use]
    pub fn titled_lines_within(&self, title: &str, style: Style) -> Vec<String> {
        Self::titled(self.lines_within(style.width), title, style)
    }

    fn titled(mut lines: Vec<String>, title: &str, style: Style) -> Vec<String> {
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

    #[test]
    fn the_last_column_is_broken_between_words() {
        let mut table = Table::new(2, ["name", "meaning"]);
        table.row(["cv", "standard deviation of the gaps over their mean"]);
        table.row(["rate", "requests per second"]);
        insta::assert_snapshot!(table.lines_within(34).join("\n"), @r#"
        name  meaning
        cv    standard deviation of the
              gaps over their mean
        rate  requests per second
        "#);
        assert!(table.lines_within(3).iter().all(|line| line.chars().count() <= 26), "some room is left");
    }
}

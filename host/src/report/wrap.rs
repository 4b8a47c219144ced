//! Sentences that are longer than a line.

/// Breaks `text` between words so that lines have at most `width` columns, as far as words allow.
/// The first line begins with `start`, all others with `indent` spaces.
pub(crate) fn wrap(start: &str, text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = start.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words() {
        assert_eq!(wrap("  ", "one two three", 10, 4), ["  one two", "    three"]);
        assert_eq!(wrap("", "immeasurable word", 5, 2), ["immeasurable", "  word"]);
        assert_eq!(wrap("- ", "", 5, 2), ["- "]);
    }
}

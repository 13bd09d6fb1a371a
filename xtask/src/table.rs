//! Plain tables for the terminal.

/// Columns as wide as their widest cell, two spaces apart, a rule under the head. Lengths are counted in
/// characters, which is right for the few signs we print.
pub fn draw(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = line(head.to_vec());
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    text += &line(rule.iter().map(String::as_str).collect());
    for row in rows {
        text += &line(row.iter().map(String::as_str).collect());
    }
    text
}

/// Bytes as a person compares them: `71.3 KB` (1 KB = 1,000 bytes).
pub fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_at_their_last_letter() {
        let rows = vec![
            vec!["wasm".to_owned(), "3 s".to_owned()],
            vec!["browser tests".to_owned(), "41 s".to_owned()],
        ];
        let expected = "step           time\n-------------  ----\nwasm           3 s\nbrowser tests  41 s\n";
        assert_eq!(draw(&["step", "time"], &rows), expected);
    }

    #[test]
    fn sizes_are_decimal() {
        assert_eq!(kilobytes(71_349), "71.3 KB");
        assert_eq!(kilobytes(940), "0.9 KB");
    }
}

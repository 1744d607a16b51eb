//! Tables without heavy borders: columns, and one line below the header.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// A table: the first `left` columns are words, the others numbers. Fits `width` by breaking words.
pub fn table(header: Vec<String>, rows: Vec<Vec<String>>, left: usize, width: usize) -> String {
    const LIGHT: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    let mut table = Table::new();
    table.load_style(LIGHT).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table.add_rows(rows);
    // The junction is one column between columns; a wide page has room for another.
    let roomy = u16::from(width >= 100);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, roomy));
        column.set_cell_alignment(if index < left { CellAlignment::Left } else { CellAlignment::Right });
    }
    table.trim_fmt()
}

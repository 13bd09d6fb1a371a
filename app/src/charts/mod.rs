//! The charts: one metric over one range as a picture, a file, a table and a sentence.
//!
//! Everything is drawn on the server. A picture inside a page carries signal colours that `style/charts.css`
//! turns into the tokens, so that one drawing serves light, dark and print; a file carries its own colours.

mod clock;
mod draw;
mod layout;
mod png;
mod scale;
mod series;
mod svg;
mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use png::{ChartError, png};
pub use svg::{file, inline};
pub use words::{Row, csv, describe, table};

/// How large a chart is drawn. Text keeps its size relative to the picture, so a narrow page takes a narrow one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Size {
    /// 820 by 250.
    Wide,
    /// 480 by 220.
    Half,
    /// 360 by 220.
    Narrow,
}

impl Size {
    pub const ALL: [Size; 3] = [Size::Wide, Size::Half, Size::Narrow];

    /// Width and height of the picture inside a page.
    pub fn pixels(self) -> (i32, i32) {
        match self {
            Size::Wide => (820, 250),
            Size::Half => (480, 220),
            Size::Narrow => (360, 220),
        }
    }

    /// As in an address and in the class `chart-wide`.
    pub fn code(self) -> &'static str {
        match self {
            Size::Wide => "wide",
            Size::Half => "half",
            Size::Narrow => "narrow",
        }
    }

    pub fn from_code(code: &str) -> Option<Size> {
        Size::ALL.into_iter().find(|size| size.code() == code)
    }
}

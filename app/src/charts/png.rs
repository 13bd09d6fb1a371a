//! The chart as a picture for mail and slides.

use std::sync::{Arc, LazyLock};

use backend::monitoring::shown::Chart;
use jiff::tz::TimeZone;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, Options, Tree, fontdb::Database},
};

use super::{Size, svg};

/// Pixels of the picture for one of the chart: sharp on today's screens.
const SHARPNESS: f32 = 2.0;

/// The letters come with the program, so that a picture looks the same on a host without fonts.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    let family = fonts.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
    if let Some(family) = family {
        fonts.set_sans_serif_family(family);
    }
    Arc::new(fonts)
});

/// Why a chart could not be turned into a picture; for the log.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    #[error("the chart could not be read back: {0}")]
    Unreadable(#[from] usvg::Error),
    #[error("there is no room for a picture of {width} by {height}")]
    NoRoom { width: u32, height: u32 },
    #[error("the picture could not be written: {0}")]
    Unwritable(String),
}

/// The chart of `file` as a PNG with two pixels for each of its own. Takes much longer than the drawing: not for a
/// thread that serves others.
///
/// # Errors
/// See `ChartError`; none is expected of a chart drawn here.
pub fn png(chart: &Chart, size: Size, zone: &TimeZone) -> Result<Vec<u8>, ChartError> {
    let options = Options { fontdb: FONTS.clone(), ..Options::default() };
    let tree = Tree::from_str(&svg::file(chart, size, zone), &options)?;
    let drawn = tree.size().to_int_size().scale_by(SHARPNESS);
    let (width, height) = drawn.map_or((0, 0), |size| (size.width(), size.height()));
    let mut picture = Pixmap::new(width, height).ok_or(ChartError::NoRoom { width, height })?;
    resvg::render(&tree, Transform::from_scale(SHARPNESS, SHARPNESS), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartError::Unwritable(error.to_string()))
}

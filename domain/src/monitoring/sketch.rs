//! A mergeable sketch for quantiles, within 0.2 % of the true value.
//!
//! Logarithmic bins as in DDSketch. A sketch of ours holds ten values in a five-minute bucket, so
//! it is sparse and stored as text; the published implementations keep 128 dense bins at the least.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// Relative error of a quantile.
pub const RELATIVE_ERROR: f64 = 0.002;

/// Values below this share the bin of zero.
const SMALLEST: f64 = 1e-9;
const ZERO_BIN: i32 = i32::MIN;

fn log_gamma() -> f64 {
    ((1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR)).ln()
}

/// Counts of values by logarithmic bin. Values are at least 0.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sketch {
    bins: BTreeMap<i32, u64>,
}

impl Sketch {
    pub fn add(&mut self, value: f64) {
        let bin = if value < SMALLEST { ZERO_BIN } else { (value.ln() / log_gamma()).ceil() as i32 };
        *self.bins.entry(bin).or_default() += 1;
    }

    pub fn merge(&mut self, other: &Sketch) {
        for (bin, count) in &other.bins {
            *self.bins.entry(*bin).or_default() += count;
        }
    }

    /// Takes out what was merged before.
    pub fn take_out(&mut self, other: &Sketch) {
        for (bin, count) in &other.bins {
            if let Some(known) = self.bins.get_mut(bin) {
                *known = known.saturating_sub(*count);
                if *known == 0 {
                    self.bins.remove(bin);
                }
            }
        }
    }

    pub fn count(&self) -> u64 {
        self.bins.values().sum()
    }

    /// The value below which the share `q` (0 to 1) of the values lies; `None` when there are none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let count = self.count();
        let rank = (q.clamp(0.0, 1.0) * count.saturating_sub(1) as f64).round() as u64;
        let mut seen = 0;
        self.bins.iter().find_map(|(bin, bin_count)| {
            seen += bin_count;
            (seen > rank).then(|| middle_of(*bin))
        })
    }

    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }
}

fn middle_of(bin: i32) -> f64 {
    if bin == ZERO_BIN {
        return 0.0;
    }
    let upper = (f64::from(bin) * log_gamma()).exp();
    upper * (1.0 - RELATIVE_ERROR)
}

/// `bin:count` pairs; a count of 1 is left out: `1376 1380:4`. Zero's bin is `z`.
impl fmt::Display for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (bin, count)) in self.bins.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            if *bin == ZERO_BIN {
                f.write_str("z")?
            } else {
                write!(f, "{bin}")?
            }
            if *count != 1 {
                write!(f, ":{count}")?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not a sketch")]
pub struct NotASketch(String);

impl FromStr for Sketch {
    type Err = NotASketch;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || NotASketch(text.chars().take(40).collect());
        let mut bins = BTreeMap::new();
        for pair in text.split_ascii_whitespace() {
            let (bin, count) = pair.split_once(':').unwrap_or((pair, "1"));
            let bin = if bin == "z" { ZERO_BIN } else { bin.parse().map_err(|_| refuse())? };
            let count: u64 = count.parse().map_err(|_| refuse())?;
            let slot: &mut u64 = bins.entry(bin).or_default();
            *slot = slot.checked_add(count).ok_or_else(refuse)?;
        }
        Ok(Sketch { bins })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::default();
        values.iter().for_each(|value| sketch.add(*value));
        sketch
    }

    proptest! {
        #[test]
        fn quantiles_are_within_the_stated_error(mut values in prop::collection::vec(prop_oneof![Just(0.0), 1e-6f64..1e9], 1..200), q in 0.0f64..=1.0) {
            let sketch = of(&values);
            values.sort_by(f64::total_cmp);
            let exact = values[(q * (values.len() - 1) as f64).round() as usize];
            let told = sketch.quantile(q).unwrap();
            prop_assert!((told - exact).abs() <= exact * RELATIVE_ERROR * 1.001, "{told} for {exact}");
        }

        #[test]
        fn merging_is_the_same_as_adding_all(a in prop::collection::vec(0.0f64..1e6, 0..50), b in prop::collection::vec(0.0f64..1e6, 0..50)) {
            let mut merged = of(&a);
            merged.merge(&of(&b));
            prop_assert_eq!(merged, of(&[a, b].concat()));
        }

        #[test]
        fn what_was_merged_can_be_taken_out(a in prop::collection::vec(0.0f64..1e6, 0..50), b in prop::collection::vec(0.0f64..1e6, 0..50)) {
            let mut merged = of(&[a.clone(), b.clone()].concat());
            merged.take_out(&of(&b));
            prop_assert_eq!(merged, of(&a));
        }

        #[test]
        fn text_and_back_is_the_same(values in prop::collection::vec(prop_oneof![Just(0.0), 0.0f64..1e12], 0..60)) {
            let sketch = of(&values);
            prop_assert_eq!(sketch.to_string().parse::<Sketch>().unwrap(), sketch);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(sketch) = text.parse::<Sketch>() {
                sketch.quantile(0.5);
            }
        }
    }
}

//! One line of the benchmark's table.

use serde::Serialize;

/// What was measured against which bound.
#[derive(Serialize)]
pub struct Line {
    pub what: String,
    /// `None`: it could not be measured, `note` says why.
    pub measured: Option<f64>,
    pub unit: String,
    /// `None`: there is no bound, it is told for its own sake.
    pub bound: Option<f64>,
    pub most: bool,
    pub met: Option<bool>,
    pub note: Option<String>,
}

impl Line {
    pub fn at_most(what: &str, measured: f64, bound: f64, unit: &str) -> Self {
        Self::new(what, Some(measured), unit, Some(bound), true)
    }

    pub fn at_least(what: &str, measured: f64, bound: f64, unit: &str) -> Self {
        Self::new(what, Some(measured), unit, Some(bound), false)
    }

    /// A number without a bound.
    pub fn told(what: &str, measured: f64, unit: &str) -> Self {
        Self::new(what, Some(measured), unit, None, true)
    }

    /// A line that has a bound and no number this time.
    pub fn unmeasured(what: &str, bound: f64, unit: &str, why: &str) -> Self {
        let mut line = Self::new(what, None, unit, Some(bound), true);
        line.note = Some(why.to_owned());
        line
    }

    /// A measurement that broke off.
    pub fn failed(what: &str, why: &str) -> Self {
        let mut line = Self::new(what, None, "", None, true);
        line.note = Some(format!("FAILED: {why}"));
        line
    }

    fn new(what: &str, measured: Option<f64>, unit: &str, bound: Option<f64>, most: bool) -> Self {
        // Not a number is a miss, whichever way the bound goes.
        let met = measured.zip(bound).map(
            |(measured, bound)| {
                if most { measured <= bound } else { measured >= bound }
            },
        );
        let (what, unit) = (what.to_owned(), unit.to_owned());
        Self { what, measured, unit, bound, most, met, note: None }
    }

    /// The cells of the table: what, bound, measured, met or missed.
    pub fn row(&self) -> Vec<String> {
        let with_unit = |number: f64| format!("{} {}", number_words(number), self.unit).trim_end().to_owned();
        let bound = self
            .bound
            .map(|bound| format!("{} {}", if self.most { "at most" } else { "at least" }, with_unit(bound)));
        let verdict = match self.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None if self.bound.is_some() => "not measured",
            None => "",
        };
        let measured = self.measured.map(with_unit).or_else(|| self.note.clone());
        vec![self.what.clone(), bound.unwrap_or_default(), measured.unwrap_or_default(), verdict.to_owned()]
    }
}

/// Three digits are enough to compare.
fn number_words(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 || size.fract() == 0.0 => crate::import::thousands(number.round() as usize),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_it_was_met() {
        let met = Line::at_most("start", 212.4, 300.0, "ms").row();
        assert_eq!(met, ["start", "at most 300 ms", "212 ms", "met"]);
        let missed = Line::at_least("import", 48_000.0, 50_000.0, "samples/s").row();
        assert_eq!(missed, ["import", "at least 50,000 samples/s", "48,000 samples/s", "MISSED"]);
    }

    #[test]
    fn counts_have_no_decimals() {
        assert_eq!(Line::at_most("requests", 8.0, 8.0, "").row()[1..3], ["at most 8", "8"]);
    }

    #[test]
    fn not_a_number_is_never_met() {
        assert_eq!(Line::at_most("x", f64::NAN, 1.0, "").met, Some(false));
        assert_eq!(Line::at_least("x", f64::NAN, 1.0, "").met, Some(false));
    }

    #[test]
    fn what_could_not_be_measured_says_why() {
        let row = Line::unmeasured("paint", 150.0, "ms", "no Chromium").row();
        assert_eq!(row, ["paint", "at most 150 ms", "no Chromium", "not measured"]);
    }
}

//! Amounts as Kubernetes writes them: `312345678n`, `250m`, `1187Mi`.

use std::fmt;

/// Thousandths of a processor core.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Millicores(pub u64);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Bytes(pub u64);

impl fmt::Display for Millicores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.0)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB", self.0 >> 20)
    }
}

impl Millicores {
    pub fn read(text: &str) -> Option<Millicores> {
        value(text).map(|cores| Millicores((cores * 1_000.0).round() as u64))
    }
}

impl Bytes {
    pub fn read(text: &str) -> Option<Bytes> {
        value(text).map(|bytes| Bytes(bytes.round() as u64))
    }
}

/// The number in whole units; nothing for what is none, negative or not finite.
fn value(text: &str) -> Option<f64> {
    let end = text.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(text.len());
    // `1e3` is a number, `1E` is a suffix.
    let (number, suffix) = match text.parse::<f64>() {
        Ok(_) => (text, ""),
        Err(_) => text.split_at(end),
    };
    let factor = match suffix {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1_024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        _ => return None,
    };
    let value = number.parse::<f64>().ok()? * factor;
    (value.is_finite() && value >= 0.0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_with_every_suffix() {
        for (text, milli) in
            [("312345678n", 312), ("250m", 250), ("2", 2_000), ("0.5", 500), ("1e3", 1_000_000)]
        {
            assert_eq!(Millicores::read(text), Some(Millicores(milli)), "{text}");
        }
        for (text, bytes) in
            [("1024", 1_024), ("1Ki", 1_024), ("1187Mi", 1_244_659_712), ("2G", 2_000_000_000)]
        {
            assert_eq!(Bytes::read(text), Some(Bytes(bytes)), "{text}");
        }
        for text in ["", "Mi", "-1", "NaN", "inf", "1 Mi", "1Xi"] {
            assert_eq!(Bytes::read(text), None, "{text}");
        }
    }
}

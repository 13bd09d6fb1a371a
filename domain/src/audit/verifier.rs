//! Walks a chain and tells the first place where it was tampered with.

use std::fmt;

use super::chain::{Hash, link};

/// An end of the chain, kept where the owner of the database cannot reach it: in a mailed report, in a SIEM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    pub sequence: i64,
    pub hash: Hash,
}

/// The first broken place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    pub sequence: i64,
    pub damage: Damage,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// What it says is not what was written, or it stands in another's place, or it was put in.
    Changed,
    /// It is missing although later ones are there.
    Missing,
    /// It and all after it are missing.
    CutOff,
    /// It is not the record that the head kept elsewhere tells.
    NotTheHead,
    /// It stands where no record can: before the first, or after the end that the database tells.
    Surplus,
    /// A sealed stretch does not join the one before it.
    Segment,
}

/// Fed every record in order.
#[derive(Clone, Debug)]
pub struct Verifier {
    at: Head,
    expected: Option<Head>,
    count: u64,
    met: bool,
}

impl Verifier {
    /// Starts after `start` (`Head::START`, or the end of the sealed stretch); `kept` is the head to meet on the way.
    pub fn new(start: Head, kept: Option<Head>) -> Verifier {
        Verifier { at: start, expected: kept, count: 0, met: kept.is_none_or(|kept| kept == start) }
    }

    /// The next record.
    ///
    /// # Errors
    /// Where the chain breaks; nothing after that place can be believed.
    pub fn feed(&mut self, sequence: i64, canonical: &[u8], stored: &str) -> Result<(), Break> {
        let next = self.next();
        if sequence < next {
            return Err(Break { sequence, damage: Damage::Surplus });
        }
        if sequence > next {
            return Err(Break { sequence: next, damage: Damage::Missing });
        }
        let hash = link(&self.at.hash, canonical);
        if stored.parse() != Ok(hash) {
            return Err(Break { sequence, damage: Damage::Changed });
        }
        self.at = Head { sequence, hash };
        self.count += 1;
        if let Some(kept) = self.expected.filter(|kept| kept.sequence == sequence) {
            if kept.hash != hash {
                return Err(Break { sequence, damage: Damage::NotTheHead });
            }
            self.met = true;
        }
        Ok(())
    }

    /// The sequence that the next record must have.
    pub fn next(&self) -> i64 {
        self.at.sequence + 1
    }

    /// The last record was fed. `stored` is the end that the database itself tells.
    ///
    /// # Errors
    /// When the chain is shorter than it was, or longer than the database says.
    pub fn finish(self, stored: Head) -> Result<(Head, u64), Break> {
        let after = self.next();
        let longest = self.expected.map_or(stored.sequence, |kept| kept.sequence.max(stored.sequence));
        if self.at.sequence < longest {
            return Err(Break { sequence: after, damage: Damage::CutOff });
        }
        if self.at.sequence > stored.sequence {
            return Err(Break { sequence: stored.sequence + 1, damage: Damage::Surplus });
        }
        if self.at != stored || !self.met {
            return Err(Break { sequence: self.at.sequence, damage: Damage::NotTheHead });
        }
        Ok((self.at, self.count))
    }
}

impl Head {
    /// Before the first record.
    pub const START: Head = Head { sequence: 0, hash: Hash::GENESIS };

    /// `SEQUENCE:HASH`, as it is printed.
    pub fn from_words(text: &str) -> Option<Head> {
        let (sequence, hash) = text.trim().split_once(':')?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0)?;
        Some(Head { sequence, hash: hash.parse().ok()? })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sequence = self.sequence;
        match self.damage {
            Damage::Changed => write!(f, "record {sequence} is not what was written there"),
            Damage::Missing => write!(f, "record {sequence} is missing"),
            Damage::CutOff => write!(f, "record {sequence} and all after it are missing"),
            Damage::NotTheHead => write!(f, "record {sequence} is not the one whose hash was kept"),
            Damage::Surplus => write!(f, "record {sequence} was put in where none can be"),
            Damage::Segment => write!(f, "the sealed stretch at record {sequence} does not join the chain"),
        }
    }
}

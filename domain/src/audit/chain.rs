//! The links between records.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// SHA-256, written as 64 hexadecimal letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

/// The text is not 64 small hexadecimal letters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a hash has 64 letters from 0 to 9 and a to f")]
pub struct NotAHash;

impl Hash {
    /// What the first record of all is linked to.
    pub const GENESIS: Hash = Hash([0; 32]);
}

/// The hash of a record: of the hash of the one before and of the record's own canonical bytes.
pub fn link(previous: &Hash, canonical: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(previous.0).chain_update(canonical).finalize().into())
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    /// Strict: a stored hash in capitals is not the one that was written.
    fn from_str(text: &str) -> Result<Hash, NotAHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotAHash);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |high, digit| match digit {
                b'0'..=b'9' => Ok(high << 4 | (digit - b'0')),
                b'a'..=b'f' => Ok(high << 4 | (digit - b'a' + 10)),
                _ => Err(NotAHash),
            })?;
        }
        Ok(Hash(bytes))
    }
}

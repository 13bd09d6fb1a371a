//! Names that carry the hash of what they name, so that a browser may keep a file for ever.

use sha2::{Digest, Sha256};

/// The first 12 hexadecimal digits of SHA-256 over all parts, each preceded by its length.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    sha.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// `favicon.svg` becomes `favicon.HASH.svg`; a name without an ending gets the hash at its end.
pub fn hashed(file_name: &str, hash: &str) -> String {
    match file_name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash}.{ending}"),
        None => format!("{file_name}.{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_ending() {
        assert_eq!(hashed("favicon.svg", "0f"), "favicon.0f.svg");
        assert_eq!(hashed("inter.var.woff2", "0f"), "inter.var.0f.woff2");
        assert_eq!(hashed("plain", "0f"), "plain.0f");
    }

    #[test]
    fn the_hash_knows_where_one_part_ends() {
        assert_eq!(hash(&[b"ab", b"c"]).len(), 12);
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
        assert_eq!(hash(&[b"ab"]), hash(&[b"ab"]));
    }
}

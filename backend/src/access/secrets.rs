//! Secrets that the console makes: random, handed out once, and kept as hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// 256 bits from the system's generator, as text that can stand in an address.
pub fn random_token(prefix: &str) -> SecretString {
    let bytes: [u8; 32] = rand::random();
    SecretString::from(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// SHA-256 in hexadecimal letters. Enough for what is random: nobody can guess 2^80 of them, however fast the hash.
pub fn hash(text: &[u8]) -> String {
    // By hand: every request of somebody who is signed in comes through here.
    let mut letters = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        letters.push(HEX[usize::from(byte >> 4)] as char);
        letters.push(HEX[usize::from(byte & 15)] as char);
    }
    letters
}

pub fn hash_of(secret: &SecretString) -> String {
    hash(secret.expose_secret().as_bytes())
}

const HEX: &[u8; 16] = b"0123456789abcdef";
pub const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 without padding, for the secret of a second factor.
pub fn base32(bytes: &[u8]) -> String {
    let mut letters = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            letters.push(BASE32[(held >> bits & 31) as usize] as char);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        letters.push(BASE32[(held << (5 - bits) & 31) as usize] as char);
    }
    letters
}

/// The bytes again; `None` when it is not such a text.
pub fn from_base32(letters: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(letters.len() * 5 / 8);
    let (mut held, mut bits) = (0u32, 0);
    for letter in letters.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 255).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "MY"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), coded);
            assert_eq!(from_base32(coded).unwrap(), plain.as_bytes());
        }
        let bytes: [u8; 20] = rand::random();
        assert_eq!(from_base32(&base32(&bytes)).unwrap(), bytes);
        assert_eq!(from_base32("MZ1"), None);
    }

    #[test]
    fn tokens_are_random_and_say_nothing_in_a_debug_print() {
        let (one, other) = (random_token("bwt_"), random_token("bwt_"));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(one.expose_secret().len(), 4 + 43);
        assert!(!format!("{one:?}").contains("bwt_"));
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

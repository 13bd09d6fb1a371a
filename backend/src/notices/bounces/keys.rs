//! Public keys and the signatures that they prove, by the one TLS provider that the console has.

use rustls::pki_types::{AlgorithmIdentifier, alg_id};

/// The first bytes of every public key of the curve P-256; its point follows, 65 bytes.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const POINT: usize = 65;

/// The point of a P-256 key in DER.
pub(super) fn p256_point(der: &[u8]) -> Option<&[u8]> {
    der.strip_prefix(&P256).filter(|point| point.len() == POINT && point.first() == Some(&4))
}

/// ECDSA with SHA-256; the signature is in DER.
pub(super) fn is_p256_signed(point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    is_signed((alg_id::ECDSA_P256, alg_id::ECDSA_SHA256), point, message, signature)
}

/// RSA with SHA-256, as PKCS #1 has it.
pub(super) fn is_rsa_signed(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    is_signed((alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256), key, message, signature)
}

fn is_signed(
    (of_key, of_signature): (AlgorithmIdentifier, AlgorithmIdentifier),
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let known = rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.all;
    let mut fitting = known
        .iter()
        .filter(|one| one.public_key_alg_id() == of_key && one.signature_alg_id() == of_signature);
    fitting.any(|one| one.verify_signature(key, message, signature).is_ok())
}

/// The key itself within its description: what follows the name of its algorithm.
pub(super) fn key_within(description: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const BITS: u8 = 0x03;
    let (whole, _) = part(description, SEQUENCE)?;
    let (_, rest) = part(whole, SEQUENCE)?;
    let (bits, _) = part(rest, BITS)?;
    // No bit of the last byte is left over.
    bits.strip_prefix(&[0])
}

/// The content of the first part, and what follows it.
fn part(der: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ ..=0x7f => (usize::from(short), rest),
        long => {
            let bytes = usize::from(long & 0x7f);
            let length = rest.get(..bytes).filter(|_| (1..=4).contains(&bytes))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest.get(bytes..)?)
        }
    };
    (*found == kind).then(|| rest.split_at_checked(length)).flatten()
}

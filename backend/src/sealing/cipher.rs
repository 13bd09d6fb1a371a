//! One sealed value: XChaCha20-Poly1305 with a random nonce, bound to the place where it stands.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use domain::sealing::Private;
use zeroize::{Zeroize, Zeroizing};

use super::Locked;

/// The first byte of everything sealed; another way of sealing would have another.
const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEAD: usize = 1 + NONCE;

/// Where a value stands. A sealed value opens at no other place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    /// The row's id; where that is of several columns, all of them in one text that is unmistakable.
    pub row: &'a str,
}

impl Place<'_> {
    /// Each part led by its length, so that no two places are the same bytes.
    fn bound(&self) -> Vec<u8> {
        let parts = [self.table, self.column, self.row];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }

    pub(super) fn tampered(&self) -> Locked {
        Locked::Tampered {
            table: self.table.to_owned(),
            column: self.column.to_owned(),
            row: self.row.to_owned(),
        }
    }
}

/// 32 bytes of chance that are wiped from memory when they are dropped. No debug print.
pub(super) type Secret = Zeroizing<[u8; 32]>;

pub(super) fn random_secret() -> Secret {
    Zeroizing::new(rand::random())
}

/// The data key of one owner, held until the end of the transaction that it came from: what is sealed with it there can
/// be opened afterwards.
///
/// It shows nothing:
/// ```compile_fail
/// fn shown(key: &backend::sealing::DataKey) -> String {
///     format!("{key:?}")
/// }
/// ```
pub struct DataKey(pub(super) Secret);

impl DataKey {
    pub(super) fn random() -> DataKey {
        DataKey(random_secret())
    }

    /// In base64: version, nonce, sealed bytes, tag; 41 bytes more than the value. The same value is another text each
    /// time.
    pub fn seal(&self, place: Place<'_>, value: &[u8]) -> String {
        seal(&self.0, place, value)
    }

    /// # Errors
    /// `Tampered` when it is not what was sealed with this key at this place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Locked> {
        open(&self.0, place, sealed)
    }
}

/// The data key of one owner for reading. There is nothing to seal with it: a value that is sealed under a key that
/// nobody holds could be lost to an erasure or a rotation at the same time.
///
/// ```compile_fail
/// fn sealed(key: &backend::sealing::OpeningKey, place: backend::sealing::Place<'_>) -> String {
///     key.seal(place, b"Ada")
/// }
/// ```
pub struct OpeningKey(pub(super) Secret);

impl OpeningKey {
    /// # Errors
    /// As `DataKey::open`.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Locked> {
        open(&self.0, place, sealed)
    }

    /// A value that is text.
    ///
    /// # Errors
    /// As `DataKey::open`; also when it is not text.
    pub fn open_text(&self, place: Place<'_>, sealed: &str) -> Result<Private, Locked> {
        let bytes = self.open(place, sealed)?;
        std::str::from_utf8(&bytes).map(Private::new).map_err(|_| place.tampered())
    }
}

impl From<DataKey> for OpeningKey {
    fn from(key: DataKey) -> OpeningKey {
        OpeningKey(key.0)
    }
}

pub(super) fn seal(key: &Secret, place: Place<'_>, value: &[u8]) -> String {
    let nonce: [u8; NONCE] = rand::random();
    let mut bytes = Vec::with_capacity(HEAD + value.len() + TAG);
    bytes.push(VERSION);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(value);
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let (_, inside) = bytes.split_at_mut(HEAD);
    match cipher.encrypt_inout_detached(&XNonce::from(nonce), &place.bound(), inside.into()) {
        Ok(tag) => {
            bytes.extend_from_slice(&tag);
            STANDARD.encode(&bytes)
        }
        Err(_) => {
            // Over 256 GiB, which no value is. What was to be sealed is not handed out.
            bytes.zeroize();
            String::new()
        }
    }
}

pub(super) fn open(key: &Secret, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Locked> {
    let mut bytes = Zeroizing::new(STANDARD.decode(sealed).map_err(|_| place.tampered())?);
    let inside = bytes.len().checked_sub(HEAD + TAG).ok_or_else(|| place.tampered())?;
    let (head, rest) = bytes.split_at_mut(HEAD);
    let (value, tag) = rest.split_at_mut(inside);
    let nonce = head.get(1..).and_then(|nonce| <[u8; NONCE]>::try_from(nonce).ok());
    let tag = <[u8; TAG]>::try_from(&*tag).ok();
    let (Some(&VERSION), Some(nonce), Some(tag)) = (head.first(), nonce, tag) else {
        return Err(place.tampered());
    };
    let cipher = XChaCha20Poly1305::new((&**key).into());
    cipher
        .decrypt_inout_detached(&XNonce::from(nonce), &place.bound(), value.into(), &Tag::from(tag))
        .map_err(|_| place.tampered())?;
    bytes.copy_within(HEAD..HEAD + inside, 0);
    bytes.truncate(inside);
    Ok(bytes)
}

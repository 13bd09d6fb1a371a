//! The configured keys, and what they wrap.

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    DataKey, Locked, Place,
    cipher::{Secret, open, random_secret, seal},
};

/// More than anybody keeps.
const MOST: usize = 64;
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A configured key. A debug print shows its id only, which tells nothing of it.
#[derive(Clone)]
pub struct WrappingKey {
    id: String,
    secret: Secret,
}

impl WrappingKey {
    fn new(secret: Secret) -> WrappingKey {
        let mut hash = Sha256::new();
        hash.update(b"bellwether wrapping key\0");
        hash.update(secret.as_ref());
        let id = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        WrappingKey { id, secret }
    }

    pub(super) fn random() -> WrappingKey {
        WrappingKey::new(random_secret())
    }

    /// 16 hexadecimal letters; the same key has the same id everywhere.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As it stands in a file.
    pub(super) fn written(&self) -> Zeroizing<String> {
        Zeroizing::new(PLAIN.encode(self.secret.as_ref()))
    }

    pub(super) fn wrap(&self, owner: &str, key: &DataKey) -> String {
        seal(&self.secret, place(owner), key.0.as_ref())
    }

    fn unwrap(&self, owner: &str, wrapped: &str) -> Result<DataKey, Locked> {
        let bytes = open(&self.secret, place(owner), wrapped)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| place(owner).tampered())?;
        Ok(DataKey(Zeroizing::new(key)))
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappingKey({})", self.id)
    }
}

/// Where a wrapped key stands: that of one owner does not pass for that of another.
fn place(owner: &str) -> Place<'_> {
    Place { table: "data_key", column: "wrapped", row: owner }
}

/// The configured keys, newest first.
pub(super) struct Keyring(Vec<WrappingKey>);

impl Keyring {
    pub fn new(keys: Vec<WrappingKey>) -> Keyring {
        Keyring(keys)
    }

    pub fn newest(&self) -> Option<&WrappingKey> {
        self.0.first()
    }

    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    pub fn unwrap(&self, owner: &str, wrapped_by: &str, wrapped: &str) -> Result<DataKey, Locked> {
        let key = self.0.iter().find(|key| key.id == wrapped_by);
        key.ok_or_else(|| Locked::OtherKey { id: wrapped_by.to_owned() })?.unwrap(owner, wrapped)
    }
}

/// Reads keys, newest first, with blanks, lines or commas between them; `#` begins a remark. Each is 32 bytes, as 64
/// hexadecimal digits or in base64. Given back are those that can be read, and what is wrong with the first that cannot:
/// its number, and never what was read.
pub fn parse_keys(text: &str) -> (Vec<WrappingKey>, Option<String>) {
    let mut keys: Vec<WrappingKey> = Vec::new();
    let mut fault = None;
    let written = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let written =
        written.flat_map(|line| line.split([' ', '\t', '\r', ',', ';'])).filter(|word| !word.is_empty());
    for (index, word) in written.enumerate() {
        let number = index + 1;
        let wrong = match read(word) {
            Ok(_) if number > MOST => Some(format!("there are over {MOST} keys")),
            Ok(key) if keys.iter().any(|other| other.id == key.id) => {
                Some(format!("key {number} stands there before; expected distinct keys"))
            }
            Ok(key) => {
                keys.push(key);
                None
            }
            Err(why) => Some(format!("key {number} {why}")),
        };
        fault = fault.or(wrong);
    }
    if keys.is_empty() && fault.is_none() {
        fault =
            Some("there is no key in it; expected 32 bytes in base64 or 64 hexadecimal digits".to_owned());
    }
    (keys, fault)
}

fn read(word: &str) -> Result<WrappingKey, String> {
    let bytes = if word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let pairs = (0..64).step_by(2).map(|at| word.get(at..at + 2).unwrap_or_default());
        Some(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect())
    } else {
        PLAIN.decode(word).or_else(|_| URL_SAFE.decode(word)).ok()
    };
    let bytes: Zeroizing<Vec<u8>> = bytes
        .ok_or("is neither base64 nor hexadecimal digits; expected 32 bytes, as `openssl rand -base64 32` prints them")?
        .into();
    let secret = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| {
        format!("has {} bytes; expected 32, as `openssl rand -base64 32` prints them", bytes.len())
    })?;
    if secret.iter().all(|byte| *byte == secret[0]) {
        return Err("is one byte over and over; expected 32 bytes of chance".to_owned());
    }
    Ok(WrappingKey::new(Zeroizing::new(secret)))
}

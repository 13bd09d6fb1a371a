//! Argon2id in memory that is handed on while there is work, and given back when there is none. Nineteen MiB asked for and
//! freed by ever other threads would stay with the allocator of each: twenty sign-ins at once then grow the program by
//! 300 MiB, for good.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

/// KiB of memory and passes for one hash. When these rise, each password is hashed again at its next sign-in.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const OUTPUT: usize = 32;

/// What is asked for at once, of which only what a hash needs is ever touched. A piece above 32 MiB comes from the system
/// and goes back to it when it is freed, whatever was freed before (glibc's largest threshold for that).
const PIECE: usize = 33 << 20;

/// The memory of hashes that are not being made now: never more pieces than were in use at once.
#[derive(Clone, Default)]
pub struct Hashing {
    spare: Arc<Mutex<Vec<Vec<Block>>>>,
    #[cfg(test)]
    made: Arc<AtomicU64>,
}

impl Hashing {
    /// As a PHC text, with a new salt.
    pub fn hash(&self, password: &[u8]) -> Result<String, password_hash::Error> {
        let params = Params::new(MEMORY, PASSES, 1, None)?;
        let salt: [u8; 16] = rand::random();
        let output = self.output(password, &salt, &params, Algorithm::Argon2id, Version::V0x13, OUTPUT)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(&salt)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Compares, in a time that tells nothing. What cannot be read is not equal.
    pub fn is_right(&self, password: &[u8], hash: &PasswordHash) -> bool {
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
        let made = Params::try_from(hash).and_then(|params| {
            let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
            let version = hash.version.map_or(Ok(Version::default()), Version::try_from)?;
            self.output(password, salt, &params, algorithm, version, expected.len())
        });
        made.is_ok_and(|made| made == *expected)
    }

    fn output(
        &self,
        password: &[u8],
        salt: &[u8],
        params: &Params,
        algorithm: Algorithm,
        version: Version,
        length: usize,
    ) -> Result<Output, password_hash::Error> {
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;
        let spare = self.spare().pop();
        let mut memory = spare.unwrap_or_else(|| Vec::with_capacity(PIECE / Block::SIZE));
        if memory.len() < params.block_count() {
            memory.resize(params.block_count(), Block::new());
        }
        let argon2 = Argon2::new(algorithm, version, params.clone());
        #[cfg(test)]
        self.made.fetch_add(1, Ordering::Relaxed);
        let made = match memory.get_mut(..params.block_count()) {
            Some(blocks) => argon2.hash_password_into_with_memory(password, salt, output, blocks),
            None => Err(argon2::Error::MemoryTooLittle),
        };
        self.spare().push(memory);
        made?;
        Ok(Output::new(output)?)
    }

    /// How many hashes were made, for a password that was set or to compare with one.
    #[cfg(test)]
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Frees what is not in use.
    pub fn give_back(&self) {
        let spare = std::mem::take(&mut *self.spare());
        drop(spare);
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it was made with less than is asked for today.
pub fn is_weak(hash: &PasswordHash) -> bool {
    match Params::try_from(hash) {
        Ok(params) => {
            hash.algorithm.as_str() != "argon2id" || params.m_cost() < MEMORY || params.t_cost() < PASSES
        }
        Err(_) => true,
    }
}

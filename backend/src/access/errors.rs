//! Why something was refused, in the words that the person reads.

use domain::access::NotAnAddress;

use super::{Person, PersonChange};
use crate::db::DbError;

/// Why a sign-in or a proof went no further. The same words whether or not there is an account.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    #[error("the e-mail address or the password is not right")]
    Wrong,
    #[error("that code is not right")]
    WrongCode,
    /// Told only to somebody whose password was right.
    #[error("that code was used already")]
    UsedCode,
    #[error("too many tries that failed: wait {seconds} s")]
    Wait { seconds: u32 },
    /// The half-way session ended.
    #[error("that took too long: begin again")]
    Over,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why single sign-on went no further. `provider` is what its people call it.
#[derive(Debug, thiserror::Error)]
pub enum SingleSignOnRefused {
    #[error("there is no such way to sign in")]
    Unknown,
    /// The provider, as far as can be told.
    #[error("{provider} does not answer as it should ({why}): try again later, or sign in by a password")]
    Silent { provider: String, why: String },
    #[error(
        "what came back from {provider} does not belong to a sign-in that began here within ten minutes: begin again"
    )]
    Stranger { provider: String },
    #[error("{provider} let nobody in ({code}): begin again")]
    Declined { provider: String, code: String },
    #[error("what {provider} says cannot be believed ({why}): nobody was signed in")]
    NotBelieved { provider: String, why: String },
    #[error("{provider} has not verified an e-mail address of yours: have that done there first")]
    NotVerified { provider: String },
    #[error("none of your groups at {provider} has a role here: ask somebody who manages users")]
    NoRole { provider: String },
    #[error("this account is disabled: ask somebody who manages users")]
    Disabled,
    /// Never taken over: whoever gives addresses out at a provider would else be everybody here.
    #[error(
        "there is an account with your e-mail address already: sign in to it by its password, then connect {provider} \
         under Settings"
    )]
    Taken { provider: String },
    #[error(
        "{provider} knows you by another e-mail address than that of this account: nothing was connected"
    )]
    OtherAddress { provider: String },
    #[error("that is not the account at {provider} by which you signed in: nothing is confirmed")]
    OtherAccount { provider: String },
    #[error(
        "one of the two is connected with another account already: nothing was connected with {provider}"
    )]
    ConnectedElsewhere { provider: String },
    #[error("{provider} did not ask you again who you are: nothing is confirmed")]
    NotAfresh { provider: String },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a password cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordRefused {
    #[error("the password is too short: at least 12 characters")]
    TooShort,
    #[error("the password is too long: at most 1,000 bytes")]
    TooLong,
    #[error("the present password is not right")]
    Wrong,
    #[error("too many tries that failed: wait {seconds} s")]
    Wait { seconds: u32 },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkRefused {
    #[error("there is no such link")]
    Unknown,
    #[error("this link was used already")]
    Used,
    #[error("this link has expired: ask for another one")]
    Expired,
    #[error("this account is disabled")]
    Disabled,
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a person was not invited or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleRefused {
    #[error("that is no e-mail address: {0}")]
    Address(#[from] NotAnAddress),
    #[error("somebody has this e-mail address already")]
    Taken,
    #[error("a name has 1 to 200 letters, none of them control characters")]
    Name,
    #[error("there is no role {role:?}")]
    NoRole { role: String },
    #[error("there is no such person")]
    Unknown,
    #[error("somebody else changed this person in the meantime")]
    Conflict {
        /// As it is now.
        stored: Box<Person>,
        /// As it was to become.
        wanted: PersonChange,
    },
    #[error("this is the last person who can manage users: name another one first")]
    LastAdministrator,
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a profile was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileRefused {
    #[error("a name has 1 to 200 letters, none of them control characters")]
    Name,
    #[error("that is no time zone; expected an IANA name such as Europe/Stockholm")]
    Zone,
    #[error("there are at most {most} ways to be reached")]
    TooManyWays { most: usize },
    /// `position` counts from 0.
    #[error("that way to be reached cannot be taken: {why}")]
    Way { position: usize, why: &'static str },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a second factor was not set up.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorRefused {
    #[error("that code is not right")]
    WrongCode,
    #[error("too many tries that failed: wait {seconds} s")]
    Wait { seconds: u32 },
    #[error("there is no second factor to confirm: begin again")]
    NotBegun,
    #[error("there is no second factor")]
    None,
    #[error("there is a second factor already: remove it first")]
    Already,
    #[error("machines have no second factor")]
    Machine,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a token was not made, or not taken.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    #[error("a name has 1 to 200 letters, none of them control characters")]
    Name,
    #[error("a token needs at least one permission")]
    NoPermission,
    #[error("a token cannot do more than the person who makes it")]
    MoreThanOwn,
    #[error("a token ends in the future, and within a year")]
    Expiry,
    #[error("nobody who may sign in has this address")]
    NoOwner,
    #[error("this token is not known")]
    Unknown,
    #[error("this token has expired")]
    Expired,
    #[error("this token was revoked")]
    Revoked,
    #[error("the person whose token this is has no access any more")]
    OwnerGone,
    #[error(transparent)]
    Db(#[from] DbError),
}

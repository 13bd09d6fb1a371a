//! What a provider says about a person, read strictly.

use std::{collections::BTreeMap, fmt};

use domain::time::Millis;
use openidconnect::{
    AdditionalClaims, EmptyExtraTokenFields, IdToken, IdTokenClaims, IdTokenFields, StandardTokenResponse,
    UserInfoClaims,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// More groups than this are not looked at.
const MOST_GROUPS: usize = 1_000;

pub type Token = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// Who somebody is, in the provider's words.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Theirs alone at this provider, for ever.
    pub subject: String,
    /// Only one that the provider has verified.
    pub email: Option<String>,
    pub name: Option<String>,
    pub groups: Vec<String>,
    /// When they last gave their proof there.
    pub authenticated_at: Option<Millis>,
}

/// The claims that the standard does not know: groups are among them.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Others {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}

impl AdditionalClaims for Others {}

impl Others {
    pub fn has(&self, claim: &str) -> bool {
        self.all.contains_key(claim)
    }

    /// A list of texts, or a single text; whatever else stands there is no group.
    fn groups(&self, claim: &str) -> Vec<String> {
        match self.all.get(claim) {
            Some(Value::Array(groups)) => {
                groups.iter().take(MOST_GROUPS).filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        }
    }
}

/// From the identity token; what it leaves out, from the answer about the person.
pub fn told(
    own: &IdTokenClaims<Others, CoreGenderClaim>,
    more: Option<&UserInfoClaims<Others, CoreGenderClaim>>,
    groups_claim: &str,
) -> Told {
    // An address and whether it is verified belong together.
    let (email, is_verified) = match (own.email(), more) {
        (None, Some(more)) => (more.email(), more.email_verified()),
        (email, _) => (email, own.email_verified()),
    };
    let name = own.name().or_else(|| more?.name()).and_then(|name| name.get(None));
    let groups = match more {
        Some(more) if !own.additional_claims().has(groups_claim) => more.additional_claims(),
        _ => own.additional_claims(),
    };
    Told {
        subject: own.subject().to_string(),
        email: email.filter(|_| is_verified == Some(true)).map(|email| email.to_string()),
        name: name.map(|name| name.to_string()),
        groups: groups.groups(groups_claim),
        authenticated_at: own.auth_time().map(|at| Millis(at.timestamp_millis())),
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("authenticated_at", &self.authenticated_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Others(…)")
    }
}

//! How a deployment is scaled where an autoscaler may own it: the autoscaler would take a plain scale back.

use serde::{Deserialize, Serialize};

use super::{KubeName, OldValue};

/// What was found of a deployment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scale {
    pub replicas: u32,
    pub autoscaler: Option<Autoscaler>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Autoscaler {
    pub name: KubeName,
    pub min: u32,
    pub max: u32,
}

/// The one number that is changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "through", rename_all = "snake_case")]
pub enum Scaling {
    /// `spec.replicas`, through the scale of the deployment.
    Deployment { from: u32, to: u32 },
    /// `spec.minReplicas` of the autoscaler.
    Autoscaler { name: KubeName, from: u32, to: u32 },
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotScale {
    #[error(
        "The autoscaler {name} owns the deployment and allows {max} replicas at the most, so {wanted} cannot be reached; \
         raise its maximum first."
    )]
    OverMaximum { name: KubeName, max: u32, wanted: u32 },
    #[error("The autoscaler {name} owns the deployment, and it keeps at least one replica.")]
    ToNothing { name: KubeName },
    #[error(
        "The autoscaler {name} was expected to own the deployment, and there is none: look at why first."
    )]
    NoAutoscaler { name: KubeName },
    #[error("The autoscaler {found} owns the deployment, and {expected} was expected to.")]
    OtherAutoscaler { found: KubeName, expected: KubeName },
}

impl Scale {
    /// What to change so that there are as many as wanted; `expected` is the autoscaler that the catalogue names.
    ///
    /// # Errors
    /// When the autoscaler would not allow it, or is not the one that was expected.
    pub fn to(&self, wanted: u32, expected: Option<&KubeName>) -> Result<Scaling, CannotScale> {
        let Some(Autoscaler { name, min, max }) = &self.autoscaler else {
            return match expected {
                Some(name) => Err(CannotScale::NoAutoscaler { name: name.clone() }),
                None => Ok(Scaling::Deployment { from: self.replicas, to: wanted }),
            };
        };
        let name = name.clone();
        if let Some(expected) = expected.filter(|expected| **expected != name) {
            return Err(CannotScale::OtherAutoscaler { found: name, expected: expected.clone() });
        }
        match wanted {
            0 => Err(CannotScale::ToNothing { name }),
            _ if wanted > *max => Err(CannotScale::OverMaximum { name, max: *max, wanted }),
            _ => Ok(Scaling::Autoscaler { name, from: *min, to: wanted }),
        }
    }
}

impl Scaling {
    /// What an undo puts back.
    pub fn old(&self) -> OldValue {
        match self {
            Scaling::Deployment { from, .. } => OldValue::Replicas { count: *from, autoscaler: None },
            Scaling::Autoscaler { name, from, .. } => {
                OldValue::Replicas { count: *from, autoscaler: Some(name.clone()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> KubeName {
        KubeName::parse(text).unwrap()
    }

    fn owned(min: u32, max: u32) -> Scale {
        Scale { replicas: min, autoscaler: Some(Autoscaler { name: name("hpa"), min, max }) }
    }

    #[test]
    fn an_autoscaler_is_told_and_never_worked_against() {
        let free = Scale { replicas: 3, autoscaler: None };
        assert_eq!(free.to(10, None), Ok(Scaling::Deployment { from: 3, to: 10 }));
        let through = Scaling::Autoscaler { name: name("hpa"), from: 3, to: 10 };
        assert_eq!(owned(3, 20).to(10, None), Ok(through.clone()));
        assert_eq!(owned(3, 20).to(10, Some(&name("hpa"))), Ok(through.clone()));
        assert_eq!(through.old(), OldValue::Replicas { count: 3, autoscaler: Some(name("hpa")) });
        for (scale, wanted, expected, said) in [
            (owned(3, 20), 21, None, "allows 20 replicas at the most, so 21"),
            (owned(3, 20), 0, None, "keeps at least one"),
            (free, 10, Some("hpa"), "there is none"),
            (owned(3, 20), 10, Some("other"), "other was expected"),
        ] {
            let refused = scale.to(wanted, expected.map(name).as_ref()).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }
}

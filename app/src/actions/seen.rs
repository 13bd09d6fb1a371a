//! What was on the page when somebody pressed its button, kept in the form: so that a refusal can say what is different.
//! It decides nothing; the fingerprint does.

use domain::actions::{Fact, Preview, StepPreview};

/// No form is as long as this.
const MOST: usize = 32_000;

/// The facts that each step rested on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen(Vec<Vec<Fact>>);

impl Seen {
    pub fn of(preview: &Preview) -> Seen {
        Seen(preview.steps.iter().map(|step| step.rests_on.clone()).collect())
    }

    /// As it came back from a form: anything may be in it, and what cannot be read is as if nothing had been seen.
    pub fn from_field(text: &str) -> Seen {
        if text.len() > MOST {
            return Seen::default();
        }
        Seen(serde_json::from_str(text).unwrap_or_default())
    }

    pub fn field(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// What is not any more as it was seen, a sentence each.
pub fn changed_since(seen: &Seen, now: &Preview) -> Vec<String> {
    let steps = seen.0.iter().zip(&now.steps);
    let changed = steps.flat_map(|(facts, now)| {
        let before = StepPreview { rests_on: facts.clone(), ..StepPreview::default() };
        before.changed_in(now)
    });
    changed.map(|changed| format!("{changed}.")).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        actions::{Catalogue, wedsync::Names},
        time::Millis,
    };

    use super::*;

    fn preview(replicas: &str) -> Preview {
        let catalogue = Catalogue::wedsync(&Names::default()).unwrap();
        let key = domain::actions::ActionKey::parse("enable-fallback").unwrap();
        let fact = Fact {
            key: "deployment.replicas".to_owned(),
            label: "Replicas of engine".to_owned(),
            value: replicas.to_owned(),
        };
        Preview {
            plan: catalogue.plan(&key, &Default::default()).unwrap(),
            steps: vec![StepPreview { rests_on: vec![fact], ..StepPreview::default() }],
            made_at: Millis(0),
        }
    }

    #[test]
    fn what_changed_since_it_was_seen_is_said() {
        let seen = Seen::from_field(&Seen::of(&preview("3")).field());
        assert_eq!(changed_since(&seen, &preview("3")), Vec::<String>::new());
        assert_eq!(changed_since(&seen, &preview("5")), ["Replicas of engine was 3 and is 5 now."]);
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for text in ["", "{}", "[1]", "<script>", &"[".repeat(40_000)] {
            assert_eq!(Seen::from_field(text), Seen::default());
        }
    }
}

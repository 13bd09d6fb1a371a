//! Faults that are ordered for one route: a status, a wait, a broken connection, another body.

use serde::{Deserialize, Serialize};

/// Nobody waits longer than this for a test.
const LONGEST_DELAY_MS: u64 = 600_000;

/// Whether what was asked for is done before the answer is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Nothing is done.
    #[default]
    Before,
    /// It is done, and only then does the answer go wrong.
    After,
}

/// What `POST /control/fault` takes, as JSON or as a form. With nothing but a delay, the true answer follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A path, `/ai/health`; with a star at its end all that begins like it, `/ai/*`.
    pub route: String,
    /// Only for requests of this method, `PATCH`; for all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `after`: what was asked for is done first, and the delay comes after it.
    #[serde(default)]
    pub when: When,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Real milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Closes the connection without an answer.
    #[serde(default)]
    pub drop: bool,
    /// Resets the connection without an answer.
    #[serde(default)]
    pub reset: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Beside a status: in how many seconds it may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// How many answers it spoils; all of them until it is cleared when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl Fault {
    /// Whether it makes sense; the error says what does not.
    pub fn check(&self) -> Result<(), String> {
        if !self.route.starts_with('/') {
            return Err(format!("route {:?}: expected a path that begins with /", self.route));
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status: expected 200 to 599".into());
        }
        if self.delay_ms.is_some_and(|delay| delay > LONGEST_DELAY_MS) {
            return Err(format!("delay_ms: expected at most {LONGEST_DELAY_MS}"));
        }
        if self.times == Some(0) {
            return Err("times: expected at least 1".into());
        }
        if self.status.is_none()
            && self.delay_ms.is_none()
            && !self.drop
            && !self.reset
            && self.body.is_none()
        {
            return Err("expected at least one of status, delay_ms, drop, reset, body".into());
        }
        Ok(())
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        if self.method.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(method)) {
            return false;
        }
        match self.route.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => self.route == path,
        }
    }
}

/// All faults in force, in the order in which they were ordered.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one. A lasting one takes the place of a lasting one for the same route and method.
    pub fn add(&mut self, fault: Fault) {
        if fault.times.is_none() {
            self.0.retain(|other| {
                other.times.is_some() || (&other.route, &other.method) != (&fault.route, &fault.method)
            });
        }
        self.0.push(fault);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    #[must_use]
    pub fn all(&self) -> &[Fault] {
        &self.0
    }

    /// The fault for this answer to `method` of `path`: those that are counted first, then the lasting one.
    pub fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let counted = self.0.iter().position(|fault| fault.times.is_some() && fault.matches(method, path));
        let index = counted.or_else(|| self.0.iter().position(|fault| fault.matches(method, path)))?;
        let fault = self.0[index].clone();
        match &mut self.0[index].times {
            Some(1) => {
                self.0.remove(index);
            }
            Some(times) => *times -= 1,
            None => {}
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_counted_fault_comes_before_a_lasting_one_and_ends() {
        let mut faults = Faults::default();
        faults.add(fault(r#"{"route":"/ai/*","status":500}"#));
        faults.add(fault(r#"{"route":"/ai/health","status":503,"times":2}"#));
        let statuses: Vec<_> =
            (0..4).map(|_| faults.take("GET", "/ai/health").and_then(|fault| fault.status)).collect();
        assert_eq!(statuses, [Some(503), Some(503), Some(500), Some(500)]);
        assert_eq!(faults.take("GET", "/weddings"), None);
        faults.add(fault(r#"{"route":"/ai/*","status":502}"#));
        assert_eq!(faults.all().len(), 1);
        faults.clear();
        assert_eq!(faults.take("GET", "/ai/health"), None);
    }

    #[test]
    fn a_fault_may_be_for_one_method_alone() {
        let mut faults = Faults::default();
        faults.add(fault(r#"{"route":"/k8s/*","method":"patch","status":500,"when":"after"}"#));
        assert_eq!(faults.take("GET", "/k8s/api"), None);
        assert_eq!(faults.take("PATCH", "/k8s/api").map(|fault| fault.when), Some(When::After));
    }

    #[test]
    fn a_fault_without_sense_says_why() {
        check(r#"{"route":"ai","status":500}"#, "begins with /");
        check(r#"{"route":"/ai","status":99}"#, "200 to 599");
        check(r#"{"route":"/ai","status":500,"times":0}"#, "at least 1");
        check(r#"{"route":"/ai","delay_ms":600001}"#, "at most 600000");
        check(r#"{"route":"/ai"}"#, "at least one of");
    }

    #[track_caller]
    fn check(text: &str, why: &str) {
        let error = fault(text).check().unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

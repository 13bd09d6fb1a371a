//! Looking closer: every look at a platform or a service on one page, one look alone, and what can be pinned of it.

mod log;
mod look;
mod page;
mod pin;
mod report;
pub mod samples;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use backend::diagnostics::Look;
use domain::{
    diagnostics::{LogAsked, Panel, Question, Thing},
    live::Frame,
    time::Millis,
};
use jiff::tz::TimeZone;

pub use log::LogView;
pub use page::{diagnostics_page, panel_page};

use crate::{access::Troubles, encoded};

/// What is looked at, and for which alert.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ScopeView {
    pub platform: String,
    /// All configured ones.
    pub platforms: Vec<String>,
    /// The key of the service; `None` is the platform as a whole.
    pub service: Option<String>,
    /// Those that whoever looks may look at: key and name. `whole` says whether that holds for the platform as a whole.
    pub services: Vec<(String, String)>,
    pub whole: bool,
    /// The alert from whose page it was opened: id and title.
    pub alert: Option<(String, String)>,
}

/// Several looks, or one.
#[derive(Clone, Debug)]
pub struct DiagnosticsView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    pub zone: TimeZone,
    pub scope: ScopeView,
    pub looks: Vec<Look>,
    /// Open alerts to which a look can be pinned when it was not opened from one: id and title.
    pub alerts: Vec<(String, String)>,
    pub typed: Typed,
    /// The panel that was pinned a moment ago.
    pub pinned: Option<Panel>,
    /// Of the log alone.
    pub log: Option<LogView>,
}

/// What was typed into the form that pins, and why it was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed {
    pub panel: Option<Panel>,
    pub note: String,
    /// To which alert.
    pub alert: String,
    pub troubles: Troubles,
}

impl ScopeView {
    /// `platform=wedsync&service=optimization&alert=0199`
    pub fn query(&self) -> String {
        self.query_with(self.service.as_deref())
    }

    fn query_with(&self, service: Option<&str>) -> String {
        // An empty service is the platform as a whole; one that is left out is that of the alert.
        let service = encoded(service.unwrap_or_default());
        let mut query = format!("platform={}&service={service}", encoded(&self.platform));
        if let Some((id, _)) = &self.alert {
            query += &format!("&alert={}", encoded(id));
        }
        query
    }

    /// The pairs of the query, for a form.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields =
            vec![("platform", self.platform.clone()), ("service", self.service.clone().unwrap_or_default())];
        fields.extend(self.alert.as_ref().map(|(id, _)| ("alert", id.clone())));
        fields
    }

    /// "the optimization engine", "the platform wedsync".
    fn words(&self) -> String {
        match &self.service {
            Some(key) => {
                let name = self.services.iter().find(|(own, _)| own == key).map_or(key, |(_, name)| name);
                format!("the {}", domain::monitoring::wording::mid_sentence(name))
            }
            None => format!("the platform {}", self.platform),
        }
    }

    /// The address of all looks.
    pub fn address(&self) -> String {
        format!("/diagnostics?{}", self.query())
    }

    /// The address of one look alone.
    pub fn address_of(&self, question: &Question) -> String {
        let mut address = format!("/diagnostics/{}?{}", question.panel().word(), self.query());
        for (name, value) in fields_of(question) {
            address += &format!("&{name}={}", encoded(&value));
        }
        address
    }
}

/// What a question says besides its panel, as an address and a form carry it.
fn fields_of(question: &Question) -> Vec<(&'static str, String)> {
    match question {
        Question::Describe(Some(Thing::Pod(name))) => vec![("pod", name.clone())],
        Question::Describe(Some(Thing::Deployment(name))) => vec![("deployment", name.clone())],
        Question::Log(LogAsked { pod, search, previous }) => {
            let mut fields: Vec<_> = pod.iter().map(|pod| ("pod", pod.clone())).collect();
            fields.extend((!search.is_empty()).then(|| ("search", search.clone())));
            fields.extend(previous.then(|| ("previous", "yes".to_owned())));
            fields
        }
        _ => Vec::new(),
    }
}

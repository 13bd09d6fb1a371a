//! What alerts are about, in the words of the configuration.

use backend::{
    alerts::{Source, Stored},
    config::Config,
};
use domain::{
    alerts::{AlertKey, CRISIS_RESPONSE, ENGINE_STATE, UNANSWERED},
    monitoring::{Metric, wording},
};

/// Metrics, services and platforms with their names.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Names {
    pub platforms: Vec<String>,
    /// Keys and names, of all platforms.
    pub services: Vec<(String, String)>,
    pub metrics: Vec<Metric>,
}

impl Names {
    pub fn of(config: &Config) -> Names {
        let mut services: Vec<(String, String)> = Vec::new();
        for service in config.platforms.iter().flat_map(|platform| &platform.services) {
            if services.iter().all(|(key, _)| *key != service.key) {
                services.push((service.key.clone(), service.name.clone()));
            }
        }
        Names {
            platforms: config.platforms.iter().map(|platform| platform.name.clone()).collect(),
            services,
            metrics: config.metrics.clone(),
        }
    }

    pub(super) fn metric(&self, key: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.key.as_str() == key)
    }

    /// "Response time"; "the platform's answers".
    pub(super) fn metric_words(&self, key: &str) -> String {
        match key {
            UNANSWERED => "Answers of the platform".to_owned(),
            ENGINE_STATE => "State of a service".to_owned(),
            CRISIS_RESPONSE => "Answers to crises".to_owned(),
            _ => self.metric(key).map_or_else(|| key.to_owned(), |metric| metric.name.clone()),
        }
    }

    pub(super) fn service_words(&self, key: &str) -> String {
        let found = self.services.iter().find(|(known, _)| known == key);
        found.map_or_else(|| key.to_owned(), |(_, name)| name.clone())
    }

    /// The place beside a title: what that says itself is left out.
    pub(super) fn place_beside(&self, key: &AlertKey, title: &str) -> String {
        let named = key.service.as_ref().is_some_and(|service| {
            title.to_lowercase().contains(&self.service_words(service).to_lowercase())
        });
        let key = AlertKey { service: key.service.clone().filter(|_| !named), ..key.clone() };
        self.place(&key)
    }

    /// "Error rate, Optimization engine".
    pub fn about(&self, key: &AlertKey) -> String {
        let (metric, place) = (self.metric_words(&key.metric), self.place(key));
        if place.is_empty() { metric } else { format!("{metric}, {place}") }
    }

    /// "Optimization engine, wedsync": where it is; the platform only where there are several, or it is none of ours.
    pub(super) fn place(&self, key: &AlertKey) -> String {
        let mut parts: Vec<String> = key.service.iter().map(|service| self.service_words(service)).collect();
        if self.platforms.len() > 1 || !self.platforms.contains(&key.platform) {
            parts.push(key.platform.clone());
        }
        parts.join(", ")
    }

    /// Under which name the list of what needs somebody has the same thing.
    pub(super) fn needs_row(&self, key: &AlertKey) -> Option<String> {
        match (&key.service, key.metric.as_str()) {
            (Some(service), ENGINE_STATE) => Some(self.service_words(service)),
            (None, metric) => self.metric(metric).map(|metric| metric.name.clone()),
            _ => None,
        }
    }

    /// Where it is written what to do: the metric's own, or of an alert from outside the one that its sender named.
    pub(super) fn procedure(&self, stored: &Stored) -> Option<String> {
        if stored.source == Source::Watch {
            return self.metric(&stored.alert.key.metric).and_then(|metric| metric.procedure.clone());
        }
        let named = stored.labels.as_ref().and_then(|labels| labels.get("runbook_url"));
        // Sent by others: nothing but a web address becomes a link.
        named.filter(|url| url.starts_with("https://") || url.starts_with("http://")).cloned()
    }

    /// "everything", "Error rate of the optimization engine on wedsync".
    pub(super) fn scope(&self, over: &domain::windows::Scope) -> String {
        let mut words = match &over.metric {
            Some(metric) => self.metric_words(metric),
            None => "Everything".to_owned(),
        };
        if let Some(service) = &over.service {
            words.push_str(&format!(" of the {}", wording::mid_sentence(&self.service_words(service))));
        }
        if let Some(platform) = &over.platform {
            words.push_str(&format!(" on {platform}"));
        }
        words
    }
}

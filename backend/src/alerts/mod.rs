//! Alerts: kept, paged, acknowledged, resolved.

//! Every key that there is. The walk for unknown keys, the overrides from the environment and the test that keeps
//! the annotated example true all read this one list.

/// One key of a section.
pub(super) struct Key {
    pub name: &'static str,
    pub kind: Kind,
}

pub(super) enum Kind {
    Value,
    /// Several texts: `["a", "b"]`; in a variable with commas between.
    Texts,
    /// Refused in the file, because files are copied, shown and kept; taken from the environment.
    Secret,
    /// `[server]`
    Section(&'static [Key]),
    /// `[[platform]]`; in a variable an entry is named by its number from 0, or by this key of it.
    List(&'static str, &'static [Key]),
    /// `[delivery.slack.NAME]`
    Named(&'static [Key]),
    /// Anything below it, read as a whole by whoever knows its form; not from a variable.
    Tree,
}

const fn value(name: &'static str) -> Key {
    Key { name, kind: Kind::Value }
}

const fn texts(name: &'static str) -> Key {
    Key { name, kind: Kind::Texts }
}

const fn section(name: &'static str, keys: &'static [Key]) -> Key {
    Key { name, kind: Kind::Section(keys) }
}

const SERVER: &[Key] = &[value("listen"), value("public_url"), value("zone")];
const DATABASE: &[Key] = &[value("url")];
const LOG: &[Key] = &[value("format"), value("filter")];
const DEMO: &[Key] = &[value("fast_clock"), value("password")];
const SERVICE: &[Key] = &[value("name"), value("label"), value("field")];
const KUBERNETES: &[Key] = &[
    value("namespace"),
    value("kubeconfig"),
    value("context"),
    value("url"),
    value("token_file"),
    value("ca_file"),
];
const REDIS: &[Key] = &[
    value("host"),
    value("port"),
    value("database"),
    value("user"),
    value("password_file"),
    value("password_env"),
    secret("password"),
    value("tls"),
    value("ca_file"),
];
const OLD_ROWS: &[Key] = &[
    value("name"),
    value("table"),
    value("id"),
    value("status_column"),
    value("status"),
    value("age_column"),
];
const FAILOVER: &[Key] =
    &[value("service"), value("failover"), value("failback"), value("on_open"), value("on_recovery")];
const POSTGRES: &[Key] = &[
    value("url_file"),
    value("url_env"),
    secret("url"),
    value("diagnostics_url_file"),
    value("diagnostics_url_env"),
    secret("diagnostics_url"),
];
const PLATFORM: &[Key] = &[
    value("name"),
    value("api_url"),
    value("token_file"),
    value("token_env"),
    Key { name: "token", kind: Kind::Secret },
    value("alerts_url"),
    value("ca_file"),
    value("poll_every"),
    value("crisis_manager"),
    Key { name: "service", kind: Kind::List("name", SERVICE) },
    section("kubernetes", KUBERNETES),
    section("redis", REDIS),
    section("postgres", POSTGRES),
    Key { name: "dependency", kind: Kind::List("name", &[value("name"), value("url")]) },
    value("timed_path"),
    Key { name: "old_rows", kind: Kind::List("name", OLD_ROWS) },
    Key { name: "failover", kind: Kind::List("service", FAILOVER) },
];
const METRIC: &[Key] = &[
    value("name"),
    value("label"),
    value("unit"),
    value("better"),
    value("target"),
    value("alert"),
    value("critical"),
    value("floor"),
    value("procedure"),
];
const fn secret(name: &'static str) -> Key {
    Key { name, kind: Kind::Secret }
}

const fn named(name: &'static str, keys: &'static [Key]) -> Key {
    Key { name, kind: Kind::Named(keys) }
}

const SLACK_APP: &[Key] = &[
    value("api_url"),
    value("token_file"),
    secret("token"),
    value("signing_secret_file"),
    secret("signing_secret"),
];
const CHANNEL: &[Key] =
    &[value("slack"), value("slack_channel"), texts("mail"), texts("webhook"), texts("pagerduty")];
const SEVERITY: &[Key] = &[value("name"), value("level")];
const DELIVERY: &[Key] = &[
    section("mail", &[value("url"), value("from"), value("ca_file")]),
    named("slack", &[value("url_file"), secret("url")]),
    section("slack_app", SLACK_APP),
    named("webhook", &[value("url"), value("secret_file"), secret("secret"), value("ca_file")]),
    named("pagerduty", &[value("url"), value("routing_key_file"), secret("routing_key")]),
    named("channel", CHANNEL),
    named("level", &[texts("ways"), value("order")]),
];
const TIER: &[Key] = &[value("number"), value("name"), value("channel"), texts("seasons"), value("stand_in")];
const ON_CALL: &[Key] =
    &[value("zone"), value("schedule_check"), value("contact_check"), value("escalation_test")];
const OIDC: &[Key] = &[
    value("name"),
    value("label"),
    value("issuer"),
    value("client_id"),
    value("client_secret_file"),
    value("client_secret_env"),
    Key { name: "client_secret", kind: Kind::Secret },
    texts("scopes"),
    value("groups_claim"),
    Key { name: "group", kind: Kind::List("name", &[value("name"), value("role")]) },
    value("default_role"),
    value("ca_file"),
];
const fn tree(name: &'static str) -> Key {
    Key { name, kind: Kind::Tree }
}

const ACTION: &[Key] = &[
    value("key"),
    value("platform"),
    value("name"),
    value("goal"),
    value("changes"),
    texts("services"),
    value("permission"),
    value("dangerous"),
    value("two_person"),
    value("cooldown"),
    value("procedure"),
    value("left_out"),
    tree("parameters"),
    tree("does"),
    tree("preconditions"),
    tree("effect"),
    tree("undo"),
    tree("touches"),
];
const ACCESS: &[Key] = &[value("second_factor"), texts("trusted_proxies")];
const ROLE: &[Key] =
    &[value("name"), value("label"), texts("permissions"), texts("services"), value("second_factor")];
const AUDIT: &[Key] = &[value("keep"), value("seal_to")];
const NOTICES: &[Key] = &[
    value("from"),
    value("contact"),
    value("bounce_window"),
    value("page_days"),
    section("sms", &[value("url"), value("secret_file"), secret("secret"), value("ca_file")]),
    section("bounces", BOUNCES),
];
const BOUNCES: &[Key] = &[
    value("secret_file"),
    secret("secret"),
    value("mailgun_key_file"),
    secret("mailgun_key"),
    value("postmark_password_file"),
    secret("postmark_password"),
    value("sendgrid_key"),
    texts("ses_topics"),
];
const CRISIS_STEP: &[Key] = &[
    value("key"),
    value("name"),
    value("within"),
    value("required"),
    value("automatic"),
    value("action"),
    value("people"),
    value("notice"),
    value("by_hand"),
    value("left_out"),
];
const CRISIS_TYPE: &[Key] = &[
    value("key"),
    value("name"),
    texts("aliases"),
    value("severity"),
    texts("notices"),
    value("procedure"),
    value("left_out"),
    Key { name: "step", kind: Kind::List("key", CRISIS_STEP) },
];
const CRISIS_PEOPLE: &[Key] = &[
    value("name"),
    value("label"),
    texts("roles"),
    texts("tiers"),
    Key { name: "outside", kind: Kind::List("name", &[value("name"), value("mail")]) },
    value("enough"),
    value("holds"),
    value("answer"),
    value("subject"),
    value("text"),
];
const CRISIS_NOTICE: &[Key] =
    &[value("type"), value("purpose"), value("language"), value("subject"), value("text"), value("html")];
const CRISES: &[Key] = &[
    value("keep_months"),
    value("tier"),
    Key { name: "type", kind: Kind::List("key", CRISIS_TYPE) },
    Key { name: "people", kind: Kind::List("name", CRISIS_PEOPLE) },
    Key { name: "notice", kind: Kind::List("purpose", CRISIS_NOTICE) },
];
const SEALING: &[Key] =
    &[value("keys_file"), value("keys_env"), secret("keys"), value("erasures"), value("backups_kept")];
const SIEM: &[Key] = &[
    value("name"),
    value("kind"),
    value("address"),
    value("url"),
    value("ca_file"),
    value("token_file"),
    value("token_env"),
    Key { name: "token", kind: Kind::Secret },
];

/// The keys of the whole file.
pub(super) const ROOT: &[Key] = &[
    section("server", SERVER),
    section("database", DATABASE),
    section("log", LOG),
    section("demo", DEMO),
    Key { name: "platform", kind: Kind::List("name", PLATFORM) },
    Key { name: "metric", kind: Kind::List("name", METRIC) },
    Key { name: "severity", kind: Kind::List("name", SEVERITY) },
    section("delivery", DELIVERY),
    Key { name: "tier", kind: Kind::List("number", TIER) },
    section("on_call", ON_CALL),
    section("access", ACCESS),
    Key { name: "role", kind: Kind::List("name", ROLE) },
    Key { name: "oidc", kind: Kind::List("name", OIDC) },
    section("actions", &[value("built_in")]),
    Key { name: "action", kind: Kind::List("key", ACTION) },
    section("audit", AUDIT),
    section("sealing", SEALING),
    section("crises", CRISES),
    section("notices", NOTICES),
    Key { name: "siem", kind: Kind::List("name", SIEM) },
];

pub(super) fn find(keys: &'static [Key], name: &str) -> Option<&'static Key> {
    keys.iter().find(|key| key.name == name)
}

/// "api_url, name, token_file": for the sentence about an unknown one.
pub(super) fn listed(keys: &[Key]) -> String {
    let names: Vec<_> =
        keys.iter().filter(|key| !matches!(key.kind, Kind::Secret)).map(|key| key.name).collect();
    names.join(", ")
}

//! The page at `/control`: plain forms, made for a person who wants to see the console react.

use std::fmt::Write;

use serde_json::Value;

use crate::scenario::Scenario;

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">
<title>Platform simulator</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
form { display: inline-block; margin: 0 .3rem .5rem 0 }
button, input, select { font: inherit; padding: .3rem .7rem }
button[aria-pressed=true] { font-weight: bold; outline: 2px solid }
table { border-collapse: collapse } td, th { text-align: left; padding: .2rem 1.2rem .2rem 0; vertical-align: top }
fieldset { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end }
label { display: grid }
</style></head><body>
";

/// Draws the page from what `/control/state` tells.
#[must_use]
pub fn draw(state: &Value) -> String {
    let mut page = String::from(HEAD);
    let text = |value: &Value| escape(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let scenario = state["scenario"].as_str().unwrap_or_default();
    page += &format!(
        "<h1>Platform simulator: {}</h1>\n<p>It is {} there ({} times as fast as here). Scenario <strong>{}</strong> since {}.</p>\n",
        text(&state["name"]),
        text(&state["now"]),
        text(&state["fast_clock"]),
        escape(scenario),
        text(&state["since"]),
    );
    page += "<h2>Scenario</h2>\n";
    for one in Scenario::ALL.map(Scenario::word) {
        let pressed = one == scenario;
        page += &format!(
            "<form method=\"post\" action=\"/control/scenario\"><button name=\"scenario\" value=\"{one}\" aria-pressed=\"{pressed}\">{one}</button></form>\n",
        );
    }
    page += "<h2>What it tells now</h2>\n";
    rows(&mut page, &state["vitals"]);
    page += "<h2>Crises</h2>\n";
    rows(&mut page, &state["crises"]);
    page += "<form method=\"post\" action=\"/control/crisis\"><button name=\"crisis_type\" value=\"vendor_cancelled\">One more crisis</button></form>\n";
    page += "<form method=\"post\" action=\"/control/crises/end?page=true\"><button>End them all</button></form>\n";
    page += "<h2>Switches</h2>\n<table>\n";
    for (key, name) in [("fallback", "Fallback"), ("manual_mode", "Manual mode")] {
        let position = if state[key]["enabled"] == true { "on" } else { "off" };
        page += &format!(
            "<tr><th>{name}</th><td>{position}</td><td>{}</td></tr>\n",
            text(&state[key]["since"]).replace("null", "")
        );
    }
    page += "</table>\n<h2>Cluster</h2>\n";
    cluster(&mut page, &state["cluster"]);
    page += "<h2>Faults</h2>\n";
    list(&mut page, &state["faults"], "None.");
    page += FAULT_FORM;
    page += "<h2>What arrived at staff</h2>\n<p><a href=\"/chat\">Chat</a>, <a href=\"/mail\">mail</a>, <a href=\"/pagerduty\">PagerDuty</a>, <a href=\"/hooks\">webhooks</a>.</p>\n";
    page += "<h2>What arrived at the emergency host</h2>\n";
    list(&mut page, &state["emergency"], "Nothing.");
    page += &format!(
        "<h2>The truth</h2>\n<p>{} answers told: <a href=\"/control/truth?since=0\">as JSON</a>; {} changes made: <a href=\"/control/effects?since=0\">as JSON</a>; <a href=\"/control/state\">this page as JSON</a>.</p>\n</body></html>\n",
        text(&state["told"]),
        text(&state["effects"])
    );
    page
}

const FAULT_FORM: &str =
    "<form method=\"post\" action=\"/control/fault\"><fieldset><legend>A fault for one route</legend>
<label>Route <input name=\"route\" value=\"/ai/health\" required></label>
<label>Method <input name=\"method\" size=\"6\"></label>
<label>When <select name=\"when\"><option>before<option>after</select></label>
<label>Status <input name=\"status\" inputmode=\"numeric\" size=\"4\"></label>
<label>Delay, ms <input name=\"delay_ms\" inputmode=\"numeric\" size=\"6\"></label>
<label>Retry after, s <input name=\"retry_after\" inputmode=\"numeric\" size=\"4\"></label>
<label>Body <input name=\"body\"></label>
<label>Times <input name=\"times\" inputmode=\"numeric\" size=\"4\"></label>
<label><span><input type=\"checkbox\" name=\"drop\" value=\"true\"> drop</span></label>
<label><span><input type=\"checkbox\" name=\"reset\" value=\"true\"> reset</span></label>
<button>Order it</button></fieldset></form>
<form method=\"post\" action=\"/control/clear?page=true\"><button>Clear all faults</button></form>
<form method=\"post\" action=\"/control/reset?page=true\"><button>Start afresh</button></form>
";

/// Each deployment with its pods, the autoscaler, where the ingress leads, and the jobs.
fn cluster(page: &mut String, cluster: &Value) {
    let all = |key: &str| cluster[key].as_array().map(Vec::as_slice).unwrap_or_default();
    page.push_str("<table>\n");
    for one in all("deployments") {
        let _ = writeln!(
            page,
            "<tr><th>{}</th><td>{} of {} ready</td><td>{} of the newest template</td></tr>",
            escape(one["name"].as_str().unwrap_or_default()),
            one["ready"],
            one["wanted"],
            one["updated"],
        );
    }
    for one in all("autoscalers") {
        let name = escape(one["name"].as_str().unwrap_or_default());
        let _ = writeln!(page, "<tr><th>{name}</th><td>{} to {}</td></tr>", one["least"], one["most"]);
    }
    let ingress = escape(cluster["ingress"].as_str().unwrap_or("nowhere"));
    let _ = writeln!(page, "<tr><th>ai-ingress</th><td>leads to {ingress}</td></tr>");
    for one in all("jobs") {
        let told = ["name", "is"].map(|key| escape(one[key].as_str().unwrap_or_default()));
        let _ = writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", told[0], told[1]);
    }
    page.push_str("</table>\n");
}

fn rows(page: &mut String, object: &Value) {
    page.push_str("<table>\n");
    for (key, value) in object.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // Writing to a string cannot fail.
        let _ = writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", escape(key), escape(&value));
    }
    page.push_str("</table>\n");
}

fn list(page: &mut String, values: &Value, none: &str) {
    let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
    if values.is_empty() {
        let _ = writeln!(page, "<p>{none}</p>");
        return;
    }
    page.push_str("<ul>\n");
    for value in values.iter().rev() {
        let _ = writeln!(page, "<li><code>{}</code></li>", escape(&value.to_string()));
    }
    page.push_str("</ul>\n");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

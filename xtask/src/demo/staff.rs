//! How staff are told in the demo: everything arrives at the pretended platform, where it can be looked at.

use super::home::write_token;
use anyhow::Result;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// Files with a secret of their own, made once.
const SECRETS: [&str; 4] = ["slack-token", "slack-signing-secret", "webhook-secret", "pagerduty-key"];

/// The sections `[delivery…]`, whose secrets are written into files of the folder.
pub fn config(folder: &Path, platform: SocketAddr, smtp: SocketAddr) -> Result<String> {
    for name in SECRETS {
        let file = folder.join(name);
        if !file.is_file() {
            write_token(&file)?;
        }
    }
    fs::write(folder.join("slack-url"), format!("http://{platform}/hooks/all-hands\n"))?;
    Ok(format!(
        "[delivery.mail]\nurl = \"smtp://{smtp}\"\nfrom = \"Bellwether <bellwether@demo.example>\"\n\n\
         [delivery.slack_app]\ntoken_file = \"slack-token\"\nsigning_secret_file = \"slack-signing-secret\"\n\
         api_url = \"http://{platform}/api\"\n\n\
         [delivery.slack.all-hands]\nurl_file = \"slack-url\"\n\n\
         [delivery.webhook.duty-desk]\nurl = \"http://{platform}/webhooks/duty-desk\"\n\
         secret_file = \"webhook-secret\"\n\n\
         [delivery.pagerduty.primary]\nurl = \"http://{platform}/v2/enqueue\"\n\
         routing_key_file = \"pagerduty-key\"\n\n\
         [delivery.channel.ai-ops-alerts]\nslack_channel = \"ai-ops-alerts\"\n\n\
         [delivery.channel.platform-engineering]\nslack_channel = \"platform-engineering\"\n\
         pagerduty = [\"primary\"]\nwebhook = [\"duty-desk\"]\n\n\
         [delivery.channel.wedding-day-support]\nslack_channel = \"wedding-day-support\"\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stand_in_files_and_stay_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let address: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        let first = config(folder.path(), address, address).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        let secrets: Vec<_> = SECRETS.iter().map(|name| read(name)).collect();
        assert!(secrets.iter().all(|secret| secret.trim().len() == 48 && !first.contains(secret.trim())));
        config(folder.path(), address, address).unwrap();
        assert_eq!(SECRETS.map(read).to_vec(), secrets);
    }
}

//! A configuration that changed is on record once, by its sections.

use domain::time::Millis;

use super::super::record_configuration;
use crate::{config, testing};

#[tokio::test]
async fn a_changed_configuration_is_on_record_once_and_shows_no_secret() {
    for world in testing::worlds().await {
        let mut config = config::load(None, std::iter::empty()).unwrap();
        assert!(
            record_configuration(&world.db, Millis(1), &config).await.unwrap().is_some(),
            "the first start"
        );
        assert!(record_configuration(&world.db, Millis(2), &config).await.unwrap().is_none());
        config.access.second_factors_required = false;
        assert!(record_configuration(&world.db, Millis(3), &config).await.unwrap().is_some());
        config.platforms[0].token = Some("marked-password-of-a-platform".into());
        let with_token = record_configuration(&world.db, Millis(4), &config).await.unwrap();
        assert!(with_token.is_some(), "that there is one is no secret");
        config.platforms[0].token = Some("marked-password-that-is-another".into());
        assert!(record_configuration(&world.db, Millis(5), &config).await.unwrap().is_none());
        let log = testing::on_record(&world.db).await;
        let begin = "configuration.changed done by the console: changed since the last start: ";
        assert_eq!(log.len(), 3);
        assert_eq!(log[1], format!("{begin}access and roles"));
        assert_eq!(log[2], format!("{begin}platform"));
    }
}

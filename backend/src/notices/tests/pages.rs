use domain::time::DAY;
use secrecy::{ExposeSecret, SecretString};

use super::*;

fn token(link: &PageLink) -> SecretString {
    let address = link.address.expose_secret();
    SecretString::from(address.strip_prefix("https://console.example.com/c/").unwrap())
}

#[tokio::test]
async fn a_page_is_in_their_language_until_it_ends_or_is_taken_back() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let link = desk.notices.share_page(&desk.work(), &desk.see(), &id).await.unwrap();
        let token_of = token(&link);
        assert_eq!(token_of.expose_secret().len(), 32);
        let at = desk.clock.now().plus(30 * MINUTE);
        desk.notices.promise(&desk.work(), &id, at).await.unwrap();
        let page = desk.notices.page(&token_of).await.unwrap().unwrap();
        assert_eq!((page.language.as_str(), page.is_overdue), ("sv", false));
        assert!(page.next.is_some() && page.call.unwrap().contains("Priya, +46 8 123"));
        // The same link again, and the one that letters name.
        let again = desk.notices.share_page(&desk.work(), &desk.see(), &id).await.unwrap();
        assert_eq!(again.address.expose_secret(), link.address.expose_secret());
        let letter = desk.preview(&desk.wish(&id)).await.letter.unwrap();
        assert!(letter.text.expose().contains(link.address.expose_secret()));
        let stored =
            crate::testing::everything_stored(&desk.world.db, "couple_page", &["id", "token_hash"]).await;
        assert!(!stored.contains(token_of.expose_secret()));

        desk.clock.advance(HOUR);
        assert!(desk.notices.page(&token_of).await.unwrap().unwrap().is_overdue);
        desk.clock.advance(90 * DAY);
        assert_eq!(desk.notices.page(&token_of).await.unwrap(), None);
        let next = desk.notices.share_page(&desk.work(), &desk.see(), &id).await.unwrap();
        assert_ne!(next.address.expose_secret(), link.address.expose_secret());
        assert!(desk.notices.page(&token(&next)).await.unwrap().is_some());
        desk.notices.revoke_page(&desk.work(), &id).await.unwrap();
        assert_eq!(desk.notices.page(&token(&next)).await.unwrap(), None);
        assert!(desk.notices.revoke_page(&desk.work(), &id).await.is_err());
        assert_eq!(desk.notices.page(&"none".into()).await.unwrap(), None);
        let story = desk.story(&id).await;
        assert!(story.contains(&"priya took the couple\u{2019}s page back.".to_owned()), "{story:?}");
    }
}

#[tokio::test]
async fn without_the_key_a_page_says_the_same_in_english() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let link = desk.notices.share_page(&desk.work(), &desk.see(), &id).await.unwrap();
        let (_, locked) = desk.again_with(Vec::new());
        let page = locked.page(&token(&link)).await.unwrap().unwrap();
        assert_eq!(page.language.as_str(), "en");
    }
}

#[tokio::test]
async fn a_doubles_page_goes_on_as_that_of_the_case_it_went_into() {
    for desk in desks(nowhere()).await {
        let (double, into) = (desk.elena().await, desk.elena().await);
        let link = desk.notices.share_page(&desk.work(), &desk.see(), &double).await.unwrap();
        desk.cases.merge(&desk.work(), &double, &into).await.unwrap();
        desk.notices.promise(&desk.work(), &into, desk.clock.now().plus(HOUR)).await.unwrap();
        assert!(desk.notices.page(&token(&link)).await.unwrap().unwrap().next.is_some());
    }
}

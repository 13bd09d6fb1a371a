use domain::notices::Language;

use super::*;

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

#[tokio::test]
async fn a_letter_goes_in_the_language_that_was_chosen_and_seen() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        let own = desk.preview(&desk.wish(&id)).await;
        let tags: Vec<&str> = own.languages.iter().map(Language::as_str).collect();
        assert_eq!(tags, ["en", "fr", "de", "es", "sv"]);
        assert_eq!((own.language.as_str(), own.theirs.as_str(), own.is_known), ("sv", "sv", true));
        let wish = Wish { language: Some(language("de")), ..desk.wish(&id) };
        let chosen = desk.preview(&wish).await;
        assert_eq!((chosen.language.as_str(), chosen.theirs.as_str()), ("de", "sv"));
        let letter = chosen.letter.unwrap();
        assert!(letter.text.expose().starts_with("Liebes Brautpaar"), "the whole text is");
        assert!(letter.text.expose().contains(" Uhr am "), "and so is the time in it");
        assert!(chosen.html.expose().contains("<html lang=\"de\""));
        assert_eq!(chosen.no_text_in, None);

        // What was seen in one language does not go in another.
        for (wish, seen) in [(desk.wish(&id), &chosen.seen), (wish.clone(), &own.seen)] {
            let refused = desk.notices.send(&desk.work(), &desk.see(), wish, seen.as_ref().unwrap()).await;
            let NoticeRefused::Changed(changed) = refused.unwrap_err() else { panic!("it was sent") };
            assert_eq!(changed, ["the language", "the subject", "the text"]);
        }
        assert!(desk.rows(&id).await.is_empty());
        let attempt = desk.send(&wish).await.unwrap();
        let read = desk.notices.read(&desk.see(), &attempt).await.unwrap();
        assert_eq!(read.letter, letter);
    }
}

#[tokio::test]
async fn a_language_without_a_text_is_none_to_choose() {
    for desk in desks(nowhere()).await {
        let id = desk.elena().await;
        for tag in ["he", "sv-fi"] {
            let wish = Wish { language: Some(language(tag)), ..desk.wish(&id) };
            let preview = desk.preview(&wish).await;
            assert_eq!((preview.language.as_str(), preview.letter.is_none()), ("sv", true), "{tag}");
            assert_eq!(preview.hindrances, ["There is no text for this in that language."]);
            let refused = desk.notices.send(&desk.work(), &desk.see(), wish, "").await.unwrap_err();
            assert!(matches!(refused, NoticeRefused::NoSuchLanguage), "{refused}");
        }
        // An own text is in the language that is said with it.
        let edited = Some(Edited { subject: "Hallo".to_owned(), text: "Wir kommen.".to_owned() });
        let wish = Wish { language: Some(language("de")), edited, ..desk.wish(&id) };
        assert_eq!(desk.preview(&wish).await.letter.unwrap().language, language("de"));
    }
}

//! Nobody is told twice because a backup was put back.

use super::*;

/// Both were sent after the backup was made, which the backup does not know.
#[tokio::test]
async fn what_waited_in_a_backup_is_in_doubt_and_never_sent_by_itself() {
    let sink = Sink::new().await;
    for desk in desks(sink.address()).await {
        let before = sink.mails().len();
        let (elena, other) = (desk.elena().await, desk.couple("Ada & Grace", "ada@example.com").await);
        let waited = desk.send(&desk.wish(&elena)).await.unwrap();
        let under_way = desk.send(&desk.wish(&other)).await.unwrap();
        assert!(matches!(desk.notices.claim(Way::Mail).await.unwrap(), claiming::Claimed::Job(_)));
        let mut tx = desk.world.db.begin().await.unwrap();
        assert_eq!(hold_back(&mut tx, desk.clock.now()).await.unwrap(), 2);
        tx.commit().await.unwrap();

        let (_, notices) = desk.again_with(keys(KEY));
        let working = Working::start(&notices);
        for attempt in [&waited, &under_way] {
            desk.becomes(attempt, "in doubt").await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(sink.mails().len(), before, "nothing is sent");
        let story = desk.story(&elena).await.join("\n");
        assert!(story.contains("doubt") || story.contains("not known"), "{story}");
        working.end().await;
        // What is settled, and what is in doubt, is left alone.
        let mut tx = desk.world.db.begin().await.unwrap();
        assert_eq!(hold_back(&mut tx, desk.clock.now()).await.unwrap(), 0);
    }
}

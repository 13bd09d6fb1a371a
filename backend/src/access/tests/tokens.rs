//! Machines' tokens.

use domain::{
    access::LONGEST_TOKEN,
    time::{DAY, HOUR, MINUTE},
};

use super::*;

fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

#[tokio::test]
async fn a_token_allows_its_part_until_it_ends() {
    for door in doors().await {
        let (_, viewer, permit) = door.admin("root").await;
        let proven = viewer.proven(START).unwrap();
        let wanted = set(&[Permission::SeeStatus, Permission::ManageAccess]);
        let made = door.access.create_token(&proven, "ci", wanted, START.plus(DAY)).await.unwrap();
        assert_eq!(door.last().await, "token.created done by root about ci");
        assert!(made.secret.expose_secret().starts_with("bwt_"));
        let machine = door.access.check_token(&made.secret, here()).await.unwrap();
        assert_eq!(machine.permissions, wanted);
        assert_eq!(machine.actor().name, "ci (root)");
        assert!(machine.permit::<ReadAudit>().is_err());
        // A machine gives no password: what is dangerous stays closed to it.
        assert!(machine.proven::<ManageAccess>(START).is_err() && machine.fresh(START).is_err());
        assert!(matches!(door.access.prove(&machine, &secret(PASSWORD)).await, Err(SignInRefused::Over)));

        let used = async || {
            for _ in 0..4_000 {
                if let Some(used) = door.access.tokens(&permit).await.unwrap()[0].last_used_at
                    && used == door.access.now()
                {
                    return true;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            false
        };
        assert!(used().await);
        door.clock.advance(MINUTE);
        door.access.check_token(&made.secret, here()).await.unwrap();
        assert!(used().await);

        door.clock.advance(DAY - MINUTE - 1);
        door.access.check_token(&made.secret, here()).await.unwrap();
        door.clock.advance(1);
        let ended = door.access.check_token(&made.secret, here()).await.unwrap_err();
        assert!(matches!(ended, TokenRefused::Expired));
        assert_eq!(door.last().await, "token.used refused by ci about ci: this token has expired");
        for made_up in ["bwt_x", "", "Bearer", &"bwt_".repeat(1 << 18)] {
            let unknown = door.access.check_token(&secret(made_up), here()).await.unwrap_err();
            assert!(matches!(unknown, TokenRefused::Unknown));
        }
        assert_eq!(
            door.last().await,
            "token.used refused by somebody not signed in: this token is not known"
        );
    }
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    for door in doors().await {
        let (_, viewer, permit) = door.admin("root").await;
        let proven = viewer.proven(START).unwrap();
        let one = set(&[Permission::SeeStatus]);
        let made = door.access.create_token(&proven, "ci", one, START.plus(DAY)).await.unwrap();
        door.access.check_token(&made.secret, here()).await.unwrap();
        door.access.revoke_token(&permit, &made.token.id).await.unwrap();
        assert_eq!(door.last().await, "token.revoked done by root about ci");
        let refused = door.access.check_token(&made.secret, here()).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::Revoked));
        assert_eq!(door.last().await, "token.used refused by ci about ci: this token was revoked");
        let twice = door.access.revoke_token(&permit, &made.token.id).await;
        assert!(matches!(twice, Err(TokenRefused::Revoked)));
        let unknown = door.access.revoke_token(&permit, "x").await;
        assert!(matches!(unknown, Err(TokenRefused::Unknown)));
        assert!(door.access.tokens(&permit).await.unwrap()[0].revoked_at.is_some());
    }
}

#[tokio::test]
async fn a_token_never_allows_more_than_its_person_may_do() {
    for door in doors().await {
        let (_, viewer, permit) = door.admin("root").await;
        let proven = viewer.proven(START).unwrap();
        let hour = START.plus(HOUR);
        let status = set(&[Permission::SeeStatus]);
        let more = set(&[Permission::SeeStatus, Permission::Approve]);
        for (name, permissions, end, words) in [
            ("ci", more, hour, "more than the person"),
            ("ci", Permissions::NONE, hour, "at least one permission"),
            ("ci", status, START, "in the future, and within a year"),
            ("ci", status, START.plus(LONGEST_TOKEN + 1), "in the future, and within a year"),
            (" ", status, hour, "a name has"),
        ] {
            let why =
                door.access.create_token(&proven, name, permissions, end).await.unwrap_err().to_string();
            assert!(why.contains(words), "{why}");
            assert!(door.last().await.starts_with("token.created refused by root: "));
        }
        assert!(door.access.tokens(&permit).await.unwrap().is_empty());

        // The person becomes less, and so does the token; then nothing at all.
        let person = door.person("ada", "admin").await;
        let ada = door.viewer(&door.signed_in("ada").await).await;
        let both = set(&[Permission::SeeStatus, Permission::ManageAccess]);
        let made = door.access.create_token(&ada.proven(START).unwrap(), "hers", both, hour).await.unwrap();
        let version = door.access.person(&permit, &person).await.unwrap().unwrap().version;
        let change = PersonChange { name: "ada".to_owned(), role: "viewer".to_owned() };
        door.access.change(&permit, &person, version, change).await.unwrap();
        let machine = door.access.check_token(&made.secret, here()).await.unwrap();
        assert_eq!(machine.permissions, status);
        door.access.disable(&permit, &person).await.unwrap();
        let refused = door.access.check_token(&made.secret, here()).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::OwnerGone));
        door.access.remove(&permit, &person).await.unwrap();
        let refused = door.access.check_token(&made.secret, here()).await.unwrap_err();
        assert!(matches!(refused, TokenRefused::Unknown));
    }
}

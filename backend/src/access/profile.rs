//! What a person says of themselves.

use domain::{access::EmailAddress, audit::Masked};
use jiff::tz::TimeZone;

use super::{Access, Profile, ProfileRefused, Viewer, Way, WayKind, store, whole, words};
use crate::{audit, db::DbError};

const MOST_WAYS: usize = 10;
const LONGEST_WAY: usize = 254;

impl Access {
    /// The profile of whoever asks.
    ///
    /// # Errors
    /// When the database cannot be read, or the person was removed this moment.
    pub async fn profile(&self, viewer: &Viewer) -> Result<Profile, DbError> {
        let read = self.inner.db.read();
        let person = store::person(read, &viewer.person).await?;
        let person = person.ok_or_else(|| DbError::Stored("this person was removed".to_owned()))?;
        let ways = store::ways(read, &viewer.person).await?;
        Ok(Profile {
            name: person.name,
            zone: person.zone,
            theme: person.theme.parse().unwrap_or_default(),
            ways,
        })
    }

    /// Changes the profile of whoever asks.
    ///
    /// # Errors
    /// When a part of it cannot be taken; then nothing is changed.
    pub async fn change_profile(&self, viewer: &Viewer, profile: Profile) -> Result<(), ProfileRefused> {
        let (access, viewer) = (self.clone(), viewer.clone());
        whole(async move {
            let entry = viewer.entry("profile.changed").about(viewer.object());
            let mut tx = access.inner.db.begin().await?;
            let profile = match checked(&access, profile) {
                Ok(profile) => profile,
                Err(why) => return Err(access.refuse(tx, entry, why).await),
            };
            let before = store::person(&mut *tx, &viewer.person).await?;
            let Some(before) = before else {
                return Err(DbError::Stored("this person was removed".to_owned()).into());
            };
            let ways_before = listed(&store::ways(&mut *tx, &viewer.person).await?);
            let theme = profile.theme.word();
            store::change_profile(&mut tx, &viewer.person, &profile.name, profile.zone.as_deref(), theme)
                .await?;
            store::set_ways(&mut tx, &viewer.person, &profile.ways).await?;
            let (was, is) = Masked::new()
                .hidden("name", Some(&before.name), Some(&profile.name))
                .shown("zone", before.zone.as_deref(), profile.zone.as_deref())
                .shown("theme", Some(&before.theme), Some(theme))
                .hidden("ways", Some(&ways_before), Some(&listed(&profile.ways)))
                .parts();
            audit::record(&mut tx, access.now(), &entry.changed(was, is)).await?;
            tx.commit().await.map_err(DbError::from)?;
            access.inner.cache.forget_person(&viewer.person);
            Ok(())
        })
        .await
    }
}

fn checked(access: &Access, profile: Profile) -> Result<Profile, ProfileRefused> {
    let name = words::name(&profile.name).ok_or(ProfileRefused::Name)?;
    if let Some(zone) = &profile.zone {
        TimeZone::get(zone).map_err(|_| ProfileRefused::Zone)?;
    }
    if profile.ways.len() > MOST_WAYS {
        return Err(ProfileRefused::TooManyWays { most: MOST_WAYS });
    }
    let ways = profile
        .ways
        .into_iter()
        .enumerate()
        .map(|(position, way)| usable(access, way).map_err(|why| ProfileRefused::Way { position, why }));
    Ok(Profile { name, zone: profile.zone, theme: profile.theme, ways: ways.collect::<Result<_, _>>()? })
}

fn usable(access: &Access, way: Way) -> Result<Way, &'static str> {
    let address = way.address.trim();
    if address.is_empty() {
        return Err("it is empty");
    }
    if address.len() > LONGEST_WAY {
        return Err("it is too long");
    }
    if address.chars().any(char::is_control) {
        return Err("it has control characters in it");
    }
    let is_one = match way.kind {
        WayKind::Mail => EmailAddress::parse(address).is_ok(),
        WayKind::Phone => {
            let digits: Vec<char> =
                address.chars().filter(|sign| !matches!(sign, ' ' | '-' | '(' | ')')).collect();
            (8..=16).contains(&digits.len())
                && digits.first() == Some(&'+')
                && digits.iter().skip(1).all(char::is_ascii_digit)
        }
        WayKind::Chat => !address.contains(char::is_whitespace),
        WayKind::Webhook => access.inner.webhooks.iter().any(|name| name == address),
    };
    match (is_one, way.kind) {
        (true, _) => Ok(Way { kind: way.kind, address: address.to_owned() }),
        (false, WayKind::Mail) => Err("it is no e-mail address"),
        (false, WayKind::Phone) => Err("it is no number such as +46 70 123 45 67"),
        (false, WayKind::Webhook) => {
            Err("no webhook has this name; expected one that the configuration has under [delivery.webhook]")
        }
        (false, WayKind::Chat) => Err("it has blanks in it; expected a name such as @ada"),
    }
}

fn listed(ways: &[Way]) -> String {
    ways.iter().map(|way| format!("{} {}", way.kind.word(), way.address)).collect::<Vec<_>>().join(", ")
}

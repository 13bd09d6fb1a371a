//! `/settings`: one's own profile, password and sessions.

use app::access::{self as pages, Choice, FactorState, Links, Profile, SessionRow, Settings, Troubles, Way};
use axum::{
    Form,
    extract::{Path, Query},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use backend::access::{
    self, PasswordRefused, Permission, ProfileRefused, Restricted, SessionKey, Viewer, WayKind,
};
use jiff::tz;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{
    asked::{Asked, Refusal, see, with_cookie},
    form::Fields,
    sentence,
    sign_in::providers,
};

const WAYS: [(WayKind, &str, &str); 4] = [
    (WayKind::Mail, "mail", "E-mail"),
    (WayKind::Chat, "chat", "Chat"),
    (WayKind::Webhook, "webhook", "Webhook"),
    (WayKind::Phone, "phone", "Telephone"),
];
/// A form is not a way to fill the memory.
const MOST_ROWS: usize = 20;

#[derive(Deserialize, Default)]
pub struct Wanted {
    /// What was just done: a key of `saved`.
    #[serde(default)]
    done: String,
}

/// What a refused form keeps.
#[derive(Default)]
struct Refused {
    profile: Option<Profile>,
    profile_troubles: Troubles,
    password_troubles: Troubles,
}

pub async fn show(asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    asked.answer(|asked| async move { draw(&asked, StatusCode::OK, saved(&wanted.done), Refused::default()).await }).await
}

/// `POST /settings/profile`: saves it, or changes the rows of ways and shows the form again.
pub async fn profile(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let mut typed = typed_profile(&asked, &fields)?;
            let pressed = fields.text("do");
            if pressed == "add_way" {
                typed.ways.push(Way { kind: "mail".to_owned(), address: String::new() });
                return again(&asked, StatusCode::OK, typed, Troubles::default()).await;
            }
            if let Some(row) = pressed.strip_prefix("remove_way_").and_then(|row| row.parse::<usize>().ok()) {
                if row < typed.ways.len() {
                    typed.ways.remove(row);
                }
                return again(&asked, StatusCode::OK, typed, Troubles::default()).await;
            }
            let profile = match wanted_profile(&typed) {
                Ok(profile) => profile,
                Err(troubles) => {
                    return again(&asked, StatusCode::UNPROCESSABLE_ENTITY, typed, troubles).await;
                }
            };
            let theme = profile.theme;
            match asked.state.access.change_profile(asked.viewer()?, profile).await {
                Ok(()) => Ok(with_cookie(see("/settings?done=profile"), theme_cookie(theme))),
                Err(ProfileRefused::Db(error)) => Err(error.into()),
                Err(refused) => {
                    let words = sentence(&refused.to_string());
                    let troubles = match refused {
                        ProfileRefused::Name => Troubles::default().and("name", words),
                        ProfileRefused::Zone => Troubles::default().and("zone", words),
                        ProfileRefused::Way { position, .. } => {
                            Troubles::default().and(format!("way_address_{position}"), words)
                        }
                        _ => Troubles::default().and("", words),
                    };
                    again(&asked, StatusCode::UNPROCESSABLE_ENTITY, typed, troubles).await
                }
            }
        })
        .await
}

/// `POST /settings/password`
pub async fn password(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let (new, repeated) = (fields.secret("password"), fields.secret("password_again"));
            let refused = |field: &str, words: String| Refused {
                password_troubles: Troubles::default().and(field, words),
                ..Refused::default()
            };
            if new.expose_secret() != repeated.expose_secret() {
                let refused = refused("password_again", "The two are not the same.".to_owned());
                return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, None, refused).await;
            }
            match asked.state.access.change_password(asked.viewer()?, &fields.secret("current"), &new).await {
                Ok(content) => {
                    let cookie = asked.rotate(&content).await?;
                    Ok(with_cookie(see("/settings?done=password"), cookie))
                }
                Err(PasswordRefused::Db(error)) => Err(error.into()),
                Err(why) => {
                    let field = match why {
                        PasswordRefused::Wrong | PasswordRefused::Wait { .. } => "current",
                        _ => "password",
                    };
                    let refused = refused(field, sentence(&why.to_string()));
                    draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, None, refused).await
                }
            }
        })
        .await
}

/// `POST /settings/sessions/{id}/end`
pub async fn end_session(asked: Asked, Path(key): Path<String>) -> Response {
    asked
        .answer(|asked| async move {
            asked.state.access.end_own_session(asked.viewer()?, &SessionKey::from_form(key)).await?;
            Ok(see("/settings?done=session"))
        })
        .await
}

/// `POST /settings/sessions/end-all`: this one too.
pub async fn end_all(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            asked.state.access.end_own_sessions(asked.viewer()?).await?;
            Ok(with_cookie(see("/sign-in"), asked.state.cookies.end_session()))
        })
        .await
}

async fn again(
    asked: &Asked,
    status: StatusCode,
    profile: Profile,
    profile_troubles: Troubles,
) -> Result<Response, Refusal> {
    let refused = Refused { profile: Some(profile), profile_troubles, ..Refused::default() };
    draw(asked, status, None, refused).await
}

async fn draw(
    asked: &Asked,
    status: StatusCode,
    saved: Option<String>,
    refused: Refused,
) -> Result<Response, Refusal> {
    let (viewer, access) = (asked.viewer()?, &asked.state.access);
    let profile = match refused.profile {
        Some(profile) => profile,
        None => shown_profile(viewer, access.profile(viewer).await?),
    };
    let sessions = access.own_sessions(viewer).await?;
    let view = Settings {
        now: access.now(),
        profile,
        sessions: sessions.into_iter().map(session_row).collect(),
        second_factor: factor(asked, viewer).await?,
        provider: super::single_sign_on::own(asked, viewer),
        providers: if viewer.provider().is_none() { providers(&asked.state) } else { Vec::new() },
        links: Links {
            people: viewer.permissions.has(Permission::ManageAccess),
            tokens: viewer.permissions.has(Permission::ManageAccess),
            audit: viewer.permissions.has(Permission::ReadAudit),
        },
        saved,
        profile_troubles: refused.profile_troubles,
        password_troubles: refused.password_troubles,
    };
    Ok(asked.page(status, pages::settings_page(&asked.shell(), &view)))
}

async fn factor(asked: &Asked, viewer: &Viewer) -> Result<FactorState, Refusal> {
    if let Some(since) = viewer.second_factor_since {
        let left = asked.state.access.recovery_codes_left(viewer).await?;
        let required = asked.state.access.needs_second_factor(viewer);
        return Ok(FactorState::On { since, recovery_left: u32::try_from(left).unwrap_or(0), required });
    }
    Ok(match viewer.restricted {
        Some(Restricted::NeedsSecondFactor) => FactorState::Required,
        _ => FactorState::Off,
    })
}

fn session_row(session: access::OwnSession) -> SessionRow {
    SessionRow {
        id: session.key.as_str().to_owned(),
        current: session.is_this,
        address: session.address.unwrap_or_else(|| "unknown".to_owned()),
        browser: super::browser::in_words(session.user_agent.as_deref().unwrap_or_default()),
        started: session.signed_in_at,
        last_seen: session.last_seen_at,
    }
}

fn shown_profile(viewer: &Viewer, stored: access::Profile) -> Profile {
    let ways = stored
        .ways
        .iter()
        .map(|way| Way { kind: kind_word(way.kind).to_owned(), address: way.address.clone() });
    Profile {
        name: stored.name,
        email: viewer.email.clone(),
        role_label: viewer.role_label.clone(),
        zone: stored.zone.unwrap_or_default(),
        zones: zones(),
        theme: shown_theme(stored.theme),
        ways: ways.collect(),
        way_kinds: way_kinds(),
    }
}

fn typed_profile(asked: &Asked, fields: &Fields) -> Result<Profile, Refusal> {
    let viewer = asked.viewer()?;
    let rows = (0..MOST_ROWS).take_while(|row| fields.has(&format!("way_address_{row}")));
    let ways = rows.map(|row| Way {
        kind: fields.text(&format!("way_kind_{row}")),
        address: fields.text(&format!("way_address_{row}")),
    });
    Ok(Profile {
        name: fields.text("name"),
        email: viewer.email.clone(),
        role_label: viewer.role_label.clone(),
        zone: fields.text("zone"),
        zones: zones(),
        theme: app::Theme::from_code(&fields.text("theme")).unwrap_or_default(),
        ways: ways.collect(),
        way_kinds: way_kinds(),
    })
}

/// From the form's words; a row that was left empty is none.
fn wanted_profile(typed: &Profile) -> Result<access::Profile, Troubles> {
    let mut ways = Vec::new();
    for (row, way) in typed.ways.iter().enumerate().filter(|(_, way)| !way.address.is_empty()) {
        let Some((kind, ..)) = WAYS.iter().find(|(_, word, _)| *word == way.kind) else {
            return Err(
                Troubles::default().and(format!("way_address_{row}"), "Choose what kind of way this is.")
            );
        };
        ways.push(access::Way { kind: *kind, address: way.address.clone() });
    }
    Ok(access::Profile {
        name: typed.name.clone(),
        zone: Some(typed.zone.clone()).filter(|zone| !zone.is_empty()),
        theme: typed.theme.code().parse().unwrap_or_default(),
        ways,
    })
}

fn kind_word(kind: WayKind) -> &'static str {
    WAYS.iter().find(|(own, ..)| *own == kind).map_or("mail", |(_, word, _)| word)
}

fn way_kinds() -> Vec<Choice> {
    WAYS.iter()
        .map(|(_, word, label)| Choice { value: (*word).to_owned(), label: (*label).to_owned() })
        .collect()
}

/// The zones by the names of cities; the rest can be typed.
fn zones() -> Vec<String> {
    let names = tz::db().available().map(|name| name.as_str().to_owned());
    let mut names: Vec<_> = names.filter(|name| name.contains('/') && !name.starts_with("Etc/")).collect();
    names.sort();
    names
}

fn shown_theme(theme: access::Theme) -> app::Theme {
    app::Theme::from_code(theme.word()).unwrap_or_default()
}

pub(super) fn theme_cookie(theme: access::Theme) -> Option<HeaderValue> {
    let text = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", theme.word());
    HeaderValue::from_str(&text).ok()
}

fn saved(done: &str) -> Option<String> {
    let words = match done {
        "profile" => "Your profile is saved.",
        "password" => "Your password is changed. All your other sessions have ended.",
        "session" => "That session has ended.",
        "no-second-factor" => "There is no second factor: nothing was removed.",
        "connected" => {
            "Your account is connected. From now on you sign in there; your other sessions have ended."
        }
        "second-factor-removed" => "Your second factor is removed.",
        _ => return None,
    };
    Some(words.to_owned())
}

/// For what is shown once: no cache keeps it.
pub fn once(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

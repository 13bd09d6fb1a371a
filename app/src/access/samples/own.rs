//! The own settings.

use domain::time::{DAY, HOUR, MINUTE};

use super::{HOSTILE, LONG, LONG_EMAIL, NOW, Page, choices, hostile_troubles, page};
use crate::{
    Shell, Theme,
    access::{
        FactorState, Links, Profile, Provider, QrCode, RecoveryCodes, SecondFactorOn, SecondFactorStart,
        SessionRow, Settings, Troubles, Way, recovery_codes_page, second_factor_page,
        second_factor_start_page, settings_page,
    },
};

pub(super) fn own(shell: &Shell, long: &Shell, hostile: &Shell) -> Vec<Page> {
    let mut all = settings(shell, long, hostile);
    all.extend(factor(shell, hostile));
    all
}

fn way(kind: &str, address: &str) -> Way {
    Way { kind: kind.to_owned(), address: address.to_owned() }
}

fn session(id: &str, current: bool, address: &str, browser: &str, minutes: i64) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        current,
        address: address.to_owned(),
        browser: browser.to_owned(),
        started: NOW.minus(minutes * MINUTE + 3 * HOUR),
        last_seen: NOW.minus(minutes * MINUTE),
    }
}

/// An operator with one phone and one browser.
fn plain() -> Settings {
    Settings {
        now: NOW,
        profile: Profile {
            name: "Priya Nair".to_owned(),
            email: "priya.nair@wedsync.example".to_owned(),
            role_label: "Operator".to_owned(),
            zone: "Europe/London".to_owned(),
            zones: ["Asia/Kolkata", "Europe/Berlin", "Europe/London", "UTC"].map(str::to_owned).to_vec(),
            theme: Theme::System,
            ways: vec![way("mail", "priya.nair@wedsync.example"), way("chat", "@priya")],
            way_kinds: choices(&[("mail", "Mail"), ("chat", "Chat"), ("webhook", "Webhook")]),
        },
        sessions: vec![session("s1", true, "192.0.2.14", "Firefox on Linux", 0)],
        second_factor: FactorState::Off,
        provider: None,
        providers: Vec::new(),
        links: Links::default(),
        saved: None,
        profile_troubles: Troubles::default(),
        password_troubles: Troubles::default(),
    }
}

fn settings(shell: &Shell, long: &Shell, hostile: &Shell) -> Vec<Page> {
    let admin = Settings {
        links: Links { people: true, tokens: true, audit: true },
        second_factor: FactorState::On { since: NOW.minus(40 * DAY), recovery_left: 7, required: true },
        sessions: vec![
            session("s1", true, "192.0.2.14", "Firefox on Linux", 0),
            session("s2", false, "198.51.100.7", "Safari on iPhone", 32),
            session("s3", false, "2001:db8::17", "Chrome on Windows", 4 * 24 * 60),
        ],
        saved: Some("Your profile is saved.".to_owned()),
        providers: vec![Provider { name: "staff".to_owned(), label: "WedSync account".to_owned() }],
        ..plain()
    };
    let mut empty = plain();
    empty.profile.ways = Vec::new();
    empty.second_factor = FactorState::Required;
    let mut refused = plain();
    refused.profile.name = String::new();
    refused.profile.zone = "Lodon".to_owned();
    refused.profile.ways.push(way("mail", "priya at home"));
    refused.profile_troubles = Troubles::default()
        .and("", "Nothing was saved. See the three fields below.")
        .and("name", "Without a name nobody knows who acts.")
        .and("zone", "No time zone has this name. Take one from the list, such as Europe/London.")
        .and("way_address_2", "This is not of the form name@example.com.");
    let mut wrong_password = plain();
    wrong_password.password_troubles = Troubles::default()
        .and("current", "This is not your present password.")
        .and("password", "This password is in lists of stolen ones. Choose another.");
    let hostile_password = Settings {
        password_troubles: hostile_troubles(&["", "current", "password", "password_again"]),
        ..plain()
    };
    let mut wide = admin.clone();
    wide.profile.name = LONG.to_owned();
    wide.profile.email = LONG_EMAIL.to_owned();
    wide.profile.ways = vec![way("mail", LONG_EMAIL)];
    wide.sessions[1].browser = LONG.to_owned();
    wide.providers.clear();
    wide.provider = Some("the single sign-on of the federated wedding planners".to_owned());
    vec![
        page("settings", settings_page(shell, &plain())),
        page("settings-empty", settings_page(long, &empty)),
        page("settings-admin", settings_page(shell, &admin)),
        page("settings-refused", settings_page(shell, &refused)),
        page("settings-password", settings_page(shell, &wrong_password)),
        page("settings-long", settings_page(long, &wide)),
        page("settings-hostile", settings_page(hostile, &hostile_settings())),
        page("settings-password-hostile", settings_page(hostile, &hostile_password)),
    ]
}

fn hostile_settings() -> Settings {
    let text = || HOSTILE.to_owned();
    Settings {
        profile: Profile {
            name: text(),
            email: text(),
            role_label: text(),
            zone: text(),
            zones: vec![text()],
            theme: Theme::Dark,
            ways: vec![way(HOSTILE, HOSTILE)],
            way_kinds: choices(&[(HOSTILE, HOSTILE)]),
        },
        sessions: vec![
            session(HOSTILE, false, HOSTILE, HOSTILE, 3),
            session(HOSTILE, true, HOSTILE, HOSTILE, 3),
        ],
        saved: Some(text()),
        profile_troubles: hostile_troubles(&["", "name", "zone", "way_address_0"]),
        ..plain()
    }
}

/// Looks like one, and holds nothing.
fn qr() -> QrCode {
    let width = 29;
    let corner = |x: usize, y: usize| {
        let at = |x: usize, y: usize| {
            x < 7
                && y < 7
                && (matches!((x, y), (0 | 6, _) | (_, 0 | 6)) || (2..5).contains(&x) && (2..5).contains(&y))
        };
        at(x, y) || (x >= width - 7 && at(x - (width - 7), y)) || (y >= width - 7 && at(x, y - (width - 7)))
    };
    let free = |x: usize, y: usize| (x < 8 || x >= width - 8) && y < 8 || x < 8 && y >= width - 8;
    let module = |index: usize| {
        let (x, y) = (index % width, index / width);
        corner(x, y) || !free(x, y) && (index * index * 7 + x * y) % 5 < 2
    };
    QrCode { width, dark: (0..width * width).map(module).collect() }
}

fn factor(shell: &Shell, hostile: &Shell) -> Vec<Page> {
    let start = SecondFactorStart {
        now: NOW,
        qr: qr(),
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
        required: false,
        troubles: Troubles::default(),
    };
    let refused = SecondFactorStart {
        required: true,
        troubles: Troubles::default().and(
            "code",
            "This code is not right. Check that the clock of the phone is, then take the next one.",
        ),
        ..start.clone()
    };
    let codes = RecoveryCodes {
        now: NOW,
        email: "priya.nair@wedsync.example".to_owned(),
        codes: [
            "k3mv-9tqa",
            "p7xd-2fwh",
            "r8nc-6bye",
            "t4gs-1juz",
            "v9hk-5dma",
            "w2qe-8xrf",
            "y6bt-3pcn",
            "z1fj-7gws",
        ]
        .map(str::to_owned)
        .to_vec(),
        next: "/settings".to_owned(),
        done: Some("The second factor is on.".to_owned()),
    };
    let on = SecondFactorOn {
        now: NOW,
        since: NOW.minus(40 * DAY),
        recovery_left: 1,
        ..SecondFactorOn::default()
    };
    let text = || HOSTILE.to_owned();
    let hostile_start =
        SecondFactorStart { secret: text(), troubles: hostile_troubles(&["", "code"]), ..start.clone() };
    let hostile_codes =
        RecoveryCodes { now: NOW, email: text(), codes: vec![text()], next: text(), done: Some(text()) };
    vec![
        page("factor-start", second_factor_start_page(shell, &start)),
        page("factor-refused", second_factor_start_page(shell, &refused)),
        page("factor-codes", recovery_codes_page(shell, &codes)),
        page("factor-on", second_factor_page(shell, &on)),
        page("factor-needed", second_factor_page(shell, &SecondFactorOn { required: true, ..on })),
        page("factor-start-hostile", second_factor_start_page(hostile, &hostile_start)),
        page("factor-codes-hostile", recovery_codes_page(hostile, &hostile_codes)),
    ]
}

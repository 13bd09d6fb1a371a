//! Where traffic goes: the backup region, the backup infrastructure, rules in place of the AI.

use super::{
    Names, backend,
    draft::{About, Draft, draft, enabled, post},
};
use crate::{
    actions::{Base, Goal, IngressPath, Kind, KubeName, Look, NotAName, Precondition},
    time::{MINUTE, SECOND},
};

const EVERYTHING: [&str; 3] = ["optimization", "recommendation", "crisis"];
const SWITCH: &str = "the fallback";

pub(super) fn entries(names: &Names) -> Vec<Draft> {
    let to = |about: &About<'_>, from: &[&(String, u16)], to| {
        draft(names, about, route(names, from, to), Look::Routed, 2 * MINUTE)
            .of(&EVERYTHING)
            .needs(Precondition::BackendReady { least: 1 })
            .needs(Precondition::NotYetInPlace)
            .restores()
            .by_two_who_route()
    };
    let Names { normal, backup_region, backup_infrastructure, .. } = names;
    vec![
        to(
            &About {
                goal: Goal::Traffic,
                key: "reroute-to-backup-region",
                name: "Reroute to the backup region",
                changes: "All traffic of the AI API goes to the backup region; the services here get none.",
                procedure: "outage",
            },
            &[normal, backup_infrastructure],
            backup_region,
        ),
        to(
            &About {
                goal: Goal::Traffic,
                key: "return-from-backup-region",
                name: "Return from the backup region",
                changes: "Traffic that goes to the backup region comes back to the normal services.",
                procedure: "outage",
            },
            &[backup_region],
            normal,
        ),
        to(
            &About {
                goal: Goal::Traffic,
                key: "fail-over-to-backup-infrastructure",
                name: "Fail over to the backup infrastructure",
                changes: "All traffic of the AI API goes to the backup infrastructure; the services here get none.",
                procedure: "outage",
            },
            &[normal, backup_region],
            backup_infrastructure,
        ),
        to(
            &About {
                goal: Goal::Traffic,
                key: "return-from-backup-infrastructure",
                name: "Return from the backup infrastructure",
                changes: "Traffic that goes to the backup infrastructure comes back to the normal services.",
                procedure: "outage",
            },
            &[backup_infrastructure],
            normal,
        ),
        draft(
            names,
            &About {
                goal: Goal::Traffic,
                key: "enable-fallback",
                name: "Enable fallback",
                changes: "Couples get answers by rules in place of the AI: always there, and less accurate.",
                procedure: "outage",
            },
            Ok(post(Base::Api, "/ai/fallback/enable", &[])),
            enabled("/ai/fallback", true),
            30 * SECOND,
        )
        .of(&EVERYTHING)
        .needs(Precondition::NotYetInPlace)
        .undone_by("disable-fallback")
        .touches(SWITCH),
        draft(
            names,
            &About {
                goal: Goal::Traffic,
                key: "disable-fallback",
                name: "Disable fallback",
                changes: "Couples get answers of the AI again.",
                procedure: "outage",
            },
            Ok(post(Base::Api, "/ai/fallback/disable", &[])),
            enabled("/ai/fallback", false),
            30 * SECOND,
        )
        .of(&EVERYTHING)
        .needs(Precondition::NotYetInPlace)
        .undone_by("enable-fallback")
        .touches(SWITCH),
    ]
}

fn route(names: &Names, from: &[&(String, u16)], to: &(String, u16)) -> Result<Kind, NotAName> {
    Ok(Kind::KubernetesIngressBackend {
        at: IngressPath {
            namespace: names.namespace()?,
            ingress: KubeName::parse(&names.ingress)?,
            host: KubeName::parse(&names.host)?,
            path: names.path.clone(),
        },
        from: from.iter().map(|&from| backend(from)).collect::<Result<_, _>>()?,
        to: backend(to)?,
    })
}

impl Draft {
    fn by_two_who_route(self) -> Draft {
        self.dangerous(
            "Every couple's request goes elsewhere at once; if the other side is not well, all of them fail.",
        )
        .by_two()
    }
}

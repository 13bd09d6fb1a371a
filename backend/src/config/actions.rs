//! What may be done to each platform: WedSync's catalogue under the names of the platform.

use std::collections::BTreeMap;

use domain::actions::{Catalogue, wedsync::Names};

use super::{Platform, problem::Place, read::Reader};

/// The catalogue of each platform, checked as a whole.
pub(super) fn read(reader: &mut Reader<'_>, platforms: &[Platform]) -> BTreeMap<String, Catalogue> {
    let mut catalogues = BTreeMap::new();
    for platform in platforms {
        let mut names = Names { platform: platform.name.clone(), ..Names::default() };
        if let Some(kubernetes) = &platform.kubernetes {
            names.namespace.clone_from(&kubernetes.namespace);
        }
        if let Some(redis) = &platform.redis {
            names.redis_database = redis.database;
        }
        match Catalogue::wedsync(&names) {
            Ok(catalogue) => {
                for (service, settings) in &platform.failovers {
                    let named = [&settings.failover, &settings.failback].into_iter().flatten();
                    for key in named.filter(|key| catalogue.get(key).is_none()) {
                        let message =
                            format!("the failover of {service} names {key}, and there is no such action");
                        reader.complain(&Place::Nowhere, &format!("platform {}", platform.name), message);
                    }
                }
                catalogues.insert(platform.name.clone(), catalogue);
            }
            Err(problems) => {
                for problem in problems {
                    reader.complain(
                        &Place::Nowhere,
                        &format!("platform {}", platform.name),
                        problem.to_string(),
                    );
                }
            }
        }
    }
    catalogues
}

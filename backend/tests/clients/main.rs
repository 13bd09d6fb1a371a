//! The clients of the platform's cluster, cache and database, against ones that really answer.

#[cfg(test)]
mod cache;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod cluster_faults;
#[cfg(test)]
mod database;
#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod platform;

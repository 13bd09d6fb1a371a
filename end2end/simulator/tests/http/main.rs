//! Speaks HTTP to a running simulator.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod client;
#[cfg(test)]
mod command;
#[cfg(test)]
mod control;
#[cfg(test)]
mod crises;
#[cfg(test)]
mod k8s;
#[cfg(test)]
mod lies;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod sinks;

//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use backend::config::Network;
use domain::audit::Origin;

/// The address of whoever sent it. A proxy is believed about whom it speaks for only when it is configured,
/// and then the nearest address that is no such proxy counts: what stands before it anybody may have written.
pub fn address(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut nearest = peer.ip().to_canonical();
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut told: Vec<&str> = told.flat_map(|list| list.split(',')).map(str::trim).collect();
    while trusted.iter().any(|network| network.contains(nearest)) {
        match told.pop().and_then(|address| address.parse::<IpAddr>().ok()) {
            Some(address) => nearest = address.to_canonical(),
            None => break,
        }
    }
    nearest
}

pub fn origin(address: IpAddr, headers: &HeaderMap, request_id: Option<&str>) -> Origin {
    let agent =
        headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned());
    Origin {
        address: Some(address.to_string()),
        user_agent: agent,
        request_id: request_id.map(str::to_owned),
    }
}

/// Whether a request was made on this machine: by a peer here, and for nobody else.
pub fn is_from_here(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];
    peer.ip().to_canonical().is_loopback() && forwarded.iter().all(|name| !headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(peer: &str, told: &[&'static str], expected: &str) {
        let mut headers = HeaderMap::new();
        for list in told {
            headers.append("x-forwarded-for", HeaderValue::from_static(list));
        }
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let peer = SocketAddr::new(peer.parse().unwrap(), 40_000);
        assert_eq!(address(peer, &headers, &trusted).to_string(), expected);
    }

    #[test]
    fn only_a_configured_proxy_is_believed_and_only_about_its_own_client() {
        check("198.51.100.7", &[], "198.51.100.7");
        check("198.51.100.7", &["203.0.113.1"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1"], "203.0.113.1");
        check("10.0.0.1", &["192.0.2.66, 203.0.113.1"], "203.0.113.1");
        check("10.0.0.1", &["203.0.113.1, 10.9.9.9"], "203.0.113.1");
        check("10.0.0.1", &["203.0.113.1", "10.9.9.9"], "203.0.113.1");
        check("10.0.0.1", &["nonsense"], "10.0.0.1");
        check("::1", &["::ffff:203.0.113.1"], "203.0.113.1");
    }
}

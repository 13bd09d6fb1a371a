//! Lasting departures from what is well: how one begins, is judged, acknowledged and resolved.

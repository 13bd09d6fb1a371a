//! Watching the platform: what was polled, what it comes to, what the pages and charts show.

pub mod shown;

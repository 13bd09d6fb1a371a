//! One stream of events a page, heard by every part of it that moves.

#[cfg(target_arch = "wasm32")]
mod stream;

#[cfg(target_arch = "wasm32")]
pub use stream::{now, on_frame, start};

/// The server hears no events; it renders what is the case now.
#[cfg(not(target_arch = "wasm32"))]
pub fn on_frame(_platform: String, _work: impl Fn(&domain::live::Frame) + 'static) {}

//! Silences and maintenance windows.

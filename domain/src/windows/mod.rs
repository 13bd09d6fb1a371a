//! Stretches in which nobody is called: silences and maintenance windows.

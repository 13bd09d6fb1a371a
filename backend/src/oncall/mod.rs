//! Who is called: tiers, rotations, overrides and their calendars.

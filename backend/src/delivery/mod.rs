//! How staff are told: what is to be sent stands in the database first, and workers send it.

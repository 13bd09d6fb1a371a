//! What recurs: rules in a named zone, and the moments at which they are due.

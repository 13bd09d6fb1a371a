//! What recurs, exactly once for each due time.

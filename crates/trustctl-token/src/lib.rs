//! From token text to verified claims.

//! The decision: effective grants, claims, a request and a time.

//! Key sets of issuers, discovered and cached over HTTPS.

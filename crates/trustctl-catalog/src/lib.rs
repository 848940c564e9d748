//! What is known of identity providers and registries, as data.

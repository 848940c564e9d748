//! The trust language: from YAML text to effective grants.

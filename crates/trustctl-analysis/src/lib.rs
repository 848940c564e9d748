//! What a policy accepts: lint rules, findings and witnesses.

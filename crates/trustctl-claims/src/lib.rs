//! A token's claims as typed values.

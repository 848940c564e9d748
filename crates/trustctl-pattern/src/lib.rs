//! String patterns as regular languages: match, intersect, compare, witness.

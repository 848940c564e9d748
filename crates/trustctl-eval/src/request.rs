//! What is asked: a registry, and something to do there.

/// What a caller wants to do, where.
///
/// There are no defaults: a registry that asks knows what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Request<'r> {
    /// The registry's name in the policy.
    pub registry: &'r str,
    /// What the caller wants there.
    pub target: Target<'r>,
}

/// The one resource of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target<'r> {
    /// Do something to a package.
    Package {
        /// Its name, in the registry's normal form.
        name: &'r str,
        /// The version, where it is known already: at most token exchanges it is not.
        version: Option<&'r str>,
        /// One of the registry's actions: `publish`.
        action: &'r str,
    },
    /// Act as a service account.
    Account {
        /// Its name, in the registry's normal form.
        name: &'r str,
    },
}

impl<'r> Target<'r> {
    /// The name of the package or account.
    pub fn name(&self) -> &'r str {
        match self {
            Self::Package { name, .. } | Self::Account { name } => name,
        }
    }

    /// The version asked for.
    pub fn version(&self) -> Option<&'r str> {
        match self {
            Self::Package { version, .. } => *version,
            Self::Account { .. } => None,
        }
    }
}

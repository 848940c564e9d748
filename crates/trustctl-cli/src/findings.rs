//! What `trustctl lint` found: the one value that every format writes.

use trustctl_analysis::Finding;
use trustctl_diag::{Severity, Sources};

use crate::input::InputError;

/// Findings with the texts they point into.
#[derive(Debug)]
pub(crate) struct Findings {
    /// In the order of file, place and rule.
    pub(crate) found: Vec<Finding>,
    /// How many trust files were checked.
    pub(crate) checked: usize,
    /// What could not be read.
    pub(crate) unreadable: Vec<InputError>,
    /// The trust files.
    pub(crate) sources: Sources,
}

impl Findings {
    /// How many there are of a severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether there is one at least as bad.
    pub(crate) fn any_at_least(&self, severity: Severity) -> bool {
        self.found.iter().any(|finding| finding.severity >= severity)
    }
}

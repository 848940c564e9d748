//! A policy that may decide.

use std::sync::Arc;

use trustctl_catalog::Catalogue;
use trustctl_diag::{Diagnostic, FileId, Place};
use trustctl_eval::Evaluator;
use trustctl_policy::{IncludedFile, Includes, NoIncludes, RootFile};

use crate::error::{FileNames, PolicyError};

/// A policy that reads without an error and says of every grant whose tokens it means.
///
/// Cheap to share: put it into an [`Arc`], and replace the whole where the files change. A text that
/// does not load leaves what was loaded before as it is.
#[derive(Debug)]
pub struct Policy {
    pub(crate) evaluator: Evaluator,
}

impl Policy {
    /// Reads a policy of one file; errors name it `name`.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, each with its line; also where it reads well and must not decide: a grant
    /// that lets in everybody at a shared issuer, or a file that describes another system's policy.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        Self::load(RootFile { file: FileId(0), name, text }, &mut NoIncludes)
    }

    /// Reads a policy from its root file and what it includes.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), over all files.
    pub fn load(root: RootFile<'_>, includes: &mut dyn Includes) -> Result<Self, PolicyError> {
        let mut names = FileNames::default();
        names.add(root.file, root.name, root.text);
        let catalogue = Catalogue::bundled().map_err(|error| {
            let problem =
                Diagnostic::error("catalogue", Place { file: root.file, ..Place::default() }, error.to_string());
            PolicyError::new(vec![problem], &names)
        })?;
        let reading = trustctl_policy::read(catalogue, root, &mut Recorded { includes, names: &mut names });
        match reading.policy {
            Some(policy) if reading.diagnostics.is_empty() && policy.refusals().is_empty() => {
                Ok(Self { evaluator: Evaluator::new(Arc::new(policy)) })
            }
            Some(policy) => Err(PolicyError::new([reading.diagnostics, policy.refusals().to_vec()].concat(), &names)),
            None => Err(PolicyError::new(reading.diagnostics, &names)),
        }
    }

    /// The names of its registries: what [`Request::registry`](crate::Request::registry) may be.
    pub fn registries(&self) -> impl Iterator<Item = &str> {
        self.evaluator.policy().registries().map(|(_, registry)| registry.name.as_str())
    }

    /// How many effective grants it has.
    pub fn grant_count(&self) -> usize {
        self.evaluator.policy().grants().len()
    }

    /// What traces call a grant: its name, otherwise `FILE:LINE`.
    pub fn grant_label(&self, allowed: &crate::Allowed<'_>) -> String {
        let policy = self.evaluator.policy();
        policy.grant(allowed.grant).map_or_else(String::new, |grant| policy.grant_label(grant))
    }

    /// The catalogue that gave it its meaning; decisions name it.
    pub fn catalogue_version(&self) -> &str {
        self.evaluator.policy().catalogue_version()
    }
}

/// Notes the names and lines of included files, so that an error can point into them.
struct Recorded<'i> {
    includes: &'i mut dyn Includes,
    names: &'i mut FileNames,
}

impl Includes for Recorded<'_> {
    fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String> {
        let files = self.includes.matching(pattern)?;
        for file in &files {
            self.names.add(file.file, &file.name, &file.text);
        }
        Ok(files)
    }
}

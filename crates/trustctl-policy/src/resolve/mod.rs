//! From the tree to the policy: every name looked up, every condition compiled, every rule of the language checked.
//!
//! All problems of all files are collected; a policy comes out only where there is none.

mod build;
mod claims;
mod conditions;
mod declared_claims;
mod document;
mod grants;
mod include;
mod issuers;
mod literals;
mod matchers;
mod names;
mod products;
mod providers;
mod registries;
mod requires;
mod suggest;
mod templates;
mod tenant;

use trustctl_catalog::Catalogue;
use trustctl_diag::{Diagnostic, FileId, LineIndex, Place, Span};

use crate::model::{Dialect, Policy, PolicyFile};
use crate::syntax;

use build::Builder;
use document::Document;

/// The file a policy begins with.
#[derive(Debug, Clone, Copy)]
pub struct RootFile<'t> {
    /// What places in it are to name.
    pub file: FileId,
    /// As the user knows it.
    pub name: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// A file that a root file includes.
#[derive(Debug, Clone)]
pub struct IncludedFile {
    /// What places in it are to name.
    pub file: FileId,
    /// As the user knows it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Where included files come from: a folder, a git revision, a test.
pub trait Includes {
    /// Every file below the root file's folder that `pattern` names, sorted by name.
    ///
    /// The pattern is relative, without `..`, and may hold `*`, `?` and `**`.
    ///
    /// # Errors
    ///
    /// Why they cannot be read, for the user.
    fn matching(&mut self, pattern: &str) -> Result<Vec<IncludedFile>, String>;
}

/// For a policy that is one file: every pattern names nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn matching(&mut self, _pattern: &str) -> Result<Vec<IncludedFile>, String> {
        Ok(Vec::new())
    }
}

/// What came of reading a policy.
#[derive(Debug)]
pub struct Reading {
    /// The policy, where no file has an error.
    ///
    /// It may still refuse to load for deciding: see [`Policy::refusals`].
    pub policy: Option<Policy>,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a policy: the root file and what it includes.
pub fn read(catalogue: &Catalogue, root: RootFile<'_>, includes: &mut dyn Includes) -> Reading {
    let mut builder = Builder::new(catalogue);
    builder.add_file(PolicyFile { id: root.file, name: root.name.to_owned(), lines: LineIndex::new(root.text) });
    let tree = syntax::read(root.file, root.text, &mut builder.diagnostics);
    let mut texts = Vec::new();
    if let Some(node) = &tree.root
        && let Some(document) = Document::root(root.file, node, &mut builder)
    {
        builder.dialect(document.dialect);
        registries::read(&document, &mut builder);
        providers::read(&document, &mut builder);
        texts = include::find(&document, &mut builder, includes);
        let mut included = Vec::new();
        for (file, bound) in &texts {
            builder.add_file(PolicyFile { id: file.file, name: file.name.clone(), lines: LineIndex::new(&file.text) });
            let tree = syntax::read(file.file, &file.text, &mut builder.diagnostics);
            included.push((file.file, tree, bound.clone()));
        }
        let mut sections = vec![(document, None)];
        for (file, tree, bound) in &included {
            if let Some(node) = &tree.root
                && let Some(document) = Document::included(*file, node, &mut builder)
            {
                sections.push((document, Some(bound)));
            }
        }
        grants::read(&sections, &mut builder);
    }
    drop(texts);
    finish(builder)
}

/// Reads a policy of one file with the bundled catalogue; its places name file 0.
pub fn read_text(name: &str, text: &str) -> Reading {
    let file = FileId(0);
    match Catalogue::bundled() {
        Ok(catalogue) => read(catalogue, RootFile { file, name, text }, &mut NoIncludes),
        Err(error) => Reading {
            policy: None,
            diagnostics: vec![Diagnostic::error("catalogue", Place::default(), error.to_string())],
        },
    }
}

fn finish(builder: Builder<'_>) -> Reading {
    let Builder { mut parts, mut diagnostics, .. } = builder;
    if parts.overflows() {
        let place = Place { file: parts.files.first().map_or(FileId(0), |file| file.id), span: Span::default() };
        diagnostics.push(
            Diagnostic::error(
                "policy-too-large",
                place,
                "the policy holds more than 4 GiB of names and values, or 4 billion conditions",
            )
            .help("split it into several policies"),
        );
    }
    diagnostics.sort_by_key(Diagnostic::place);
    diagnostics.dedup();
    if !diagnostics.is_empty() {
        return Reading { policy: None, diagnostics };
    }
    if parts.dialect == Dialect::Generic {
        let file = parts.files.first().map_or(FileId(0), |file| file.id);
        let place = Place { file, span: Span::default() };
        let message = "`dialect: generic` describes another system's policy and never loads for deciding";
        parts.refusals = vec![
            Diagnostic::error("generic-dialect", place, message)
                .help("lint it, or write it as a trust file without `dialect:`"),
        ];
    }
    parts.refusals.sort_by_key(Diagnostic::place);
    Reading { policy: Some(Policy::new(parts)), diagnostics }
}

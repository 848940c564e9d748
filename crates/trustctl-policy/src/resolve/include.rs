//! `include`: which files belong to the policy, and what each may grant at most.

use std::collections::hash_map::Entry as Slot;

use rustc_hash::FxHashMap;
use trustctl_diag::{Diagnostic, FileId, Place};
use trustctl_pattern::{Answer, Pattern, PatternKind, disjoint};

use crate::model::{Holder, RegistryId};
use crate::syntax::{Entry, Node, NodeKind};

use super::build::Builder;
use super::document::Document;
use super::suggest::unknown_help;
use super::{IncludedFile, Includes};

/// Files that one policy can include.
const MOST_FILES: usize = 100_000;

/// Pairs of patterns in bounds that are compared by automaton.
const MOST_COMPARISONS: usize = 5_000;

/// What an included file may grant.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    names: Vec<BoundName>,
    /// The entry under `include`.
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
struct BoundName {
    registry: RegistryId,
    holder: Holder,
    pattern: Pattern,
    place: Place,
}

impl Bound {
    /// Whether the bound holds the name.
    pub(crate) fn allows(&self, registry: RegistryId, holder: Holder, name: &str) -> bool {
        self.names
            .iter()
            .any(|bound| bound.registry == registry && bound.holder == holder && bound.pattern.is_match(name))
    }
}

/// Finds the included files, each with its bound.
pub(crate) fn find(
    document: &Document<'_, '_>,
    builder: &mut Builder<'_>,
    includes: &mut dyn Includes,
) -> Vec<(IncludedFile, Bound)> {
    let Some(entry) = document.entry("include") else {
        return Vec::new();
    };
    let NodeKind::Map(entries) = &entry.value.kind else {
        if !matches!(entry.value.kind, NodeKind::Bad) {
            builder.push(
                Diagnostic::error(
                    "not-a-map",
                    document.place(&entry.value),
                    "`include` is a map of paths to what those files may grant",
                )
                .help("write `include: { teams/left-pad/*.yaml: [left-pad, \"@left/*\"] }`"),
            );
        }
        return Vec::new();
    };
    let bounds: Vec<(&Entry<'_>, Bound)> =
        entries.iter().map(|entry| (entry, bound(document, entry, builder))).collect();
    overlaps(&bounds, builder);
    let mut found: Vec<(IncludedFile, Bound)> = Vec::new();
    let mut seen = FxHashMap::default();
    for (entry, bound) in bounds {
        let pattern = &*entry.key.text;
        let place = document.key_place(entry);
        if let Some(reason) = bad_path(pattern) {
            builder.push(
                Diagnostic::error("bad-include-path", place, format!("`{pattern}` cannot be included: {reason}"))
                    .help("write a path below this file's folder, such as `teams/left-pad/*.yaml`"),
            );
            continue;
        }
        let files = match includes.matching(pattern) {
            Ok(files) => files,
            Err(error) => {
                builder.push(Diagnostic::error(
                    "include-failed",
                    place,
                    format!("`{pattern}` cannot be read: {error}"),
                ));
                continue;
            }
        };
        if files.is_empty() {
            builder.push(
                Diagnostic::error("include-names-nothing", place, format!("there is no file `{pattern}`"))
                    .help("paths are relative to this file; remove the entry if the team is gone"),
            );
        }
        for file in files {
            if found.len() >= MOST_FILES {
                builder.push(Diagnostic::error(
                    "too-many-files",
                    place,
                    format!("a policy includes at most {MOST_FILES} files"),
                ));
                return found;
            }
            if let Some(first) = seen.insert(file.name.clone(), bound.place) {
                builder.push(
                    Diagnostic::error("included-twice", place, format!("`{}` is included twice", file.name))
                        .also(first, "included here as well")
                        .help("let one entry name each file"),
                );
                continue;
            }
            found.push((file, bound.clone()));
        }
    }
    found
}

fn bad_path(pattern: &str) -> Option<&'static str> {
    if pattern.starts_with('/') || pattern.contains('\\') || pattern.contains(':') {
        Some("it is not a relative path")
    } else if pattern.split('/').any(|part| part == "..") {
        Some("it leaves the folder")
    } else if pattern.split('/').any(|part| part.is_empty() || part == ".") {
        Some("a part of the path is empty")
    } else {
        None
    }
}

fn bound(document: &Document<'_, '_>, entry: &Entry<'_>, builder: &mut Builder<'_>) -> Bound {
    let mut bound = Bound { names: Vec::new(), place: document.key_place(entry) };
    match &entry.value.kind {
        NodeKind::Bad => {}
        NodeKind::List(members) => {
            if builder.parts.registries.len() > 1 {
                builder.push(
                    Diagnostic::error(
                        "bound-without-registry",
                        document.place(&entry.value),
                        "the bound does not say of which registry",
                    )
                    .help("write `{ REGISTRY: { packages: […] } }`"),
                );
                return bound;
            }
            names(document.file, members, RegistryId(0), Holder::Packages, &mut bound, builder);
        }
        NodeKind::Map(entries) => {
            for entry in entries {
                by_registry(document, entry, &mut bound, builder);
            }
        }
        NodeKind::Scalar(_) => builder.push(
            Diagnostic::error("bad-bound", document.place(&entry.value), "what a file may grant is a list of names")
                .help("write it in brackets: `[left-pad]`"),
        ),
    }
    bound
}

fn by_registry(document: &Document<'_, '_>, entry: &Entry<'_>, bound: &mut Bound, builder: &mut Builder<'_>) {
    let name = &*entry.key.text;
    let Some(registry) = builder.registry_named(name) else {
        let known: Vec<String> = builder.parts.registries.iter().map(|registry| registry.name.clone()).collect();
        builder.push(
            Diagnostic::error(
                "unknown-registry",
                document.key_place(entry),
                format!("this policy has no registry `{name}`"),
            )
            .help(unknown_help(name, known.iter().map(String::as_str))),
        );
        return;
    };
    let NodeKind::Map(kinds) = &entry.value.kind else {
        if !matches!(entry.value.kind, NodeKind::Bad) {
            builder.push(
                Diagnostic::error(
                    "bad-bound",
                    document.place(&entry.value),
                    "the bound does not say whether it names packages or accounts",
                )
                .help("write `{ packages: […] }`, `{ accounts: […] }` or both"),
            );
        }
        return;
    };
    for kind in kinds {
        let holder = match &*kind.key.text {
            "packages" => Holder::Packages,
            "accounts" => Holder::Accounts,
            other => {
                builder.push(
                    Diagnostic::error(
                        "unknown-key",
                        document.key_place(kind),
                        format!("a bound names packages or accounts, not `{other}`"),
                    )
                    .help(unknown_help(other, ["packages", "accounts"])),
                );
                continue;
            }
        };
        match &kind.value.kind {
            NodeKind::List(members) => names(document.file, members, registry, holder, bound, builder),
            NodeKind::Bad => {}
            _ => builder.push(
                Diagnostic::error("bad-bound", document.place(&kind.value), "what a file may grant is a list of names")
                    .help("write it in brackets"),
            ),
        }
    }
}

fn names(
    file: FileId,
    members: &[Node<'_>],
    registry: RegistryId,
    holder: Holder,
    bound: &mut Bound,
    builder: &mut Builder<'_>,
) {
    let grammar = builder.parts.registries.get(usize::from(registry.0)).and_then(|registry| match holder {
        Holder::Packages => registry.packages.clone(),
        Holder::Accounts => registry.accounts.clone(),
    });
    for member in members {
        let Some(scalar) = builder.scalar(file, member, "a name in a bound") else { continue };
        let place = Place { file, span: member.span };
        let text = match &grammar {
            Some(grammar) => grammar.normal(&scalar.text).into_owned(),
            None => scalar.text.clone().into_owned(),
        };
        let pattern = if text.contains(['*', '?']) {
            match Pattern::glob(&text) {
                Ok(pattern) => pattern,
                Err(error) => {
                    builder.push(Diagnostic::error("bad-pattern", place, format!("`{text}` is no glob: {error}")));
                    continue;
                }
            }
        } else {
            Pattern::literal(&text)
        };
        bound.names.push(BoundName { registry, holder, pattern, place });
    }
}

/// Two teams must not be able to grant the same name.
fn overlaps(bounds: &[(&Entry<'_>, Bound)], builder: &mut Builder<'_>) {
    let all = || bounds.iter().enumerate().flat_map(|(of, (_, bound))| bound.names.iter().map(move |name| (of, name)));
    let is_literal = |name: &BoundName| name.pattern.kind() == PatternKind::Literal;
    let globs: Vec<(usize, &BoundName)> = all().filter(|(_, name)| !is_literal(name)).collect();
    let mut literals: FxHashMap<(RegistryId, Holder, &str), (usize, &BoundName)> = FxHashMap::default();
    for (of, name) in all().filter(|(_, name)| is_literal(name)) {
        let text = name.pattern.source();
        match literals.entry((name.registry, name.holder, text)) {
            Slot::Occupied(first) if first.get().0 != of => overlap(first.get().1, name, text, builder),
            Slot::Occupied(_) => {}
            Slot::Vacant(place) => {
                place.insert((of, name));
            }
        }
    }
    let same_kind = |a: &BoundName, b: &BoundName| a.registry == b.registry && a.holder == b.holder;
    let mut comparisons = 0_usize;
    for (at, (of, glob)) in globs.iter().enumerate() {
        for (other_of, name) in all().filter(|(_, name)| is_literal(name)) {
            if other_of != *of && same_kind(glob, name) && glob.pattern.is_match(name.pattern.source()) {
                overlap(glob, name, name.pattern.source(), builder);
            }
        }
        for (other_of, other) in globs.iter().skip(at + 1) {
            if other_of == of || !same_kind(glob, other) || begin_otherwise(&glob.pattern, &other.pattern) {
                continue;
            }
            comparisons += 1;
            if comparisons > MOST_COMPARISONS {
                builder.push(
                    Diagnostic::error(
                        "too-many-bounds",
                        other.place,
                        "too many patterns in bounds begin alike to be compared",
                    )
                    .help("begin each with a text of its team's own, such as `@left/*`"),
                );
                return;
            }
            match disjoint(&glob.pattern.language(), &other.pattern.language()) {
                Answer::Yes => {}
                Answer::No(text) => overlap(glob, other, &text, builder),
                Answer::Unknown(_) => overlap(glob, other, other.pattern.source(), builder),
            }
        }
    }
}

fn overlap(one: &BoundName, two: &BoundName, text: &str, builder: &mut Builder<'_>) {
    let (name, other) = if one.place < two.place { (one, two) } else { (two, one) };
    builder.push(
        Diagnostic::error("overlapping-bounds", other.place, format!("two includes may both grant `{text}`"))
            .also(name.place, "the other one")
            .help("let each name belong to one team"),
    );
}

/// Whether literal beginnings tell two patterns apart.
fn begin_otherwise(a: &Pattern, b: &Pattern) -> bool {
    let (a, b) = (a.literal_prefix(), b.literal_prefix());
    !a.starts_with(b) && !b.starts_with(a)
}

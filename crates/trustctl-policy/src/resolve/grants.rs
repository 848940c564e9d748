//! `grants`: who may do what to which packages, or act as which accounts.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use trustctl_diag::{Diagnostic, Place};

use crate::model::{Condition, Grant, Holder, Origin, ProviderId, RegistryId, Text, split_scope};
use crate::syntax::{Entry, Node, NodeKind};

use super::build::Builder;
use super::document::Document;
use super::include::Bound;
use super::names::{self, Name};
use super::registries::{self, is_name};
use super::requires::{self, Given};
use super::suggest::{entry_meant, unknown_help};
use super::templates::TemplateScope;
use super::{conditions, products, providers, tenant};

/// Grants that one policy can have, rows included.
const MOST_GRANTS: usize = 16_000_000;

const KEYS: [&str; 8] = ["name", "registry", "packages", "accounts", "actions", "provider", "when", "expires"];

/// Reads the grants of the root and of the files it includes.
pub(crate) fn read(sections: &[(Document<'_, '_>, Option<&Bound>)], builder: &mut Builder<'_>) {
    let mut seen = FxHashMap::default();
    for (document, bound) in sections {
        match document.entry("grants") {
            Some(entry) => match &entry.value.kind {
                NodeKind::List(grants) => {
                    for node in grants {
                        Reader { document, bound: *bound, seen: &mut seen }.grant(node, builder);
                    }
                }
                NodeKind::Bad => {}
                _ => builder.push(
                    Diagnostic::error("not-a-list", document.place(&entry.value), "`grants` is a list")
                        .help("begin each grant with `- `"),
                ),
            },
            None if document.entry("include").is_some() => {}
            None => builder.push(
                Diagnostic::error("missing-grants", document.start, "the file grants nothing")
                    .help("add `grants:` with at least one grant, or remove the file"),
            ),
        }
    }
    registries::settle_audiences(builder);
}

struct Reader<'d, 'n, 's> {
    document: &'d Document<'n, 's>,
    bound: Option<&'d Bound>,
    seen: &'d mut FxHashMap<String, Place>,
}

/// What all rows of a grant have in common.
struct Frame {
    registry: RegistryId,
    provider: ProviderId,
    holder: Holder,
    actions: u32,
    expires_at: i64,
    name: Option<Text>,
    place: Place,
    included: bool,
    /// `require`, the registry's requirements and its `require`.
    outer: Vec<Condition>,
}

impl Reader<'_, '_, '_> {
    fn grant(&mut self, node: &Node<'_>, builder: &mut Builder<'_>) {
        let place = self.document.place(node);
        let entries = match &node.kind {
            NodeKind::Map(entries) => entries,
            NodeKind::Bad => return,
            _ => {
                builder.push(
                    Diagnostic::error("not-a-map", place, "a grant is a map")
                        .help("write `packages`, `actions`, `provider` and `when`"),
                );
                return;
            }
        };
        for entry in entries.iter().filter(|entry| !KEYS.contains(&&*entry.key.text)) {
            let key = &entry.key.text;
            builder.push(
                Diagnostic::error(
                    "unknown-key",
                    self.document.key_place(entry),
                    format!("`{key}` is no key of a grant"),
                )
                .help(unknown_help(key, KEYS)),
            );
        }
        let find = |key: &str| entry_meant(entries, key, &KEYS);
        let first = entries.first().map_or(place, |entry| self.document.key_place(entry));
        let place = entries.first().map_or(place, |entry| self.headline(entry));
        let name = find("name").and_then(|entry| self.name(entry, builder));
        let expires_at = find("expires").and_then(|entry| self.expires(entry, builder)).unwrap_or(i64::MAX);
        let registry = self.registry(find("registry"), first, builder);
        let provider = self.provider(find("provider"), first, builder);
        let (holder, subject) = match (find("packages"), find("accounts")) {
            (Some(packages), None) => (Holder::Packages, packages),
            (None, Some(accounts)) => (Holder::Accounts, accounts),
            (Some(_), Some(accounts)) => {
                builder.push(
                    Diagnostic::error(
                        "packages-and-accounts",
                        self.document.key_place(accounts),
                        "a grant has `packages` or `accounts`, not both",
                    )
                    .help("write two grants"),
                );
                return;
            }
            (None, None) => {
                builder.push(
                    Diagnostic::error("missing-packages", first, "the grant does not say what it is about")
                        .help("add `packages: [NAME]`, or `accounts: [NAME]`"),
                );
                return;
            }
        };
        let (Some(registry), Some(provider)) = (registry, provider) else {
            // The grant comes to nothing; what else is wrong in it is told all the same.
            self.rest_of_a_broken_grant(registry, provider, holder, &subject.value, find("when"), builder);
            return;
        };
        let actions = self.actions(find("actions"), holder, registry, first, builder);
        let mut outer = requires::of_registry(registry, provider, place, builder);
        outer.extend(requires::declared(provider, builder));
        outer.extend(requires::declared_by_registry(registry, provider, builder));
        let frame = Frame {
            registry,
            provider,
            holder,
            actions: actions.unwrap_or(0),
            expires_at,
            name,
            place,
            included: self.bound.is_some(),
            outer,
        };
        let when = find("when");
        match &subject.value.kind {
            NodeKind::List(members) => self.list(&frame, members, when, builder),
            NodeKind::Map(rows) if holder == Holder::Packages => self.table(&frame, rows, when, builder),
            NodeKind::Bad => {}
            _ => {
                let key = &subject.key.text;
                builder.push(
                    Diagnostic::error(
                        "not-a-list",
                        self.document.place(&subject.value),
                        format!("`{key}` is a list of names"),
                    )
                    .help(format!("write `{key}: [NAME]`")),
                );
            }
        }
    }

    /// What stands for the grant in messages: its first key, with the value where that is short.
    fn headline(&self, entry: &Entry<'_>) -> Place {
        let key = self.document.key_place(entry);
        match &entry.value.kind {
            NodeKind::Scalar(_) => Place { span: key.span.to(entry.value.span), ..key },
            _ => key,
        }
    }

    fn rest_of_a_broken_grant(
        &self,
        registry: Option<RegistryId>,
        provider: Option<ProviderId>,
        holder: Holder,
        subject: &Node<'_>,
        when: Option<&Entry<'_>>,
        builder: &mut Builder<'_>,
    ) {
        let scope = TemplateScope { registry: registry.unwrap_or(RegistryId(u16::MAX)), names: &[] };
        let conditions = |node: &Node<'_>, builder: &mut Builder<'_>| {
            if let Some(provider) = provider {
                conditions::read(self.document.file, node, provider, Origin::When, Some(&scope), builder);
            }
        };
        if let Some(when) = when {
            conditions(&when.value, builder);
        }
        let name = |text: &str, place: Place, builder: &mut Builder<'_>| {
            if let Some(registry) = registry {
                names::read(text, place, registry, holder, self.bound, builder);
            }
        };
        match &subject.kind {
            NodeKind::List(members) => {
                for member in members {
                    if let Some(scalar) = builder.scalar(self.document.file, member, "a name") {
                        name(&scalar.text, self.document.place(member), builder);
                    }
                }
            }
            NodeKind::Map(rows) => {
                for row in rows {
                    name(&row.key.text, self.document.key_place(row), builder);
                    conditions(&row.value, builder);
                }
            }
            NodeKind::Scalar(_) | NodeKind::Bad => {}
        }
    }

    fn name(&mut self, entry: &Entry<'_>, builder: &mut Builder<'_>) -> Option<Text> {
        let scalar = builder.scalar(self.document.file, &entry.value, "the name of a grant")?;
        let place = self.document.place(&entry.value);
        if !is_name(&scalar.text) {
            builder.push(
                Diagnostic::error("bad-name", place, format!("`{}` cannot be the name of a grant", scalar.text))
                    .help("use at most 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit"),
            );
            return None;
        }
        if let Some(first) = self.seen.insert(scalar.text.clone().into_owned(), place) {
            builder.push(
                Diagnostic::error("duplicate-name", place, format!("two grants are called `{}`", scalar.text))
                    .also(first, "the first one")
                    .help("traces and suppressions use the name; give each grant one of its own"),
            );
        }
        Some(builder.text(&scalar.text))
    }

    fn expires(&self, entry: &Entry<'_>, builder: &mut Builder<'_>) -> Option<i64> {
        let scalar = builder.scalar(self.document.file, &entry.value, "`expires`")?;
        let end = end_of_day(&scalar.text);
        if end.is_none() {
            builder.push(
                Diagnostic::error(
                    "bad-date",
                    self.document.place(&entry.value),
                    format!("`{}` is no day", scalar.text),
                )
                .help("write the last day on which the grant holds, in UTC, as `2027-06-30`"),
            );
        }
        end
    }

    fn registry(&self, entry: Option<&Entry<'_>>, first: Place, builder: &mut Builder<'_>) -> Option<RegistryId> {
        let known: Vec<String> = builder.parts.registries.iter().map(|registry| registry.name.clone()).collect();
        let Some(entry) = entry else {
            if known.len() > 1 {
                builder.push(
                    Diagnostic::error(
                        "missing-registry",
                        first,
                        "the grant does not say which of the registries it answers for",
                    )
                    .help(unknown_help("", known.iter().map(String::as_str)).replacen(
                        "write",
                        "add `registry:` with",
                        1,
                    )),
                );
                return None;
            }
            return (!known.is_empty()).then_some(RegistryId(0));
        };
        let scalar = builder.scalar(self.document.file, &entry.value, "the registry of a grant")?;
        let id = builder.registry_named(&scalar.text);
        if id.is_none() && !known.is_empty() {
            builder.push(
                Diagnostic::error(
                    "unknown-registry",
                    self.document.place(&entry.value),
                    format!("this policy has no registry `{}`", scalar.text),
                )
                .help(unknown_help(&scalar.text, known.iter().map(String::as_str))),
            );
        }
        id
    }

    fn provider(&self, entry: Option<&Entry<'_>>, first: Place, builder: &mut Builder<'_>) -> Option<ProviderId> {
        let Some(entry) = entry else {
            builder.push(
                Diagnostic::error("missing-provider", first, "the grant does not say whose tokens it means")
                    .help("add `provider: github-actions`, or another"),
            );
            return None;
        };
        let scalar = builder.scalar(self.document.file, &entry.value, "the provider of a grant")?;
        providers::resolve(&scalar.text, self.document.place(&entry.value), self.bound.is_some(), builder)
    }

    /// One bit for each action of the registry's list.
    fn actions(
        &self,
        entry: Option<&Entry<'_>>,
        holder: Holder,
        registry: RegistryId,
        first: Place,
        builder: &mut Builder<'_>,
    ) -> Option<u32> {
        let known: Vec<String> = builder
            .parts
            .registries
            .get(usize::from(registry.0))
            .map(|registry| registry.actions.iter().map(|action| action.name.clone()).collect())
            .unwrap_or_default();
        let words = || known.iter().map(String::as_str);
        let entry = match (entry, holder) {
            (Some(entry), Holder::Packages) => entry,
            (None, Holder::Packages) => {
                builder.push(
                    Diagnostic::error("missing-actions", first, "the grant does not say what it allows")
                        .help(format!("add `actions: [{}]`", known.first().map_or("publish", String::as_str))),
                );
                return None;
            }
            (Some(entry), Holder::Accounts) => {
                builder.push(
                    Diagnostic::error(
                        "actions-of-accounts",
                        self.document.key_place(entry),
                        "a grant of accounts has no `actions`: it lets its holder act as them",
                    )
                    .help("remove `actions`; what the account may do is set at the registry"),
                );
                return None;
            }
            (None, Holder::Accounts) => return Some(0),
        };
        let NodeKind::List(members) = &entry.value.kind else {
            if !matches!(entry.value.kind, NodeKind::Bad) {
                builder.push(
                    Diagnostic::error("not-a-list", self.document.place(&entry.value), "`actions` is a list")
                        .help("write `actions: [publish]`"),
                );
            }
            return None;
        };
        let mut bits = 0_u32;
        for member in members {
            let Some(scalar) = builder.scalar(self.document.file, member, "an action") else { continue };
            let place = self.document.place(member);
            match known
                .iter()
                .position(|action| *action == scalar.text)
                .and_then(|at| 1_u32.checked_shl(u32::try_from(at).ok()?))
            {
                Some(bit) if bits & bit == 0 => bits |= bit,
                Some(_) => builder.push(
                    Diagnostic::error("duplicate-action", place, format!("`{}` stands here twice", scalar.text))
                        .help("remove one"),
                ),
                None => builder.push(
                    Diagnostic::error(
                        "unknown-action",
                        place,
                        format!("this registry has no action `{}`", scalar.text),
                    )
                    .help(unknown_help(&scalar.text, words())),
                ),
            }
        }
        Some(bits)
    }

    fn list(&mut self, frame: &Frame, members: &[Node<'_>], when: Option<&Entry<'_>>, builder: &mut Builder<'_>) {
        let mut found: Vec<Name> = Vec::new();
        let mut seen = FxHashMap::default();
        for member in members {
            let Some(scalar) = builder.scalar(self.document.file, member, "a name") else { continue };
            let place = self.document.place(member);
            if let Some(name) = names::read(&scalar.text, place, frame.registry, frame.holder, self.bound, builder) {
                if let Some(first) = seen.insert(name.text.clone(), place) {
                    builder.push(
                        Diagnostic::error("duplicate-package", place, format!("`{}` stands here twice", name.text))
                            .also(first, "the first time")
                            .help("remove one"),
                    );
                    continue;
                }
                found.push(name);
            }
        }
        let texts: Vec<&str> = found.iter().map(|name| name.text.as_str()).collect();
        let scope = TemplateScope { registry: frame.registry, names: &texts };
        let own = match when {
            Some(entry) => {
                let scope = (frame.holder == Holder::Packages).then_some(&scope);
                conditions::read(self.document.file, &entry.value, frame.provider, Origin::When, scope, builder)
            }
            None if builder.generic() => Vec::new(),
            None => {
                builder.push(Diagnostic::error("missing-when", frame.place, "the grant asks nothing of a token").help(
                    "add `when:` with at least one condition, such as `{ repository: acme/widgets, environment: npm }`",
                ));
                return;
            }
        };
        let given = requires::given(&own, builder);
        let shared = self.emit(frame, &given, &own, builder);
        let all = builder.parts.conditions.get(shared.start as usize..).unwrap_or(&[]).to_vec();
        if frame.holder == Holder::Packages && !only_reads(frame, builder) {
            products::check(frame.provider, &all, texts.len(), frame.place, builder);
        }
        self.refuse_strangers(frame, &all, frame.place, builder);
        let first = index(builder.parts.names.len());
        for name in &found {
            let text = builder.text(&name.text);
            builder.parts.names.push(text);
        }
        let names = first..index(builder.parts.names.len());
        self.push(frame, names, shared, 0..0, frame.place, builder);
    }

    fn table(&mut self, frame: &Frame, rows: &[Entry<'_>], when: Option<&Entry<'_>>, builder: &mut Builder<'_>) {
        // `when` is read once; its templates must hold for every row, so they see all names in pairs only up to a bound.
        let mut found = Vec::with_capacity(rows.len());
        let mut seen = FxHashSet::default();
        for row in rows {
            let place = self.document.key_place(row);
            if let Some(name) = names::read(&row.key.text, place, frame.registry, frame.holder, self.bound, builder) {
                if name.changed && !seen.insert(name.text.clone()) {
                    builder.push(
                        Diagnostic::error(
                            "duplicate-package",
                            place,
                            format!("`{}` stands in the table twice, in other spellings", name.text),
                        )
                        .help("remove one"),
                    );
                    continue;
                }
                found.push((name, row));
            } else {
                // The row comes to nothing; what else is wrong in it is told all the same.
                let scope = TemplateScope { registry: frame.registry, names: &[] };
                conditions::read(self.document.file, &row.value, frame.provider, Origin::Row, Some(&scope), builder);
            }
        }
        // One name stands for all: one without a scope, if there is any, for it fits in the fewest templates.
        let names = || found.iter().map(|(name, _)| name.text.as_str());
        let when_scope: Vec<&str> =
            names().find(|name| split_scope(name).0.is_none()).or_else(|| names().next()).into_iter().collect();
        let scope = TemplateScope { registry: frame.registry, names: &when_scope };
        let own = match when {
            Some(entry) => {
                conditions::read(self.document.file, &entry.value, frame.provider, Origin::When, Some(&scope), builder)
            }
            None => Vec::new(),
        };
        let given = requires::given(&own, builder);
        let shared = self.emit(frame, &given, &own, builder);
        let common = builder.parts.conditions.get(shared.start as usize..).unwrap_or(&[]).to_vec();
        let common_is_fixed = tenant::is_fixed(frame.provider, &common, builder);
        for (name, row) in &found {
            let names = [name.text.as_str()];
            let scope = TemplateScope { registry: frame.registry, names: &names };
            let conditions =
                conditions::read(self.document.file, &row.value, frame.provider, Origin::Row, Some(&scope), builder);
            let in_row = requires::given(&conditions, builder);
            // A row that names values itself may replace a requirement, so it gets shared conditions of its own.
            let replaces = !in_row.is_empty() && requires::replaces(frame.provider, &in_row, builder);
            let shared = if replaces {
                let both: Given = given.iter().cloned().chain(in_row).collect();
                self.emit(frame, &both, &own, builder)
            } else {
                shared.clone()
            };
            let place = self.document.key_place(row);
            if !common_is_fixed {
                let all: Vec<Condition> = common.iter().chain(&conditions).copied().collect();
                self.refuse_strangers(frame, &all, place, builder);
            }
            let start = index(builder.parts.conditions.len());
            builder.parts.conditions.extend(conditions);
            let row_range = start..index(builder.parts.conditions.len());
            let first = index(builder.parts.names.len());
            let text = builder.text(&name.text);
            builder.parts.names.push(text);
            self.push(frame, first..first.saturating_add(1), shared, row_range, place, builder);
        }
    }

    /// Writes the conditions that rows share: the provider's own, the registry's own, `require`, `when`.
    fn emit(&self, frame: &Frame, given: &Given, own: &[Condition], builder: &mut Builder<'_>) -> Range<u32> {
        let start = index(builder.parts.conditions.len());
        let required = requires::of_provider(frame.provider, given, frame.included, frame.place, builder);
        builder.parts.conditions.extend(required);
        builder.parts.conditions.extend(frame.outer.iter().copied());
        builder.parts.conditions.extend(own.iter().copied());
        start..index(builder.parts.conditions.len())
    }

    fn refuse_strangers(&self, frame: &Frame, conditions: &[Condition], place: Place, builder: &mut Builder<'_>) {
        if !tenant::is_fixed(frame.provider, conditions, builder) {
            let refusal = tenant::refusal(frame.provider, place, builder);
            builder.parts.refusals.push(refusal);
        }
    }

    fn push(
        &self,
        frame: &Frame,
        names: Range<u32>,
        shared: Range<u32>,
        row: Range<u32>,
        place: Place,
        builder: &mut Builder<'_>,
    ) {
        if builder.parts.grants.len() >= MOST_GRANTS {
            builder.push(Diagnostic::error(
                "too-many-grants",
                place,
                format!("a policy has at most {MOST_GRANTS} grants, rows included"),
            ));
            return;
        }
        builder.parts.grants.push(Grant {
            registry: frame.registry,
            provider: frame.provider,
            holder: frame.holder,
            actions: frame.actions,
            names,
            shared,
            row,
            expires_at: frame.expires_at,
            name: frame.name,
            place,
        });
    }
}

fn only_reads(frame: &Frame, builder: &Builder<'_>) -> bool {
    let actions =
        builder.parts.registries.get(usize::from(frame.registry.0)).map_or(&[][..], |registry| &registry.actions);
    actions.iter().zip(0_u32..).all(|(action, at)| action.reads || frame.actions.checked_shr(at).unwrap_or(0) & 1 == 0)
}

/// The second at which the day after `day` (`2027-06-30`) begins, in UTC.
fn end_of_day(day: &str) -> Option<i64> {
    let shape = day.len() == 10
        && day
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if !shape {
        return None;
    }
    let day = day.parse::<jiff::civil::Date>().ok()?;
    // Counted in seconds: the day after 9999-12-31 is none that calendars have.
    day.duration_since(jiff::civil::date(1970, 1, 1)).as_secs().checked_add(86_400)
}

fn index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_when_the_next_begins() {
        assert_eq!(end_of_day("1970-01-01"), Some(86_400));
        assert_eq!(end_of_day("2027-06-30"), Some(1_814_400_000));
        assert_eq!(end_of_day("9999-12-31"), Some(253_402_300_800));
        for bad in ["2027-6-30", "2027-02-29", "2027-13-01", "30.06.2027", "2027-06-30T00:00:00Z", "+027-06-30"] {
            assert_eq!(end_of_day(bad), None, "{bad}");
        }
    }
}

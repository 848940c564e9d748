//! What each diagnostic of the reader means, for `trustctl explain CODE` and the docs.

/// Every code with one or two sentences in Markdown, sorted by code.
pub const CODES: &[(&str, &str)] = &[
    (
        "actions-of-accounts",
        "A grant of accounts lets its holder act as them; what the account may then do is set at the registry, so `actions` has no place there.",
    ),
    ("alias", "Aliases are refused: what a file says stands where it says it."),
    ("anchor", "Anchors are refused: what a file says stands where it says it."),
    (
        "audience-not-choosable",
        "The provider's jobs cannot ask for an audience, so the registry has to say which one their tokens carry: `audience: { PROVIDER: … }`.",
    ),
    (
        "audience-pattern",
        "An audience is compared as it stands. A pattern would take tokens that were made for somebody else.",
    ),
    (
        "bad-bound",
        "What an included file may grant is a list of names, or `{ REGISTRY: { packages: […], accounts: […] } }`.",
    ),
    (
        "bad-claim-type",
        "A claim is `string`, `integer`, `boolean` or `list`; a nested one is `{ at: /org/team, type: string }`.",
    ),
    ("bad-date", "`expires` is the last day on which the grant holds, in UTC, written `2027-06-30`."),
    ("bad-escape", "There is no such escape inside double quotes; single quotes have none at all."),
    ("bad-field", "A field of an issuer or a registry has a form of its own; the message shows one that fits."),
    (
        "bad-include-path",
        "Included files lie below the including file. The path is relative, without `..`, and may hold `*`, `?` and `**`.",
    ),
    ("bad-indentation", "The line stands deeper or less deep than its neighbours."),
    (
        "bad-issuer",
        "An issuer is the `iss` of its tokens, byte for byte: `https://`, a host, perhaps a path; no query, no pattern.",
    ),
    (
        "bad-name",
        "Names of registries, providers and grants hold letters, digits, `-`, `_` and `.`, at most 64, and begin with a letter or digit.",
    ),
    (
        "bad-package-name",
        "The registry could not have a package or account of this name, so the grant would never answer.",
    ),
    ("bad-pattern", "The text is no glob or regular expression of the language, or one that nothing matches."),
    ("bad-pointer", "`at` is a JSON Pointer (RFC 6901): `/org/team` is the member `team` of the member `org`."),
    ("bad-switch", "The key is `true` or left out."),
    (
        "bad-template",
        "A template is literal text with holes: `{version}` (once), `{package}`, `{package.scope}`, `{package.name}`.",
    ),
    (
        "bad-tenants",
        "`tenants` says who can get a token from the issuer: only your organisation (`ours`) or others too (`shared`).",
    ),
    ("blank-at-edge", "A blank at either end of a value is invisible, and never meant."),
    ("block-scalar", "`|` and `>` add line ends to a value; write it on one line."),
    ("bound-without-registry", "With several registries a bound says of which: `{ staging: { packages: […] } }`."),
    ("catalogue", "A data file that is built in does not fit; please report it."),
    (
        "catalogue-issuer",
        "The catalogue knows this issuer. Under another name it would lose its claims, its tenants and what it requires by itself.",
    ),
    (
        "closed-provider",
        "Included files use only providers that the root file's `providers` names; `gitlab: {}` opens one.",
    ),
    ("directive", "`%YAML` and other directives are refused."),
    ("duplicate-action", "An action stands in the list twice."),
    ("duplicate-key", "Two readers would take different ones of two equal keys."),
    ("duplicate-name", "Traces and suppressions use a grant's name, so no two grants share one."),
    ("duplicate-package", "A name stands there twice, perhaps in other spellings of one normal form."),
    ("empty-file", "A trust file begins with `trust: 1`."),
    ("empty-key", "The key has no text."),
    ("empty-list", "An empty list says nothing; remove the key, or name something."),
    ("empty-map", "An empty map says nothing; remove the key, or write something into it."),
    ("empty-matcher", "The condition asks for nothing. `{ present: true }` asks that the claim is there."),
    ("empty-value", "An empty text is no value: an empty claim counts as absent, which `{ present: false }` asks for."),
    ("envelope-claim", "Issuer, audience and times are checked of every token, so no condition names them."),
    ("file-too-large", "A file has at most 256 MiB."),
    (
        "fixed-audience",
        "The registry takes tokens for its own audience only. Another can be given for a provider that cannot be asked for it.",
    ),
    ("generic-dialect", "`dialect: generic` describes another system's policy. It is linted and never decides."),
    ("hidden-character", "A control or invisible character makes a text look like another."),
    ("impossible-value", "No token of this provider can have such a value, so the condition would never hold."),
    ("include-failed", "The included files could not be read."),
    ("include-names-nothing", "The path names no file: a slip, or a team that is gone."),
    (
        "included-key",
        "An included file holds `trust` and `grants` only; registries, providers and further includes belong to the root.",
    ),
    ("included-twice", "Two entries of `include` name the same file."),
    ("key-not-text", "A key is text, not a list or a map."),
    ("key-too-long", "A key has at most 1,024 characters."),
    ("kind-and-issuer", "A kind of the catalogue brings its issuer along, so a provider says `kind` or `issuer`."),
    ("known-claim", "`claims` adds what the catalogue lacks; what is known already keeps its meaning."),
    ("known-tenants", "The catalogue says who can get a token from this issuer."),
    ("list-claim", "The claim is a list in the token. `{ contains: X }` asks whether some member is X."),
    ("merge-key", "`<<` is refused: what a file says stands where it says it."),
    (
        "misplaced-matcher",
        "This matcher cannot stand here: `present` stands alone, lists hold no `not`, templates stand in a grant's own conditions.",
    ),
    ("missing-actions", "A grant of packages says what it allows: `actions: [publish]`."),
    ("missing-audience", "A token for any service would do. Give the registry an audience that no other service uses."),
    ("missing-colon", "A key is followed by a colon and a blank."),
    ("missing-comma", "Members in brackets or braces are parted by commas."),
    ("missing-field", "This kind of registry needs the field."),
    ("missing-grants", "The file grants nothing."),
    ("missing-kind", "A registry says its kind: `npm`, `pypi`, `crates-io`, `cloudsmith`, `generic`."),
    ("missing-packages", "A grant says what it is about: `packages` or `accounts`."),
    ("missing-provider", "A grant says whose tokens it means: `provider: github-actions`."),
    ("missing-registry", "The file, or with several registries the grant, says which registry answers."),
    (
        "missing-tenants",
        "An issuer of your own says who can get a token from it: `tenants: ours` or `tenants: shared`.",
    ),
    ("missing-value", "The key has no value."),
    ("missing-version", "A trust file begins with `trust: 1`, the version of the language it is written in."),
    ("missing-when", "A grant asks at least one thing of a token."),
    ("multi-line-value", "A value stands on one line."),
    ("needs-quotes", "YAML reads this character in its own way at the start of a value; put the value in quotes."),
    ("nested-list", "A list in a list; write the members in the outer one."),
    ("no-such-holder", "The registry has no packages, or no service accounts."),
    ("not-a-boolean", "The value is `true` or `false`."),
    ("not-a-list", "A list is meant: `[a, b]`, or one `- ` a line."),
    ("not-a-list-claim", "`contains` asks about the members of a list, and this claim is none."),
    ("not-a-map", "A map is meant: `{ key: value }`, or one `key: value` a line."),
    ("not-a-registry", "A registry is a kind, or a map with `kind`."),
    ("not-a-trust-file", "A trust file is a map that begins with `trust: 1`."),
    ("not-a-value", "One value is meant, not a list or a map."),
    ("not-yaml", "The text is no YAML."),
    (
        "null-value",
        "`~` and `null` mean nothing to YAML; in quotes they are text, and `{ present: false }` asks for absence.",
    ),
    (
        "out-of-bounds",
        "The root's `include` bounds what this file may grant, and the name is outside: one team cannot grant another's package.",
    ),
    ("overlapping-bounds", "Two includes could grant the same name, so neither would know who else publishes it."),
    (
        "package-product",
        "Several packages times several sources are pairs that nobody meant. A table of packages says which belongs to which.",
    ),
    ("packages-and-accounts", "A grant has `packages` or `accounts`; write two grants."),
    (
        "pattern-on-composed-claim",
        "The claim is put together from parts. A pattern meant for one could run over into the next, which somebody else chooses; ask the parts.",
    ),
    ("pattern-on-number", "Integers and booleans take values and lists of values."),
    ("patterns-too-large", "All automata of a policy together take more than 256 MiB."),
    ("policy-too-large", "The policy outgrows what one evaluator holds."),
    (
        "record-file",
        "A file of records holds one record or a list of records, in YAML or JSON, at most 4 MiB and 32 deep.",
    ),
    (
        "record-refused",
        "The registry would not take this trust record; the message gives its reason, the help what it does take.",
    ),
    ("second-colon", "A value that holds a colon and a blank needs quotes."),
    ("second-document", "A file holds one document; `---` begins another."),
    (
        "several-audiences",
        "A registry has one audience. A token that carries several is good at each service it names.",
    ),
    ("shared-audience", "Two registries would take the same token, so one made for the first would act at the second."),
    (
        "shared-template",
        "Two packages of the grant could be released by the same text. Put the name in: `{package.name}-v{version}`.",
    ),
    ("tab-indentation", "YAML indents with blanks, never with tabs."),
    ("tag", "Tags such as `!!str` are refused: the type comes from the claim."),
    ("template-claim", "Templates stand on what is chosen anew for each release: branch, tag, ref, environment."),
    (
        "tenant-not-fixed",
        "Everybody can get a token from this issuer, and the grant does not say whose it means. Such a policy can be linted and does not decide.",
    ),
    ("text-after-quote", "Something stands after the closing quote."),
    ("too-deep", "Values nest at most 32 deep."),
    (
        "too-many-bounds",
        "More than 5,000 pairs of patterns in bounds begin alike. Let each begin with a text of its team's own, such as `@left/*`.",
    ),
    ("too-many-claims", "The providers of one issuer have more than 65,535 claims together."),
    ("too-many-files", "A policy includes at most 100,000 files."),
    ("too-many-grants", "A policy has at most 16 million grants, rows included."),
    (
        "too-many-packages",
        "The texts of more than 100 packages of one grant are not compared; a table has no such bound.",
    ),
    ("too-many-problems", "A file's first thousand problems are shown."),
    ("too-many-providers", "A policy has at most 1,000 providers."),
    ("too-many-registries", "A policy has at most 1,000 registries."),
    ("too-many-values", "A file has at most 64 million values."),
    ("two-registry-keys", "`registry` for one, `registries` for several; not both."),
    ("unclosed-bracket", "A bracket or brace is not closed."),
    ("unclosed-quote", "A quote is not closed."),
    ("unknown-action", "The registry has no such action; `trustctl providers REGISTRY` lists those it has."),
    (
        "unknown-claim",
        "The provider's tokens have no such claim, so the condition would never hold; `trustctl providers KIND` lists those they have.",
    ),
    (
        "unknown-dialect",
        "The only dialect with a name is `generic`; without the key, the file is written in the trust language.",
    ),
    (
        "unknown-key",
        "There is no such key here. A misspelt restriction that is dropped in silence would be no restriction, so it is an error.",
    ),
    ("unknown-matcher", "The matchers are `equals`, `glob`, `regex`, `template`, `contains`, `not` and `present`."),
    ("unknown-provider", "There is no such provider, in the catalogue or under `providers`."),
    ("unknown-registry", "There is no such registry, in the catalogue or in this file."),
    ("unknown-version", "This version of trustctl reads version 1 of the language."),
    (
        "value-looks-like-pattern",
        "Taken as a value it would accept nothing, taken as a pattern perhaps too much; so it says which it is: `{ glob: … }`, `{ regex: … }` or `{ equals: … }`.",
    ),
    ("value-too-long", "A value has at most 64 KiB."),
    ("which-issuer", "The provider has several issuers, and a field or a switch under `providers` says which."),
    ("wrong-bracket", "A bracket is closed by another kind of bracket."),
    ("wrong-type", "The claim is a number or a boolean in the token, and the value is not."),
];

/// What a code means.
pub fn explain(code: &str) -> Option<&'static str> {
    let at = CODES.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
    CODES.get(at).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Texts in quotes right behind a call that makes a diagnostic, or that names a code.
    fn used(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") {
                    used(&path, found);
                }
            } else if !path.ends_with("codes.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                for rest in text.split("Diagnostic::error(").skip(1) {
                    if let Some(code) = rest.trim_start().strip_prefix('"') {
                        found.insert(code.split('"').next().unwrap().to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn codes_are_sorted_and_each_is_explained() {
        assert!(CODES.is_sorted_by(|(one, _), (two, _)| one < two));
        let mut found = BTreeSet::new();
        used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.len() > 50, "the search finds no codes any more");
        let missing: Vec<&String> = found.iter().filter(|code| explain(code).is_none()).collect();
        assert!(missing.is_empty(), "no explanation for {missing:?}");
    }
}

//! What a registry does with its own records, as a part of its page.

use std::fmt::Write as _;

use trustctl_catalog::Basis;
use trustctl_catalog::profile::{Blank, Combine, Field, FieldType, Normal, Profile, Publisher, StatementStyle, Teller};

use super::steps::sentence;
use super::{code, codes, envelope, meaning, table};

/// Everything, from the records' fields to what a refused caller learns.
pub(super) fn section(page: &mut String, profile: &Profile) {
    let _ = writeln!(
        page,
        "\n## How it decides\n\n{} `trustctl eval --as {}` decides as it does. Known {}, compared on {}.\n\nIn what \
         follows, `{{name}}` is the record's field, or a value that is put together of fields; `{{token.name}}` is the token's own claim, and \
         `{{setting.name}}` what the operator set. [The format](../profile-format.md) says what each piece of a claim is.",
        profile.about,
        profile.registry,
        basis(profile.basis),
        profile.checked
    );
    page.push_str(
        "\n### A token before any record\n\nIn this order; the first check that does not hold refuses it.\n\n",
    );
    envelope::checks(page, profile);
    for (name, publisher) in &profile.publishers {
        let _ = writeln!(page, "\n### Records of the kind `{name}`: {}\n\n{}", publisher.title, issuers(publisher));
        envelope::differences(page, profile, publisher);
        fields(page, publisher);
        rule(page, publisher);
        meaning::section(page, publisher);
    }
    page.push_str("\n### Several records, and what is told\n\n");
    let _ = writeln!(page, "- {}", combine(profile));
    let _ = writeln!(
        page,
        "- A caller who is refused learns {}: {}.",
        teller(profile.discloses.tells),
        profile.discloses.about
    );
    if let Some(body) = &profile.exchange_body {
        let _ = writeln!(page, "- The exchange's request has {}.", codes(body, " and "));
    }
    if !profile.notes.is_empty() {
        page.push_str("\n### What else is known of it, and what is not\n\n");
    }
    for note in &profile.notes {
        let _ = writeln!(page, "- {note}");
    }
    let _ = writeln!(page, "\nAll this is from {}.", profile.sources.join("; "));
}

/// How the rules are known, after "known".
fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Source => "from its source code",
        Basis::Documentation => "from its documentation only",
        Basis::Ours => "because trustctl defines it",
    }
}

fn issuers(publisher: &Publisher) -> String {
    let mut ways = Vec::new();
    if let Some(field) = &publisher.issuer_field {
        ways.push(format!("the issuer in `{field}`"));
    }
    if publisher.issuer_field.is_none() && !publisher.issuers.is_empty() {
        ways.push(codes(&publisher.issuers, " or "));
    }
    ways.extend(
        publisher.issuer_pattern.as_ref().map(|pattern| format!("issuers in the whole like {}", code(pattern))),
    );
    format!("For tokens of {}.", ways.join(", "))
}

fn fields(page: &mut String, publisher: &Publisher) {
    page.push('\n');
    table(
        page,
        &["field", "what it is", "", "what becomes of it", "example"],
        publisher.fields.iter().map(|field| {
            let place = match field.at.as_slice() {
                [] => String::new(),
                places if places.first() == Some(&format!("/{}", field.name)) => String::new(),
                places => {
                    let shown = |at: &String| if at.is_empty() { "the whole record".to_owned() } else { code(at) };
                    format!(" (at {})", places.iter().map(shown).collect::<Vec<_>>().join(" or "))
                }
            };
            vec![code(&field.name) + &place, field.about.clone(), kept(field), treated(field), code(&field.example)]
        }),
    );
    if !publisher.record_rules.is_empty() {
        page.push_str("\nRefused between fields:\n\n");
    }
    for rule in &publisher.record_rules {
        let _ = writeln!(page, "- at `{}`: {}", rule.field, rule.says.reason);
    }
}

/// Whether a record has to have it, and what it counts as where it has not.
fn kept(field: &Field) -> String {
    let kind = match field.kind {
        FieldType::Text | FieldType::Any => "",
        FieldType::Integer => "a whole number, ",
        FieldType::Boolean => "`true` or `false`, ",
        FieldType::List => "a list, ",
        FieldType::Moment => "a moment, ",
    };
    let kept = match (field.required, field.resolved, &field.default) {
        (true, ..) => "required".to_owned(),
        (_, true, _) => "filled in by the registry".to_owned(),
        (.., Some(default)) => format!("{} without it", code(default)),
        _ => "optional".to_owned(),
    };
    let with = field.only_with.as_ref().map_or(String::new(), |other| format!(", kept only beside `{other}`"));
    format!("{kind}{kept}{with}")
}

/// What the registry does to it first, and then refuses.
fn treated(field: &Field) -> String {
    let words = field.normal.iter().map(|step| match step {
        Normal::Trim => "blanks at its ends go",
        Normal::BlanksAreEmpty => "nothing but blanks is empty",
        Normal::Lower => "in small letters",
        Normal::RepositoryName => "of an address, the repository's name",
        Normal::WorkflowFile => "of a path, the name below `.github/workflows/`",
        Normal::LastSegment => "of a path, its last part",
        Normal::NoEndSlash => "a slash at its end goes",
    });
    let first: Vec<&str> = words.collect();
    let blank = (field.blank == Blank::Refused).then_some("an empty text is not taken");
    let reasons: Vec<&str> = blank.into_iter().chain(field.rules.iter().map(|rule| &*rule.says.reason)).collect();
    let refused = if reasons.is_empty() { String::new() } else { format!("refused: {}", reasons.join("; ")) };
    [first.join("; "), refused].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn rule(page: &mut String, publisher: &Publisher) {
    if !publisher.rule.is_empty() {
        page.push_str("\nIn this order:\n\n");
    }
    for (at, step) in publisher.rule.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", at + 1, sentence(step, publisher));
    }
    for (name, templates) in &publisher.computed {
        let texts = templates.iter().map(|template| template.text.as_str());
        let _ = writeln!(page, "\n`{{{name}}}` is {}.", codes(texts, " or else "));
    }
    let Some(style) = publisher.statements else { return };
    let after = if publisher.rule.is_empty() { "" } else { "Then the" };
    let _ = writeln!(page, "\n{}", statements(style, after));
}

fn statements(style: StatementStyle, after: &str) -> String {
    let what = match style {
        StatementStyle::FirstMatches => {
            "statements, in their order: the first that matches grants its scopes, and no other is looked at."
        }
        StatementStyle::LastMatches => {
            "statements, in their order: the last that matches allows or denies; where none does, the token is refused."
        }
        StatementStyle::RequiredClaims => "claims of the record: each must be there with its value.",
    };
    if after.is_empty() { format!("The {what}") } else { format!("{after} {what}") }
}

fn combine(profile: &Profile) -> String {
    match &profile.combine {
        Combine::Only => "There is one record at most.".to_owned(),
        Combine::Union => "Every record that holds counts; what each allows is allowed.".to_owned(),
        Combine::Oldest => "Of several that hold, the oldest counts.".to_owned(),
        Combine::Prefer(field) => {
            let others =
                profile.publishers.iter().filter_map(|(name, publisher)| Some((name, publisher.prefers.as_ref()?)));
            let others: String = others.map(|(name, field)| format!(" (of the kind `{name}`: `{field}`)")).collect();
            format!(
                "One record is looked up and no other tried: the one that names the token's `{field}`{others}, or else the \
                 first that names none."
            )
        }
    }
}

/// How much is told, after "learns".
pub(super) fn teller(tells: Teller) -> &'static str {
    match tells {
        Teller::Everything => "which claim failed",
        Teller::Tiered => "some of it, where the step says so",
        Teller::Nothing => "nothing of why",
    }
}

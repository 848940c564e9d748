//! What decides beside a rule's steps: case, several records, what is told, statements.

use serde::Deserialize;

use super::written::TextOr;

/// Whether letters' case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// Byte for byte.
    #[default]
    Exact,
    /// ASCII letters are folded.
    Ignored,
    /// Both are brought to lower case first, as Unicode has it: for names that need not be ASCII.
    Lowered,
    /// Each letter is brought to upper case where that is one letter, and ASCII letters equal no others: what .NET calls
    /// `OrdinalIgnoreCase`, where the Kelvin sign is no `k`.
    Ordinal,
}

impl Case {
    /// Whether two texts are the same.
    pub fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Exact => one == other,
            Self::Ignored => one.eq_ignore_ascii_case(other),
            Self::Lowered => one.to_lowercase() == other.to_lowercase(),
            Self::Ordinal => one.chars().map(ordinal_upper).eq(other.chars().map(ordinal_upper)),
        }
    }
}

/// The one capital letter of a letter; the letter itself where there is none, or only several, or one in ASCII for a letter
/// that is not.
fn ordinal_upper(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_uppercase();
    }
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if !upper.is_ascii() => upper,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_beyond_ascii_is_one_of_ascii_in_ordinal_case() {
        for (one, other, lowered, ordinal) in [
            ("acme", "ACME", true, true),
            ("Münze", "MÜNZE", true, true),
            ("kiln", "\u{212a}iln", true, false),
            ("i", "\u{131}", false, false),
            ("s", "\u{17f}", false, false),
            ("ß", "SS", false, false),
            ("acme", "acmes", false, false),
        ] {
            assert_eq!(Case::Lowered.same(one, other), lowered, "{one} {other}");
            assert_eq!(Case::Ordinal.same(one, other), ordinal, "{one} {other}");
            assert_eq!(Case::Ordinal.same(other, one), ordinal, "{other} {one}");
        }
    }
}

/// Which record decides where several hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TextOr<WrittenPreference>")]
pub enum Combine {
    /// There is only one.
    Only,
    /// All that hold together: what each allows is allowed.
    Union,
    /// The first that is looked up with this field set, or else the first without it; no other is tried, whatever becomes
    /// of that one. A kind of record may name another field with its own `prefers`.
    Prefer(String),
    /// The oldest, by the record's `created`, then by the order of the list.
    Oldest,
}

/// The written form of a preference: `{ prefer: environment }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPreference {
    prefer: String,
}

impl TryFrom<TextOr<WrittenPreference>> for Combine {
    type Error = String;

    fn try_from(written: TextOr<WrittenPreference>) -> Result<Self, String> {
        match written {
            TextOr::Parts(WrittenPreference { prefer }) => Ok(Self::Prefer(prefer)),
            TextOr::Text(word) => match word.as_str() {
                "only" => Ok(Self::Only),
                "union" => Ok(Self::Union),
                "oldest" => Ok(Self::Oldest),
                _ => Err(format!(
                    "`{word}` says nothing of several records; write `only`, `union`, `oldest` or `{{ prefer: FIELD }}`"
                )),
            },
        }
    }
}

/// What a caller who is refused learns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Disclosure {
    /// How much.
    pub tells: Teller,
    /// In a sentence, with the status or the message that clients show.
    pub about: String,
}

/// How much a refused caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Teller {
    /// Which claim failed, with the values expected.
    Everything,
    /// Only where the names and ids of a record already matched; each step says so with `told`.
    Tiered,
    /// That it was refused.
    Nothing,
}

/// How a record that is a list of statements decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementStyle {
    /// Buildkite Package Registries: the first statement that matches gives its scopes.
    FirstMatches,
    /// RubyGems' API key roles: the last statement that matches allows or denies.
    LastMatches,
    /// Cloudsmith: a map of claims to values, all of which must be equal.
    RequiredClaims,
}

//! The value a token has for a claim, of the token or derived.
//!
//! Nothing is copied: a piece of a claim is borrowed from it, and several claims joined stay the pieces they are.

use trustctl_claims::{ClaimKey, Claims, Value};
use trustctl_policy::{Between, Claim, ClaimId, ClaimSource, ClaimType, JoinPart, Policy, ProviderId};

/// How often a derived claim may come from another; the catalogue needs two.
const MOST_STEPS: u8 = 4;

/// Texts that a joined claim is made of.
const MOST_PIECES: usize = 16;

/// What a token has for a claim.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// Missing, null, `""` or `[]`; or derived from such, or from what does not fit.
    Absent,
    /// Not of the claim's JSON type, or derived from such.
    WrongType,
    /// A string; an integer in its one spelling; `true` or `false`.
    Text(&'a str),
    /// Several texts in a row: the [`Pieces`].
    Joined,
    /// A list of strings.
    List(List<'a>),
}

impl Found<'_> {
    /// Whether a pattern may see it: printable ASCII throughout.
    pub(crate) fn is_printable(&self, pieces: &Pieces<'_>) -> bool {
        match self {
            Self::Absent | Self::WrongType => true,
            Self::Text(text) => printable(text),
            Self::Joined => pieces.iter().all(printable),
            Self::List(list) => list.iter().all(printable),
        }
    }
}

fn printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The members of a list claim; strings, all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a>(&'a [Value<'a>]);

impl<'a> List<'a> {
    fn new(members: &'a [Value<'a>]) -> Option<Self> {
        members.iter().all(|member| member.as_str().is_some()).then_some(Self(members))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.iter().filter_map(Value::as_str)
    }
}

/// The texts of a joined claim.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pieces<'a> {
    /// Made for the first joined claim: most grants ask for none.
    texts: Option<[&'a str; MOST_PIECES]>,
    len: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.texts.iter().flatten().take(self.len).copied()
    }

    pub(crate) fn equal(&self, text: &str) -> bool {
        let mut rest = text;
        for piece in self.iter() {
            match rest.strip_prefix(piece) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        rest.is_empty()
    }

    pub(crate) fn equal_ignoring_case(&self, text: &str) -> bool {
        let ours = self.iter().flat_map(str::bytes);
        ours.map(|byte| byte.to_ascii_lowercase()).eq(text.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    fn push(&mut self, text: &'a str) -> Option<()> {
        *self.texts.get_or_insert([""; MOST_PIECES]).get_mut(self.len)? = text;
        self.len += 1;
        Some(())
    }
}

/// The token's `aud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AudienceClaim<'a> {
    /// Absent.
    Missing,
    /// A string.
    Text(&'a str),
    /// An array of one string.
    ListOfOne(&'a str),
    /// Anything else.
    Other,
}

/// Where the values of a policy's claims are found, hashed once.
#[derive(Debug)]
pub(crate) struct Sources {
    iss: ClaimKey,
    aud: ClaimKey,
    /// By provider, then by claim; the empty name for a claim that is not read from the token itself.
    keys: Vec<Vec<ClaimKey>>,
}

impl Sources {
    pub(crate) fn new(policy: &Policy) -> Self {
        let key = |claim: &Claim| match &claim.source {
            ClaimSource::Token => ClaimKey::new(&claim.name),
            ClaimSource::Nested(path) => ClaimKey::new(path.first().map_or("", String::as_str)),
            _ => ClaimKey::new(""),
        };
        Self {
            iss: ClaimKey::new("iss"),
            aud: ClaimKey::new("aud"),
            keys: policy.providers().map(|(_, provider)| provider.claims.iter().map(key).collect()).collect(),
        }
    }

    /// `iss`, where it is a string with something in it.
    pub(crate) fn issuer<'a>(&self, claims: &'a Claims<'_>) -> Option<&'a str> {
        claims.claim(&self.iss)?.as_str().filter(|iss| !iss.is_empty())
    }

    pub(crate) fn audience<'a>(&self, claims: &'a Claims<'_>) -> AudienceClaim<'a> {
        match claims.claim(&self.aud) {
            None => AudienceClaim::Missing,
            Some(value) if value.is_absent() => AudienceClaim::Missing,
            Some(Value::String(text)) => AudienceClaim::Text(text),
            Some(Value::List(members)) => match members.as_slice() {
                [Value::String(text)] => AudienceClaim::ListOfOne(text),
                _ => AudienceClaim::Other,
            },
            Some(_) => AudienceClaim::Other,
        }
    }

    /// Reads a token as one of the provider's.
    pub(crate) fn reader<'a>(&'a self, policy: &'a Policy, claims: &'a Claims<'a>, provider: ProviderId) -> Reader<'a> {
        Reader {
            claims,
            table: policy.provider(provider).map_or(&[], |provider| &provider.claims),
            keys: self.keys.get(usize::from(provider.0)).map_or(&[], Vec::as_slice),
        }
    }

    /// The JSON value that a claim is read from, for showing it; `None` for a derived claim.
    pub(crate) fn raw<'a>(
        &self,
        policy: &Policy,
        claims: &'a Claims<'a>,
        provider: ProviderId,
        claim: ClaimId,
    ) -> Option<&'a Value<'a>> {
        match &policy.provider(provider)?.claims.get(usize::from(claim.0))?.source {
            ClaimSource::Token => claims.claim(self.keys.get(usize::from(provider.0))?.get(usize::from(claim.0))?),
            ClaimSource::Nested(path) => claims.pointer(path),
            _ => None,
        }
    }
}

/// One token read by one provider's table of claims.
pub(crate) struct Reader<'a> {
    claims: &'a Claims<'a>,
    table: &'a [Claim],
    keys: &'a [ClaimKey],
}

impl<'a> Reader<'a> {
    /// The value of a claim; a joined one is put into `pieces`. Always in place: nearly every condition is about a
    /// member of the token itself, and handing its value over through memory costs as much as finding it.
    #[inline(always)]
    pub(crate) fn find(&self, id: ClaimId, pieces: &mut Pieces<'a>) -> Found<'a> {
        let at = usize::from(id.0);
        match (self.table.get(at), self.keys.get(at)) {
            (Some(Claim { source: ClaimSource::Token, kind, .. }), Some(key)) => typed(self.claims.claim(key), *kind),
            _ => self.find_within(id, Some(pieces), MOST_STEPS),
        }
    }

    /// Without room for pieces, a joined claim is of the wrong type.
    #[inline(never)]
    fn find_within(&self, id: ClaimId, pieces: Option<&mut Pieces<'a>>, steps: u8) -> Found<'a> {
        let at = usize::from(id.0);
        // A claim that is not in the table, or that comes from itself, is no value that anything could hold for.
        let (Some(claim), Some(key), Some(steps)) = (self.table.get(at), self.keys.get(at), steps.checked_sub(1))
        else {
            return Found::WrongType;
        };
        match &claim.source {
            ClaimSource::Token => typed(self.claims.claim(key), claim.kind),
            ClaimSource::Nested(path) => self.nested(key, path, claim.kind),
            ClaimSource::Alias(of) => self.find_within(*of, pieces, steps),
            ClaimSource::After { of, prefix, only_if } => {
                let allowed = self.only_if(only_if, steps);
                let rest = self
                    .text(*of, steps)
                    .and_then(|text| text.strip_prefix(prefix.as_str()).and_then(filled).ok_or(NoText::Absent));
                match (allowed, rest) {
                    (Err(NoText::WrongType), _) | (_, Err(NoText::WrongType)) => Found::WrongType,
                    (Ok(()), Ok(rest)) => Found::Text(rest),
                    _ => Found::Absent,
                }
            }
            ClaimSource::AfterLast { of, delimiter } => derived(self.text(*of, steps), |text| {
                let (before, after) = split_at_last(text, delimiter)?;
                filled(before).and(filled(after))
            }),
            ClaimSource::Piece { of, cut, piece } => derived(self.text(*of, steps), |text| cut.piece(text, *piece)),
            ClaimSource::Between { of, between } => self.between(*of, between, steps),
            ClaimSource::Join(parts) => pieces.map_or(Found::WrongType, |pieces| self.join(parts, pieces, steps)),
        }
    }

    fn nested(&self, key: &ClaimKey, path: &[String], kind: ClaimType) -> Found<'a> {
        let mut value = self.claims.claim(key);
        for segment in path.iter().skip(1) {
            match value {
                None => return Found::Absent,
                Some(outer) if outer.is_absent() => return Found::Absent,
                Some(outer @ (Value::Object(_) | Value::List(_))) => {
                    value = outer.pointer(std::slice::from_ref(segment))
                }
                Some(_) => return Found::WrongType,
            }
        }
        typed(value, kind)
    }

    /// Whether the claims that go with a derived one have their values.
    fn only_if(&self, claims: &[(ClaimId, String)], steps: u8) -> Result<(), NoText> {
        let mut result = Ok(());
        for (id, expected) in claims {
            match self.text(*id, steps) {
                Err(NoText::WrongType) => return Err(NoText::WrongType),
                Err(NoText::Absent) if expected.is_empty() => {}
                Ok(text) if !expected.is_empty() && text == expected => {}
                _ => result = Err(NoText::Absent),
            }
        }
        result
    }

    #[inline(never)]
    fn between(&self, of: ClaimId, between: &Between, steps: u8) -> Found<'a> {
        let mut filled = [None; Between::MOST_CLAIMS];
        for (filled, id) in filled.iter_mut().zip(between.claims()) {
            match self.text(*id, steps) {
                Ok(text) => *filled = Some(text),
                Err(NoText::WrongType) => return Found::WrongType,
                Err(NoText::Absent) => {}
            }
        }
        derived(self.text(of, steps), |text| between.piece(text, &filled))
    }

    fn join(&self, parts: &'a [JoinPart], pieces: &mut Pieces<'a>, steps: u8) -> Found<'a> {
        pieces.len = 0;
        let mut found = Found::Joined;
        for part in parts {
            let text = match part {
                JoinPart::Text(text) => text.as_str(),
                JoinPart::Claim(id) => match self.text(*id, steps) {
                    Ok(text) => text,
                    Err(NoText::WrongType) => return Found::WrongType,
                    Err(NoText::Absent) => {
                        found = Found::Absent;
                        continue;
                    }
                },
            };
            if pieces.push(text).is_none() {
                return Found::WrongType;
            }
        }
        found
    }

    /// The text of a claim that another is derived from.
    fn text(&self, id: ClaimId, steps: u8) -> Result<&'a str, NoText> {
        match self.find_within(id, None, steps) {
            Found::Text(text) => Ok(text),
            Found::Absent => Err(NoText::Absent),
            // What is joined has no text of its own to be cut; no catalogue entry cuts one.
            Found::WrongType | Found::Joined | Found::List(_) => Err(NoText::WrongType),
        }
    }
}

/// Why a claim that another comes from has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoText {
    Absent,
    WrongType,
}

fn derived<'a>(source: Result<&'a str, NoText>, cut: impl FnOnce(&'a str) -> Option<&'a str>) -> Found<'a> {
    match source {
        Ok(text) => cut(text).and_then(filled).map_or(Found::Absent, Found::Text),
        Err(NoText::Absent) => Found::Absent,
        Err(NoText::WrongType) => Found::WrongType,
    }
}

/// The same as `rsplit_once`, without setting up a search for what is nearly always one character.
fn split_at_last<'a>(text: &'a str, delimiter: &str) -> Option<(&'a str, &'a str)> {
    match delimiter.as_bytes() {
        [byte] if byte.is_ascii() => {
            let (before, rest) = text.split_at_checked(text.bytes().rposition(|other| other == *byte)?)?;
            Some((before, rest.split_at_checked(1)?.1))
        }
        _ => text.rsplit_once(delimiter),
    }
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[inline]
fn typed<'a>(value: Option<&'a Value<'a>>, kind: ClaimType) -> Found<'a> {
    let Some(value) = value.filter(|value| !value.is_absent()) else {
        return Found::Absent;
    };
    let found = match kind {
        ClaimType::String => value.as_str().map(Found::Text),
        ClaimType::Integer => value.as_integer().map(Found::Text),
        ClaimType::Boolean => value.as_bool().map(|yes| Found::Text(if yes { "true" } else { "false" })),
        ClaimType::List => value.as_list().and_then(List::new).map(Found::List),
    };
    found.unwrap_or(Found::WrongType)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str, kind: ClaimType) -> String {
        let claims = Claims::parse(json).unwrap();
        match typed(claims.named("c"), kind) {
            Found::Text(text) => format!("text {text}"),
            Found::List(list) => format!("list {}", list.iter().collect::<Vec<_>>().join(" ")),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn absent_comes_before_type() {
        for json in ["{}", r#"{"c":null}"#, r#"{"c":""}"#, r#"{"c":[]}"#] {
            for kind in [ClaimType::String, ClaimType::Integer, ClaimType::Boolean, ClaimType::List] {
                assert_eq!(found(json, kind), "Absent", "{json}");
            }
        }
    }

    #[test]
    fn a_type_is_never_bent() {
        assert_eq!(found(r#"{"c":"42"}"#, ClaimType::Integer), "WrongType");
        assert_eq!(found(r#"{"c":42.0}"#, ClaimType::Integer), "WrongType");
        assert_eq!(found(r#"{"c":4e1}"#, ClaimType::Integer), "WrongType");
        assert_eq!(found(r#"{"c":-0}"#, ClaimType::Integer), "WrongType");
        assert_eq!(
            found(r#"{"c":123456789012345678901234567890}"#, ClaimType::Integer),
            "text 123456789012345678901234567890"
        );
        assert_eq!(found(r#"{"c":"true"}"#, ClaimType::Boolean), "WrongType");
        assert_eq!(found(r#"{"c":false}"#, ClaimType::Boolean), "text false");
        assert_eq!(found(r#"{"c":42}"#, ClaimType::String), "WrongType");
        assert_eq!(found(r#"{"c":["a","b"]}"#, ClaimType::List), "list a b");
        assert_eq!(found(r#"{"c":["a",1]}"#, ClaimType::List), "WrongType");
        assert_eq!(found(r#"{"c":"a"}"#, ClaimType::List), "WrongType");
    }

    #[test]
    fn the_last_delimiter_splits() {
        for (text, delimiter) in [
            ("a/b/c", "/"),
            ("/", "/"),
            ("a", "/"),
            ("", "/"),
            ("a::b", "::"),
            ("\u{e4}/\u{e4}", "/"),
            ("\u{e4}b", "\u{e4}"),
        ] {
            assert_eq!(split_at_last(text, delimiter), text.rsplit_once(delimiter), "{text}");
        }
    }

    #[test]
    fn pieces_are_compared_as_the_text_they_make() {
        let mut pieces = Pieces::default();
        for text in ["acme", "@", "1", "/", "Widgets"] {
            pieces.push(text).unwrap();
        }
        assert!(pieces.equal("acme@1/Widgets") && pieces.equal_ignoring_case("ACME@1/widgets"));
        for other in ["acme@1/Widget", "acme@1/Widgetss", "", "acme@1/widgets"] {
            assert!(!pieces.equal(other), "{other}");
        }
    }
}

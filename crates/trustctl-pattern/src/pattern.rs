//! A compiled pattern: what a condition in a policy holds, and what a claim's value is matched against.

use std::fmt;
use std::sync::Arc;

use crate::automaton::Automaton;
use crate::language::{Language, Leaf};
use crate::words::Words;
use crate::{PatternError, syntax};

/// How the text of a pattern is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// `*` and `?` stop at `/`, `:` and `@`; `**` at the end does not.
    Glob,
    /// `*` and `?` take every character, as in systems whose globs know no delimiters.
    CrossingGlob,
    /// A regular expression for the whole value.
    Regex,
    /// A regular expression found anywhere in the value, as in systems that search.
    Search,
    /// One text and nothing else.
    Literal,
}

/// A compiled pattern, matched against whole texts.
///
/// Cloning is cheap. Two patterns are equal when they have the same kind and the same text; whether
/// two patterns *mean* the same is a question to their [`language`](Pattern::language)s.
#[derive(Clone)]
pub struct Pattern {
    inner: Arc<Inner>,
}

struct Inner {
    source: Box<str>,
    kind: PatternKind,
    prefix: Box<str>,
    /// `None` for a literal, which is compared byte for byte.
    automaton: Option<Arc<Automaton>>,
}

impl Pattern {
    /// A glob: `*` is a run, also empty, and `?` one, of characters other than `/`, `:` and `@`; `**` is any
    /// run and stands last; `\` makes the next character literal.
    ///
    /// # Errors
    ///
    /// Text over 512 bytes or outside printable ASCII, `**` elsewhere, a `\` at the end, an unescaped
    /// `[ ] { } ( ) | ^ $`, an automaton over the limits.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let glob = Pattern::glob("acme/*")?;
    /// assert!(glob.is_match("acme/widgets"));
    /// assert!(!glob.is_match("acme/widgets/fork"));
    /// assert!(Pattern::glob("acme/**")?.is_match("acme/widgets/fork"));
    /// assert!(Pattern::glob(r"what\?")?.is_match("what?"));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn glob(text: &str) -> Result<Self, PatternError> {
        Self::compile(text, PatternKind::Glob)
    }

    /// A glob of a system that knows no delimiters: `*` is any run and `?` any one character. `**` is the same
    /// as `*` and may stand anywhere; all else is as in [`glob`](Pattern::glob).
    ///
    /// # Errors
    ///
    /// As [`glob`](Pattern::glob).
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let glob = Pattern::crossing_glob("repo:acme/*:ref:refs/heads/main")?;
    /// assert!(glob.is_match("repo:acme/widgets:environment:x:ref:refs/heads/main"));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn crossing_glob(text: &str) -> Result<Self, PatternError> {
        Self::compile(text, PatternKind::CrossingGlob)
    }

    /// A regular expression that matches the whole value: ASCII, without flags, anchors, look-around and word
    /// boundaries. Alternatives stay inside: `a|b` matches `a` and `b` and nothing longer.
    ///
    /// # Errors
    ///
    /// Text over 512 bytes or outside printable ASCII, a construct named above, anything that is no regular
    /// expression by itself, an automaton over the limits.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let regex = Pattern::regex(r"v\d+\.\d+|nightly")?;
    /// assert!(regex.is_match("v1.4"));
    /// assert!(!regex.is_match("v1.4-evil"));
    /// assert!(Pattern::regex(")|(").is_err());
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn regex(text: &str) -> Result<Self, PatternError> {
        Self::compile(text, PatternKind::Regex)
    }

    /// A regular expression of a system that searches: it matches a value that holds a match anywhere. `^` and
    /// `$` are the start and the end of the value, never of a line.
    ///
    /// # Errors
    ///
    /// As [`regex`](Pattern::regex), except for anchors.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// assert!(Pattern::search("acme/app")?.is_match("evil-acme/app-x"));
    /// assert!(!Pattern::search("^acme/app$")?.is_match("evil-acme/app-x"));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn search(text: &str) -> Result<Self, PatternError> {
        Self::compile(text, PatternKind::Search)
    }

    /// One text and nothing else, any characters. (Outside printable ASCII its [`language`](Pattern::language)
    /// is empty all the same.)
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// assert!(Pattern::literal("dependabot[bot]").is_match("dependabot[bot]"));
    /// ```
    #[must_use]
    pub fn literal(text: &str) -> Self {
        let (source, prefix) = (text.into(), text.into());
        Self { inner: Arc::new(Inner { source, kind: PatternKind::Literal, prefix, automaton: None }) }
    }

    fn compile(text: &str, kind: PatternKind) -> Result<Self, PatternError> {
        let automaton = Automaton::build(syntax_of(text, kind)?)?;
        let prefix = automaton.literal_prefix().into();
        let automaton = Some(Arc::new(automaton));
        Ok(Self { inner: Arc::new(Inner { source: text.into(), kind, prefix, automaton }) })
    }

    /// The text it was made from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// How that text was read.
    #[must_use]
    pub fn kind(&self) -> PatternKind {
        self.inner.kind
    }

    /// Whether the whole text matches. Takes time linear in the text and allocates nothing.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        match &self.inner.automaton {
            Some(automaton) => automaton.accepts_text(text.bytes()),
            None => *self.inner.source == *text,
        }
    }

    /// Whether the pieces, put one behind the other, match. Allocates nothing.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// assert!(Pattern::glob("acme/widgets@*")?.is_match_pieces(["acme", "/", "widgets", "@", "42"]));
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn is_match_pieces<'a>(&self, pieces: impl IntoIterator<Item = &'a str>) -> bool {
        if let Some(automaton) = &self.inner.automaton {
            return automaton.accepts_text(pieces.into_iter().flat_map(str::bytes));
        }
        let mut rest = self.source();
        for piece in pieces {
            match rest.strip_prefix(piece) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        rest.is_empty()
    }

    /// The lengths in bytes of the starts of `text` that match, ascending. Reads each byte at most once and
    /// stops where no longer start can match.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let owner = Pattern::regex("[a-z]+(-[a-z]+)*")?;
    /// assert_eq!(owner.match_ends("a-b/c").collect::<Vec<_>>(), [1, 3]);
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn match_ends<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        self.match_ends_before(text, "")
    }

    /// As [`match_ends`](Self::match_ends), but only where `next` stands behind the match.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// let file = Pattern::regex(r"[^/]+\.yml")?;
    /// assert_eq!(file.match_ends_before("a.yml@b.yml@refs/x", "@refs").collect::<Vec<_>>(), [11]);
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    pub fn match_ends_before<'t>(&'t self, text: &'t str, next: &'t str) -> impl Iterator<Item = usize> + 't {
        let mut walk = self.inner.automaton.as_deref().map(|automaton| (automaton, automaton.walk(text)));
        let mut literal = match walk {
            Some(_) => None,
            None => text.strip_prefix(self.source()).filter(|behind| behind.starts_with(next)),
        };
        std::iter::from_fn(move || match &mut walk {
            Some((automaton, walk)) => automaton.next_end(walk, next.as_bytes()),
            None => literal.take().map(|behind| text.len() - behind.len()),
        })
    }

    /// The longest text that every match starts with; empty for a pattern that nothing matches.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// assert_eq!(Pattern::glob("acme/w*")?.literal_prefix(), "acme/w");
    /// assert_eq!(Pattern::regex("acme/(app|api)-[0-9]")?.literal_prefix(), "acme/ap");
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        &self.inner.prefix
    }

    /// Every text that it matches, sorted, where that is at most `most`; `None` where it is more, or takes long to tell.
    ///
    /// ```
    /// use trustctl_pattern::Pattern;
    ///
    /// assert_eq!(Pattern::regex("npm|p(ypi)?")?.few(4), Some(vec!["npm".into(), "p".into(), "pypi".into()]));
    /// assert_eq!(Pattern::regex("v[0-9]")?.few(4), None);
    /// # Ok::<(), trustctl_pattern::PatternError>(())
    /// ```
    #[must_use]
    pub fn few(&self, most: usize) -> Option<Vec<String>> {
        let Some(automaton) = &self.inner.automaton else { return Some(vec![self.source().to_owned()]) };
        let mut words = automaton.few(most)?;
        words.sort_unstable();
        Some(words)
    }

    /// Memory that the pattern holds, in bytes, shared by its clones.
    #[must_use]
    pub fn automaton_bytes(&self) -> usize {
        let inner = &*self.inner;
        let automaton = inner.automaton.as_ref().map_or(0, |automaton| automaton.bytes());
        size_of::<Inner>() + inner.source.len() + inner.prefix.len() + automaton
    }

    /// The set of texts that match, for questions about all of them.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::leaf(match &self.inner.automaton {
            Some(automaton) => Leaf::Automaton(Arc::clone(automaton)),
            None => Leaf::Words(Arc::new(Words::new([self.source().to_owned()]))),
        })
    }

    /// The pattern as a syntax tree, to stand among other parts of a text.
    pub(crate) fn part(&self) -> Result<regex_syntax::hir::Hir, PatternError> {
        let hir = syntax_of(self.source(), self.kind())?;
        if hir.properties().look_set().is_empty() { Ok(hir) } else { Err(PatternError::AnchoredPart) }
    }
}

fn syntax_of(text: &str, kind: PatternKind) -> Result<regex_syntax::hir::Hir, PatternError> {
    match kind {
        PatternKind::Glob => syntax::glob(text, false),
        PatternKind::CrossingGlob => syntax::glob(text, true),
        PatternKind::Regex => syntax::regex(text),
        PatternKind::Search => syntax::search(text),
        PatternKind::Literal => syntax::literal(text),
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern").field("kind", &self.kind()).field("source", &self.source()).finish_non_exhaustive()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.source() == other.source()
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.kind().hash(state);
        self.source().hash(state);
    }
}

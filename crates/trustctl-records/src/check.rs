//! One step against one token: it holds, or what is missing.

use trustctl_catalog::profile::{Case, Take};
use trustctl_claims::{ClaimKey, Claims, Value};

use crate::judge::Question;
use crate::prepare::{Asks, Text, TextPart};
use crate::take::take;

/// Why a step does not hold. Values are not in it: whoever explains looks them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// The claim is not there, or null.
    Missing(String),
    /// The claim is the empty text.
    Blank(String),
    /// The claim is of another JSON type.
    WrongType(String),
    /// The claim's text has no such piece.
    NoPiece(String, Take),
    /// The claim is none of what would do.
    Differs(String),
    /// The record has nothing to compare the claim with, or the token lacks what it is compared with.
    NothingToCompare(String),
    /// The claim is one of what is refused.
    Banned(String),
    /// The claim's value is let through only by a field of the record that is off.
    Off(String, String),
    /// A field of the record switches it off: with this name, which would have to have this value.
    SwitchedOff(String, bool),
    /// The record's time to be used first is over.
    TooLate(String),
    /// An id that the record learned is another now.
    OtherId(String),
    /// None of the record's statements is about this token.
    NoStatement,
    /// A statement of the record, by its place, refuses the token.
    Denied(usize),
    /// What the registry would say of the claim cannot be told here, for the reason given; it counts as a refusal.
    Unclear(String, String),
}

/// An id that the registry stores in the record at this use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The field.
    pub field: String,
    /// Its value from now on.
    pub value: String,
    /// Whether a refusal undoes it; such an id is only ever learned beside a record that lets the token in.
    pub undone_by_refusal: bool,
    /// A field that is emptied then: the time within which the id had to be learned.
    pub clears: Option<String>,
}

/// Whether a step holds.
pub(crate) fn check(asks: &Asks, claims: &Claims<'_>, question: &Question<'_>) -> Result<(), Miss> {
    match asks {
        Asks::Present { claims: keys, blank_passes } => keys.iter().try_for_each(|key| match claims.claim(key) {
            None | Some(Value::Null) => Err(Miss::Missing(key.name().to_owned())),
            Some(Value::String(text)) if !blank_passes && text.trim().is_empty() => {
                Err(Miss::Blank(key.name().to_owned()))
            }
            Some(_) => Ok(()),
        }),
        Asks::Same { claim, take: piece, texts, case, every } => {
            let whole = text_of(claims, claim)?;
            let left = take(*piece, whole).ok_or_else(|| Miss::NoPiece(claim.name().to_owned(), *piece))?;
            same(claim, left, texts, *case, *every, claims, question)
        }
        Asks::NoneOf { claim, values, case } => match claims.claim(claim) {
            None | Some(Value::Null) => Ok(()),
            Some(Value::String(text)) if values.iter().any(|value| case.same(value, text)) => {
                Err(Miss::Banned(claim.name().to_owned()))
            }
            Some(Value::String(_)) => Ok(()),
            Some(_) => Err(Miss::WrongType(claim.name().to_owned())),
        },
        Asks::Among { claim, values, off, case } => {
            let text = text_of(claims, claim)?;
            if values.iter().any(|value| case.same(value, text)) {
                return Ok(());
            }
            Err(match off.iter().find(|(value, _)| value == text) {
                Some((_, field)) => Miss::Off(claim.name().to_owned(), field.clone()),
                None => Miss::Differs(claim.name().to_owned()),
            })
        }
        Asks::Everything => Ok(()),
        Asks::Boolean { claim, value } => match claims.claim(claim) {
            None | Some(Value::Null) => Err(Miss::Missing(claim.name().to_owned())),
            Some(Value::Bool(found)) if found == value => Ok(()),
            Some(Value::Bool(_)) => Err(Miss::Differs(claim.name().to_owned())),
            Some(_) => Err(Miss::WrongType(claim.name().to_owned())),
        },
        Asks::Integer { claim } => match text_of(claims, claim)?.parse::<i32>() {
            Ok(_) => Ok(()),
            Err(_) => Err(Miss::WrongType(claim.name().to_owned())),
        },
        Asks::Switch { field, on, fits } => fits.then_some(()).ok_or_else(|| Miss::SwitchedOff(field.clone(), *on)),
        Asks::Until { field, moment } => match moment {
            Some(moment) if question.now > *moment => Err(Miss::TooLate(field.clone())),
            _ => Ok(()),
        },
        Asks::Holds { claim, texts } => match claims.claim(claim) {
            None | Some(Value::Null) => Err(Miss::Missing(claim.name().to_owned())),
            Some(Value::List(items)) => {
                let all = texts.iter().all(|text| items.iter().any(|item| item.as_str() == Some(text)));
                all.then_some(()).ok_or_else(|| Miss::Differs(claim.name().to_owned()))
            }
            Some(_) => Err(Miss::WrongType(claim.name().to_owned())),
        },
        Asks::Locked { claim, stored, .. } => {
            let text = text_of(claims, claim)?;
            match stored {
                Some(stored) if stored != text => Err(Miss::OtherId(claim.name().to_owned())),
                _ => Ok(()),
            }
        }
    }
}

/// A claim's text, never empty.
fn text_of<'c>(claims: &'c Claims<'_>, claim: &ClaimKey) -> Result<&'c str, Miss> {
    match claims.claim(claim) {
        None | Some(Value::Null) => Err(Miss::Missing(claim.name().to_owned())),
        Some(Value::String(text)) if text.is_empty() => Err(Miss::Blank(claim.name().to_owned())),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Miss::WrongType(claim.name().to_owned())),
    }
}

fn same(
    claim: &ClaimKey,
    left: &str,
    texts: &[Text],
    case: Case,
    every: bool,
    claims: &Claims<'_>,
    question: &Question<'_>,
) -> Result<(), Miss> {
    let mut comparable = 0;
    let mut equal = false;
    for text in texts {
        match text.is(left, case, claims, question) {
            Some(holds) => {
                comparable += 1;
                equal |= holds;
            }
            None if every => return Err(Miss::NothingToCompare(claim.name().to_owned())),
            None => {}
        }
    }
    match (equal, comparable) {
        (true, _) => Ok(()),
        (false, 0) => Err(Miss::NothingToCompare(claim.name().to_owned())),
        (false, _) => Err(Miss::Differs(claim.name().to_owned())),
    }
}

impl Text {
    /// Whether `left` is this text; `None` where the token lacks a part of it. For ASCII nothing is put together.
    fn is(&self, left: &str, case: Case, claims: &Claims<'_>, question: &Question<'_>) -> Option<bool> {
        let mut rest = Some(left);
        let mut length = 0;
        for part in &self.parts {
            let part = part.text(claims, question)?;
            length += part.len();
            rest = rest.and_then(|rest| {
                let (start, after) = (rest.get(..part.len())?, rest.get(part.len()..)?);
                let equal = match case {
                    Case::Exact => start == part,
                    Case::Ignored | Case::Lowered | Case::Ordinal => start.eq_ignore_ascii_case(part),
                };
                equal.then_some(after)
            });
        }
        // Two texts that are both empty never match: an empty record matches nothing.
        let is_same = length > 0 && rest == Some("");
        if is_same || matches!(case, Case::Exact | Case::Ignored) || left.is_ascii() {
            return Some(is_same);
        }
        // Letters of a text that is not ASCII may be longer in another case, so it cannot be compared part by part.
        Some(case.same(&self.full(claims, question)?, left))
    }

    /// The text in full; `None` where the token lacks a part of it.
    pub(crate) fn full(&self, claims: &Claims<'_>, question: &Question<'_>) -> Option<String> {
        self.parts.iter().map(|part| part.text(claims, question)).collect()
    }
}

impl TextPart {
    fn text<'t>(&'t self, claims: &'t Claims<'_>, question: &Question<'t>) -> Option<&'t str> {
        match self {
            Self::Fixed(text) => Some(text),
            Self::Version => question.version,
            Self::Token(claim, piece) => {
                let text = claims.claim(claim)?.as_str()?;
                take(*piece, text).filter(|piece| !piece.is_empty())
            }
        }
    }
}

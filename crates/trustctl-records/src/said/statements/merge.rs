//! Several conditions on one claim as one: a trust file names each claim once.

use trustctl_pattern::Pattern;

use crate::said::{Ask, Condition, Form};

/// The same conditions, each claim once; `None` where they contradict each other.
///
/// # Errors
///
/// Two that no one matcher says together.
pub(super) fn merge(conditions: Vec<Condition>) -> Result<Option<Vec<Condition>>, String> {
    let mut merged: Vec<Condition> = Vec::new();
    for condition in conditions {
        match merged.iter_mut().find(|known| known.claim == condition.claim) {
            None => merged.push(condition),
            Some(known) => {
                known.asks = both(&known.asks, &condition.asks).ok_or_else(|| {
                    format!("what is asked of `{}` is more than a trust file says at once", condition.claim)
                })?;
            }
        }
    }
    let contradicts = |condition: &Condition| matches!(&condition.asks, Ask::Equals(values) if values.is_empty());
    Ok(if merged.iter().any(contradicts) { None } else { Some(merged) })
}

/// What asks for both; nothing to equal where they contradict.
fn both(one: &Ask, other: &Ask) -> Option<Ask> {
    let keep = |values: &[String], fits: &dyn Fn(&String) -> bool| {
        Some(Ask::Equals(values.iter().filter(|value| fits(value)).cloned().collect()))
    };
    match (one, other) {
        (one, other) if one == other => Some(one.clone()),
        (Ask::Equals(values), Ask::Equals(others)) => keep(values, &|value| others.contains(value)),
        (Ask::Equals(values), Ask::Not(banned)) | (Ask::Not(banned), Ask::Equals(values)) => {
            keep(values, &|value| !banned.contains(value))
        }
        (Ask::Equals(values), Ask::Matches { any, none }) | (Ask::Matches { any, none }, Ask::Equals(values)) => {
            let is_any = |value: &String| any.is_empty() || any.iter().any(|form| form.is_match(value));
            keep(values, &|value| is_any(value) && !none.iter().any(|form| form.is_match(value)))
        }
        (Ask::Absent, Ask::Absent) => Some(Ask::Absent),
        (Ask::Absent, _) | (_, Ask::Absent) => Some(Ask::Equals(Vec::new())),
        (Ask::Present, asks) | (asks, Ask::Present) => Some(asks.clone()),
        (Ask::Not(banned), Ask::Not(others)) => {
            let more = others.iter().filter(|value| !banned.contains(value));
            Some(Ask::Not(banned.iter().chain(more).cloned().collect()))
        }
        (Ask::Not(banned), Ask::Matches { any, none }) | (Ask::Matches { any, none }, Ask::Not(banned)) => {
            let banned = banned.iter().cloned().map(Form::Text);
            Some(Ask::Matches { any: any.clone(), none: none.iter().cloned().chain(banned).collect() })
        }
        (Ask::Matches { any, none }, Ask::Matches { any: others, none: more })
            if any.is_empty() || others.is_empty() =>
        {
            let none = none.iter().chain(more).cloned().collect();
            Some(Ask::Matches { any: if any.is_empty() { others.clone() } else { any.clone() }, none })
        }
        _ => None,
    }
}

impl Form {
    /// The form as a regular expression of the trust language.
    pub(crate) fn regex(&self) -> String {
        match self {
            Self::Text(text) => super::turn::escaped(text),
            Self::Prefix(prefix) => super::turn::escaped(prefix) + ".*",
            Self::Regex(regex) => regex.clone(),
        }
    }

    /// Whether a text is of the form.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self {
            Self::Text(own) => own == text,
            Self::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Self::Regex(regex) => Pattern::regex(regex).is_ok_and(|pattern| pattern.is_match(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(asks: [Ask; 2]) -> Option<Option<Ask>> {
        let conditions = asks.into_iter().map(|asks| Condition { claim: "ref".to_owned(), asks }).collect();
        merge(conditions).ok().map(|merged| merged.map(|mut merged| merged.remove(0).asks))
    }

    #[test]
    fn two_of_one_claim_are_what_both_say() {
        let is = |values: &[&str]| Ask::Equals(values.iter().map(|value| (*value).to_owned()).collect());
        let not = |values: &[&str]| Ask::Not(values.iter().map(|value| (*value).to_owned()).collect());
        let prefix = |text: &str| Ask::Matches { any: vec![Form::Prefix(text.to_owned())], none: Vec::new() };
        assert_eq!(of([is(&["a", "b"]), is(&["b", "c"])]), Some(Some(is(&["b"]))));
        assert_eq!(of([is(&["a"]), is(&["b"])]), Some(None));
        assert_eq!(of([not(&["a"]), is(&["a", "b"])]), Some(Some(is(&["b"]))));
        assert_eq!(of([is(&["ab", "b"]), prefix("a")]), Some(Some(is(&["ab"]))));
        assert_eq!(of([Ask::Absent, is(&["a"])]), Some(None));
        assert_eq!(of([Ask::Present, not(&["a"])]), Some(Some(not(&["a"]))));
        assert_eq!(of([not(&["a"]), not(&["a", "b"])]), Some(Some(not(&["a", "b"]))));
        assert_eq!(of([prefix("a"), prefix("ab")]), None);
        let but = Ask::Matches { any: vec![Form::Prefix("a".to_owned())], none: vec![Form::Text("ab".to_owned())] };
        assert_eq!(of([prefix("a"), not(&["ab"])]), Some(Some(but)));
    }
}

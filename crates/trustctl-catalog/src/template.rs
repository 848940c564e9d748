//! Texts with `{names}` in them, as issuer templates, shapes, joins and examples are written.
//!
//! There is no escape: no such text in the catalogue needs a literal brace.

/// A stretch of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// As it stands; never empty.
    Text(&'a str),
    /// What stood between braces; never empty.
    Name(&'a str),
}

/// The stretches of `template`; fails with the problem in words.
pub(crate) fn parts(template: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return Err(format!("`{template}` opens a brace and does not close it"));
        };
        if name.is_empty() || name.contains('{') {
            return Err(format!("`{template}` has no name between its braces"));
        }
        push_text(&mut parts, before, template)?;
        parts.push(Part::Name(name));
        rest = tail;
    }
    push_text(&mut parts, rest, template)?;
    Ok(parts)
}

/// The names of `template`, in their order.
pub(crate) fn names(template: &str) -> Result<Vec<&str>, String> {
    Ok(parts(template)?
        .into_iter()
        .filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        })
        .collect())
}

fn push_text<'a>(parts: &mut Vec<Part<'a>>, text: &'a str, template: &str) -> Result<(), String> {
    if text.contains('}') {
        return Err(format!("`{template}` closes a brace that it does not open"));
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Part, names, parts};

    #[test]
    fn a_template_is_cut_at_its_braces() {
        assert_eq!(
            parts("v{a}/{b/c}x").unwrap(),
            [Part::Text("v"), Part::Name("a"), Part::Text("/"), Part::Name("b/c"), Part::Text("x")]
        );
        assert_eq!(parts("plain").unwrap(), [Part::Text("plain")]);
        assert_eq!(parts("").unwrap(), []);
        assert_eq!(names("{a}{b}").unwrap(), ["a", "b"]);
    }

    #[test]
    fn stray_braces_are_errors() {
        for broken in ["{", "}", "a{b", "a}b", "{}", "{{a}}", "{a}}"] {
            assert!(parts(broken).is_err(), "{broken}");
        }
    }
}

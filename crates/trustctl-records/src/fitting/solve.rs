//! A template with unknown fields, solved for them.

/// A part of a template with its holes filled as far as they are known.
#[derive(Debug, Clone)]
pub(crate) enum Known<'d> {
    Text(String),
    Field(&'d str),
    FieldForVersion(&'d str),
}

/// Values for the holes with which the form comes to the text; `None` where there are none, or more than one way.
pub(super) fn unify<'d>(form: &[Known<'d>], text: &str) -> Option<Vec<(Known<'d>, String)>> {
    let Some((first, rest)) = form.split_first() else { return text.is_empty().then(Vec::new) };
    let (hole, rest) = match first {
        Known::Text(start) => return unify(rest, text.strip_prefix(start.as_str())?),
        hole => (hole, rest),
    };
    let end = match rest {
        [] => text.len(),
        [Known::Text(last)] => text.len().checked_sub(last.len())?,
        [Known::Text(next), ..] => {
            let mut ends = text.match_indices(next.as_str()).map(|(at, _)| at);
            // Only where the text after the hole stands once is it known where the hole ends.
            ends.next().filter(|_| ends.next().is_none())?
        }
        _ => return None,
    };
    let (value, after) = text.split_at_checked(end)?;
    if value.is_empty() {
        return None;
    }
    let mut solution = vec![(hole.clone(), value.to_owned())];
    solution.extend(unify(rest, after)?);
    Some(solution)
}

/// Every way in which values for the holes let the form come to the text, up to a bound; no value is empty.
pub(crate) fn ways<'d>(form: &[Known<'d>], text: &str) -> Vec<Vec<(Known<'d>, String)>> {
    const MOST: usize = 100;
    let Some((first, rest)) = form.split_first() else {
        return if text.is_empty() { vec![Vec::new()] } else { Vec::new() };
    };
    let hole = match first {
        Known::Text(start) => return text.strip_prefix(start.as_str()).map_or(Vec::new(), |text| ways(rest, text)),
        hole => hole,
    };
    let ends: Vec<usize> = match rest {
        [] => vec![text.len()],
        [Known::Text(next), ..] => text.match_indices(next.as_str()).map(|(at, _)| at).collect(),
        _ => return Vec::new(),
    };
    let mut all = Vec::new();
    for (value, after) in
        ends.into_iter().take(MOST).filter(|end| *end > 0).filter_map(|end| text.split_at_checked(end))
    {
        for way in ways(rest, after) {
            let mut solution = vec![(hole.clone(), value.to_owned())];
            solution.extend(way);
            all.push(solution);
        }
    }
    all.truncate(MOST);
    all
}

/// The version at the end of a tag: from where a number and a dot begin.
pub(super) fn version_in(tag: &str) -> Option<&str> {
    let starts = tag.char_indices().filter(|(at, c)| {
        c.is_ascii_digit()
            && !tag.get(..*at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit() || c == '.'))
    });
    let mut versions = starts.filter_map(|(at, _)| tag.get(at..));
    versions.find(|version| {
        let after = version.trim_start_matches(|c: char| c.is_ascii_digit());
        after.starts_with('.')
            && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(form: &[Known<'_>], text: &str) -> Option<Vec<String>> {
        unify(form, text).map(|solution| solution.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn holes_are_filled_where_one_way_only_is_open() {
        let text = |text: &str| Known::Text(text.to_owned());
        let owner_and_name = [Known::Field("owner"), text("/"), Known::Field("name")];
        assert_eq!(solved(&owner_and_name, "acme/widgets"), Some(vec!["acme".to_owned(), "widgets".to_owned()]));
        assert_eq!(solved(&owner_and_name, "acme/tools/widgets"), None);
        assert_eq!(solved(&owner_and_name, "/widgets"), None);
        assert_eq!(solved(&[text("refs/tags/"), Known::Field("tag")], "refs/tags/v1"), Some(vec!["v1".to_owned()]));
        assert_eq!(solved(&[text("refs/tags/"), Known::Field("tag")], "refs/heads/v1"), None);
        let file = [text("a/b/"), Known::Field("file"), text("@refs/tags/v1")];
        assert_eq!(solved(&file, "a/b/x.yml@refs/tags/v1"), Some(vec!["x.yml".to_owned()]));
        assert_eq!(solved(&[text("same")], "same"), Some(Vec::new()));
    }

    #[test]
    fn every_way_is_found() {
        let form = [Known::Field("group"), Known::Text("/".to_owned()), Known::Field("name")];
        let found = |text| -> Vec<Vec<String>> {
            let values = |way: Vec<(Known<'_>, String)>| way.into_iter().map(|(_, value)| value).collect();
            ways(&form, text).into_iter().map(values).collect()
        };
        assert_eq!(found("acme/widgets"), [["acme", "widgets"]]);
        assert_eq!(found("acme/tools/widgets"), [["acme", "tools/widgets"], ["acme/tools", "widgets"]]);
        assert!(found("/widgets").is_empty() && found("acme").is_empty() && found("acme/").is_empty());
    }

    #[test]
    fn a_tag_ends_in_its_version() {
        for (tag, version) in [
            ("v1.4.0", Some("1.4.0")),
            ("1.4.0-rc.1+x", Some("1.4.0-rc.1+x")),
            ("release-2-v1.4.0", Some("1.4.0")),
            ("widgets/v10.2", Some("10.2")),
            ("nightly", None),
            ("v2", None),
        ] {
            assert_eq!(version_in(tag), version, "{tag}");
        }
    }
}

//! All the ways in which a text can be read as a template.

use std::collections::BTreeMap;

use super::Piece;

/// Steps after which it is left to the walk: a template without delimiters has very many ways.
const MOST_STEPS: usize = 2_000;

/// A value for each variable of a template.
pub(super) type Reading = BTreeMap<usize, String>;

/// Every way to read `word` as the template with values that `fits` takes, which is told the variable; `None` where it takes
/// too many steps to tell.
///
/// ```
/// use trustctl_pattern::{Piece, readings};
///
/// let template = [Piece::Variable(0), Piece::Text("/".into()), Piece::Variable(1)];
/// let found = readings("acme/widgets", &template, |_, value| !value.is_empty()).unwrap();
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0][&0], "acme");
/// ```
pub fn readings(
    word: &str,
    template: &[Piece],
    fits: impl Fn(usize, &str) -> bool,
) -> Option<Vec<BTreeMap<usize, String>>> {
    let (mut found, mut steps) = (Vec::new(), 0usize);
    // What is left of the word, the next piece, the values so far.
    let mut open: Vec<(&str, usize, Reading)> = vec![(word, 0, Reading::new())];
    while let Some((rest, at, cut)) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            return None;
        }
        match template.get(at) {
            None => found.extend(rest.is_empty().then_some(cut)),
            Some(Piece::Text(text)) => {
                open.extend(rest.strip_prefix(text.as_str()).map(|rest| (rest, at + 1, cut)));
            }
            Some(Piece::Variable(variable)) => match cut.get(variable) {
                Some(value) => {
                    let behind = rest.strip_prefix(value.as_str());
                    open.extend(behind.map(|rest| (rest, at + 1, cut.clone())));
                }
                None => {
                    for end in ends(rest, template.get(at + 1)) {
                        let Some((value, behind)) = rest.split_at_checked(end) else { continue };
                        if fits(*variable, value) {
                            let mut longer = cut.clone();
                            longer.insert(*variable, value.to_owned());
                            open.push((behind, at + 1, longer));
                        }
                    }
                }
            },
        }
    }
    Some(found)
}

/// Where the value of a variable can end, given what stands behind it.
fn ends<'t>(rest: &'t str, next: Option<&'t Piece>) -> Box<dyn Iterator<Item = usize> + 't> {
    match next {
        None => Box::new(std::iter::once(rest.len())),
        // Occurrences of a text may overlap: `a` + `..` in `a...`.
        Some(Piece::Text(text)) => {
            let is_here = move |end: &usize| rest.get(*end..).is_some_and(|behind| behind.starts_with(text.as_str()));
            Box::new((0..=rest.len()).filter(is_here))
        }
        Some(Piece::Variable(_)) => Box::new(0..=rest.len()),
    }
}

//! What an import or an export does not say, or says otherwise: for people.

use trustctl_catalog::profile::Direction;
use trustctl_diag::{Place, Sources};

use crate::look::{Look, Style, shown, wrap};

/// One thing that is said otherwise.
pub(crate) struct Remark<'r> {
    /// How what is written stands to what was read.
    pub(crate) is: Direction,
    /// In one sentence.
    pub(crate) about: &'r str,
    /// Where it is read.
    pub(crate) places: &'r [Place],
}

/// How many places of one remark are shown.
const MOST_PLACES: usize = 6;

/// Every remark: those that let more in first.
pub(crate) fn remarks(remarks: &[Remark<'_>], than: &str, sources: &Sources, look: Look) -> String {
    let mut sorted: Vec<&Remark<'_>> = remarks.iter().collect();
    sorted.sort_by_key(|remark| remark.is);
    sorted.into_iter().map(|remark| one(remark, than, sources, look)).collect()
}

fn one(remark: &Remark<'_>, than: &str, sources: &Sources, look: Look) -> String {
    let (head, style) = match remark.is {
        Direction::Wider => ("warning", Style::Bad),
        Direction::Narrower => ("warning", Style::Care),
        Direction::Beside => ("note", Style::Faint),
    };
    let about = match remark.is {
        Direction::Beside => shown(remark.about).into_owned(),
        is => format!("{} than {than}: {}", is.word().to_uppercase(), shown(remark.about)),
    };
    let indent = head.len() + 2;
    let mut text = String::new();
    for (at, line) in wrap(&about, look.width.saturating_sub(indent)).iter().enumerate() {
        match at {
            0 => text.push_str(&format!("{}: {line}\n", look.paint(style, head))),
            _ => text.push_str(&format!("{:indent$}{line}\n", "")),
        }
    }
    let places = places(remark.places, sources);
    for line in wrap(&places, look.width.saturating_sub(indent)) {
        if !line.is_empty() {
            text.push_str(&format!("{:indent$}{}\n", "", look.paint(Style::Faint, line)));
        }
    }
    text
}

/// `a.yaml:1, a.yaml:7`.
fn places(places: &[Place], sources: &Sources) -> String {
    let mut lines: Vec<String> = Vec::new();
    for place in places {
        let name = sources.name(place.file);
        let line = format!("{}:{}", shown(name), sources.range(*place).start.line);
        if !name.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    let more = lines.len().saturating_sub(MOST_PLACES);
    lines.truncate(MOST_PLACES);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join(", ")
}

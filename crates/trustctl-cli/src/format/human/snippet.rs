//! One line of a trust file with a remark under it.

use trustctl_diag::{Place, Sources};

use super::page::Page;
use crate::look::{Style, shown, shown_in_place, wrap};

/// Columns before the bar: the indent of the report and a line number.
const GUTTER: usize = 10;

/// Draws the line that `place` begins in and the remark: under the value where the place is one (`own`), beside the
/// bar otherwise.
pub(super) fn draw(page: &mut Page, sources: &Sources, place: Place, own: bool, remark: &str) {
    let line = sources.range(place).start.line;
    let text = sources.line_text(place.file, line);
    if !own || text.is_empty() {
        remark_lines(page, 0, remark);
        return;
    }
    let look = page.look();
    let before = sources.range(place).start.column.saturating_sub(1) as usize;
    let under =
        shown_in_place(sources.at(place)).lines().next().map_or(1, |first| first.trim_end().chars().count()).max(1);
    // What stands left of the value gives way where the line is too long for the page.
    let room = look.width.saturating_sub(GUTTER + 3);
    let cut = (before + under).saturating_sub(room).min(before);
    let shown_text: String = shown_in_place(text).replace('\t', " ").chars().skip(cut).take(room).collect();
    let bar = look.paint(Style::Faint, if look.unicode { "\u{2502}" } else { "|" });
    let number = look.paint(Style::Faint, format!("{line:>GUTTER$}"));
    page.line(format_args!("{number} {bar} {shown_text}"));
    let (left, under) = (before.saturating_sub(cut), under.min(room));
    let mark = look.paint(Style::Bad, "~".repeat(under));
    let remark_columns = shown(remark).chars().count();
    if left + under + 1 + remark_columns <= room {
        page.line(format_args!("{:GUTTER$} {bar} {:left$}{mark} {}", "", "", shown(remark)));
    } else {
        page.line(format_args!("{:GUTTER$} {bar} {:left$}{mark}", "", ""));
        remark_lines(page, left.min(room / 3), remark);
    }
}

/// Claims beside the bar, their values in a column.
pub(super) fn values(page: &mut Page, values: &[(&str, String)]) {
    let column = values.iter().map(|(claim, _)| claim.chars().count()).max().unwrap_or(0);
    for (claim, value) in values {
        let line = format!("{claim:column$} = {value}");
        if line.chars().count() <= page.look().width.saturating_sub(GUTTER + 3) {
            remark_lines(page, 0, &line);
        } else {
            remark_lines(page, 0, &format!("{claim} ="));
            remark_lines(page, 2, value);
        }
    }
}

fn remark_lines(page: &mut Page, indent: usize, remark: &str) {
    let look = page.look();
    let bar = look.paint(Style::Faint, if look.unicode { "\u{2502}" } else { "|" }).to_string();
    let room = look.width.saturating_sub(GUTTER + 3 + indent);
    let remark = shown(remark);
    // A remark that fits keeps its blanks: they are a column's.
    let lines = if remark.chars().count() <= room { vec![remark.into_owned()] } else { wrap(&remark, room) };
    for line in lines {
        page.line(format_args!("{:GUTTER$} {bar} {:indent$}{line}", "", ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use trustctl_diag::Span;

    #[test]
    fn marks_the_value() {
        let mut sources = Sources::default();
        let file = sources.add("trust.yaml", "grants:\n  - when: { workflow-file: publish.yml }\r\n");
        let place = Place { file, span: Span { start: 35, end: 46 } };
        assert_eq!(sources.at(place), "publish.yml");
        let mut page = Page::new(Look::PLAIN);
        draw(&mut page, &sources, place, true, "the token says `ci.yml`");
        values(&mut page, &[("ref", "a".to_owned()), ("workflow_ref", "b".to_owned())]);
        let expected = [
            "         2 |   - when: { workflow-file: publish.yml }",
            "           |                            ~~~~~~~~~~~ the token says `ci.yml`",
            "           | ref          = a",
            "           | workflow_ref = b",
        ];
        assert_eq!(page.finish().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_long_line_shows_the_value() {
        let mut sources = Sources::default();
        let text = format!("{}value", "x".repeat(200));
        let file = sources.add("trust.yaml", text);
        let place = Place { file, span: Span { start: 200, end: 205 } };
        let mut page = Page::new(Look::PLAIN);
        draw(&mut page, &sources, place, true, "the token has none");
        let drawn = page.finish();
        assert!(drawn.lines().all(|line| line.chars().count() <= 80), "{drawn}");
        assert!(drawn.contains("xvalue\n") && drawn.contains("~~~~~\n"), "{drawn}");
    }
}

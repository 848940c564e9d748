//! Headings and fenced blocks of a Markdown file; everything else is prose.

/// A heading with the blocks below it, up to the next heading.
#[derive(Debug)]
pub(crate) struct Section {
    /// 1 for `#`; 0 for what stands before the first heading.
    pub(crate) level: usize,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Fence>,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Fence {
    /// What follows the opening fence.
    pub(crate) info: String,
    /// Line of the opening fence, from 1.
    pub(crate) line: usize,
    /// Its lines, without the fences.
    pub(crate) lines: Vec<String>,
}

/// Reads a file into sections.
///
/// # Errors
///
/// The line of a fence that is never closed.
pub(crate) fn sections(text: &str) -> Result<Vec<Section>, usize> {
    let mut sections = vec![Section { level: 0, title: String::new(), blocks: Vec::new() }];
    let mut open: Option<(String, Fence)> = None;
    for (line, number) in text.lines().zip(1..) {
        if let Some((fence, block)) = &mut open {
            let trimmed = line.trim();
            if trimmed.starts_with(fence.as_str()) && trimmed.bytes().all(|byte| fence.as_bytes().contains(&byte)) {
                if let (Some(section), Some((_, block))) = (sections.last_mut(), open.take()) {
                    section.blocks.push(block);
                }
            } else {
                block.lines.push(line.to_owned());
            }
            continue;
        }
        let marks = |mark: char| line.chars().take_while(|c| *c == mark).count();
        if let Some(fence) = ['`', '~'].into_iter().find(|mark| marks(*mark) >= 3) {
            let (fence, info) = line.split_at(marks(fence));
            let info = info.trim().to_owned();
            open = Some((fence.to_owned(), Fence { info, line: number, lines: Vec::new() }));
        } else if (1..=6).contains(&marks('#')) && line.trim_start_matches('#').starts_with(' ') {
            let title = line.trim_matches(['#', ' ']).to_owned();
            sections.push(Section { level: marks('#'), title, blocks: Vec::new() });
        }
    }
    match open {
        Some((_, block)) => Err(block.line),
        None => Ok(sections),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_inside_of_blocks_are_none() {
        let text = "intro\n# One\n```yaml file=a\n# no heading\n```\n## Two\n````md\n```\n````\n";
        let sections = sections(text).unwrap();
        let shape: Vec<_> = sections.iter().map(|s| (s.level, s.title.as_str(), s.blocks.len())).collect();
        assert_eq!(shape, [(0, "", 0), (1, "One", 1), (2, "Two", 1)]);
        assert_eq!((sections[1].blocks[0].info.as_str(), sections[1].blocks[0].line), ("yaml file=a", 3));
        assert_eq!(sections[2].blocks[0].lines, ["```"]);
    }

    #[test]
    fn an_open_fence_is_told() {
        assert_eq!(sections("a\n```yaml\ntrust: 1\n").unwrap_err(), 2);
    }
}

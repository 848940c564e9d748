//! What a fenced block is, by its info string.

use crate::markdown::Fence;

/// A block of the format.
#[derive(Debug)]
pub(crate) enum Block<'f> {
    /// The root file of a policy.
    Root(File<'f>),
    /// A file that the root before it includes.
    Included(File<'f>),
    Claims(ClaimsBlock<'f>),
    /// Decisions; `refused` also for a policy that does not load for deciding.
    Decide {
        fence: &'f Fence,
        refused: bool,
    },
    /// Another language, or marked `ignore`.
    Prose,
}

#[derive(Debug)]
pub(crate) struct File<'f> {
    pub(crate) fence: &'f Fence,
    /// As diagnostics name it.
    pub(crate) name: String,
    /// A file of the repository stands in the block's place.
    pub(crate) path: Option<String>,
    pub(crate) crlf: bool,
    pub(crate) bom: bool,
    /// Findings of the linter are asserted as well.
    pub(crate) lint: bool,
}

#[derive(Debug)]
pub(crate) struct ClaimsBlock<'f> {
    pub(crate) fence: &'f Fence,
    pub(crate) name: String,
    pub(crate) extends: Option<String>,
    pub(crate) without: Vec<String>,
    pub(crate) provider: Option<String>,
    /// Nothing is filled in.
    pub(crate) raw: bool,
}

/// What the block is.
///
/// # Errors
///
/// What is wrong with its info string.
pub(crate) fn of(fence: &Fence) -> Result<Block<'_>, String> {
    let mut words = fence.info.split_whitespace();
    let language = words.next().unwrap_or("");
    let words: Vec<(&str, Option<&str>)> =
        words.map(|word| word.split_once('=').map_or((word, None), |(key, value)| (key, Some(value)))).collect();
    let flag = |name: &str| words.contains(&(name, None));
    let value = |name: &str| {
        words
            .iter()
            .find(|(key, value)| *key == name && value.is_some())
            .and_then(|(_, value)| *value)
            .map(str::to_owned)
    };
    if flag("ignore") {
        return Ok(Block::Prose);
    }
    let known = |names: &[&str]| match words.iter().find(|(key, _)| !names.contains(key)) {
        Some((key, _)) => Err(format!("`{key}` is no word for a `{language}` block")),
        None => Ok(()),
    };
    match language {
        "yaml" => {
            known(&["file", "path", "lint", "crlf", "bom"])?;
            let path = value("path");
            let file = value("file");
            let first = fence.lines.iter().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
            if path.is_none() && file.is_none() && !first.is_some_and(|line| line.starts_with("trust:")) {
                return Err(
                    "the block is no trust file: begin it with `trust:`, give it a `file=`, or say `ignore`".to_owned()
                );
            }
            if path.is_some() && fence.lines.iter().any(|line| !line.trim().is_empty()) {
                return Err("a block with `path=` is empty: the file stands in its place".to_owned());
            }
            let name = path.clone().or(file).unwrap_or_else(|| "trust.yaml".to_owned());
            let root = path.is_some() || name == "trust.yaml" || (name.ends_with(".trust.yaml") && !name.contains('/'));
            let file = File { fence, name, path, crlf: flag("crlf"), bom: flag("bom"), lint: flag("lint") };
            Ok(if root { Block::Root(file) } else { Block::Included(file) })
        }
        "json" if value("claims").is_some() => {
            known(&["claims", "extends", "without", "provider", "raw"])?;
            let without =
                value("without").map(|names| names.split(',').map(str::to_owned).collect()).unwrap_or_default();
            Ok(Block::Claims(ClaimsBlock {
                fence,
                name: value("claims").unwrap_or_default(),
                extends: value("extends"),
                without,
                provider: value("provider"),
                raw: flag("raw"),
            }))
        }
        "decide" => {
            known(&["refused"])?;
            Ok(Block::Decide { fence, refused: flag("refused") })
        }
        _ => Ok(Block::Prose),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(info: &str, line: &str) -> &'static str {
        let fence = Fence { info: info.to_owned(), line: 1, lines: vec![line.to_owned()] };
        match of(&fence) {
            Ok(Block::Root(_)) => "root",
            Ok(Block::Included(_)) => "included",
            Ok(Block::Claims(_)) => "claims",
            Ok(Block::Decide { .. }) => "decide",
            Ok(Block::Prose) => "prose",
            Err(_) => "error",
        }
    }

    #[test]
    fn blocks_are_told_apart_and_none_is_passed_over() {
        assert_eq!(word("yaml", "trust: 1"), "root");
        assert_eq!(word("yaml", "registry: npm"), "error");
        assert_eq!(word("yaml ignore", "registry: npm"), "prose");
        assert_eq!(word("yaml file=trust.yaml", "nonsense"), "root");
        assert_eq!(word("yaml file=npm.trust.yaml lint", "trust: 1"), "root");
        assert_eq!(word("yaml file=teams/a.yaml", "trust: 1"), "included");
        assert_eq!(word("yaml path=policies/a.trust.yaml", ""), "root");
        assert_eq!(word("yaml path=policies/a.trust.yaml", "trust: 1"), "error");
        assert_eq!(word("yaml lnit", "trust: 1"), "error");
        assert_eq!(word("json claims=release", "{}"), "claims");
        assert_eq!(word("json", "{}"), "prose");
        assert_eq!(word("decide", ""), "decide");
        assert_eq!(word("rust", ""), "prose");
    }
}

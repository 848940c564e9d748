//! What a library's source must not name: clocks, files, the environment, standard streams, threads.
//!
//! It looks at words, not at types, so that it needs no compiler; clippy's `disallowed-methods` would hold for
//! tests and for the command as well. A false alarm is a name to change.

/// Members of `std` that reach outside.
const MODULES: [&str; 5] = ["env", "fs", "net", "process", "thread"];

/// Names that mean a clock, chance or a standard stream wherever they stand.
const NAMES: [&str; 10] =
    ["SystemTime", "Instant", "RandomState", "stdin", "stdout", "stderr", "println", "eprintln", "print", "dbg"];

/// Types whose `now` reads the clock.
const CLOCKS: [&str; 3] = ["Timestamp", "Zoned", "Date"];

/// Each such name outside of tests, with its line.
pub(super) fn outside(source: &str) -> Vec<(usize, String)> {
    let words = words(source);
    let word = |at: usize| words.get(at).map_or("", |(_, word)| *word);
    let mut found = Vec::new();
    for (at, &(line, text)) in words.iter().enumerate() {
        let after_path = word(at + 1) == ":" && word(at + 2) == ":";
        if matches!(text, "std" | "core") && after_path {
            for (line, member) in members(&words, at + 3) {
                if MODULES.contains(&member) {
                    found.push((line, format!("std::{member}")));
                }
            }
        } else if CLOCKS.contains(&text) && after_path && word(at + 3) == "now" {
            found.push((line, format!("{text}::now")));
        } else if NAMES.contains(&text) {
            found.push((line, text.to_owned()));
        }
    }
    found
}

/// What a path goes on with: one word, or those at the outermost level of its braces.
fn members<'w>(words: &[(usize, &'w str)], at: usize) -> Vec<(usize, &'w str)> {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut begins = true;
    for &(line, word) in words.iter().skip(at) {
        match word {
            "{" => {
                depth += 1;
                begins = depth == 1;
            }
            "}" => depth -= 1,
            "," => begins = depth == 1,
            _ => {
                if begins {
                    found.push((line, word));
                }
                begins = false;
            }
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Words and signs with their lines, without comments, texts and everything from the tests on, which stand last.
fn words(source: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(source.lines()) {
        if text.trim() == "#[cfg(test)]" {
            break;
        }
        let code = text.split("//").next().unwrap_or("");
        // Of a line's texts only what stands between their quotes is dropped; those over several lines stay.
        for (at, part) in code.split('"').enumerate() {
            if at % 2 == 0 {
                let mut rest = part;
                while let Some(first) = rest.chars().next() {
                    let is_word = |c: char| c.is_alphanumeric() || c == '_';
                    let end = if is_word(first) { rest.find(|c| !is_word(c)) } else { Some(first.len_utf8()) };
                    let (word, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
                    if !first.is_whitespace() {
                        found.push((line, word));
                    }
                    rest = after;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_outside_is_found() {
        for (source, names) in [
            ("use std::fs;", vec!["std::fs"]),
            ("use std::{collections::{BTreeMap, fs}, env, fmt};", vec!["std::env"]),
            ("let now = SystemTime::now();", vec!["SystemTime"]),
            ("let now = jiff::Timestamp::now();", vec!["Timestamp::now"]),
            ("fn a() { std::thread::sleep(x); println!(\"a\"); }", vec!["std::thread", "println"]),
            ("let home = env!(\"CARGO_PKG_VERSION\"); // std::fs, SystemTime", vec![]),
            ("let text = \"std::fs\"; let stamp = Timestamp::from_second(1);", vec![]),
            ("use std::fmt::Write as _; struct Instantly; fn println_like() {}", vec![]),
            ("fn a() {}\n#[cfg(test)]\nmod tests { use std::fs; }", vec![]),
        ] {
            let found: Vec<String> = outside(source).into_iter().map(|(_, name)| name).collect();
            assert_eq!(found, names, "{source}");
        }
        assert_eq!(outside("\n\nuse std::{\n    env,\n};"), [(4, "std::env".to_owned())]);
    }
}

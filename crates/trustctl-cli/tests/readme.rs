//! The README's transcripts are what the command prints, and what it points to is clean.
//!
//! `README=overwrite cargo test -p trustctl-cli --test readme` writes new output into it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

#[test]
fn transcripts_are_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("README.md");
    let text = fs::read_to_string(&file).unwrap();
    let mut fresh = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("```console\n") {
        let (block, after) = after.split_once("```").unwrap();
        fresh.push_str(before);
        fresh.push_str("```console\n");
        for command in block.lines().filter(|line| line.starts_with("$ ")) {
            fresh.push_str(&format!("{command}\n{}", output_of(command, &root)));
        }
        fresh.push_str("```");
        rest = after;
    }
    fresh.push_str(rest);
    if env::var_os("README").is_some_and(|value| value == "overwrite") {
        fs::write(&file, &fresh).unwrap();
    } else {
        snapbox::assert_data_eq!(ageless(&fresh), snapbox::Data::text(ageless(&text)));
    }
}

#[test]
fn ready_policies_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut count = 0;
    for entry in fs::read_dir(root.join("policies")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".trust.yaml") {
            let lint = ["lint", "--fail-level", "info"];
            let output = Command::new(env!("CARGO_BIN_EXE_trustctl")).args(lint).arg(&path).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            count += 1;
        }
    }
    assert!(count >= 7, "only {count} ready policies were found");
}

/// The text without how long ago a moment was: `(4 years ago)` grows old by itself.
fn ageless(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" (") {
        Some((before, ago)) if before.ends_with(" UTC") && ago.ends_with(" ago)") => format!("{before}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// What `$ trustctl …` prints, with no colour and in 80 columns.
fn output_of(command: &str, root: &Path) -> String {
    let Some(arguments) = command.strip_prefix("$ trustctl ") else {
        panic!("not a command of ours: {command}");
    };
    let output = Command::new(env!("CARGO_BIN_EXE_trustctl"))
        .args(arguments.split_whitespace())
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{command} could not be done");
    String::from_utf8(output.stdout).unwrap()
}

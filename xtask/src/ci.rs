//! The checks, each a step that can be run alone.
//!
//! The tests are not among them: `cargo test --workspace` runs those, and `.ci/run` calls it first.

use std::env;
use std::process::Command;
use std::time::Instant;

use crate::{ChoreError, generate, layout, root};

/// One check.
pub struct Step {
    /// What `cargo xtask` calls it.
    pub name: &'static str,
    /// What it looks for.
    pub about: &'static str,
    /// Does it.
    pub run: fn() -> Result<(), ChoreError>,
}

/// What `ci` runs, cheap before dear.
pub const STEPS: [Step; 6] = [
    Step { name: "fmt", about: "the code is formatted", run: fmt },
    Step { name: "layout", about: "the rules of ARCHITECTURE.md hold", run: layout::check },
    Step { name: "licences", about: "licences, banned crates and sources of what we depend on", run: licences },
    Step { name: "clippy", about: "no warning in any target", run: clippy },
    Step { name: "docs", about: "the documentation builds without a warning", run: docs },
    Step { name: "generate --check", about: "nothing generated is stale", run: generate::check },
];

/// What needs the network or another toolchain, and so is no part of `ci`; the workflow runs these.
pub const APART: [Step; 2] = [
    Step { name: "advisories", about: "known vulnerabilities of what we depend on (network)", run: advisories },
    Step { name: "fuzz-build", about: "the fuzz targets build (nightly Rust, cargo-fuzz)", run: fuzz_build },
];

/// Runs every step, whatever the ones before said, and sums up.
///
/// # Errors
///
/// [`ChoreError::Found`] with the steps that failed.
pub fn all() -> Result<(), ChoreError> {
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for step in &STEPS {
        println!("\n== {}: {}", step.name, step.about);
        let begin = Instant::now();
        let result = (step.run)();
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        if let Err(error) = result {
            println!("{error}");
            failed.push(format!("`cargo xtask {}` failed", step.name));
        }
        summary.push(format!("  {word:<7} {:<18} {:>6.1} s", step.name, begin.elapsed().as_secs_f32()));
    }
    println!("\n== summary\n{}", summary.join("\n"));
    if failed.is_empty() { Ok(()) } else { Err(ChoreError::Found(failed)) }
}

fn fmt() -> Result<(), ChoreError> {
    succeed(cargo(&["fmt", "--all", "--check"]), "")
}

fn clippy() -> Result<(), ChoreError> {
    succeed(cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]), "")
}

fn docs() -> Result<(), ChoreError> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    succeed(command.env("RUSTDOCFLAGS", "-D warnings"), "")
}

/// Without the network: the sources of every platform's dependencies are fetched once, the rest is on disk.
fn licences() -> Result<(), ChoreError> {
    succeed(cargo(&["fetch", "--locked", "--quiet"]), "")?;
    deny(&["--offline", "check", "licenses", "bans", "sources"])
}

fn advisories() -> Result<(), ChoreError> {
    deny(&["check", "advisories"])
}

/// cargo-deny is asked for by its own name: `cargo deny` looks in fewer places than `PATH` names.
fn deny(arguments: &[&str]) -> Result<(), ChoreError> {
    let mut command = Command::new("cargo-deny");
    command.args(["--log-level", "error"]).args(arguments).current_dir(root());
    succeed(&mut command, "; `cargo install --locked cargo-deny` brings it, and so does `.ci/run`")
}

fn fuzz_build() -> Result<(), ChoreError> {
    // By way of rustup, which knows what `+nightly` is; the `CARGO` that runs this does not.
    let mut command = Command::new("cargo");
    command.args(["+nightly", "fuzz", "build"]).current_dir(root());
    succeed(
        &mut command,
        "; it takes rustup, `rustup toolchain install nightly` and `cargo install --locked cargo-fuzz`",
    )
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

fn succeed(command: impl std::borrow::BorrowMut<Command>, hint: &'static str) -> Result<(), ChoreError> {
    let mut command = command;
    let command = command.borrow_mut();
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|cause| ChoreError::Program { program: program.clone(), cause, hint })?;
    if status.success() {
        return Ok(());
    }
    let words: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    let name = program.rsplit('/').next().unwrap_or(&program);
    Err(ChoreError::Failed(format!("{name} {}", words.join(" "))))
}

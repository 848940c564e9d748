//! `cargo xtask CHORE`; without one, the list of them.

use std::env;
use std::process::ExitCode;

use xtask::{ChoreError, ci, conformance, generate, scaffold};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(ChoreError::Vectors(_))) => ExitCode::FAILURE,
        Some(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprint!("{}", usage());
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str]) -> Option<Result<(), ChoreError>> {
    Some(match words {
        ["ci"] => ci::all(),
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["conformance", files @ ..] if !files.is_empty() => conformance::run(files),
        ["new", kind, name] => scaffold::new(kind, name),
        [name] => (ci::STEPS.iter().chain(&ci::APART).find(|step| step.name == *name)?.run)(),
        _ => return None,
    })
}

fn usage() -> String {
    let mut text = String::from("cargo xtask CHORE\n\n");
    let mut line = |name: &str, about: &str| text.push_str(&format!("  {name:<18} {about}\n"));
    line("ci", "all checks but the tests, as continuous integration runs them:");
    for step in &ci::STEPS {
        line(&format!("  {}", step.name), step.about);
    }
    line("generate", "write what is made from code and data: schema/, docs/rules, docs/providers, docs/registries");
    line("conformance FILE…", "run registries' decision vectors against their profiles");
    line("new rule F/NAME", "begin a rule of family F from a template");
    line("new provider NAME", "begin a provider of the catalogue from a template");
    line("new registry NAME", "begin a registry, its profile and its vectors from templates");
    for step in &ci::APART {
        line(step.name, step.about);
    }
    text
}

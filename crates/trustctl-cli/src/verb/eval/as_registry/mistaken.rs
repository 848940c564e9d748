//! Files that are given with `--record` and are something else: told once, as a whole.

use trustctl_diag::{Diagnostic, Place};
use trustctl_records::{Profile, RECORD_REFUSED};

use crate::failure::Failure;
use crate::files::{are_claims, is_trust_file};
use crate::input::Input;
use crate::secret::is_token;

/// A token, nothing of which is shown.
pub(super) fn token(input: &Input, text: &str) -> Option<Failure> {
    is_token(text)
        .then(|| Failure::new(format!("{input} holds a token, not a trust record")).help("give it with `--token FILE`"))
}

/// What a file without records holds instead, where that can be told.
pub(super) fn kind(input: &Input, text: &str, profiles: &[&Profile], problems: &[Diagnostic]) -> Option<Failure> {
    if are_claims(text) {
        let failure = Failure::new(format!("{input} looks like a token's claims, not a trust record"));
        return Some(failure.help("give them with `--claims FILE`"));
    }
    let is_named_so = matches!(input, Input::File(path) if is_trust_file(path));
    if is_named_so || text.lines().any(|line| line.starts_with("trust:")) {
        let failure = Failure::new(format!("{input} is a trust file, not a registry's own record"));
        return Some(failure.help("ask it without `--as`: `trustctl eval --policy FILE --package NAME`"));
    }
    match profiles {
        [_] => None,
        _ => one_record(input, text, profiles, problems),
    }
}

/// A record where `--as all` needs to know whose it is.
fn one_record(input: &Input, text: &str, profiles: &[&Profile], problems: &[Diagnostic]) -> Option<Failure> {
    if problems.iter().any(|problem| problem.code == RECORD_REFUSED) {
        return None;
    }
    // Every key of the file that is no registry's name is one problem.
    let keys: Vec<&str> = problems.iter().filter_map(|problem| at(text, problem.place()?)).collect();
    let known = |profile: &Profile| keys.iter().filter(|key| is_of_a_record(profile, key)).count();
    let most = profiles.iter().map(|profile| known(profile)).max().filter(|most| *most > 0)?;
    let whose = profiles.iter().filter(|profile| known(profile) == most).map(|profile| profile.registry.as_str());
    Some(Failure::new(format!("{input} holds one record, and does not say of which registry")).help(format!(
        "write `REGISTRY:` above it and indent it, or ask one registry with `--as`; its fields are those of {}",
        either(&whose.collect::<Vec<_>>())
    )))
}

/// Whether a record at the registry has a member of this name.
fn is_of_a_record(profile: &Profile, key: &str) -> bool {
    let of_pointer = |pointer: &String| pointer.split('/').nth(1) == Some(key);
    profile.publishers.values().any(|publisher| {
        publisher.told_by.keys().any(of_pointer)
            || publisher.fields.iter().any(|field| field.name == key || field.at.iter().any(of_pointer))
    })
}

/// The text at a place, without its quotes.
fn at(text: &str, place: Place) -> Option<&str> {
    Some(text.get(place.span.start as usize..place.span.end as usize)?.trim_matches(['"', '\'']))
}

/// `` `a`, `b` or `c` ``.
fn either(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

//! `diff` of several trust files on a side: they count together.

use super::{Folder, trustctl};

fn grants(of: &[(&str, &str)]) -> String {
    let grant = |(name, more): &(&str, &str)| {
        format!(
            "  - packages: [{name}]\n    actions: [publish]\n    provider: github-actions\n    \
             when: {{ repository-pin: acme@1/widgets@2{more} }}\n"
        )
    };
    let all: String = of.iter().map(grant).collect();
    format!("trust: 1\nregistry: npm\ngrants:\n{all}")
}

const GUARDED: &str = ", environment: npm";

/// Exit code and output of a comparison of folders with these files.
fn compared(name: &str, base: &[(&str, String)], head: &[(&str, String)]) -> (u8, String) {
    let folder = Folder::new(name);
    for (side, files) in [("base", base), ("head", head)] {
        std::fs::create_dir_all(folder.0.join(side)).unwrap();
        for (name, text) in files {
            folder.write(&format!("{side}/{name}.trust.yaml"), text);
        }
    }
    let (base, head) = (format!("{}/base", folder.path()), format!("{}/head", folder.path()));
    let (code, stdout, stderr) = trustctl(&["diff", &base, &head, "--fail-on", "changed"], b"");
    // Lines break where the length of the folder's path has them.
    (code, (stdout + &stderr).split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_grant_that_goes_to_another_file_changes_nothing() {
    let (a, b) = (("a", GUARDED), ("b", GUARDED));
    let one = [("x", grants(&[a, b]))];
    let two = [("x", grants(&[a])), ("y", grants(&[b]))];
    let swapped = [("x", grants(&[b])), ("y", grants(&[a]))];
    let renamed = [("z", grants(&[b, a]))];
    for (at, (base, head)) in
        [(&one[..], &two[..]), (&two, &one), (&two, &swapped), (&one, &renamed), (&one, &one)].iter().enumerate()
    {
        let (code, said) = compared(&format!("moved-{at}"), base, head);
        assert!(code == 0 && said.contains("nothing changed"), "{at}: {said}");
    }
}

#[test]
fn what_goes_to_another_file_and_loses_a_condition_is_wider() {
    let two = [("x", grants(&[("a", GUARDED)])), ("y", grants(&[("b", GUARDED)]))];
    let head = [("x", grants(&[("b", "")])), ("y", grants(&[("a", GUARDED)]))];
    let (code, said) = compared("moved-wider", &two, &head);
    assert!(code == 1 && said.contains("access widens") && said.contains("publish b at npm"), "{said}");
    assert!(said.contains("1 newly allowed, 0 no longer allowed"), "{said}");
    // The file that had it says what it asked for, though it is not this one's counterpart.
    assert!(said.contains("asked for `environment: npm`, the token has none"), "{said}");
}

#[test]
fn a_grant_that_stands_twice_is_gone_with_the_last() {
    let twice = [("x", grants(&[("a", GUARDED)])), ("y", grants(&[("a", GUARDED), ("b", GUARDED)]))];
    let once = [("x", grants(&[("a", GUARDED)])), ("y", grants(&[("b", GUARDED)]))];
    let never = [("y", grants(&[("b", GUARDED)]))];
    assert_eq!(compared("twice-once", &twice, &once).0, 0);
    let (code, said) = compared("twice-never", &twice, &never);
    // Both of them are told, since each is gone.
    assert!(code == 1 && said.contains("access narrows") && said.contains("2 no longer allowed"), "{said}");
}

#[test]
fn what_two_files_hold_together_is_unclear_and_never_nothing() {
    let of = |values: &str| grants(&[("a", &format!(", environment: {values}"))]);
    let apart = [("x", of("npm")), ("y", of("pypi"))];
    let (code, said) = compared("together", &apart, &[("x", of("[npm, pypi]")), ("y", of("pypi"))]);
    assert!(code == 1 && said.contains("access may widen") && said.contains("unclear: "), "{said}");
    // With a third value there is a token that neither takes.
    let (code, said) = compared("third", &apart, &[("x", of("[npm, pypi, quay]")), ("y", of("pypi"))]);
    assert!(code == 1 && !said.contains("nothing changed"), "{said}");
}

#[test]
fn a_folder_without_trust_files_lets_nobody_in_and_says_so() {
    let (code, said) = compared("first", &[], &[("x", grants(&[("a", GUARDED)]))]);
    assert!(code == 1 && said.contains("/base`, so it lets nobody in"), "{said}");
    assert!(said.contains("before: no trust file"), "{said}");
    let (code, said) = compared("none", &[], &[]);
    assert!(code == 2 && said.contains("there is no trust file in "), "{said}");
}

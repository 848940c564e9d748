//! `diff` with `REV:PATH`: a repository is made, and git is asked.

use std::path::Path;
use std::process::{Command, Output};

use super::Folder;

const GRANT: &str = "  - packages: [NAME]
    actions: [publish]
    provider: github-actions
    when: { repository-pin: acme@1234567/widgets@556677, workflow-file: publish.ymlMORE }
";

fn grant(name: &str, more: &str) -> String {
    GRANT.replace("NAME", name).replace("MORE", more)
}

fn root(grants: &str) -> String {
    format!("trust: 1\nregistry: npm\ngrants:\n{grants}")
}

const GUARDED: &str = ", environment: npm";

/// A repository with a trust file, one that includes a team's, and two commits.
struct Repository(Folder);

impl Repository {
    fn new(name: &str) -> Self {
        let repository = Self(Folder::new(name));
        repository.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        repository.0.write("npm.trust.yaml", root(&grant("widgets", GUARDED)));
        let including =
            "trust: 1\nregistry: npm\nproviders: { github-actions: {} }\ninclude:\n  teams/*.yaml: [gadgets]\n";
        repository.0.write("apps/trust.yaml", including);
        repository.0.write("apps/teams/a.yaml", format!("trust: 1\ngrants:\n{}", grant("gadgets", GUARDED)));
        repository.commit();
        repository.git(&["tag", "v1"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let run = Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(&self.0.0)
            .output()
            .unwrap();
        assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    fn diff(&self, folder: &str, arguments: &[&str]) -> (i32, String) {
        diff(&self.0.0.join(folder), arguments)
    }
}

fn diff(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let run: Output = Command::new(env!("CARGO_BIN_EXE_trustctl"))
        .arg("diff")
        .args(arguments)
        .current_dir(folder)
        // Otherwise a repository around the folder of temporary files would be asked.
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    (run.status.code().unwrap(), said)
}

/// The text without its line breaks, which depend on the length of paths.
fn flat(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_edit_is_compared_with_what_was_committed() {
    let repository = Repository::new("git-edit");
    assert_eq!(repository.diff("", &["HEAD:npm.trust.yaml", "npm.trust.yaml"]).0, 0);
    repository.0.write("npm.trust.yaml", root(&grant("widgets", "")));
    let (code, said) = repository.diff("", &["HEAD:npm.trust.yaml", "npm.trust.yaml"]);
    let expected = "\
HEAD:npm.trust.yaml -> npm.trust.yaml: access widens

newly allowed

  + publish widgets at npm                                      npm.trust.yaml:4
    any writer gets in: whoever can push a branch to the repository
    before: `HEAD:npm.trust.yaml:4` asked for `environment: npm`, the token has
            none
";
    assert_eq!((code, said.get(..expected.len())), (1, Some(expected)), "{said}");
    // The same from another folder, and the whole repository at once.
    for (folder, arguments) in [
        ("apps", ["HEAD:npm.trust.yaml", "../npm.trust.yaml"]),
        ("apps", ["HEAD:../npm.trust.yaml", "../npm.trust.yaml"]),
        ("", ["HEAD:", "."]),
        ("apps", ["v1:", ".."]),
    ] {
        let (code, said) = repository.diff(folder, &arguments);
        assert_eq!((code, said.matches("newly allowed\n\n").count()), (1, 1), "{arguments:?}\n{said}");
        assert!(flat(&said).contains("1 newly allowed, 0 no longer allowed"), "{arguments:?}\n{said}");
    }
}

#[test]
fn what_a_file_includes_is_read_from_its_revision() {
    let repository = Repository::new("git-include");
    repository.0.write("apps/teams/a.yaml", format!("trust: 1\ngrants:\n{}", grant("gadgets", "")));
    for arguments in [["v1:apps/trust.yaml", "apps/trust.yaml"], ["v1:apps", "apps"], ["v1:", "."]] {
        let (code, said) = repository.diff("", &arguments);
        assert_eq!(code, 1, "{arguments:?}\n{said}");
        assert!(flat(&said).contains("`v1:apps/teams/a.yaml:3` asked for `environment: npm`"), "{said}");
    }
    repository.commit();
    let (code, said) = repository.diff("apps", &["v1:./trust.yaml", "HEAD:./trust.yaml"]);
    assert!(
        code == 1 && flat(&said).contains("publish gadgets at npm") && flat(&said).contains("HEAD:apps/teams/a.yaml:3"),
        "{said}"
    );
    // Where it is not there any more, the file that includes it has an error.
    std::fs::remove_dir_all(repository.0.0.join("apps/teams")).unwrap();
    repository.commit();
    let (code, said) = repository.diff("", &["v1:apps", "HEAD:apps"]);
    assert!(code == 2 && flat(&said).contains("`HEAD:apps/trust.yaml` has errors"), "{said}");
}

#[test]
fn a_side_that_is_not_there_is_said_to_let_nobody_in() {
    let repository = Repository::new("git-new");
    repository.0.write("new/pypi.trust.yaml", root(&grant("tool", GUARDED)).replace("npm\n", "pypi\n"));
    repository.commit();
    let (code, said) = repository.diff("", &["v1:new/pypi.trust.yaml", "HEAD:new/pypi.trust.yaml"]);
    assert!(
        code == 1 && flat(&said).contains("note: `v1:new/pypi.trust.yaml` does not exist, so it lets nobody in"),
        "{said}"
    );
    let (code, said) = repository.diff("", &["HEAD:new/pypi.trust.yaml", "v1:new/pypi.trust.yaml"]);
    assert!(
        code == 0 && flat(&said).contains("access narrows") && flat(&said).contains("now: no trust file"),
        "{said}"
    );
    let (code, said) = repository.diff("", &["v1:", "HEAD:"]);
    assert!(code == 1 && flat(&said).contains("HEAD:new/pypi.trust.yaml has no counterpart in `v1:`"), "{said}");
    let (code, said) = repository.diff("", &["v1:x.trust.yaml", "HEAD:x.trust.yaml"]);
    assert!(code == 2 && flat(&said).contains("there is no trust file in `v1:x.trust.yaml`, and none in"), "{said}");
    // From a folder below, the other meaning of a path is more likely than a file that is not there.
    let (code, said) = repository.diff("apps", &["v1:trust.yaml", "trust.yaml"]);
    assert!(code == 2 && flat(&said).contains("did you mean `v1:./trust.yaml`?"), "{said}");
}

#[test]
fn what_git_cannot_give_is_an_error() {
    let repository = Repository::new("git-errors");
    let outside = Folder::new("no-git");
    outside.write("npm.trust.yaml", root(&grant("widgets", "")));
    for (arguments, expected) in [
        (["nope:npm.trust.yaml", "npm.trust.yaml"], "there is no revision `nope`"),
        (["v1..HEAD:npm.trust.yaml", "npm.trust.yaml"], "there is no revision `v1..HEAD`"),
        (["v1:../npm.trust.yaml", "npm.trust.yaml"], "leads out of the repository"),
        (["v1:npm.trust.yaml", "missing.trust.yaml"], "`missing.trust.yaml` does not exist"),
        (["v1:apps/teams/a.yaml", "npm.trust.yaml"], "`v1:apps/teams/a.yaml` has errors"),
    ] {
        let (code, said) = repository.diff("", &arguments);
        assert!(code == 2 && flat(&said).contains(expected), "{arguments:?}\n{said}");
    }
    let (code, said) = diff(&outside.0, &["HEAD:npm.trust.yaml", "npm.trust.yaml"]);
    assert!(code == 2 && flat(&said).contains("the current folder is in no git repository"), "{said}");
}

#[test]
fn a_revision_is_never_an_option() {
    let repository = Repository::new("git-options");
    let made = repository.0.0.join("made");
    let option = format!("--output={}", made.display());
    for base in [format!("{option}:npm.trust.yaml"), format!("HEAD:{option}"), format!("HEAD:-- {option}")] {
        let (code, said) = repository.diff("", &["--", &base, "npm.trust.yaml"]);
        assert!((1..=2).contains(&code), "{said}");
    }
    assert!(!made.exists());
}

/// A pull request that brings a file of that name must not choose what it is compared with.
#[cfg(unix)]
#[test]
fn a_file_whose_name_has_a_colon_is_not_taken_for_a_revision() {
    let repository = Repository::new("git-colon");
    repository.0.write("npm.trust.yaml", root(&grant("widgets", "")));
    repository.0.write("v1:npm.trust.yaml", root(&grant("widgets", "")));
    let (code, said) = repository.diff("", &["v1:npm.trust.yaml", "npm.trust.yaml"]);
    assert!(code == 1 && flat(&said).contains("access widens"), "{said}");
    let (code, said) = repository.diff("", &["./v1:npm.trust.yaml", "npm.trust.yaml"]);
    assert!(code == 0 && flat(&said).contains("nothing changed"), "{said}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_in_a_revision() {
    let repository = Repository::new("git-links");
    std::os::unix::fs::symlink("../../npm.trust.yaml", repository.0.0.join("apps/teams/b.yaml")).unwrap();
    std::os::unix::fs::symlink("npm.trust.yaml", repository.0.0.join("link.trust.yaml")).unwrap();
    repository.commit();
    let (code, said) = repository.diff("", &["HEAD:link.trust.yaml", "npm.trust.yaml"]);
    assert!(code == 2 && flat(&said).contains("is a link or another repository"), "{said}");
    let (code, said) = repository.diff("", &["apps", "HEAD:apps"]);
    assert!(code == 2 && flat(&said).contains("`HEAD:apps/teams/b.yaml` is a link"), "{said}");
    // A folder's links are no trust files of it, on the disk and in a revision.
    repository.git(&["rm", "--quiet", "apps/teams/b.yaml"]);
    repository.commit();
    let (code, said) = repository.diff("", &["HEAD:", "."]);
    assert!(code == 0 && flat(&said).contains("nothing changed"), "{said}");
}

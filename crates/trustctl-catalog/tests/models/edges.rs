//! Words that a variable can be and words that it cannot: what no provider's pattern says, or says of several at once.

/// What a branch or a tag can be called.
const REFS: &[&str] = &["main", "a/b.c/d", "v1.0", "feature/-x", "refs/heads/main"];

/// What git lets nobody call a branch or a tag, and what would run over into what stands beside it.
const NO_REFS: &[&str] = &["", "a//b", "/a", "a/", "a..b", ".a", "a/.b", "a b", "a:b", "a*"];

/// By provider and variable: values, and what is none.
pub(crate) const EDGES: [(&str, &str, &[&str], &[&str]); 26] = [
    ("gitlab", "branch", REFS, NO_REFS),
    ("gitlab", "branch", &["main"], &["a@b", "@"]),
    ("gitlab", "branch-with-at", &["a@b", "@a", "a.@/b", "@scope/x@1.0"], &["main", "@/", "a@..b"]),
    ("buildkite", "branch", REFS, NO_REFS),
    ("circleci", "branch", REFS, NO_REFS),
    (
        "github-actions",
        "refless",
        &["ref:", "ref:2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d"],
        &["", "environment:npm", "ref:refs/heads/main"],
    ),
    ("github-actions", "branch", REFS, NO_REFS),
    ("github-actions", "workflow", &["Publish: it", "ci.yml"], &[""]),
    ("github-actions", "number", &["1", "31337"], &["", "0", "1/merge"]),
    ("github-actions", "called-ref", &["refs/tags/v2", "2f9c1d5e8a7b4c3d2e1f0a9b8c7d6e5f4a3b2c1d"], &["", "main"]),
    (
        "gitlab",
        "host",
        &["gitlab.acme.example:8443", "localhost"],
        &["", "gitlab.com/acme", "GitLab.com", "gitlab.com:"],
    ),
    (
        "gitlab",
        "file",
        &["ci/x//y.yaml", "https://ci.example/x.yml"],
        &["", ".yml", "ci/.yml", "ci/a@b.yml", "ci/x.xml", "x.yml@acme/ci"],
    ),
    ("gitlab", "file-with-at", &["@a/x.yml", "a/@/b/x.yaml", "@.yml"], &["", "x.yml", "x.yml@acme/ci", "@", "/@.yml"]),
    (
        "gitlab",
        "odd-file",
        &["ci", "yml", "x.xml", "ayml", "al", "xaml", "l", "a/.yml", "x.yml@acme/ci"],
        &["", "x.yml", "ci/@/x.yaml"],
    ),
    ("buildkite", "commit", &["HEAD", "v1^{commit}"], &["", "a:step:b"]),
    ("buildkite", "step", &["x:ref:refs/heads/main", " "], &[""]),
    ("buildkite", "named-branch", &["main", "mallory:main"], &["", "a b"]),
    ("buildkite", "fork-branch", &["mallory:main"], &["", "main", ":main", "a:b c"]),
    ("circleci", "vcs-host", &["git.acme.example"], &["", "github.com/acme"]),
    ("circleci", "vcs-owner", &["a.b"], &["", "acme/team", "a b"]),
    ("circleci", "vcs-name", &["team/widgets"], &["", "/widgets", "widgets/"]),
    ("circleci", "pull", &["pull/1/merge"], &["", "pull/1", "heads/main"]),
    ("hcp-terraform", "stack-id", &["st-x", "1"], &["", "st x"]),
    ("google", "home", &["acme.example.com.builds", "p1"], &["", "a@b", "A"]),
    (
        "google",
        "everybodys-domain",
        &["gmail.com", "fastmail.com", "developer.gserviceaccount.com"],
        &["", "acme.com", "gmail.org", "p.iam.gserviceaccount.com"],
    ),
    (
        "google",
        "domain",
        &["acme.com", "a.b.acme.co.uk", "gmail.com.example", "com.com", "discount.com"],
        &["", "gmail.com", "p.iam.gserviceaccount.com", "com"],
    ),
];

/// Variables of one provider that can be the same, so that one that is changed alone is noticed.
pub(crate) const ALIKE: [(&str, &[&str]); 19] = [
    ("github-actions", &["owner", "called-owner"]),
    ("github-actions", &["name", "called-name"]),
    ("github-actions", &["file", "called-file"]),
    ("github-actions", &["branch", "tag", "head"]),
    ("gitlab", &["group", "name", "job-name"]),
    ("gitlab", &["subgroups", "job-namespace"]),
    ("gitlab", &["namespace-id", "project-id", "job-namespace-id", "job-project-id", "runner-id"]),
    ("gitlab", &["branch", "tag"]),
    ("gitlab", &["branch-with-at", "tag-with-at"]),
    ("gitlab", &["protected", "environment-protected"]),
    ("buildkite", &["organization", "pipeline"]),
    ("buildkite", &["organization-id", "pipeline-id", "other-id"]),
    ("buildkite", &["branch", "tag"]),
    ("circleci", &["org", "project", "user", "context"]),
    ("circleci", &["branch", "tag", "fork-branch"]),
    ("hcp-terraform", &["workspace", "stack", "deployment", "module", "org"]),
    ("google", &["user", "everybodys-name"]),
    ("kubernetes", &["namespace", "other-namespace"]),
    ("kubernetes", &["name", "other-name", "pod", "secret"]),
];

//! How alternatives come together.

use trustctl_catalog::DataFile;
use trustctl_catalog::model::Model;

use crate::shapes::shapes;

const HEAD: &str = "provider: p\nabout: a\nadversaries: []\nsources: [x]\nchecked: 2026-11-21\n";

fn read(text: &str) -> Result<Model, String> {
    let text = format!("{HEAD}{text}");
    Model::read(&DataFile { name: "models/p.yaml", text: &text }).map_err(|problem| problem.to_string())
}

const TWO: &str = "
variables: [{ name: a, values: x+, own: x, about: a }]
claims: { c: '{a}', d: '{p}-{a}', e: '{q}' }
dimensions:
  - name: one
    about: a
    alternatives:
      - { name: i, about: a, parts: { p: 'p{a}', q: q }, claims: { d: ~ }, only: { a: [x] } }
      - { name: j, about: a, parts: { p: '', q: q } }
  - name: two
    about: a
    alternatives:
      - { name: k, about: a, parts: { q: '{p}q' }, claims: { c: ~ }, only: { a: [xx] } }
      - { name: l, about: a, parts: { p: z } }
";

#[test]
fn what_a_later_dimension_says_takes_the_place_of_what_an_earlier_one_says() {
    let model = read(TWO).unwrap();
    let shapes = shapes(&model);
    let told: Vec<String> = shapes
        .iter()
        .map(|shape| {
            let claims = shape.claims.iter().map(|(name, text)| format!("{name}={}", text.as_deref().unwrap_or("~")));
            let claims: Vec<String> = claims.collect();
            format!("{} {} {:?}", shape.alternatives.join("+"), claims.join(" "), shape.only.get("a"))
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"i+k c=~ d=~ e=p{a}q Some(["xx"])"#,
            r#"i+l c={a} d=~ e=q Some(["x"])"#,
            r#"j+k c=~ d=-{a} e=q Some(["xx"])"#,
            r#"j+l c={a} d=z-{a} e=q None"#,
        ]
    );
}

#[test]
fn a_file_that_means_nothing_is_refused() {
    let variable = "variables: [{ name: a, values: x+, own: x, about: a }]\n";
    for (text, problem) in [
        (
            "variables: [{ name: a, values: x, own: x, about: a }, { name: a, values: x, own: x, about: a }]",
            "stands twice",
        ),
        ("variables: [{ name: a, values: x, own: x, about: a, issuer: 'https://' }]", "needs one `{}`"),
        (&format!("{variable}claims: {{ c: '{{b}}' }}"), "`b` is no variable and no part"),
        (&format!("{variable}claims: {{ c: '{{a}}' }}\nfree: [c]"), "has a template in every token"),
        (&format!("{variable}free: [c, c]"), "stands twice"),
        (
            &format!(
                "{variable}dimensions: [{{ name: d, about: a, alternatives: [{{ name: i, about: a, parts: {{ a: x }} }}] }}]"
            ),
            "is a variable, too",
        ),
        (&format!("{variable}dimensions: [{{ name: d, about: a, alternatives: [] }}]"), "has no alternatives"),
    ] {
        let found = read(text).expect_err(text);
        assert!(found.contains(problem), "{text}: {found}");
    }
}

#[test]
fn an_issuer_says_what_a_variable_is() {
    let model = read("variables: [{ name: a, values: x, own: x, about: a, issuer: 'https://{}/o' }]").unwrap();
    let of = |issuer| model.variables[0].of_issuer(issuer);
    assert_eq!(of("https://ci.example/o"), Some("ci.example"));
    assert_eq!(of("https://ci.example"), None);
    assert_eq!(of("http://ci.example/o"), None);
}

//! What is a set of claims, what is none, and what its values are.

use proptest::prelude::*;
use trustctl_claims::{ClaimKey, Claims, ClaimsError, JsonKind, MAX_BYTES, MAX_DEPTH, MAX_VALUES, Value};

#[test]
fn values_are_what_the_text_says() {
    let text = r#" { "sub" : "repo:acme/widgets", "id": 12345678901234567890123, "half": 42.0, "exp": 4e1, "no": null, "yes": true,
        "groups": ["a", "b\n", 3, []], "org": {"team": {"name": "core"}}, "a/b": "flat", "quo\"te": "\u00e9\ud83d\ude00" } "#;
    let claims = Claims::parse(text).unwrap();
    assert_eq!(claims.claim(&ClaimKey::new("sub")).and_then(Value::as_str), Some("repo:acme/widgets"));
    assert_eq!(claims.named("id").and_then(Value::as_integer), Some("12345678901234567890123"));
    assert_eq!(claims.named("half"), Some(&Value::Number("42.0".into())));
    assert_eq!(claims.named("half").and_then(Value::as_integer), None);
    assert_eq!(claims.named("exp").and_then(Value::as_integer), None);
    assert_eq!(claims.named("no"), Some(&Value::Null));
    assert_eq!(claims.named("yes").and_then(Value::as_bool), Some(true));
    assert_eq!(claims.named("groups").and_then(Value::as_list).map(<[_]>::len), Some(4));
    assert_eq!(claims.pointer(&["org", "team", "name"]).and_then(Value::as_str), Some("core"));
    assert_eq!(claims.pointer(&["groups", "1"]).and_then(Value::as_str), Some("b\n"));
    assert_eq!(claims.pointer(&["groups", "01"]), None);
    assert_eq!(claims.pointer(&["groups", "-"]), None);
    assert_eq!(claims.pointer::<&str>(&[]), None);
    // One flat key: a name is never split on a slash.
    assert_eq!(claims.pointer(&["a", "b"]), None);
    assert_eq!(claims.named("a/b").and_then(Value::as_str), Some("flat"));
    assert_eq!(claims.named("quo\"te").and_then(Value::as_str), Some("é😀"));
    assert_eq!(claims.named("missing"), None);
    assert_eq!(claims.len(), 10);
    let owned: Claims<'static> = claims.clone().into_owned();
    assert_eq!(owned, claims);
}

#[test]
fn strings_without_escapes_are_borrowed() {
    let text = String::from(r#"{"plain":"text","escaped":"te\u0078t"}"#);
    let claims = Claims::parse(&text).unwrap();
    assert!(matches!(claims.named("plain"), Some(Value::String(std::borrow::Cow::Borrowed("text")))));
    assert!(matches!(claims.named("escaped"), Some(Value::String(std::borrow::Cow::Owned(_)))));
    assert_eq!(claims.named("plain"), claims.named("escaped"));
}

#[test]
fn a_second_member_of_one_name_is_refused_at_any_depth_and_in_any_spelling() {
    for text in [
        r#"{"iss":"a","iss":"a"}"#,
        r#"{"iss":"a","is\u0073":"b"}"#,
        r#"{"iss":"a","\u0069\u0073\u0073":"b"}"#,
        r#"{"org":{"iss":1,"x":2,"iss":3}}"#,
        r#"{"list":[0,{"iss":1,"iss":1}]}"#,
    ] {
        assert_eq!(Claims::parse(text).unwrap_err(), ClaimsError::Duplicate { name: "iss".into() }, "{text}");
    }
    assert!(Claims::parse(r#"{"iss":1,"ISS":2,"iss ":3,"a":{"iss":4}}"#).is_ok());
}

#[test]
fn only_one_object_is_a_set_of_claims() {
    for (text, found) in [
        ("[]", JsonKind::List),
        (r#" "x""#, JsonKind::String),
        ("12", JsonKind::Number),
        ("-1", JsonKind::Number),
        ("true", JsonKind::Bool),
        ("null", JsonKind::Null),
    ] {
        assert_eq!(Claims::parse(text).unwrap_err(), ClaimsError::NotAnObject { found }, "{text}");
    }
    assert_eq!(Claims::parse("\u{feff}{}").unwrap_err(), ClaimsError::ByteOrderMark);
    for text in [
        "",
        " ",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{}\0",
        "{'a':1}",
        "{a:1}",
        r#"{"a":1,}"#,
        r#"{"a"}"#,
        r#"{"a":01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":NaN}"#,
        r#"{"a":tru}"#,
        "{\"a\":\"\n\"}",
        "{\"a\":\"\0\"}",
        r#"{"a":"\x"}"#,
        r#"{"\ud800":1}"#,
        "// c\n{}",
        "\u{a0}{}",
    ] {
        assert!(
            matches!(Claims::parse(text), Err(ClaimsError::Malformed { .. })),
            "{text:?} gives {:?}",
            Claims::parse(text)
        );
    }
    assert_eq!(Claims::parse(r#"{"a":"\ud800"}"#).unwrap_err(), ClaimsError::BadEscape);
    assert_eq!(Claims::parse(r#"{"a":["\udc00\ud800"]}"#).unwrap_err(), ClaimsError::BadEscape);
    assert_eq!(Claims::parse(r#"{"a":1e999}"#).unwrap_err(), ClaimsError::NumberOutOfRange);
    assert_eq!(Claims::parse("{}").unwrap().len(), 0);
}

#[test]
fn messages_say_where() {
    assert_eq!(
        Claims::parse("{\n  \"a\": x}").unwrap_err().to_string(),
        "the JSON is not well-formed: expected value at line 2 column 8"
    );
    assert_eq!(Claims::parse("[]").unwrap_err().to_string(), "the JSON is a list, expected an object");
}

#[test]
fn limits_hold_exactly() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert!(Claims::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(Claims::parse(&nested(MAX_DEPTH + 1)).unwrap_err(), ClaimsError::TooDeep);
    assert!(Claims::parse(&nested(30_000)).is_err());
    let deep_objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    assert_eq!(Claims::parse(&deep_objects).unwrap_err(), ClaimsError::TooDeep);

    let wide =
        |values: usize| format!("{{{}}}", (0..values).map(|n| format!("\"{n}\":0")).collect::<Vec<_>>().join(","));
    assert!(Claims::parse(&wide(MAX_VALUES)).is_ok());
    assert_eq!(Claims::parse(&wide(MAX_VALUES + 1)).unwrap_err(), ClaimsError::TooManyValues);
    let items = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_VALUES));
    assert_eq!(Claims::parse(&items).unwrap_err(), ClaimsError::TooManyValues);

    let long = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    assert!(Claims::parse(&long(MAX_BYTES)).is_ok());
    assert_eq!(Claims::parse(&long(MAX_BYTES + 1)).unwrap_err(), ClaimsError::TooLong { length: MAX_BYTES + 1 });
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_filter_map("finite", |n| serde_json::Number::from_f64(n).map(serde_json::Value::Number)),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::Array), object(inner)]
    })
}

fn object(value: impl Strategy<Value = serde_json::Value>) -> impl Strategy<Value = serde_json::Value> {
    prop::collection::btree_map(".*", value, 0..6)
        .prop_map(|members| serde_json::Value::Object(members.into_iter().collect()))
}

proptest! {
    #[test]
    fn what_we_read_is_what_serde_json_reads(value in object(json())) {
        let text = value.to_string();
        let claims = Claims::parse(&text).unwrap();
        let written = claims.to_string();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
        prop_assert_eq!(Claims::parse(&written).unwrap(), claims);
    }

    #[test]
    fn any_text_is_claims_or_an_error_and_what_we_accept_serde_json_accepts(text in r#"[{}\[\]",:0-9eE.\\untrfalse \-]{0,40}"#) {
        let text = format!("{{{text}}}");
        if let Ok(claims) = Claims::parse(&text) {
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read.as_object().unwrap().len(), claims.len());
        }
    }
}

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
    assert_eq!(
        Claims::parse("{\n  \"a\": {\n \"b\\ud800\": 1}}").unwrap_err().to_string(),
        "the JSON is not well-formed: unexpected end of hex escape at line 3 column 10"
    );
    assert_eq!(
        Claims::parse(r#"{"a":1,}"#).unwrap_err().to_string(),
        "the JSON is not well-formed: trailing comma at line 1 column 8"
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
    fn we_accept_what_serde_json_accepts_and_nothing_else(text in text()) {
        agrees(&text)?;
    }

    #[test]
    fn one_edit_away_from_json_we_agree_too(value in object(json()), pretty: bool, edits in prop::collection::vec((any::<prop::sample::Index>(), piece()), 1..3)) {
        let mut text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        for (at, (over, piece)) in edits {
            let at = at.index(text.chars().count() + 1);
            text = text.chars().take(at).chain(piece.chars()).chain(text.chars().skip(at + over)).collect();
        }
        agrees(&text)?;
    }
}

/// Text that is JSON here and there.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12)
        .prop_map(|pieces| format!("{{{}}}", pieces.into_iter().map(|(_, piece)| piece).collect::<String>()))
}

/// What goes into a text, and over how many of its characters.
fn piece() -> impl Strategy<Value = (usize, String)> {
    let text = prop_oneof![
        Just(r#""a":"#.to_owned()),
        Just(r#""b":"#.to_owned()),
        Just(",".to_owned()),
        r#"[{}\[\]",:0-9eE.\\untrfalse \-+/\t\n\r\x00\x0c\x1f\x7f\u{a0}\u{feff}é😀]{0,3}"#,
        "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,3})?,?",
        r#""[ -~]{0,20}",?"#,
        r#"\\["\\/bfnrtux]|\\u[0-9a-fA-F]{4}|\\u[dD][89a-fA-F][0-9a-f]{2}"#,
        "(null|true|false),?",
    ];
    (0_usize..3, text)
}

/// Both accept the text and read the same, or neither does.
fn agrees(text: &str) -> Result<(), TestCaseError> {
    match (Claims::parse(text), serde_json::from_str::<Strict>(text)) {
        (Ok(claims), Ok(Strict(value))) => {
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&claims.to_string()).ok(), Some(value));
        }
        (ours, theirs) => {
            prop_assert!(ours.is_err(), "only we accept {:?}: {:?}", text, ours);
            prop_assert!(!theirs.is_ok_and(|Strict(value)| value.is_object()), "only we refuse {:?}: {:?}", text, ours);
        }
    }
    Ok(())
}

/// What `serde_json` reads, unless a member is there twice.
struct Strict(serde_json::Value);

impl<'de> serde::Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Strict, D::Error> {
        reader.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> serde::de::Visitor<'de> for StrictVisitor {
    type Value = serde_json::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(serde_json::Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, _>()? {
            if members.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("twice"));
            }
        }
        Ok(members.into())
    }
}

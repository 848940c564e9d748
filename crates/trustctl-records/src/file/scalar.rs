//! What a scalar without quotes is. YAML 1.1 and 1.2 differ here, and readers differ more: what is not the same to all of
//! them is refused, and so is a number that would not keep its spelling.

use serde_json::Value;
use trustctl_diag::Span;

use super::places::Builder;

/// Words that some readers take for `true` and `false`.
const SWITCHES: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// The value of a plain scalar; `None` where readers differ.
pub(super) fn plain(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        _ => {}
    }
    if SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(text)) {
        return None;
    }
    if let Ok(Value::Number(number)) = serde_json::from_str::<Value>(text)
        && number.to_string() == text
    {
        return Some(Value::Number(number));
    }
    (!is_number_to_some(text)).then(|| Value::String(text.to_owned()))
}

/// Whether some YAML reader takes the text for a number.
fn is_number_to_some(text: &str) -> bool {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = bare.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    for (prefix, is_digit) in [("0x", is_hexadecimal as fn(char) -> bool), ("0o", is_decimal), ("0b", is_decimal)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return digits.chars().all(is_digit);
        }
    }
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_float = is_run(exponent) && mantissa.matches('.').count() <= 1 && is_run(&mantissa.replace('.', ""));
    // Minutes and seconds, to YAML 1.1: `1:30` is ninety.
    let (whole, fraction) = lower.split_once('.').unwrap_or((&lower, ""));
    let is_sexagesimal = whole.contains(':') && whole.split(':').all(is_run) && fraction.chars().all(is_decimal);
    is_float || is_sexagesimal
}

fn is_run(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_decimal)
}

fn is_decimal(c: char) -> bool {
    c.is_ascii_digit() || c == '_'
}

fn is_hexadecimal(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '_'
}

/// Says that readers differ.
pub(super) fn refuse(builder: &mut Builder<'_>, span: Span, text: &str) {
    let is_switch = SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(text));
    let (message, help) = if is_switch {
        (format!("`{text}` is text to some readers of YAML and a boolean to others"), "or write `true` or `false`")
    } else {
        (
            format!("`{text}` is a number that not every reader keeps as it is written"),
            "or write the number in its usual form",
        )
    };
    builder.error("needs-quotes", span, message, format!("put it in quotes, `\"{text}\"`, {help}"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_the_same_to_all_readers_has_its_type() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("True", json!(true)),
            ("false", json!(false)),
            ("0", json!(0)),
            ("-7", json!(-7)),
            ("556677", json!(556_677)),
            ("1.5", json!(1.5)),
            ("acme/widgets", json!("acme/widgets")),
            ("04de3558bc", json!("04de3558bc")),
            ("1.2.3", json!("1.2.3")),
            ("v1", json!("v1")),
            ("2027-01-31", json!("2027-01-31")),
            ("2027-01-31T12:00:00Z", json!("2027-01-31T12:00:00Z")),
            ("refs/heads/main", json!("refs/heads/main")),
            ("yesterday", json!("yesterday")),
            ("-", json!("-")),
            (".", json!(".")),
            ("a:1", json!("a:1")),
            ("e5", json!("e5")),
        ] {
            assert_eq!(plain(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_readers_differ_in_is_refused() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "012",
            "+1",
            "-0",
            "1_000",
            "0x1F",
            "0o17",
            "0b11",
            "12e5",
            "1E400",
            "1.10",
            ".5",
            "5.",
            "1:30",
            "12:30:45",
            "1:30.5",
            ".inf",
            "-.Inf",
            ".NaN",
            "123456789012345678901234567890",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}

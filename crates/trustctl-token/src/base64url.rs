//! Base64url as RFC 7515 section 2 wants it.
//!
//! SECURITY: no padding, no other alphabet, no blanks, no bits behind the last byte, so that no token
//! can be written in two ways (RFC 4648 section 3.5). The decoder is chosen for its speed; that it is so
//! strict is a law below, against another one.

use base64_simd::URL_SAFE_NO_PAD;

/// The text is not base64url, or not in its one canonical form.
pub(crate) struct NotBase64url;

/// Decodes a text in place of what the buffer held, which nobody must read after an error.
pub(crate) fn decode_into(text: &str, buffer: &mut Vec<u8>) -> Result<(), NotBase64url> {
    buffer.clear();
    URL_SAFE_NO_PAD.decode_append(text.as_bytes(), buffer).map_err(|_| NotBase64url)
}

/// Decodes a text.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, NotBase64url> {
    let mut bytes = Vec::new();
    decode_into(text, &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as ORACLE;
    use proptest::prelude::*;

    use super::*;

    fn agrees(text: &str) {
        assert_eq!(decode(text).ok(), ORACLE.decode(text).ok(), "{text:?}");
    }

    #[test]
    fn every_byte_at_every_place_is_judged_as_by_another_decoder() {
        // Long enough for the wide steps, the narrow ones and each of the four ends.
        for length in (0..=12).chain(30..=76) {
            let good = "AgQ_-z09".repeat(10).get(..length).unwrap().to_owned();
            agrees(&good);
            for at in 0..length {
                for byte in 0..=127_u8 {
                    let mut text = good.clone().into_bytes();
                    text[at] = byte;
                    agrees(std::str::from_utf8(&text).unwrap());
                }
                for wide in ["é", "\u{ff0d}", "😀"] {
                    agrees(
                        &good.chars().take(at).chain(wide.chars()).chain(good.chars().skip(at + 1)).collect::<String>(),
                    );
                }
            }
        }
    }

    #[test]
    fn a_buffer_holds_the_last_text_only() {
        let mut buffer = vec![1, 2, 3];
        assert!(decode_into("AQ", &mut buffer).is_ok());
        assert_eq!(buffer, [1]);
        assert!(decode_into("", &mut buffer).is_ok());
        assert!(buffer.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(decode(&ORACLE.encode(&bytes)).ok(), Some(bytes));
        }

        #[test]
        fn any_text_is_judged_as_by_another_decoder(text in "[A-Za-z0-9_-]{0,80}[A-Za-z0-9_=+/. -]{0,3}|\\PC{0,40}") {
            agrees(&text);
        }
    }
}

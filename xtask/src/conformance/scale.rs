//! The vector that describes a text of more than a gigabyte: scaled down, and its time shown to be linear.

use std::time::{Duration, Instant};

use trustctl_catalog::profile::Take;
use trustctl_records::take;

/// The described text with `times` repetitions: pieces that look like a file's end, and no file.
fn hostile(times: usize) -> String {
    let mut text = ".yml@//".repeat(times);
    text.push_str(".yml@/\n//\u{0}.yml@y");
    text
}

/// Cuts it at two sizes; sixteen times the text may take no more than sixty-four times the time, where a quadratic cut
/// would take two hundred and fifty-six.
pub(super) fn is_linear(piece: Take) -> Result<String, String> {
    const SMALL: usize = 1 << 17;
    let (small, large) = (measure(piece, SMALL)?, measure(piece, SMALL * 16)?);
    let limit = small.max(SHORTEST) * 64;
    if large < limit {
        Ok(format!("{} KiB are cut in {small:?}, {} KiB in {large:?}", (SMALL * 7) >> 10, (SMALL * 16 * 7) >> 10))
    } else {
        Err(format!("got {large:?} for sixteen times the text of {small:?}"))
    }
}

/// No record's field is longer: what is cut may be some long text, but never a file that could be meant.
const LONGEST_FIELD: usize = 255;

/// What a clock can tell apart on any machine.
const SHORTEST: Duration = Duration::from_micros(20);

/// The best of three: other work on the machine only ever adds.
fn measure(piece: Take, times: usize) -> Result<Duration, String> {
    let text = hostile(times);
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        if let Some(found) = take(piece, &text).filter(|found| found.len() <= LONGEST_FIELD) {
            return Err(format!("got {found:?}"));
        }
        best = best.min(start.elapsed());
    }
    Ok(best)
}

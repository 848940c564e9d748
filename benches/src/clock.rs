//! Medians, each beside the unit measured at the same moment.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// The median time of one call of `f`: batches of about a millisecond, 41 of them.
pub fn median<T>(mut f: impl FnMut() -> T) -> Duration {
    let mut batch = 1_u32;
    loop {
        let start = Instant::now();
        for _ in 0..batch {
            black_box(f());
        }
        if start.elapsed() > Duration::from_millis(1) || batch > 1 << 22 {
            break;
        }
        batch *= 2;
    }
    let mut samples: Vec<Duration> = (0..41)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                black_box(f());
            }
            start.elapsed() / batch
        })
        .collect();
    samples.sort();
    // `elapsed / batch` loses what is below a nanosecond; for calls that short the sum is kept instead.
    samples[samples.len() / 2]
}

/// A row of the table.
pub struct Row {
    pub what: String,
    pub time: Duration,
    pub unit: Duration,
    pub note: String,
}

/// The table in the making; `unit` is measured before and after every row.
pub struct Table<'u> {
    unit: Box<dyn FnMut() -> Duration + 'u>,
    rows: Vec<Row>,
}

impl<'u> Table<'u> {
    pub fn new(unit: impl FnMut() -> Duration + 'u) -> Self {
        Self { unit: Box::new(unit), rows: Vec::new() }
    }

    /// Measures `f` between two measurements of the unit.
    pub fn row<T>(&mut self, what: &str, note: &str, f: impl FnMut() -> T) -> f64 {
        let before = (self.unit)();
        let time = median(f);
        let after = (self.unit)();
        self.add(what, note, time, (before + after) / 2)
    }

    pub fn add(&mut self, what: &str, note: &str, time: Duration, unit: Duration) -> f64 {
        let row = Row { what: what.to_owned(), time, unit, note: note.to_owned() };
        let ratio = row.time.as_secs_f64() / row.unit.as_secs_f64();
        eprintln!("{:<60} {:>12} {:>10.4}", row.what, human(row.time), ratio);
        self.rows.push(row);
        ratio
    }

    /// The table in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = String::from("| what | median | × unit | |\n|---|--:|--:|---|\n");
        for row in &self.rows {
            let ratio = row.time.as_secs_f64() / row.unit.as_secs_f64();
            let ratio = if ratio < 0.1 { format!("{:.2} %", ratio * 100.0) } else { format!("{ratio:.2}") };
            text.push_str(&format!("| {} | {} | {} | {} |\n", row.what, human(row.time), ratio, row.note));
        }
        text
    }
}

pub fn human(time: Duration) -> String {
    let nanos = time.as_nanos();
    match nanos {
        0..1_000 => format!("{nanos} ns"),
        1_000..1_000_000 => format!("{:.1} µs", nanos as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", nanos as f64 / 1e6),
        _ => format!("{:.2} s", nanos as f64 / 1e9),
    }
}

//! Why a vector came out as it did, in a line for whoever writes profiles and vectors.

use trustctl_records::{Explanation, Miss, RecordProblem, StepReport, StepState};

/// The envelope's failure, where it was judged, or the nearest record's.
pub(super) fn of(explanation: &Explanation, with_envelope: bool) -> String {
    let envelope = explanation.refused().filter(|_| with_envelope);
    let record = || explanation.nearest.and_then(|at| explanation.records.get(at)?.first_failure());
    envelope.or_else(record).map_or_else(|| "no step fails".to_owned(), step)
}

/// What became of one step, or that none was found.
pub(super) fn of_step(found: Option<&StepReport>) -> String {
    found.map_or_else(|| "no step fails".to_owned(), step)
}

fn step(step: &StepReport) -> String {
    let reason = match &step.state {
        StepState::Holds => "it holds".to_owned(),
        StepState::Misses(miss) => of_miss(miss),
        StepState::Refused(reason) => reason.clone(),
    };
    let found = step.found.as_ref().map_or("nothing".to_owned(), |found| format!("`{found}`"));
    match step.expected.as_slice() {
        [] => format!("`{}` fails: {reason}; found {found}", step.name),
        wanted => format!("`{}` fails: {reason}; wanted `{}`, found {found}", step.name, wanted.join("` or `")),
    }
}

fn of_miss(miss: &Miss) -> String {
    match miss {
        Miss::Missing(claim) => format!("`{claim}` is missing"),
        Miss::Blank(claim) => format!("`{claim}` is empty"),
        Miss::WrongType(claim) => format!("`{claim}` is of another type"),
        Miss::NoPiece(claim, piece) => format!("`{claim}` has no piece `{}`", piece.name()),
        Miss::Differs(claim) => format!("`{claim}` is another"),
        Miss::NothingToCompare(claim) => format!("there is nothing to compare `{claim}` with"),
        Miss::Banned(claim) => format!("`{claim}` is one that is refused"),
        Miss::Off(claim, field) => format!("`{claim}` is let in only where `{field}` is true"),
        Miss::SwitchedOff(field, on) => format!("the record is switched off, for `{field}` is not {on}"),
        Miss::TooLate(field) => format!("it is later than `{field}`"),
        Miss::OtherId(claim) => format!("`{claim}` is another id than the one that was learned"),
        Miss::NoStatement => "no statement matches".to_owned(),
        Miss::Denied(at) => format!("statement {} denies", at + 1),
        Miss::Unclear(claim, why) => format!("`{claim}` is unclear: {why}"),
    }
}

/// What the registry objects to in a record.
pub(super) fn problems(problems: &[RecordProblem]) -> String {
    match problems {
        [] => "the record is taken".to_owned(),
        some => some.iter().map(problem).collect::<Vec<_>>().join("; "),
    }
}

fn problem(problem: &RecordProblem) -> String {
    format!("at `{}`, {}", problem.at, problem.reason)
}

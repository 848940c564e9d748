//! Scratch.
use std::sync::Arc;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let reading = trustctl_policy::read_text(&path, &text);
    for d in &reading.diagnostics {
        println!("{d:?}");
    }
    let policy = Arc::new(reading.policy.unwrap());
    let now = trustctl_claims::UnixTime(1_795_262_400);
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let _ = trustctl_analysis::who(&policy, now);
        times.push(start.elapsed());
    }
    for grant in trustctl_analysis::who(&policy, now) {
        println!("== {}", policy.grant_label(policy.grant(grant.grant).unwrap()));
        for reach in grant.reach {
            match reach.answer {
                None => println!("  {:20} -", reach.adversary.word()),
                Some(trustctl_analysis::Answer::No) => println!("  {:20} no", reach.adversary.word()),
                Some(trustctl_analysis::Answer::Unknown(why)) => println!("  {:20} ? {why}", reach.adversary.word()),
                Some(trustctl_analysis::Answer::Yes(w)) => {
                    println!("  {:20} YES {:?}", reach.adversary.word(), w.highlights)
                }
            }
        }
    }
    println!("first {:?} last {:?} grants {}", times[0], times[2], policy.grants().len());
}

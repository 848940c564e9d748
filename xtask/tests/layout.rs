//! The rules of ARCHITECTURE.md hold in this repository; `cargo xtask layout` says the same.

#[test]
fn the_rules_of_the_house_hold() {
    let found = xtask::layout::problems(&xtask::root()).unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

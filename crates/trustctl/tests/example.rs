//! The example does what it says.

#[cfg(test)]
#[path = "../examples/registry.rs"]
#[expect(dead_code, unreachable_pub, reason = "its `main` is run by hand, and as a program it has its own outside")]
mod registry;

#[cfg(test)]
mod tests {
    use trustctl::UnixTime;

    use super::registry::Registry;

    const KEYS: &str = include_str!("../../../tests/captured/github-jwks-2022.json");
    const TOKEN: &str = include_str!("../../../tests/captured/github-npm-publish-2022.jwt");
    const ISSUED: UnixTime = UnixTime(1_659_662_993);

    #[test]
    fn the_captured_token_publishes_its_own_package() {
        let (status, answer, log) = Registry::new(KEYS).unwrap().publish(TOKEN, "actions-playground", ISSUED);
        assert_eq!((status, answer.as_str()), (200, "allowed"), "{log}");
        assert!(log.contains("playground"), "{log}");
    }

    #[test]
    fn and_nothing_else() {
        let (status, answer, log) = Registry::new(KEYS).unwrap().publish(TOKEN, "left-pad", ISSUED);
        assert_eq!(status, 403);
        assert!(!answer.contains("left-pad") && log.contains("no-grant"), "{answer}\n{log}");
    }

    #[test]
    fn nor_later_nor_changed() {
        let registry = Registry::new(KEYS).unwrap();
        assert_eq!(registry.publish(TOKEN, "actions-playground", UnixTime(ISSUED.0 + 3600)).0, 401);
        let at = TOKEN.find('.').unwrap() + 10;
        let changed: String =
            TOKEN.char_indices().map(|(i, c)| if i == at { if c == 'A' { 'B' } else { 'A' } } else { c }).collect();
        let (status, _, log) = registry.publish(&changed, "actions-playground", ISSUED);
        assert_eq!(status, 401, "{log}");
        assert!(!log.contains(TOKEN.trim()));
    }
}

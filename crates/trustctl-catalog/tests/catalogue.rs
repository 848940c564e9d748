//! The bundled data hold together.
use trustctl_catalog::Catalogue;

#[test]
fn every_file_parses() {
    let catalogue = Catalogue::bundled().unwrap();
    assert!(catalogue.provider("github-actions").is_some());
    assert!(catalogue.registry("npm").is_some());
    assert!(catalogue.registry("generic").is_some());
}

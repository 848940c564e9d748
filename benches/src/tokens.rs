//! Keys made on the spot and the tokens they sign.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair, ParsedPublicKey, RsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

pub const NOW: i64 = 1_795_219_260;

/// A key pair with its JWK set, for one algorithm.
pub struct Signer {
    pub algorithm: &'static str,
    pub jwks: String,
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl Signer {
    pub fn rs256() -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = key.public_key();
        let jwks = format!(
            r#"{{"keys":[{{"kty":"RSA","use":"sig","alg":"RS256","kid":"k1","n":"{}","e":"{}"}}]}}"#,
            BASE64.encode(public.modulus().big_endian_without_leading_zero()),
            BASE64.encode(public.exponent().big_endian_without_leading_zero()),
        );
        Self { algorithm: "RS256", jwks, key: Key::Rsa(key) }
    }

    pub fn es256() -> Self {
        let key = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = key.public_key().as_ref();
        let jwks = format!(
            r#"{{"keys":[{{"kty":"EC","use":"sig","alg":"ES256","crv":"P-256","kid":"k1","x":"{}","y":"{}"}}]}}"#,
            BASE64.encode(&point[1..33]),
            BASE64.encode(&point[33..65]),
        );
        Self { algorithm: "ES256", jwks, key: Key::Ec(key) }
    }

    pub fn sign(&self, claims: &str) -> String {
        self.sign_as("k1", claims)
    }

    pub fn sign_as(&self, kid: &str, claims: &str) -> String {
        let header =
            format!(r#"{{"typ":"JWT","alg":"{}","x5t":"eBZ_cn3sXYAd0ch4THBKHIgOwOE","kid":"{kid}"}}"#, self.algorithm);
        let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&signature::RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature).unwrap();
                signature
            }
            Key::Ec(key) => key.sign(&random, input.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{input}.{}", BASE64.encode(signature))
    }

    /// The unit: one check of the token's signature with a key parsed before.
    pub fn check<'t>(&self, token: &'t str) -> impl Fn() -> bool + use<'t> {
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = BASE64.decode(signature).unwrap();
        let key = match &self.key {
            Key::Rsa(key) => {
                let der = key.public_key().as_der().unwrap();
                ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der.as_ref()).unwrap()
            }
            Key::Ec(key) => {
                ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, key.public_key().as_ref()).unwrap()
            }
        };
        move || key.verify_sig(input.as_bytes(), &signature).is_ok()
    }
}

/// The 31 claims of a job of `acme/pkg-N`, as GitHub Actions writes them.
pub fn claims(number: usize) -> String {
    let id = 700_000 + number;
    format!(
        r#"{{"jti":"3f1c9a52-7c6e-4c1b-9a55-0d6b0c1f2e31","sub":"repo:acme@1234567/pkg-{number:07}@{id}:environment:release","aud":"npm:registry.npmjs.org","ref":"refs/tags/v1.4.0","sha":"536cf7b04eeda2bd6daf90c5833d9e90b951924e","repository":"acme/pkg-{number:07}","repository_owner":"acme","repository_owner_id":"1234567","run_id":"2800694956","run_number":"6","run_attempt":"1","repository_visibility":"public","repository_id":"{id}","actor_id":"25015917","actor":"octo-dev","workflow":"Release","head_ref":"","base_ref":"","event_name":"push","ref_protected":"true","ref_type":"tag","workflow_ref":"acme/pkg-{number:07}/.github/workflows/release.yml@refs/tags/v1.4.0","workflow_sha":"536cf7b04eeda2bd6daf90c5833d9e90b951924e","job_workflow_ref":"acme/pkg-{number:07}/.github/workflows/release.yml@refs/tags/v1.4.0","job_workflow_sha":"536cf7b04eeda2bd6daf90c5833d9e90b951924e","runner_environment":"github-hosted","environment":"release","iss":"https://token.actions.githubusercontent.com","nbf":{},"exp":{},"iat":{}}}"#,
        NOW - 660,
        NOW + 240,
        NOW - 60,
    )
}

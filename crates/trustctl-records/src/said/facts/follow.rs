//! The catalogue's derivations, followed in both directions.

use std::collections::BTreeSet;

use trustctl_catalog::{Around, AroundPart, Derivation, JoinPart, Piece, Provider, Shape};
use trustctl_policy::Cut;

use super::{Facts, Known};

impl Facts {
    /// What a value says of the claims that it is made of.
    pub(super) fn unfold(&mut self, provider: &Provider, name: &str, known: &Known) {
        let Some(claim) = provider.claims.get(name) else { return };
        let Known { text, is_exact } = known;
        match &claim.derived {
            Some(Derivation::Alias { of }) => self.learn(of, text, *is_exact),
            Some(Derivation::After { of, prefix, only_if }) => {
                self.learn(of, &format!("{prefix}{text}"), *is_exact);
                for (other, value) in only_if.iter().filter(|(_, value)| !value.is_empty()) {
                    self.learn(other, value, true);
                }
            }
            Some(Derivation::Join { parts }) => self.cut(provider, parts, known),
            Some(Derivation::Between { of, templates, .. }) => self.around(provider, of, templates, known),
            Some(Derivation::AfterLast { .. } | Derivation::Piece { .. }) | None => {}
        }
        if let Some(parts) = &claim.joined {
            self.cut(provider, parts, known);
        }
    }

    /// The parts of a value that is put together of several claims.
    fn cut(&mut self, provider: &Provider, parts: &[JoinPart], known: &Known) {
        let piece = |part: &JoinPart| match part {
            JoinPart::Text(text) => Some(Piece::Text(text.clone())),
            JoinPart::Claim(name) => {
                let pattern = provider.claims.get(name)?.values.clone()?;
                Some(Piece::Named { name: name.clone(), pattern })
            }
        };
        let pieces = parts.iter().map(piece).collect::<Option<Vec<_>>>();
        for (name, text) in pieces.map(|pieces| cut(pieces, &known.text)).unwrap_or_default() {
            self.learn(&name, &text, known.is_exact);
        }
    }

    /// The pieces of the claim that a value was cut from between two texts, as far as what is not known there does not
    /// matter.
    fn around(&mut self, provider: &Provider, of: &str, templates: &[Around], known: &Known) {
        let Some(shape) = provider.claims.get(of).and_then(|claim| claim.shape.as_ref()) else { return };
        let mut pieces: Option<Vec<(String, String)>> = None;
        for template in templates {
            // Two values that the claims of the ref can have: what is the same for both is so for all.
            for stand_in in ["refs/heads/a", "refs/tags/b", "0123456789012345678901234567890123456789"] {
                let part = |part: &AroundPart| match part {
                    AroundPart::Text(text) => Some(text.clone()),
                    AroundPart::Claim(name) => {
                        Some(self.known.get(name).map_or(stand_in, |known| &known.text).to_owned())
                    }
                    AroundPart::Issuer => None,
                };
                let side = |parts: &[AroundPart]| parts.iter().map(part).collect::<Option<String>>();
                let whole = || Some(format!("{}{}{}", side(&template.before)?, known.text, side(&template.after)?));
                let found = whole().map(|whole| cut(shape.pieces.clone(), &whole)).unwrap_or_default();
                pieces = Some(match pieces {
                    None => found,
                    Some(pieces) => pieces.into_iter().filter(|piece| found.contains(piece)).collect(),
                });
            }
        }
        let is_exact = |parts: &[AroundPart]| {
            parts.iter().all(|part| match part {
                AroundPart::Claim(name) => self.known.get(name).is_none_or(|known| known.is_exact),
                _ => true,
            })
        };
        let is_exact = known.is_exact && templates.iter().all(|one| is_exact(&one.before) && is_exact(&one.after));
        for (piece, text) in pieces.unwrap_or_default() {
            let named = provider.claims.iter().filter(|(_, claim)| {
                matches!(&claim.derived, Some(Derivation::Piece { of: other, piece: own }) if other == of && *own == piece)
            });
            for (name, _) in named {
                self.learn(name, &text, is_exact);
            }
        }
    }

    /// What values say together of the claims that are made of them.
    pub(super) fn fold(&mut self, provider: &Provider) {
        for (name, claim) in &provider.claims {
            match &claim.derived {
                Some(Derivation::Alias { of }) => self.copy(of, name, |text| Some(text.to_owned())),
                Some(Derivation::AfterLast { of, delimiter }) => {
                    self.copy(of, name, |text| Some(text.rsplit_once(delimiter.as_str())?.1.to_owned()));
                }
                Some(Derivation::After { of, prefix, only_if }) => {
                    let holds = |(other, value): (&String, &String)| {
                        self.known.get(other).is_some_and(|known| known.is_exact && known.text == *value)
                    };
                    // In another case the prefix would not be there.
                    if only_if.iter().all(holds) && self.known.get(of).is_some_and(|known| known.is_exact) {
                        self.copy(of, name, |text| text.strip_prefix(prefix.as_str()).map(str::to_owned));
                    }
                }
                Some(Derivation::Join { parts }) => self.join(name, parts),
                Some(Derivation::Piece { of, piece }) => {
                    let shape = provider.claims.get(of).and_then(|claim| claim.shape.as_ref());
                    let pieces = shape.map(|shape| shape.pieces.clone()).unwrap_or_default();
                    self.copy(of, name, |text| {
                        cut(pieces, text).into_iter().find_map(|(name, text)| (name == *piece).then_some(text))
                    });
                }
                Some(Derivation::Between { .. }) | None => {}
            }
            if let Some(parts) = &claim.joined {
                self.join(name, parts);
            }
        }
    }

    fn copy(&mut self, of: &str, name: &str, piece: impl FnOnce(&str) -> Option<String>) {
        let Some(known) = self.known.get(of).cloned() else { return };
        if let Some(text) = piece(&known.text).filter(|text| !text.is_empty()) {
            self.learn(name, &text, known.is_exact);
        }
    }

    fn join(&mut self, name: &str, parts: &[JoinPart]) {
        let part = |part: &JoinPart| match part {
            JoinPart::Text(text) => Some((text.clone(), true)),
            JoinPart::Claim(name) => self.known.get(name).map(|known| (known.text.clone(), known.is_exact)),
        };
        let Some(joined) = parts.iter().map(part).collect::<Option<Vec<_>>>() else { return };
        let is_exact = joined.iter().all(|(_, is_exact)| *is_exact);
        let text: String = joined.into_iter().map(|(text, _)| text).collect();
        self.learn(name, &text, is_exact);
    }
}

/// The named pieces of a text of this shape; none where it is not of it.
fn cut(pieces: Vec<Piece>, text: &str) -> Vec<(String, String)> {
    let names: BTreeSet<String> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Named { name, .. } => Some(name.clone()),
            Piece::Text(_) => None,
        })
        .collect();
    let Ok(cut) = Cut::new(&Shape { pieces }) else { return Vec::new() };
    let piece = |name: String| {
        let text = cut.piece(text, cut.index(&name)?)?.to_owned();
        Some((name, text))
    };
    names.into_iter().filter_map(piece).collect()
}

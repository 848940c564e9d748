//! How a record stands to the grant that it was made of.

use trustctl_catalog::Derivation;
use trustctl_catalog::profile::Direction;
use trustctl_policy::{Grant, Origin, Policy};

use super::stated::Stated;
use super::{ExportWarning, Kind};
use crate::Record;
use crate::said::facts::{Facts, name_of};
use crate::said::{self, Ask, Clause, Condition, Loss};

/// A grant, and what a record that was made of it is compared with.
pub(super) struct Compared<'c> {
    pub(super) kind: &'c Kind<'c>,
    pub(super) policy: &'c Policy,
    pub(super) grant: &'c Grant,
    pub(super) stated: &'c [Stated],
    pub(super) facts: &'c Facts,
    /// Fields that the issuer says, so that no condition need.
    pub(super) of_issuer: &'c [String],
}

impl Compared<'_> {
    /// What the record does not say, or says otherwise.
    pub(super) fn differences(&self, record: &Record) -> Vec<ExportWarning> {
        let mut found = Vec::new();
        for clause in self.kind.clauses(record) {
            let facts = Facts::new(self.kind.entry, &clause.conditions);
            for stated in self.stated {
                found.extend(self.lost(stated, &clause, &facts));
            }
            for condition in &clause.conditions {
                found.extend(self.added(condition));
            }
            found.extend(clause.losses.iter().filter_map(|loss| self.turned(loss)));
            found.extend(self.actions(&clause));
        }
        found.extend(self.expiry());
        found.extend(self.audience());
        found
    }

    /// That the registry takes tokens for another audience than the trust file.
    fn audience(&self) -> Vec<ExportWarning> {
        let (profile, publisher) = (self.kind.profile, self.kind.publisher);
        let own = self.policy.audience(self.grant.registry, self.grant.provider);
        let Some(about) = said::other_audience(profile, publisher, self.kind.settings, own) else { return Vec::new() };
        let both = [Direction::Wider, Direction::Narrower].into_iter();
        both.map(|is| self.of_grant(is, "aud", about.clone())).collect()
    }

    /// A condition of the grant that the record does not hold tokens to.
    fn lost(&self, stated: &Stated, clause: &Clause, facts: &Facts) -> Option<ExportWarning> {
        // What the registry requires by itself it requires of every record.
        if stated.origin == Origin::Registry {
            return None;
        }
        let declared = clause.losses.iter().find(|loss| {
            loss.is == Direction::Narrower && loss.claims.iter().any(|claim| self.is_about(claim, &stated.claim))
        });
        let is_said = stated.asks.as_ref().is_some_and(|asks| {
            let condition = Condition { claim: stated.claim.clone(), asks: asks.clone() };
            facts.say(self.kind.entry, &condition)
                || self.parts_lost(&condition, facts).is_some_and(|lost| lost.is_empty())
        });
        if is_said && declared.is_none() {
            return None;
        }
        let about = declared.map_or_else(|| self.lost_in_words(stated, clause, facts), |loss| loss.about.clone());
        let about = match (&stated.why, stated.origin) {
            (Some(_), Origin::Provider) => {
                let provider = self.policy.provider(self.grant.provider).map_or("", |provider| provider.name.as_str());
                format!("{about} (`{}`, which {provider} requires by itself)", stated.claim)
            }
            _ => about,
        };
        Some(self.warning(Direction::Wider, &stated.claim, about, stated))
    }

    fn lost_in_words(&self, stated: &Stated, clause: &Clause, facts: &Facts) -> String {
        let title = &self.kind.profile.title;
        let claim = &stated.claim;
        let own = name_of(self.kind.entry, claim);
        let compares = clause.conditions.iter().find(|one| name_of(self.kind.entry, &one.claim) == own);
        let Some(asks) = &stated.asks else {
            return match compares {
                Some(_) => format!("what the grant asks of `{claim}` is more than a record of {title} can ask"),
                None => format!("{title} does not look at `{claim}`"),
            };
        };
        let condition = Condition { claim: claim.clone(), asks: asks.clone() };
        if let Some(lost) = self.parts_lost(&condition, facts) {
            let (folded, open): (Vec<&Lost>, Vec<&Lost>) = lost.iter().partition(|part| part.is_folded);
            let does = [(folded, "compares", " without regard to case"), (open, "does not look at", "")];
            let does = does.iter().filter(|(parts, ..)| !parts.is_empty());
            let does = does.map(|(parts, does, how)| {
                let parts: Vec<String> = parts.iter().map(|part| format!("`{}`", part.claim)).collect();
                format!("{does} {}{how}", parts.join(" and "))
            });
            let does = does.collect::<Vec<_>>().join(" and ");
            return format!("of what `{claim}` fixes, {title} {does}");
        }
        match (self.is_folded(&condition, facts), compares) {
            (true, _) => format!("{title} compares `{claim}` without regard to case"),
            (false, Some(_)) => format!("{title} lets in more values of `{claim}` than the grant"),
            (false, None) if self.kind.publisher.statements.is_some() => {
                format!("what the grant asks of `{claim}` is nothing that a statement of {title} says")
            }
            (false, None) => format!("{title} does not look at `{claim}`"),
        }
    }

    /// Whether the record holds tokens to the values but for their case.
    fn is_folded(&self, condition: &Condition, facts: &Facts) -> bool {
        let Ask::Equals(values) = &condition.asks else { return false };
        let asks = Ask::EqualsIgnoringCase(values.clone());
        facts.say(self.kind.entry, &Condition { claim: condition.claim.clone(), asks })
    }

    /// Of a claim that is joined of others, those that the record does not hold tokens to; `None` for any other claim.
    fn parts_lost(&self, condition: &Condition, facts: &Facts) -> Option<Vec<Lost>> {
        let claim = self.kind.entry?.claims.get(&condition.claim)?;
        let Some(Derivation::Join { parts }) = &claim.derived else { return None };
        let whole = Facts::new(self.kind.entry, [condition]);
        let mut lost = Vec::new();
        for part in parts {
            let trustctl_catalog::JoinPart::Claim(name) = part else { continue };
            let known = whole.value(name)?;
            let values = vec![known.text.clone()];
            let asks = if known.is_exact { Ask::Equals(values) } else { Ask::EqualsIgnoringCase(values) };
            let part = Condition { claim: name.clone(), asks };
            if !facts.say(self.kind.entry, &part) {
                lost.push(Lost { claim: name.clone(), is_folded: self.is_folded(&part, facts) });
            }
        }
        Some(lost)
    }

    /// A condition of the record that the grant does not hold tokens to.
    fn added(&self, condition: &Condition) -> Option<ExportWarning> {
        if self.facts.say(self.kind.entry, condition) || self.is_of_issuer(condition) {
            return None;
        }
        let about = format!("{} also wants `{}` {}", self.kind.profile.title, condition.claim, words(&condition.asks));
        Some(self.of_grant(Direction::Narrower, &condition.claim, about))
    }

    fn is_of_issuer(&self, condition: &Condition) -> bool {
        let mut means = self.kind.publisher.means.iter().filter(|meaning| meaning.claim == condition.claim);
        let is_said = |meaning: &trustctl_catalog::profile::Meaning| {
            let mut fields = meaning.values.iter().flat_map(|template| template.fields()).peekable();
            fields.peek().is_some() && fields.all(|field| self.of_issuer.iter().any(|known| known == field))
        };
        means.any(is_said)
    }

    /// What the trust language does not say of such records, from the other side.
    fn turned(&self, loss: &Loss) -> Option<ExportWarning> {
        let claim = loss.claims.first().map(String::as_str).unwrap_or_default();
        let is = match loss.is {
            Direction::Wider => Direction::Narrower,
            Direction::Beside => Direction::Beside,
            // What the registry takes beyond a trust file matters where the grant asks for it: then it was told already.
            Direction::Narrower if loss.claims.iter().any(|claim| claim == "aud" || claim == "iss") => Direction::Wider,
            Direction::Narrower => return None,
        };
        Some(self.of_grant(is, claim, loss.about.clone()))
    }

    /// What may be done by the record and not by the grant, and the other way round.
    fn actions(&self, clause: &Clause) -> Vec<ExportWarning> {
        let title = &self.kind.profile.title;
        let Some(registry) = self.policy.registry(self.grant.registry) else { return Vec::new() };
        if clause.given.accounts.is_some() {
            return Vec::new();
        }
        let main = || registry.actions.first().map(|action| action.name.clone()).into_iter().collect();
        let given: Vec<String> = clause.given.actions.clone().unwrap_or_else(main);
        let own: Vec<&str> = self.policy.actions(self.grant).map(|action| action.name.as_str()).collect();
        let more = given.iter().filter(|action| !own.contains(&action.as_str())).map(|action| {
            let about = format!("{title}'s record lets its holder `{action}`, and the grant does not");
            self.of_grant(Direction::Wider, "actions", about)
        });
        let less = own.iter().filter(|action| !given.iter().any(|given| given == *action)).map(|action| {
            let about = format!("{title}'s record does not let its holder `{action}`");
            self.of_grant(Direction::Narrower, "actions", about)
        });
        more.chain(less).collect()
    }

    /// That a grant ends, and a record does not.
    fn expiry(&self) -> Option<ExportWarning> {
        self.grant.expires_at()?;
        let about = format!("the grant `expires`, and a record of {} does not", self.kind.profile.title);
        Some(self.of_grant(Direction::Wider, "expires", about))
    }

    /// Whether a loss about a claim is about another one: the claim itself, what it is derived from, or what it is made of.
    fn is_about(&self, lost: &str, claim: &str) -> bool {
        if name_of(self.kind.entry, lost) == name_of(self.kind.entry, claim) {
            return true;
        }
        let derived = self.kind.entry.and_then(|entry| entry.claims.get(claim)?.derived.as_ref());
        match derived {
            Some(
                Derivation::Alias { of }
                | Derivation::After { of, .. }
                | Derivation::AfterLast { of, .. }
                | Derivation::Piece { of, .. }
                | Derivation::Between { of, .. },
            ) => of == lost,
            Some(Derivation::Join { parts }) => {
                parts.iter().any(|part| matches!(part, trustctl_catalog::JoinPart::Claim(name) if name == lost))
            }
            None => false,
        }
    }

    fn warning(&self, is: Direction, claim: &str, about: String, stated: &Stated) -> ExportWarning {
        ExportWarning { is, claims: vec![claim.to_owned()], about, places: vec![stated.place] }
    }

    fn of_grant(&self, is: Direction, claim: &str, about: String) -> ExportWarning {
        let claims = Some(claim).filter(|claim| !claim.is_empty()).map(str::to_owned).into_iter().collect();
        ExportWarning { is, claims, about, places: vec![self.grant.place] }
    }
}

/// A part of a joined claim that a record does not hold tokens to.
struct Lost {
    claim: String,
    /// It does, but for the case of letters.
    is_folded: bool,
}

/// What is asked, after the claim's name: `to be `main``.
fn words(asks: &Ask) -> String {
    let listed = |values: &[String]| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    match asks {
        Ask::Equals(values) if values.len() > 1 => format!("to be one of {}", listed(values)),
        Ask::Equals(values) => format!("to be {}", listed(values)),
        Ask::EqualsIgnoringCase(values) => format!("to be {} in whatever case", listed(values)),
        Ask::Not(values) => format!("not to be {}", listed(values)),
        Ask::Contains(texts) => format!("to hold {}", listed(texts)),
        Ask::Template(template) => format!("to be `{template}` with the version in it"),
        Ask::Present => "to be there".to_owned(),
        Ask::Absent => "not to be there".to_owned(),
        Ask::Matches { .. } => "to be of another form".to_owned(),
    }
}

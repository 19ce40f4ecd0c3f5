//! Which territory lies in which, and where communes are.
//!
//! Départements and régions are known; intercommunalités and positions come from the files that the operator gives.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ontology::dcat::divisions;
use ontology::dcat::territory::Kind;

/// West, south, east, north, in degrees (WGS 84).
pub type Box4 = [f64; 4];

/// What is known of territories.
#[derive(Debug, Default)]
pub struct Gazetteer {
    /// By code: name, and the intercommunalité it is a member of.
    communes: BTreeMap<String, (String, Option<String>)>,
    epcis: BTreeMap<String, (String, Vec<String>)>,
    /// Longitude and latitude of communes.
    positions: BTreeMap<String, (f64, f64)>,
}

impl Gazetteer {
    /// Reads the files of a folder: `communes.csv` (official geographic code), `epci.json` (with their members) and
    /// `positions.geojson` (a point or an outline by commune), each of which may be missing.
    ///
    /// # Errors
    /// Which file is not one of these, and where.
    pub fn read(folder: &Path) -> Result<Self, String> {
        read::folder(folder)
    }

    /// The territories that this one lies in, itself first.
    pub(super) fn within(&self, kind: Kind, code: &str) -> BTreeSet<(Kind, String)> {
        let mut out = BTreeSet::from([(kind, code.to_owned())]);
        let departement = |code: &str, out: &mut BTreeSet<(Kind, String)>| {
            out.insert((Kind::Departement, code.to_owned()));
            if let Some((_, region)) = divisions::departement(code) {
                out.insert((Kind::Region, region.to_owned()));
            }
        };
        match kind {
            Kind::Commune => {
                divisions::of_commune(code).into_iter().for_each(|code| departement(code, &mut out));
                if let Some(epci) = self.communes.get(code).and_then(|(_, epci)| epci.clone()) {
                    out.insert((Kind::Epci, epci));
                }
            }
            Kind::Epci => {
                let members = self.epcis.get(code).map(|(_, members)| members.as_slice()).unwrap_or_default();
                let codes = members.iter().filter_map(|code| divisions::of_commune(code));
                codes.for_each(|code| departement(code, &mut out));
            }
            Kind::Departement => departement(code, &mut out),
            Kind::Region | Kind::Country => {}
        }
        out
    }

    /// The territories that a commune lies in, from itself to France: how far each is from it.
    pub(super) fn around(&self, commune: &str) -> Vec<(&'static str, String)> {
        let mut out = self.within(Kind::Commune, commune);
        out.insert((Kind::Country, "FR".to_owned()));
        out.into_iter().map(|(kind, code)| (kind.code(), code)).collect()
    }

    pub fn label(&self, kind: Kind, code: &str) -> Option<String> {
        match kind {
            Kind::Commune => self.communes.get(code).map(|(name, _)| name.clone()),
            Kind::Epci => self.epcis.get(code).map(|(name, _)| name.clone()),
            Kind::Departement => divisions::departement(code).map(|(name, _)| name.to_owned()),
            Kind::Region => divisions::region(code).map(ToOwned::to_owned),
            Kind::Country => None,
        }
    }

    /// Whether a commune exists, as far as is known.
    pub fn knows(&self, commune: &str) -> bool {
        Kind::Commune.accepts(commune) && (self.communes.is_empty() || self.communes.contains_key(commune))
    }
    pub fn position(&self, commune: &str) -> Option<(f64, f64)> {
        self.positions.get(commune).copied()
    }

    /// The box around the communes of these territories whose positions are known.
    pub(super) fn bounds<'a>(&self, places: impl Iterator<Item = (Kind, &'a str)>) -> Option<Box4> {
        let mut out: Option<Box4> = None;
        for (kind, code) in places {
            for (x, y) in self.points(kind, code) {
                let [w, s, e, n] = out.unwrap_or([x, y, x, y]);
                out = Some([w.min(x), s.min(y), e.max(x), n.max(y)]);
            }
        }
        out
    }

    fn points(&self, kind: Kind, code: &str) -> Vec<(f64, f64)> {
        let of = |prefix: &str| {
            let prefix = prefix.to_owned();
            let rest = self.positions.range(prefix.clone()..);
            rest.take_while(move |(code, _)| code.starts_with(&prefix)).map(|(_, at)| *at).collect::<Vec<_>>()
        };
        match kind {
            Kind::Commune => self.position(code).into_iter().collect(),
            Kind::Epci => {
                let members = self.epcis.get(code).map(|(_, members)| members.as_slice()).unwrap_or_default();
                members.iter().filter_map(|code| self.position(code)).collect()
            }
            Kind::Departement => of(code),
            Kind::Region => divisions::in_region(code).flat_map(of).collect(),
            Kind::Country => Vec::new(),
        }
    }
}

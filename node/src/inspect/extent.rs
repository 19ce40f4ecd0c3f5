//! The rectangle around positions, WGS 84.

use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent([f64; 4]);

impl Extent {
    /// Takes in a position; one outside the world is no WGS 84, and spoils the whole.
    pub fn add(known: &mut Option<Self>, longitude: f64, latitude: f64) {
        let Extent([west, south, east, north]) =
            known.get_or_insert(Self([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]));
        *west = west.min(longitude);
        *south = south.min(latitude);
        *east = east.max(longitude);
        *north = north.max(latitude);
    }

    /// Takes in a GeoJSON geometry (RFC 7946, 3.1): longitude, then latitude.
    pub fn geometry(known: &mut Option<Self>, geometry: &Value) {
        if let Some(parts) = geometry.get("geometries").and_then(Value::as_array) {
            parts.iter().for_each(|part| Self::geometry(known, part));
        }
        if let Some(positions) = geometry.get("coordinates") {
            Self::positions(known, positions);
        }
    }

    fn positions(known: &mut Option<Self>, value: &Value) {
        let Some(items) = value.as_array() else { return };
        match (items.first().and_then(Value::as_f64), items.get(1).and_then(Value::as_f64)) {
            (Some(longitude), Some(latitude)) => Self::add(known, longitude, latitude),
            _ => items.iter().for_each(|item| Self::positions(known, item)),
        }
    }

    pub fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let mut sum = one;
        if let Some(Extent([west, south, east, north])) = other {
            Self::add(&mut sum, west, south);
            Self::add(&mut sum, east, north);
        }
        sum
    }

    /// West, south, east, north, when all of it is on earth.
    pub fn bbox(self) -> Option<[f64; 4]> {
        let Extent([west, south, east, north]) = self;
        let on_earth = west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0;
        (on_earth && west <= east && south <= north).then_some(self.0)
    }

    pub fn of(bbox: [f64; 4]) -> Self {
        Self(bbox)
    }
}

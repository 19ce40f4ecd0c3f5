//! The files of territories, as INSEE, Etalab and geo.api.gouv.fr publish them.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::Gazetteer;

/// Largest file read, in bytes.
const LARGEST: u64 = 256 << 20;

#[derive(Deserialize)]
struct Epci {
    code: String,
    nom: String,
    membres: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    code: String,
}

pub(super) fn folder(folder: &Path) -> Result<Gazetteer, String> {
    let mut out = Gazetteer::default();
    if let Some(text) = text(folder, "communes.csv")? {
        out.communes = communes(&text).map_err(|what| format!("communes.csv: {what}"))?;
    }
    if let Some(text) = text(folder, "epci.json")? {
        let all: Vec<Epci> = serde_json::from_str(&text).map_err(|what| format!("epci.json: {what}"))?;
        for epci in all {
            for member in &epci.membres {
                let commune = out.communes.entry(member.code.clone()).or_default();
                commune.1 = Some(epci.code.clone());
            }
            out.epcis.insert(epci.code, (epci.nom, epci.membres.into_iter().map(|one| one.code).collect()));
        }
    }
    if let Some(text) = text(folder, "positions.geojson")? {
        let value: Value =
            serde_json::from_str(&text).map_err(|what| format!("positions.geojson: {what}"))?;
        out.positions = positions(&value).map_err(|what| format!("positions.geojson: {what}"))?;
    }
    match out.communes.is_empty() && out.positions.is_empty() {
        true => Err("holds none of communes.csv, epci.json, positions.geojson".into()),
        false => Ok(out),
    }
}

fn text(folder: &Path, name: &str) -> Result<Option<String>, String> {
    let path = folder.join(name);
    match fs::metadata(&path) {
        Ok(found) if found.len() > LARGEST => return Err(format!("{name}: over {LARGEST} bytes")),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{name}: {error}")),
    }
    fs::read_to_string(&path).map(Some).map_err(|error| format!("{name}: {error}"))
}

/// Lines `TYPECOM,COM,…,LIBELLE,…`: communes of today; delegated and associated ones have no code of their own.
fn communes(text: &str) -> Result<BTreeMap<String, (String, Option<String>)>, String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
    let place = |name: &str| {
        header.iter().position(|found| *found == name).ok_or_else(|| format!("line 1: no column {name}"))
    };
    let (kind, code, label) = (place("TYPECOM")?, place("COM")?, place("LIBELLE")?);
    let mut out = BTreeMap::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
        if cells.len() != header.len() {
            return Err(format!("line {number}: {} cells, the header has {}", cells.len(), header.len()));
        }
        if matches!(cells[kind], "COM" | "ARM") {
            out.insert(cells[code].to_owned(), (cells[label].to_owned(), None));
        }
    }
    Ok(out)
}

/// The middle of each feature, by its property `code`.
fn positions(value: &Value) -> Result<BTreeMap<String, (f64, f64)>, String> {
    let features = value.get("features").and_then(Value::as_array).ok_or("/features: no list")?;
    let mut out = BTreeMap::new();
    for (i, feature) in features.iter().enumerate() {
        let code = feature.pointer("/properties/code").and_then(Value::as_str);
        let code = code.ok_or_else(|| format!("/features/{i}/properties/code: no text"))?;
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        widen(feature.pointer("/geometry/coordinates").unwrap_or(&Value::Null), &mut bounds, 0);
        let [w, s, e, n] = bounds;
        if !(-180.0..=180.0).contains(&w) || !(-180.0..=180.0).contains(&e) || s < -90.0 || n > 90.0 || s > n
        {
            return Err(format!("/features/{i}/geometry/coordinates: not degrees (WGS 84)"));
        }
        out.insert(code.to_owned(), (f64::midpoint(w, e), f64::midpoint(s, n)));
    }
    Ok(out)
}

fn widen(value: &Value, bounds: &mut [f64; 4], depth: u8) {
    let Some(list) = value.as_array().filter(|_| depth < 8) else { return };
    match (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        (Some(x), Some(y)) => {
            let [w, s, e, n] = *bounds;
            *bounds = [w.min(x), s.min(y), e.max(x), n.max(y)];
        }
        _ => list.iter().for_each(|below| widen(below, bounds, depth + 1)),
    }
}

#[cfg(test)]
mod tests;

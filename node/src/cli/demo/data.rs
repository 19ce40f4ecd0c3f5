//! The délégataire's datasets: generated ones, the same at every run and named synthetic, or the files of a folder.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ontology::dcat::format::FORMATS;
use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;

use crate::cli::exit::Failed;
use crate::text::{self, Lang};

/// Rows of one block of telemetry, and how often the block stands in the file: about 190 MB, so that a revocation
/// lands while bytes are on their way.
const BLOCK_ROWS: u64 = 100_000;
const BLOCKS: usize = 52;
/// Deepest folder below `--data`.
const DEEPEST: usize = 8;

/// A file to publish, and what is said of it.
pub struct Dataset {
    pub title: String,
    /// The file, absolute.
    pub file: PathBuf,
    /// The description without offers and rung.
    pub description: Value,
}

/// Repeatable numbers (splitmix64): the generated files are equal on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number from `low`, less than `high`.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low)
    }
}

/// Writes the generated files of a water network to a folder.
pub fn generate(folder: &Path, lang: Lang) -> Result<Vec<Dataset>, Failed> {
    let mut numbers = Numbers(2026);
    let start = datetime!(2026-01-01 00:00 UTC);
    let pressure = (0..40_u64).flat_map(|sensor| (0..168_i64).map(move |hour| (sensor, hour)));
    let pressure = pressure.map(|(sensor, hour)| {
        let at = start + Duration::hours(hour);
        let bar = numbers.between(280, 520);
        let (x, y) = (352_000 + sensor * 137, 6_789_000 + sensor * 89);
        format!("P{sensor:03},{}T{:02}:00:00Z,{}.{:02},{x},{y}", at.date(), at.hour(), bar / 100, bar % 100)
    });
    let pressure_file = write(folder, "pression_reseau.csv", "capteur,ts,bar,x,y", pressure)?;
    let volumes = (0..6_u64).flat_map(|unit| (0..365_i64).map(move |day| (unit, day))).map(|(unit, day)| {
        let made = numbers.between(8_000, 14_000);
        let lost = numbers.between(500, 1_900);
        format!("UGE{unit},{},{made},{}", (start + Duration::days(day)).date(), made - lost)
    });
    let volumes_file = write(folder, "volumes.csv", "uge,jour,m3_produits,m3_distribues", volumes)?;
    let leaks = (0..900_i64).map(|leak| {
        let (pipe, lost) = (numbers.between(1, 4_000), numbers.between(3, 900));
        format!("F{leak:04},T{pipe:04},{},{lost}", (start + Duration::hours(leak * 9)).date())
    });
    let leaks_file = write(folder, "fuites.csv", "id,troncon,date,m3_estimes", leaks)?;
    let own = |key: &'static str, file: PathBuf, level: &str, frequency: &str| {
        let title = text::get(lang, key).to_owned();
        let description = describe(&title, &file, level, frequency, "interet_general", lang);
        Dataset { title, file, description }
    };
    Ok(vec![
        own("demo.data-pressure", pressure_file, "equipement", "HOURLY"),
        own("demo.data-volumes", volumes_file, "bassin", "DAILY"),
        own("demo.data-leaks", leaks_file, "troncon", "DAILY"),
    ])
}

/// Writes the large file whose transfer is cut.
pub fn telemetry(folder: &Path, lang: Lang) -> Result<Dataset, Failed> {
    let mut numbers = Numbers(48);
    let mut block = Vec::with_capacity(4 << 20);
    let start = datetime!(2026-01-01 00:00 UTC);
    for row in 0..BLOCK_ROWS {
        let at = start + Duration::seconds(i64::try_from(row / 40).unwrap_or_default());
        let bar = numbers.between(280, 520);
        let line = (row % 40, at.date(), at.hour(), at.minute(), at.second(), bar / 100, bar % 100);
        let (sensor, day, h, m, s, whole, part) = line;
        writeln!(block, "P{sensor:03},{day}T{h:02}:{m:02}:{s:02}Z,{whole}.{part:02}")
            .map_err(|e| Failed::Internal(e.to_string()))?;
    }
    let path = folder.join("telemesure.csv");
    let failed = |e: std::io::Error| Failed::Setup(format!("{}: {e}", path.display()));
    let mut file = File::create(&path).map_err(failed)?;
    file.write_all(b"capteur,ts,bar\n").map_err(failed)?;
    for _ in 0..BLOCKS {
        file.write_all(&block).map_err(failed)?;
    }
    let title = text::get(lang, "demo.data-telemetry").to_owned();
    let description = describe(&title, &path, "equipement", "CONT", "interet_general", lang);
    Ok(Dataset { title, file: path, description })
}

/// The files of a folder and of those below it, in the order of their names.
pub fn files_of(folder: &Path, lang: Lang) -> Result<Vec<Dataset>, Failed> {
    let folder = folder.canonicalize().map_err(|e| Failed::Usage(format!("{}: {e}", folder.display())))?;
    let mut files = Vec::new();
    collect(&folder, 0, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(Failed::Usage(format!("{}: {}", folder.display(), text::get(lang, "demo.no-files"))));
    }
    let dataset = |file: PathBuf| {
        let name = file.strip_prefix(&folder).unwrap_or(&file).display().to_string();
        // Nothing is known of a stranger's file: the status that obliges to nothing and opens nothing.
        let mut description = describe(&name, &file, "epci", "IRREG", "privee_ig", lang);
        description["rights"] = text::get(lang, "demo.data-rights").into();
        description["provenance"] =
            json!({ "origin": "partenaire", "collection": text::get(lang, "demo.data-collection") });
        Dataset { title: name, file, description }
    };
    Ok(files.into_iter().map(dataset).collect())
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failed> {
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        match entry.file_type().map_err(failed)? {
            kind if kind.is_file() => files.push(entry.path()),
            kind if kind.is_dir() && depth < DEEPEST => collect(&entry.path(), depth + 1, files)?,
            _ => {}
        }
    }
    Ok(())
}

fn describe(title: &str, file: &Path, level: &str, frequency: &str, status: &str, lang: Lang) -> Value {
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let format = FORMATS.iter().find(|f| f.code.eq_ignore_ascii_case(ending)).map(|f| f.media_type);
    json!({
        "lang": lang.pick("fr", "en"),
        "title": title,
        "description": text::get(lang, "demo.data-description"),
        "theme": ["ENVI"],
        "location": { "kind": "pays", "code": "FR" },
        "format": format.unwrap_or("application/octet-stream"),
        "granularity": { "level": level },
        "frequency": frequency,
        "producer": { "name": text::get(lang, "demo.provider") },
        "status": status,
        "source": { "file": file.display().to_string() },
    })
}

fn write(
    folder: &Path,
    name: &str,
    header: &str,
    rows: impl Iterator<Item = String>,
) -> Result<PathBuf, Failed> {
    let path = folder.join(name);
    let failed = |e: std::io::Error| Failed::Setup(format!("{}: {e}", path.display()));
    let mut file = BufWriter::new(File::create(&path).map_err(failed)?);
    writeln!(file, "{header}").map_err(failed)?;
    for row in rows {
        writeln!(file, "{row}").map_err(failed)?;
    }
    file.flush().map_err(failed)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataplane::digest::Sha256;

    #[test]
    fn generated_data_are_the_same_everywhere() {
        let folder = std::env::temp_dir().join(format!("fiducie-demo-data-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let datasets = generate(&folder, Lang::Fr).unwrap();
        let mut digest = Sha256::default();
        for dataset in &datasets {
            assert!(dataset.title.contains("synthétiques"));
            digest.update(&std::fs::read(&dataset.file).unwrap());
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(digest.finish().hex(), "afe1247bf6e1f3d6b18760e326db345fef07ee906b2eb47ed4857aae5fe0077a");
    }
}

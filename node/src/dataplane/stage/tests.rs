use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use policies::View;
use policies::view::{Least, Rows as Areas};

use super::head::Head;
use super::{Measures, Rows};
use crate::dataplane::source::{Roots, Source};

struct Table {
    dir: PathBuf,
}

impl Table {
    fn new(name: &str, content: &[u8]) -> Self {
        let dir = std::env::temp_dir().join(format!("fiducie-stage-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("t.csv"), content).unwrap();
        Self { dir }
    }
    fn through(&self, view: &View) -> Result<Vec<u8>, String> {
        let file = File::open(self.dir.join("t.csv")).unwrap();
        let mut out = Vec::new();
        let mut rows = Rows::open(file, view).map_err(|e| e.to_string())?;
        rows.read_to_end(&mut out).map_err(|e| e.to_string())?;
        Ok(out)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn columns(names: &[&str]) -> View {
    View { columns: Some(names.iter().map(|name| (*name).to_owned()).collect()), rows: None, least: None }
}

fn areas(column: &str, within: &[&[&str]]) -> View {
    let within = within.iter().map(|listed| listed.iter().map(|area| (*area).to_owned()).collect()).collect();
    View {
        columns: None,
        rows: Some(Areas { column: column.into(), kind: "commune".into(), within }),
        least: None,
    }
}

#[test]
fn columns_that_are_not_named_do_not_leave() {
    let table =
        Table::new("columns", "code;nom;débit\r\n1;\"Dupont; Jean\";2,5\r\n2;Martin;3\r\n".as_bytes());
    assert_eq!(
        table.through(&columns(&["débit", "code"])).unwrap(),
        "code;débit\r\n1;2,5\r\n2;3\r\n".as_bytes()
    );
    let only = table.through(&columns(&["nom"])).unwrap();
    assert_eq!(only, "nom\r\n\"Dupont; Jean\"\r\nMartin\r\n".as_bytes());
    for absent in ["Débit", "inconnu"] {
        assert!(table.through(&columns(&[absent, "code"])).unwrap_err().contains(absent));
    }
}

#[test]
fn quotes_lines_in_cells_and_encodings_stay() {
    let quoted = Table::new("quoted", b"a,b,c\n\"x \"\"y\"\"\",\"two\nlines\",\n,\"\",\"1,2\"\n");
    assert_eq!(
        quoted.through(&columns(&["a", "c", "b"])).unwrap(),
        b"a,b,c\n\"x \"\"y\"\"\",\"two\nlines\",\n,,\"1,2\"\n"
    );
    // A cell alone on its line stays a line.
    assert_eq!(quoted.through(&columns(&["a"])).unwrap(), b"a\n\"x \"\"y\"\"\"\n\"\"\n");
    // Windows-1252: bytes are not translated; the head is understood.
    let western = Table::new("western", b"d\xe9bit\tnom\n1\t\xe9t\xe9\n");
    assert_eq!(western.through(&columns(&["débit"])).unwrap(), b"d\xe9bit\n1\n");
    assert_eq!(western.through(&columns(&["nom"])).unwrap(), b"nom\n\xe9t\xe9\n");
    let marked = Table::new("marked", "\u{feff}a|b\n1|2".as_bytes());
    assert_eq!(marked.through(&columns(&["b"])).unwrap(), "\u{feff}b\n2\n".as_bytes());
    let wide = Table::new("wide", b"\xff\xfea\0;\0b\0\n\0");
    assert!(wide.through(&columns(&["a"])).unwrap_err().contains("UTF-16"));
}

#[test]
fn rows_of_other_areas_do_not_leave() {
    let table = Table::new("areas", b"insee;v\n35238;1\n22278;2\n;3\n 35047 ;4\n3523;5\n75056;6\n");
    let one = table.through(&areas("insee", &[&["departement:35@2024"]])).unwrap();
    assert_eq!(one, b"insee;v\n35238;1\n 35047 ;4\n");
    let both = areas("insee", &[&["region:53@2024"], &["departement:22@2024", "departement:75@2024"]]);
    assert_eq!(table.through(&both).unwrap(), b"insee;v\n22278;2\n");
    // The column that tells the area need not leave itself.
    let view = View { columns: Some(vec!["v".into()]), ..areas("insee", &[&["commune:35238@2024"]]) };
    assert_eq!(table.through(&view).unwrap(), b"v\n1\n");
}

#[test]
fn rows_with_few_behind_them_do_not_leave() {
    let table = Table::new("least", b"zone,volume\na,11\nb,10\nc,\nd,many\ne, 12 \nf,-20\ng,1e3\n");
    let least = Some(Least { column: "volume".into(), number: 11 });
    let view = View { columns: None, rows: None, least };
    assert_eq!(table.through(&view).unwrap(), b"zone,volume\na,11\ne, 12 \n");
}

#[test]
fn a_record_whose_cells_are_not_under_their_names_ends_it() {
    let shifted = Table::new("shifted", b"a;b\n1;2\n3;4;secret\n");
    assert!(shifted.through(&columns(&["b"])).unwrap_err().contains("record 3 has 3 cells"));
    let twice = Table::new("twice", b"a;a\n1;2\n");
    assert!(twice.through(&columns(&["a"])).unwrap_err().contains("once: a"));
    let head = Head::read(b"a,b;c,d\n", &["a"]).unwrap();
    assert_eq!((head.separator, head.names.len()), (b',', 3));
}

#[test]
fn its_length_is_known_before_and_again_after_a_change() {
    let rows: String = (0..20_000).map(|n| format!("{n};nom {n};{}\n", n * 7)).collect();
    let table = Table::new("length", format!("n;nom;v\n{rows}").as_bytes());
    let (roots, measures, view) =
        (Roots::new([table.dir.clone()], 1), Measures::default(), columns(&["n", "v"]));
    let source = Source::File(table.dir.join("t.csv").to_str().unwrap().to_owned());
    let opened = || roots.open(&source, None).unwrap();
    let (whole, part) = (opened(), opened().through(&view, &measures).unwrap());
    assert_eq!(part.length(), table.through(&view).unwrap().len() as u64);
    assert_ne!(part.etag(1), whole.etag(1));
    assert_ne!(part.etag(1), opened().through(&columns(&["n"]), &measures).unwrap().etag(1));
    std::fs::write(table.dir.join("t.csv"), "n;nom;v\n1;a;2\n").unwrap();
    assert_eq!(opened().through(&view, &measures).unwrap().length(), 8);
    assert!(
        roots
            .open(&Source::Folder(table.dir.to_str().unwrap().into()), None)
            .unwrap()
            .through(&view, &measures)
            .is_err()
    );
}

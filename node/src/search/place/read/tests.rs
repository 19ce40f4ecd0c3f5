use ontology::dcat::territory::Kind;
use serde_json::json;

use super::*;

#[test]
fn what_is_no_such_file_is_told_with_its_place() {
    assert!(communes("CODE,NOM\n1,a\n").unwrap_err().contains("TYPECOM"));
    assert!(communes("TYPECOM,COM,LIBELLE\nCOM,35238\n").unwrap_err().contains("line 2"));
    assert!(positions(&json!({"features": [{"properties": {}}]})).unwrap_err().contains("/features/0"));
    let metres = json!({"features": [{"properties": {"code": "1"},
        "geometry": {"coordinates": [352_000.0, 6_789_000.0]}}]});
    assert!(positions(&metres).unwrap_err().contains("WGS 84"));
}

#[test]
fn a_commune_lies_in_its_grouping_and_has_a_middle() {
    let communes = communes("TYPECOM,COM,LIBELLE\r\nCOM,35238,Rennes\r\nCOMD,35239,x\r\n").unwrap();
    assert_eq!(communes.len(), 1);
    let square = json!({"features": [{"properties": {"code": "35238"},
        "geometry": {"coordinates": [[[-1.8, 48.0], [-1.6, 48.2]]]}}]});
    let mut gazetteer =
        Gazetteer { communes, positions: positions(&square).unwrap(), ..Gazetteer::default() };
    gazetteer.communes.get_mut("35238").unwrap().1 = Some("243500139".into());
    gazetteer.epcis.insert("243500139".into(), ("Rennes Métropole".into(), vec!["35238".into()]));
    let around: Vec<_> =
        gazetteer.around("35238").into_iter().map(|(kind, code)| format!("{kind}:{code}")).collect();
    assert_eq!(around, ["commune:35238", "epci:243500139", "departement:35", "region:53", "pays:FR"]);
    let [w, _, _, n] = gazetteer.bounds([(Kind::Region, "53")].into_iter()).unwrap();
    assert!((w + 1.7).abs() < 1e-9 && (n - 48.1).abs() < 1e-9);
    assert!(gazetteer.knows("35238") && !gazetteer.knows("35239"));
}

"""Judges RDF files by SHACL shapes. Arguments: the folder of the shapes, then files. One JSON line for each file.

Nothing is fetched: `owl:imports` is not followed, and no inference runs. Files whose name begins with `hvd` are judged by the
shapes of the profile of high-value datasets too, where these lie beside the others: what is said of such a dataset, of its
distributions, and of the services that serve it.
"""

import json
import pathlib
import sys

import pyshacl
import rdflib

SHAPES = ["shapes.ttl", "range.ttl", "deprecateduris.ttl"]
FORMATS = {".ttl": "turtle", ".jsonld": "json-ld", ".rdf": "xml", ".nt": "nt"}
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")

shapes = rdflib.Graph()
for name in SHAPES:
    shapes.parse(pathlib.Path(sys.argv[1]) / name, format="turtle")

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
CATEGORY = rdflib.URIRef("http://data.europa.eu/r5r/hvdCategory")
profile = rdflib.Graph()
beside = pathlib.Path(sys.argv[1]).parent / "dcat-ap-hvd-3.0.0"
for name in ["hvd-SHACL-full.ttl", "hvd-SHACL-ranges.ttl"]:
    if (beside / name).is_file():
        profile.parse(beside / name, format="turtle")
# Whatever has a name is a resource (RDF Schema, 2.1); without inference nothing else says so.
profile.remove((None, SH["class"], rdflib.RDFS.Resource))


def results(data, by):
    _, report, _ = pyshacl.validate(data, shacl_graph=by, inference="none", do_owl_imports=False)
    for top in report.subjects(rdflib.RDF.type, SH.ValidationReport):
        for result in report.objects(top, SH.result):
            focus = report.value(result, SH.focusNode)
            said = (report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage))
            yield focus, " ".join(map(str, said))


def high_value(data):
    """A high-value dataset, its distributions, and what serves it."""
    datasets = {s for s in data.subjects(CATEGORY, None) if (s, rdflib.RDF.type, DCAT.Dataset) in data}
    parts = {o for s in datasets for o in data.objects(s, DCAT.distribution)}
    services = {s for d in datasets for s in data.subjects(DCAT.servesDataset, d)}
    return datasets, parts, services


for name in sys.argv[2:]:
    path = pathlib.Path(name)
    try:
        data = rdflib.Graph()
        data.parse(path, format=FORMATS[path.suffix])
        found = [said for _, said in results(data, shapes)]
        if "hvd" in path.stem and len(profile):
            datasets, parts, services = high_value(data)
            if not (datasets and parts and services):
                found.append("no high-value dataset with a distribution and a service")
            own = datasets | parts | services
            found += [f"HVD: {said}" for focus, said in results(data, profile) if focus in own]
        said = {"file": path.name, "triples": len(data), "results": found}
    except Exception as error:  # what cannot be read does not conform
        said = {"file": path.name, "triples": 0, "results": [f"{type(error).__name__}: {error}"[:500]]}
    print(json.dumps(said), flush=True)

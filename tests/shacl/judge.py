"""Judges RDF files by SHACL shapes. Arguments: the folder of the shapes, then files. One JSON line for each file.

Nothing is fetched: `owl:imports` is not followed, and no inference runs.
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

for name in sys.argv[2:]:
    path = pathlib.Path(name)
    try:
        data = rdflib.Graph()
        data.parse(path, format=FORMATS[path.suffix])
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
        found = [
            " ".join(str(report.value(result, p)) for p in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage))
            for top in report.subjects(rdflib.RDF.type, SH.ValidationReport)
            for result in report.objects(top, SH.result)
        ]
        said = {"file": path.name, "triples": len(data), "results": found}
    except Exception as error:  # what cannot be read does not conform
        said = {"file": path.name, "triples": 0, "results": [f"{type(error).__name__}: {error}"[:500]]}
    print(json.dumps(said), flush=True)

"""Draws docs/pictures/report.png from data/samples/registries: `python docs/pictures/report.py`.

The two pages of a determination's report side by side, as they are printed. Every company in it is invented. The ages
of the data, and with the time of loading the SHA-256, are those of the day on which it is drawn; all else is the same
each time. Needs WeasyPrint and pypdfium2, which `make setup` brings, and the system's library Pango.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from topco import knowledge

HERE = Path(__file__).parent
FILE = HERE / "report.png"
SAMPLES = knowledge.root() / "data" / "samples" / "registries"
PAGES = 2
SCALE = 1.5
CASE = {
    "id": "northwind-lab",
    "transaction": {
        "date": "2026-01-31",
        "activity": "export",
        "shipped_from": "US",
        "destination": "GB",
        "quantity_tpp": 5000000,
        "end_use": ["data_centre"],
    },
    "item": {"eccn": "3A090.a", "kind": "ic", "datacentre": True, "designer": "authorised"},
    "parties": [{"role": "ultimate_consignee", "entity": "X:northwind-lab"}],
    "conditions": {"aia_certification": True, "lpp_certification": True, "part_744_746_bar": False},
    "tallies": {"lpp_group_year_tpp": 0},
}


def report(folder: Path) -> str:
    """The report as HTML, by the commands that a user would type."""
    case, page = folder / "case.json", folder / "report.html"
    case.write_text(json.dumps(CASE), encoding="utf-8")
    for arguments in (["load", str(SAMPLES)], ["determine", str(case), "--format", "json", "--report", str(page)]):
        command = [sys.executable, "-m", "topco.cli.main", *arguments, "--store", str(folder / "store")]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
    return page.read_text(encoding="utf-8")


def main() -> None:
    import pypdfium2
    import weasyprint
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        printed = weasyprint.HTML(string=report(Path(folder))).write_pdf()
    document = pypdfium2.PdfDocument(printed)
    pages = [document[number].render(scale=SCALE).to_pil() for number in range(PAGES)]
    width, height = sum(page.width for page in pages), max(page.height for page in pages)
    side_by_side = Image.new("RGB", (width, height), "white")
    place = 0
    for page in pages:
        side_by_side.paste(page, (place, 0))
        place += page.width
    side_by_side.quantize(32, dither=Image.Dither.NONE).save(FILE, optimize=True)


if __name__ == "__main__":
    main()

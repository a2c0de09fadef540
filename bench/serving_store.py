"""A store of 150,000 real entities: the records of `gleif-bulk-2025` under the column names of the golden copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

from bench.measure import ROOT

SHARED = ROOT.parent / "shared" / "data" / "gleif-bulk-2025"
# The verbatim files misname two columns: "City" holds the country, see the note beside the files.
_COLUMNS = {
    "LEI": "LEI",
    "Legal Name": "Entity.LegalName",
    "Legal City": "Entity.LegalAddress.Country",
    "HQ City": "Entity.HeadquartersAddress.Country",
    "Registration ID": "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Registered As": "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "Legal Jurisdiction": "Entity.LegalJurisdiction",
    "Category": "Entity.EntityCategory",
    "Entity Status": "Entity.EntityStatus",
    "Registration Date": "Registration.InitialRegistrationDate",
}
_ABSENT = ("N/A", "None")


def serving_store(work: Path) -> Path:
    """The store, made once in a folder of the benchmarks.

    Raises:
        FileNotFoundError: the registry data are not at hand.
    """
    store = work / "serving" / "store"
    if (store / "manifest.json").is_file():
        return store
    files = work / "serving" / "files"
    shutil.rmtree(work / "serving", ignore_errors=True)
    files.mkdir(parents=True)
    recolumned = SHARED / "recolumned"
    with_parents = pl.read_csv(recolumned / "lei2.csv.gz", infer_schema=False)
    others = pl.read_csv(SHARED / "lei-no-recorded-parent.csv.gz", infer_schema=False)
    renamed = others.select(pl.col(old).alias(new) for old, new in _COLUMNS.items()).with_columns(
        pl.when(pl.all().is_in(_ABSENT)).then(None).otherwise(pl.all()).name.keep()
    )
    both = pl.concat([with_parents, renamed], how="diagonal").unique("LEI", keep="first", maintain_order=True)
    both.write_csv(files / "lei2.csv")
    shutil.copy(recolumned / "rr.csv.gz", files / "rr.csv.gz")
    command = [sys.executable, "-m", "topco.cli.main", "load", "gleif", files, "--store", store]
    done = subprocess.run([*map(str, command), "--vintage", "2025-03-16"], capture_output=True, text=True, cwd=ROOT)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return store

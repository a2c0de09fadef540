"""Manifest, suggestions, flyouts and previews."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from reconcile_service import HERE, SCRIPT, A, B, C, D, E, S, client_of, lei, store_in
from starlette.testclient import TestClient

from topco import knowledge
from topco.server.reconcile.catalogue import all_types_of, properties, settings, types
from topco.store.schema import TABLES

COLUMNS = (
    *("status", "hq_country", "ultimate_parents", "ultimate_parent_hq_countries", "direct_parents"),
    *("highest_known", "notes"),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return client_of(store_in(tmp_path_factory.mktemp("reconcile") / "store"))


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def get(client: TestClient, path: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(f"/reconcile{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_manifest_names_this_server_and_our_namespaces(client: TestClient) -> None:
    manifest = get(client, "")
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/topco/id/"
    assert manifest["schemaSpace"] == "https://w3id.org/topco/"
    assert manifest["view"]["url"] == f"{HERE}/entity/{{{{id}}}}"
    assert {one["id"] for one in manifest["defaultTypes"]} <= set(types())
    elsewhere = TestClient(client.app, base_url="http://localhost:9000").get("/reconcile").json()
    assert elsewhere["view"]["url"].startswith("http://localhost:9000/")


def test_every_address_of_the_manifest_answers(client: TestClient) -> None:
    manifest = get(client, "")
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", A))
    assert preview.status_code == 200
    examples = {"entity": ("beisp", A), "type": ("fund", "Fund"), "property": ("name", "name")}
    for kind, (prefix, identifier) in examples.items():
        about = manifest["suggest"][kind]
        found = client.get(about["service_url"] + about["service_path"], params={"prefix": prefix}).json()["result"]
        assert identifier in {one["id"] for one in found}
        flyout = about["flyout_service_url"] + about["flyout_service_path"].replace("${id}", identifier)
        assert client.get(flyout).json()["id"] == identifier
    proposed = manifest["extend"]["propose_properties"]
    assert client.get(proposed["service_url"] + proposed["service_path"]).json()["properties"]


def test_properties_and_settings_are_data() -> None:
    text = knowledge.text("data/reference/reconciliation.ttl")
    assert len(properties()) == text.count("skos:notation") - len(settings()) - 1  # once in a comment
    for one in properties().values():
        table, column, *further = one.source
        if table in ("entities", "names"):
            assert column in TABLES[table]
        else:
            assert (table, column) == ("party", "identifiers") or table in ("resolution", "settled")
            assert table == "party" or column in COLUMNS
        assert set(further) <= set(COLUMNS)
        assert one.format in ("text", "date", "party")
        assert one.description.endswith(".")
    names = [spelling for one in properties().values() for spelling in one.spellings]
    assert len(names) == len(set(names))


def test_types_are_the_kinds_of_the_ontology(client: TestClient) -> None:
    assert {"Agent", "LegalEntity", "Fund", "Branch", "NaturalPerson"} <= set(types())
    assert all("Agent" in all_types_of(one) for one in types())
    assert [one["id"] for one in get(client, "/suggest/type", prefix="natural")["result"]] == ["NaturalPerson"]
    assert get(client, "/suggest/type", prefix="zzz") == {"result": []}


def test_suggestions_go_on_from_a_cursor(client: TestClient) -> None:
    every = get(client, "/suggest/entity", prefix="nordic")["result"]
    assert {C, D} <= {one["id"] for one in every}
    assert get(client, "/suggest/entity", prefix="nordic", cursor=1)["result"] == every[1:]
    assert get(client, "/suggest/entity", prefix="nordic", cursor=900) == {"result": []}
    assert get(client, "/suggest/entity", prefix=C[4:12])["result"][0]["id"] == C
    assert get(client, "/suggest/entity", prefix="") == get(client, "/suggest/entity", prefix="&") == {"result": []}


def test_namesakes_are_told_apart(client: TestClient) -> None:
    found = {one["id"]: one["description"] for one in get(client, "/suggest/entity", prefix="beispiel")["result"]}
    assert "headquarters recorded in DE" in found[A]
    assert "headquarters recorded in AT" in found[B]


def test_the_address_of_a_branch_is_not_called_a_headquarters(client: TestClient) -> None:
    (branch, *_) = get(client, "/suggest/entity", prefix="nordic technologies branch")["result"]
    assert "branch, registered in NO" in branch["description"]
    assert "headquarters" not in branch["description"]


def test_a_preview_says_what_is_settled_and_what_is_not(client: TestClient) -> None:
    def text(identifier: str) -> str:
        return Elements(client.get("/reconcile/preview", params={"id": identifier}).text).text

    assert "Ultimate parent Alpine Top AG, headquarters: Switzerland (CH)" in text(A)
    assert "Ultimate parent" not in text(B)
    assert "Named at the top, not settled Nordic Technologies Limited" in text(B)
    assert "Headquarters not known" in text(E)
    assert "Registered in Switzerland (CH)" in text(E)


def test_markup_in_names_is_text_everywhere(client: TestClient) -> None:
    preview = client.get("/reconcile/preview", params={"id": S})
    flyout = get(client, "/flyout/entity", id=S)["html"]
    for page in (preview.text, flyout):
        elements = Elements(page)
        assert SCRIPT in elements.text
        assert not {"script", "img", "iframe"} & {tag for tag, _ in elements.found}
        assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)


def test_a_preview_can_do_nothing(client: TestClient) -> None:
    policy = client.get("/reconcile/preview", params={"id": A}).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors 'self'")
    assert "script" not in policy
    (link,) = [
        attributes
        for tag, attributes in Elements(client.get("/reconcile/preview", params={"id": A}).text).found
        if tag == "a"
    ]
    assert link["href"] == f"{HERE}/entity/{A}"
    assert link["rel"] == "noopener noreferrer"


def test_an_identifier_cannot_leave_its_attribute(client: TestClient) -> None:
    answer = client.get("/reconcile/preview", params={"id": '"><script>alert(1)</script>'})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    spaced = client.get("/reconcile/preview", params={"id": f"  {A}  "})
    assert spaced.status_code == 200
    assert "script" not in {tag for tag, _ in Elements(spaced.text).found}


@pytest.mark.parametrize("path", ["/preview", "/flyout/entity", "/flyout/type", "/flyout/property"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(f"/reconcile{path}", params={"id": lei("Q")})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["detail"]


def test_proposed_properties(client: TestClient) -> None:
    every = get(client, "/extend/propose")
    assert [one["id"] for one in every["properties"]] == list(properties())
    some = get(client, "/extend/propose", type="Fund", limit=2)
    assert (some["type"], some["limit"], some["properties"]) == ("Fund", 2, every["properties"][:2])


def test_the_page_names_every_property() -> None:
    page = (Path(knowledge.root()) / "docs" / "reconciliation.md").read_text(encoding="utf-8")
    assert [one for one in properties() if f"`{one}`" not in page] == []
    assert [one.id for one in settings() if f"`{one.id}`" not in page] == []

"""A passing example of every class that has a shape, and for every shape one change that must be found.

In the templates `$n` is the number of the example and `$c` two letters made of it; `node:$n` is the node that the
finding must name (in a template of several nodes, the one that the shape targets).
"""

from __future__ import annotations

PREFIXES = """
@prefix topco: <https://w3id.org/topco/> .
@prefix country: <https://w3id.org/topco/country/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix group: <https://w3id.org/topco/group/> .
@prefix node: <https://w3id.org/topco/example/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# What the examples point to.
SURROUNDINGS = """
country:DE a topco:Country ; topco:isoCode "DE" ; rdfs:label "Germany"@en ; dcterms:source node:list .
country:CN a topco:Country ; topco:isoCode "CN" ; rdfs:label "China"@en ; dcterms:source node:list .
country:HK a topco:Country ; topco:isoCode "HK" ; rdfs:label "Hong Kong"@en ; dcterms:source node:list .
group:D5 a topco:CountryGroup ; skos:notation "D:5" ; rdfs:label "D:5"@en ; topco:citation "supp. 1" ;
    topco:reserved true .
node:unit a topco:Provision ; topco:cite "742.6" ; rdfs:label "stability"@en ; topco:from "2023-11-17"^^xsd:date ;
    topco:confidence "primary" .
node:tpp a topco:Parameter ; rdfs:label "cap"@en ; topco:unit "TPP" ; topco:comparison topco:AtMost .
node:ops a topco:Parameter ; rdfs:label "training"@en ; topco:unit "operations" ; topco:comparison topco:AtLeast .
node:tppv a topco:ParameterValue ; topco:ofParameter node:tpp ; topco:value 1 ; topco:from "2025-01-13"^^xsd:date ;
    topco:citation "742.6" ; topco:confidence "primary" .
node:opsv a topco:ParameterValue ; topco:ofParameter node:ops ; topco:value 1.0E26 ; topco:from "2025-01-13"^^xsd:date ;
    topco:citation "742.6" ; topco:confidence "primary" .
topco:NATURAL_PERSONS topco:parentReading topco:NoParent .
topco:NO_LEI topco:parentReading topco:ParentWithheld .
topco:shares topco:interestFamily topco:SharesFamily .
topco:filing a topco:HeadquartersBasis .
node:top-record topco:describesEntity node:top .
node:chief-record topco:describesEntity node:chief .
node:approval a topco:ReviewPolicy .
node:AIA a topco:LicenceException .
node:flag a topco:RedFlag ; skos:notation "21" ; rdfs:label "owner"@en ; topco:question "Who?"@en ;
    topco:from "2023-11-17"^^xsd:date ; topco:citation "supp. 3" ; topco:confidence "primary" .
node:codified a topco:Reading ; skos:notation "codified" ; rdfs:label "as codified"@en ; rdfs:comment "Text."@en ;
    topco:verifiedTo "2026-09-24"^^xsd:date ; topco:citation "90 FR 4544" .
node:set a topco:RuleSet ; rdfs:label "the text"@en ; topco:reading node:codified ; topco:version "1" ;
    topco:homeCountry country:DE ; topco:mayRead "role" ; topco:from "2025-05-15"^^xsd:date ;
    topco:citation "90 FR 4544" .
node:rule a topco:DocumentRule ; rdfs:label "a rule"@en ; topco:inRuleSet node:set ;
    topco:queryFile "codified/742.6/a.rq" ; topco:enclosure node:order ;
    topco:cite "742.6" ; topco:stratum 1 ; topco:from "2025-05-15"^^xsd:date .
node:chip a topco:ControlListEntry ; skos:notation "3A999.a" ; topco:itemClass topco:A_ITEM ;
    topco:itemNature topco:Commodity ; topco:from "2025-05-15"^^xsd:date ; topco:citation "742.6" ;
    topco:confidence "primary" .
node:paper a topco:Paper ; skos:notation "paper" ; rdfs:label "a paper"@en ; topco:path "conditions.paper" ;
    topco:whenUnknown topco:KeepUnknown .
"""

_SOURCE = 'topco:sourceFile "rr.csv" ; topco:sourceRow 7'
_PERIOD = 'topco:from "2025-01-13"^^xsd:date ; topco:to "2026-01-01"^^xsd:date'
_CITED = 'topco:citation "742.6" ; topco:confidence "primary"'
_LIMITS = """topco:limitsTpp node:tpp ; topco:limitsPerformanceDensity node:tpp ;
    topco:limitsMemoryBandwidthDensity node:tpp ; topco:limitsTrainingOperations node:ops"""


_OPEN = """topco:subjectEntity node:child$n ; topco:interestedParty node:top ; topco:standing topco:Current ;
    topco:validFrom "2019-01-01"^^xsd:date ;"""
_ENDS = 'topco:validTo "2030-01-01"^^xsd:date ;'


def _statement(cls: str, kind: str) -> str:
    return f"""
node:$n a topco:{cls} ; topco:relationshipKind topco:{kind} ; {_OPEN} {_ENDS}
    topco:lastUpdated "2025-01-01"^^xsd:date ; {_SOURCE} .
"""


def _rule(cls: str, more: str = "") -> str:
    return f"""
node:$n a topco:{cls} ; rdfs:label "a rule"@en ; topco:inRuleSet node:set ; topco:queryFile "codified/742.6/a.rq" ;
    {more} topco:cite "742.6" ; topco:stratum 1 ; {_PERIOD} .
"""


TEMPLATES = {
    "Entity": """
node:$n a topco:LegalEntity ; topco:identifier "LEI:5493001Z012YSB2A0K51" ; topco:name "Alpha"@en ;
    topco:hasHeadquartersAddress node:hq$n ; topco:registeredIn country:DE ; topco:succeededBy node:top .
node:up$n topco:subjectEntity node:$n ; topco:relationshipKind topco:DirectConsolidation ;
    topco:standing topco:Current .
node:far$n topco:subjectEntity node:$n ; topco:relationshipKind topco:UltimateConsolidation ;
    topco:standing topco:Current .
node:why$n topco:subjectEntity node:$n ; topco:absenceReason topco:NO_LEI .
""",
    "Address": "node:$n a topco:Address ; topco:addressCountry country:DE .",
    "EntityRecord": f"""
node:$n a topco:EntityRecord ; topco:describesEntity node:e$n ; topco:standing topco:Current ;
    topco:lastUpdated "2025-01-01"^^xsd:date ; topco:nextRenewal "2026-01-01"^^xsd:date ; {_SOURCE} .
""",
    "ConsolidationStatement": _statement("ConsolidationStatement", "DirectConsolidation"),
    "BranchStatement": _statement("BranchStatement", "InternationalBranch"),
    "FundStatement": _statement("FundStatement", "FundManagement"),
    "OwnershipStatement": f"""
node:$n a topco:OwnershipStatement ; topco:interestType topco:shares ; topco:shareMinimum 50.0 ;
    topco:shareMinimumExclusive true ; topco:shareMaximum 75.0 ; topco:shareMaximumExclusive false ; {_OPEN} {_ENDS}
    topco:lastUpdated "2025-01-01"^^xsd:date ; {_SOURCE} .
""",
    "Party": """
node:$n a topco:NaturalPerson ; topco:identifier "X:ada" ; topco:name "Ada" .
""",
    "AbsenceStatement": f"""
node:$n a topco:AbsenceStatement ; topco:subjectEntity node:e$n ; topco:absenceLevel topco:DirectLevel ;
    topco:absenceReason topco:NATURAL_PERSONS ; {_SOURCE} .
""",
    "IdentifierStatement": f"""
node:$n a topco:IdentifierStatement ; topco:identifiesEntity node:e$n ; topco:otherIdentity node:o$n ; {_SOURCE} .
""",
    "HeadquartersStatement": f"""
node:$n a topco:HeadquartersStatement ; topco:headquartersOf node:e$n ; topco:statedCountry country:DE ;
    topco:headquartersBasis topco:filing ; topco:citedSource "annual report, page 2" ;
    topco:statedOn "2025-01-01"^^xsd:date ; topco:validFrom "2024-01-01"^^xsd:date ; {_ENDS} {_SOURCE} .
""",
    "JudgementStatement": f"""
node:$n a topco:JudgementStatement ; topco:firstParty node:e$n ; topco:secondParty node:o$n ;
    topco:hasVerdict topco:Proposed ; topco:judgedBy "Ann" ; topco:judgedAt "2026-01-01T10:00:00Z"^^xsd:dateTime ;
    topco:matchScore 93 ; {_SOURCE} .
""",
    "ListingStatement": f"""
node:$n a topco:ListingStatement ; topco:listsEntity node:e$n ; topco:listedName "Acme" ; topco:screeningList "EL" ;
    topco:validFrom "2024-01-01"^^xsd:date ; {_ENDS} {_SOURCE} .
""",
    "Load": """
node:$n a topco:Load ; topco:publisher "GLEIF" ; topco:fileKind "rr" ; topco:vintage "2025-03-02"^^xsd:date ;
    topco:loadedAt "2026-11-24T10:00:00Z"^^xsd:dateTime ; topco:licence "CC0-1.0" .
""",
    "Country": """
country:$c a topco:Country ; topco:isoCode "$c" ; rdfs:label "Land $n"@en ; skos:altLabel "L"@en ;
    dcterms:source node:list .
""",
    "CountryGroup": """
node:$n a topco:CountryGroup ; skos:notation "D:$n" ; rdfs:label "D:$n"@en ; topco:citation "supp. 1" ;
    topco:includesGroup group:D5 ; topco:excludesGroup group:D5 ; topco:includesCountry country:DE .
""",
    "GroupMembership": f"""
node:$n a topco:GroupMembership ; topco:group group:D5 ; topco:member country:DE , country:CN ; {_PERIOD} ; {_CITED} .
""",
    "MembershipNote": f"""
node:$n a topco:MembershipNote ; topco:group group:D5 ; topco:country country:DE ; rdfs:comment "Check."@en ;
    {_PERIOD} ; {_CITED} .
""",
    "DestinationMapping": f"""
node:$n a topco:DestinationMapping ; topco:country node:place$n ; topco:treatedAs country:CN ;
    topco:mappingScope topco:EveryFact ; {_PERIOD} ; {_CITED} .
node:place$n rdf:type topco:Country .
""",
    "Parameter": f"""
node:$n a topco:Parameter ; rdfs:label "cap"@en ; topco:unit "TPP" ; topco:comparison topco:AtMost .
node:v$n a topco:ParameterValue ; topco:ofParameter node:$n ; topco:value 5 ; {_PERIOD} ; {_CITED} .
""",
    "ParameterValue": f"""
node:$n a topco:ParameterValue ; topco:ofParameter node:tpp ; topco:value 5 ; {_PERIOD} ; {_CITED} .
""",
    "ParameterGap": f"""
node:$n a topco:ParameterGap ; topco:ofParameter node:tpp , node:ops ; rdfs:comment "No such rule yet."@en ;
    {_PERIOD} ; {_CITED} .
""",
    "LawPeriod": f"""
node:$n a topco:LawPeriod ; skos:notation "rule$n" ; rdfs:label "the rule"@en ; topco:periodKind "overlay" ;
    topco:periodStatus "stayed" ; topco:inReading node:codified ; topco:unverified true ;
    rdfs:comment "Nobody has checked."@en ; {_PERIOD} ; {_CITED} .
""",
    "Provision": f"""
node:$n a topco:Provision ; topco:cite "742.6($n)" ; rdfs:label "what it does"@en ; topco:partOf node:unit ;
    topco:amendedBy "90 FR 4544" ; topco:appliesFrom "2025-05-15"^^xsd:date ; {_PERIOD} ; topco:confidence "primary" .
""",
    "SourceDocument": f"""
node:$n a topco:SourceDocument ; topco:cite "90 FR $n" ; rdfs:label "a rule"@en ;
    topco:published "2025-01-15"^^xsd:date ; {_PERIOD} ; topco:confidence "primary" .
""",
    "ControlListEntry": f"""
node:$n a topco:ControlListEntry ; skos:notation "3A090.x$n" ; topco:itemClass topco:A_ITEM ;
    topco:itemNature topco:Commodity ; {_PERIOD} ; {_CITED} .
""",
    "Reading": """
node:$n a topco:Reading ; skos:notation "codified" ; rdfs:label "as codified"@en ; rdfs:comment "The text."@en ;
    topco:verifiedTo "2026-09-24"^^xsd:date ; topco:citation "90 FR 4544" .
""",
    "RedFlag": f"""
node:$n a topco:RedFlag ; skos:notation "21" ; rdfs:label "owner"@en ; topco:question "Who owns it?"@en ;
    {_PERIOD} ; {_CITED} .
""",
    "RegimeNotTested": """
node:$n a topco:RegimeNotTested ; rdfs:label "other"@en ; topco:rank 1 ; topco:citation "part 744" .
""",
    "OntologyTerm": """
node:$n a owl:ObjectProperty ; rdfs:label "has thing"@en ; skos:definition "relation that leads somewhere"@en .
""",
    "Rule": _rule("ScopeRule", "topco:unverified true ;"),
    "RequirementRule": _rule("RequirementRule", "topco:requirement node:worldwide ;"),
    "ExemptionRule": _rule("ExemptionRule", "topco:exemption node:employee ;"),
    "AuthorisationRule": _rule("AuthorisationRule", "topco:authorisation node:AIA ;"),
    "ValidatedEndUserRule": _rule("ValidatedEndUserRule", 'topco:conditionId "outside_share" ;'),
    "PolicyRule": _rule("PolicyRule", 'topco:policy node:approval ; topco:limb "A1" ;'),
    "ConditionRule": _rule("ConditionRule", 'topco:exception node:AIA ; topco:conditionId "located" ;'),
    "DutyRule": _rule("DutyRule", "topco:exception node:AIA ; topco:duty node:notice ;"),
    "DocumentRule": _rule("DocumentRule", "topco:enclosure node:order ;"),
    "RedFlagRule": _rule("RedFlagRule", "topco:redFlag node:flag ;"),
    "RuleSet": f"""
node:$n a topco:RuleSet ; rdfs:label "the text"@en ; topco:reading node:codified ; topco:version "1" ; {_PERIOD} ;
    topco:shownBeside node:codified ; topco:homeCountry country:DE ; topco:mayRead "hasParty" , "role" ;
    topco:partial "part 748" ; topco:pointerOnly "part 744" ; topco:citation "90 FR 4544" .
node:rule$n a topco:ScopeRule ; topco:inRuleSet node:$n ; rdfs:label "r"@en ; topco:queryFile "codified/742.6/a.rq" ;
    topco:cite "742.6" ; topco:stratum 1 ; {_PERIOD} .
""",
    "Measure": """
node:$n a topco:Measure ; rdfs:label "order"@en ; topco:addend "transaction.quantity_tpp" ; topco:parameter node:tpp ;
    topco:whenUnknown topco:TryBoth ; topco:perParty true ; topco:asShare true ; topco:largestSingle true ;
    topco:outsideGroup group:D5 ; topco:onlyForDestination group:D5 .
""",
    "Activity": """
node:$n a topco:Activity ; skos:notation "export" ; rdfs:label "an export"@en ; topco:isLicenceQuestion true ;
    topco:crossesBorder true ; topco:aboutItem true ; topco:principalRole "employer" ; topco:citation "742.6" .
""",
    "EntryList": """
node:$n a topco:EntryList ; skos:notation "aia" ; rdfs:label "what it covers"@en ; topco:citation "742.6" .
node:chip topco:onList node:$n .
""",
    "CaseCondition": """
node:$n a topco:Circumstance ; skos:notation "approved" ; rdfs:label "approved"@en ; topco:path "party.approved" ;
    topco:groundPath "party.paragraph" ; topco:whenUnknown topco:TryBoth ; topco:perParty true ;
    topco:onlyForDestination group:D5 ; topco:warning "Ask." .
""",
    "ConditionGround": f"""
node:$n a topco:ConditionGround ; topco:forCondition node:paper ; topco:word "a" ; {_PERIOD} ; {_CITED} .
""",
    "ItemTest": f"""
node:$n a topco:ItemTest ; rdfs:label "performance"@en ; topco:testsFor node:chip ; topco:itemKind "ic" ;
    topco:order 1 ; topco:containsEntry node:chip ; {_LIMITS} ; topco:inReading node:codified ; {_PERIOD} ; {_CITED} .
""",
    "ItemExclusion": f"""
node:$n a topco:ItemExclusion ; rdfs:label "published"@en ; topco:excludesFrom node:chip ; topco:ground "published" ;
    {_LIMITS} ; topco:limitsShareOfLevel node:tpp ; topco:shareOfOwnTraining true ; topco:inReading node:codified ;
    {_PERIOD} ; {_CITED} .
""",
}

_DATED = [
    *("GroupMembership", "MembershipNote", "DestinationMapping", "ParameterValue", "ParameterGap"),
    *("Provision", "SourceDocument", "ControlListEntry", "RedFlag"),
    *("ConditionGround", "ItemTest", "ItemExclusion", "LawPeriod"),
]
_CITING = [
    *("GroupMembership", "MembershipNote", "DestinationMapping", "ParameterValue", "ParameterGap", "ControlListEntry"),
    *("RedFlag", "CountryGroup", "Reading", "RegimeNotTested", "RuleSet"),
    *("Activity", "EntryList", "ConditionGround", "ItemTest", "ItemExclusion", "LawPeriod"),
]
_LABELLED = [
    *("Country", "CountryGroup", "Parameter", "Provision", "SourceDocument"),
    *("Reading", "RedFlag", "RegimeNotTested", "Rule", "RuleSet", "Measure"),
    *("Activity", "EntryList", "CaseCondition", "ItemTest", "ItemExclusion", "LawPeriod"),
]
_CLOSED = [
    *(*_DATED, "Country", "CountryGroup", "Parameter", "Reading", "RegimeNotTested"),
    *("Activity", "EntryList", "CaseCondition", "RuleSet", "Measure"),
]
_BAND = """topco:shareMinimum 50.0 ;
    topco:shareMinimumExclusive true ; topco:shareMaximum 75.0"""
_BESIDE = "topco:excludesGroup group:D5 ; topco:includesCountry country:DE"
_STATEMENTS = ("ConsolidationStatement", "BranchStatement", "FundStatement")


def _in_force(kind: str, beside: str) -> tuple[str, str]:
    """The change that makes a relationship an open one of this kind, with another node beside it."""
    old = f"topco:DirectConsolidation ; {_OPEN} {_ENDS}"
    return old, f"topco:{kind}Consolidation ; {_OPEN} . {beside} . node:$n "


def _second(kind: str) -> str:
    return (
        f"node:up$n topco:subjectEntity node:child$n ; topco:relationshipKind topco:{kind}Consolidation ;"
        " topco:standing topco:Current"
    )


def _unnamed(kind: str) -> str:
    return f"node:why$n topco:subjectEntity node:child$n ; topco:absenceLevel topco:{kind}Level"


# Shape, what is replaced in the template of its class, by what. The first hit is replaced.
BREAKS: list[tuple[str, str, str]] = [
    ("Entity-identifier", '"LEI:5493001Z012YSB2A0K51"', '"5493001Z012YSB2A0K51"'),
    ("Entity-lei", "LEI:5493001Z012YSB2A0K51", "LEI:5493001Z012YSB2A0K5X"),
    ("Entity-name", 'topco:name "Alpha"@en ;', ""),
    ("Entity-headquarters", "topco:hasHeadquartersAddress node:hq$n ;", ""),
    ("Entity-registered-in", "country:DE", "country:QQ"),
    (
        "Entity-one-reason",
        "topco:absenceReason topco:NO_LEI",
        "topco:absenceReason topco:NO_LEI , topco:NATURAL_PERSONS",
    ),
    ("Entity-successor", "topco:succeededBy node:top", "topco:succeededBy node:nobody"),
    ("Entity-one-nature", "a topco:LegalEntity", "a topco:LegalEntity , topco:NaturalPerson"),
    ("Entity-one-kind", "a topco:LegalEntity", "a topco:LegalEntity , topco:Branch"),
    ("Address-country", "topco:addressCountry country:DE", "topco:addressCountry country:DE , country:CN"),
    ("Address-known-country", "country:DE", "country:QQ"),
    ("EntityRecord-entity", "topco:describesEntity node:e$n ;", ""),
    ("EntityRecord-renewal", '"2026-01-01"^^xsd:date', '"soon"'),
    ("IdentifierStatement-entity", "topco:identifiesEntity node:e$n ;", ""),
    ("IdentifierStatement-other", "topco:otherIdentity node:o$n ;", ""),
    ("IdentifierStatement-not-itself", "node:o$n", "node:e$n"),
    ("IdentifierStatement-file", 'topco:sourceFile "rr.csv"', 'rdfs:comment "rr.csv"'),
    ("HeadquartersStatement-entity", "topco:headquartersOf node:e$n ;", ""),
    ("HeadquartersStatement-country", "topco:statedCountry country:DE", "topco:statedCountry country:DE , country:CN"),
    ("HeadquartersStatement-known-country", "country:DE", "country:QQ"),
    ("HeadquartersStatement-basis", "topco:filing", "topco:hearsay"),
    ("HeadquartersStatement-source", "topco:citedSource", "rdfs:comment"),
    ("HeadquartersStatement-stated-on", '"2025-01-01"^^xsd:date', '"lately"'),
    ("HeadquartersStatement-from", '"2024-01-01"^^xsd:date', '"2031-01-01"^^xsd:date'),
    ("HeadquartersStatement-to", '"2030-01-01"^^xsd:date', '"2030-01-01"^^xsd:date , "2031-01-01"^^xsd:date'),
    ("HeadquartersStatement-file", 'topco:sourceFile "rr.csv"', 'rdfs:comment "rr.csv"'),
    ("JudgementStatement-first", "topco:firstParty node:e$n ;", ""),
    ("JudgementStatement-second", "node:o$n", "node:e$n"),
    ("JudgementStatement-verdict", "topco:Proposed", "topco:Perhaps"),
    ("JudgementStatement-author", "topco:judgedBy", "rdfs:comment"),
    ("JudgementStatement-moment", '"2026-01-01T10:00:00Z"^^xsd:dateTime', '"2026-01-01"'),
    ("JudgementStatement-score", "topco:matchScore 93", "topco:matchScore 193"),
    ("JudgementStatement-file", 'topco:sourceFile "rr.csv"', 'rdfs:comment "rr.csv"'),
    ("ListingStatement-entity", "topco:listsEntity node:e$n ;", ""),
    ("ListingStatement-name", "topco:listedName", "rdfs:comment"),
    ("ListingStatement-list", "topco:screeningList", "rdfs:comment"),
    ("ListingStatement-from", '"2024-01-01"^^xsd:date', '"2031-01-01"^^xsd:date'),
    ("ListingStatement-to", '"2030-01-01"^^xsd:date', '"2030-01-01"^^xsd:date , "2031-01-01"^^xsd:date'),
    ("ListingStatement-file", 'topco:sourceFile "rr.csv"', 'rdfs:comment "rr.csv"'),
    ("AbsenceStatement-subject", "topco:subjectEntity node:e$n ;", ""),
    ("AbsenceStatement-level", "topco:DirectLevel", "topco:SomeLevel"),
    ("AbsenceStatement-reason", "topco:absenceReason topco:NATURAL_PERSONS ;", ""),
    ("AbsenceStatement-known-reason", "topco:NATURAL_PERSONS", "topco:BECAUSE"),
    ("ConsolidationStatement-one-direct-parent", *_in_force("Direct", _second("Direct"))),
    ("ConsolidationStatement-one-ultimate-parent", *_in_force("Ultimate", _second("Ultimate"))),
    ("ConsolidationStatement-direct-parent-and-absence", *_in_force("Direct", _unnamed("Direct"))),
    ("ConsolidationStatement-ultimate-parent-and-absence", *_in_force("Ultimate", _unnamed("Ultimate"))),
    (
        "ConsolidationStatement-no-ring",
        "topco:interestedParty node:top",
        "topco:interestedParty node:top . node:back$n topco:subjectEntity node:top ;"
        " topco:interestedParty node:child$n . node:$n topco:standing topco:Current",
    ),
    ("ConsolidationStatement-parent-record", "node:top", "node:nobody"),
    ("BranchStatement-head-office-record", "node:top", "node:nobody"),
    ("OwnershipStatement-subject", "topco:subjectEntity node:child$n ;", ""),
    ("OwnershipStatement-party", "topco:interestedParty node:top", "topco:interestedParty node:top , node:chief"),
    ("OwnershipStatement-not-itself", "topco:interestedParty node:top", "topco:interestedParty node:child$n"),
    ("OwnershipStatement-interest", "topco:interestType topco:shares ;", ""),
    ("OwnershipStatement-known-interest", "topco:shares", "topco:friendship"),
    ("OwnershipStatement-exact", _BAND, "topco:shareExact 101.0"),
    ("OwnershipStatement-minimum", "topco:shareMinimum 50.0", "topco:shareMinimum 80.0"),
    ("OwnershipStatement-maximum", "topco:shareMaximum 75.0", "topco:shareMaximum 175.0"),
    ("OwnershipStatement-minimum-exclusive", "Exclusive true", 'Exclusive "more"'),
    ("OwnershipStatement-maximum-exclusive", "Exclusive false", 'Exclusive "most"'),
    ("OwnershipStatement-exact-or-band", _BAND, f"{_BAND} ; topco:shareExact 60.0"),
    ("OwnershipStatement-band", "topco:shareMaximum 75.0", "topco:shareMaximum 50.0"),
    ("OwnershipStatement-valid-from", "2019-01-01", "2030-01-01"),
    ("OwnershipStatement-valid-to", '"2030-01-01"^^xsd:date', '"2030"'),
    ("OwnershipStatement-owner-record", "node:top", "node:nobody"),
    ("Party-identifier", '"X:ada"', '"ada"'),
    ("Party-name", 'topco:name "Ada"', 'topco:category "person"'),
    ("Party-one-kind", "a topco:NaturalPerson", "a topco:NaturalPerson , topco:Trust"),
    ("Load-publisher", 'topco:publisher "GLEIF" ;', ""),
    ("Load-kind", 'topco:fileKind "rr" ;', ""),
    ("Load-vintage", '"2025-03-02"^^xsd:date', '"2025"'),
    ("Load-loaded-at", "^^xsd:dateTime", ""),
    ("Load-licence", '; topco:licence "CC0-1.0"', ""),
    ("Country-code", 'topco:isoCode "$c"', 'topco:isoCode "Land"'),
    ("Country-iri", "country:$c a", "country:Land$n a"),
    ("Country-one-country", 'topco:isoCode "$c"', 'topco:isoCode "DE"'),
    ("Country-source", "dcterms:source node:list", 'skos:altLabel "M"@en'),
    ("CountryGroup-notation", 'skos:notation "D:$n" ;', ""),
    ("CountryGroup-has-content", f"topco:includesGroup group:D5 ; {_BESIDE}", "topco:excludesGroup group:D5"),
    ("CountryGroup-includes-group", "topco:includesGroup group:D5", "topco:includesGroup group:D9"),
    ("CountryGroup-excludes-group", "topco:excludesGroup group:D5", "topco:excludesGroup group:D9"),
    ("CountryGroup-includes-country", "country:DE", "country:QQ"),
    ("GroupMembership-group", "group:D5", "group:D9"),
    ("GroupMembership-member", "country:CN", "country:QQ"),
    ("MembershipNote-group", "group:D5", "group:D9"),
    ("MembershipNote-country", "country:DE", "country:QQ"),
    ("MembershipNote-comment", 'rdfs:comment "Check."@en ;', ""),
    ("DestinationMapping-country", "topco:country node:place$n", "topco:country country:CN"),
    ("DestinationMapping-treated-as", "country:CN", "country:QQ"),
    ("DestinationMapping-one-step", "country:CN", "node:place0"),
    ("DestinationMapping-scope", "topco:EveryFact", "topco:SomeFacts"),
    ("Parameter-unit", 'topco:unit "TPP" ;', ""),
    ("Parameter-comparison", "topco:AtMost", "topco:About"),
    ("Parameter-value", "topco:ofParameter node:$n", "topco:ofParameter node:tpp"),
    ("ParameterValue-parameter", "node:tpp", "node:nothing"),
    ("ParameterValue-value", "topco:value 5", 'topco:value "5"'),
    ("ParameterValue-operations", "node:tpp", "node:ops"),
    ("ParameterGap-parameter", "node:ops", "node:nothing"),
    ("ParameterGap-comment", 'rdfs:comment "No such rule yet."@en ;', ""),
    ("LawPeriod-notation", '"rule$n"', '"the rule"'),
    ("LawPeriod-kind", '"overlay"', '"law"'),
    ("LawPeriod-status", '"stayed"', '"in part"'),
    ("LawPeriod-reading", "node:codified", "node:nothing"),
    ("LawPeriod-unverified", "topco:unverified true", 'topco:unverified "perhaps"'),
    ("LawPeriod-comment", 'rdfs:comment "Nobody has checked."@en ;', ""),
    ("Provision-cite", 'topco:cite "742.6($n)" ;', ""),
    ("Provision-one-provision", "742.6($n)", "742.6"),
    ("Provision-own-words", "what it does", "what it does at great length " * 12),
    ("Provision-part-of", "node:unit", "node:nothing"),
    ("Provision-amended-by", "90 FR 4544", "the rule"),
    ("Provision-applies-from", '"2025-05-15"^^xsd:date', '"May"'),
    ("Provision-compliance-after-effect", "2025-05-15", "2025-01-12"),
    ("SourceDocument-cite", 'topco:cite "90 FR $n" ;', ""),
    ("SourceDocument-one-document", "90 FR $n", "90 FR 0"),
    ("SourceDocument-published", 'topco:published "2025-01-15"^^xsd:date ;', ""),
    ("ControlListEntry-notation", "3A090.x$n", "chips"),
    ("ControlListEntry-one-entry", "3A090.x$n", "3A090.x0"),
    ("ControlListEntry-class", "topco:A_ITEM", "topco:Z_ITEM"),
    ("ControlListEntry-has-class", "topco:itemClass topco:A_ITEM ;", ""),
    ("ControlListEntry-nature", "topco:Commodity", "topco:Thing"),
    ("Reading-notation", '"codified"', '"As Codified"'),
    ("Reading-comment", 'rdfs:comment "The text."@en ;', ""),
    ("Reading-verified-to", '"2026-09-24"^^xsd:date', '"lately"'),
    ("RedFlag-notation", 'skos:notation "21" ;', ""),
    ("RedFlag-question", "Who owns it?", "Careful."),
    ("RegimeNotTested-rank", "topco:rank 1 ;", ""),
    ("Rule-rule-set", "node:set", "node:nothing"),
    ("Rule-query", "codified/742.6/a.rq", "a.rq"),
    ("Rule-cite", 'topco:cite "742.6" ;', ""),
    ("Rule-known-cite", 'topco:cite "742.6"', 'topco:cite "999.9"'),
    ("Rule-stratum", "topco:stratum 1", "topco:stratum 0"),
    ("Rule-unverified", "topco:unverified true", 'topco:unverified "perhaps"'),
    ("RequirementRule-requirement", "topco:requirement node:worldwide ;", ""),
    ("ExemptionRule-exemption", "topco:exemption node:employee ;", ""),
    ("AuthorisationRule-authorisation", "topco:authorisation node:AIA ;", ""),
    ("ValidatedEndUserRule-id", '"outside_share"', '"Outside share"'),
    ("PolicyRule-policy", "node:approval", "node:nothing"),
    ("PolicyRule-limb", 'topco:limb "A1" ;', ""),
    ("ConditionRule-exception", "node:AIA", "node:nothing"),
    ("ConditionRule-id", '"located"', '"Located in"'),
    ("DutyRule-exception", "topco:exception node:AIA ;", ""),
    ("DutyRule-duty", "topco:duty node:notice ;", ""),
    ("DocumentRule-enclosure", "topco:enclosure node:order ;", ""),
    ("RedFlagRule-red-flag", "node:flag", "node:nothing"),
    ("RuleSet-reading", "node:codified", "node:nothing"),
    ("RuleSet-version", 'topco:version "1" ;', ""),
    ("RuleSet-parentTest", 'topco:version "1" ;', 'topco:version "1" ; topco:parentTest "control" , "majority" ;'),
    ("RuleSet-rules", "topco:inRuleSet node:$n", "topco:inRuleSet node:set"),
    ("RuleSet-shown-beside", "topco:shownBeside node:codified", "topco:shownBeside node:nothing"),
    ("RuleSet-home", "topco:homeCountry country:DE ;", ""),
    ("RuleSet-may-read", '"hasParty"', '"has party"'),
    ("RuleSet-covers", '"part 748"', "node:set"),
    ("RuleSet-only-named", '"part 744"', "node:set"),
    ("Measure-addend", 'topco:addend "transaction.quantity_tpp" ;', ""),
    ("Measure-addend-path", '"transaction.quantity_tpp"', '"quantity"'),
    ("Measure-per-party", "topco:perParty true", 'topco:perParty "yes"'),
    ("Measure-as-share", "topco:asShare true", 'topco:asShare "yes"'),
    ("Measure-largest-single", "topco:largestSingle true", 'topco:largestSingle "yes"'),
    ("Measure-outside", "topco:outsideGroup group:D5", "topco:outsideGroup group:D9"),
    ("Measure-only-for", "topco:onlyForDestination group:D5", "topco:onlyForDestination group:D9"),
    ("Activity-notation", '"export"', '"Export"'),
    ("Activity-licence-question", "topco:isLicenceQuestion true ;", ""),
    ("Activity-crosses-border", "topco:crossesBorder true", 'topco:crossesBorder "yes"'),
    ("Activity-about-item", "topco:aboutItem true ;", ""),
    ("Activity-principal-role", '"employer"', '"employer" , "end_user"'),
    ("EntryList-notation", '"aia"', '"A list"'),
    ("EntryList-entries", "node:chip topco:onList", "node:unit topco:onList"),
    ("CaseCondition-notation", '"approved"', '"Approved"'),
    ("CaseCondition-path", '"party.approved"', '"approved"'),
    ("CaseCondition-when-unknown", "topco:TryBoth", "topco:Guess"),
    ("CaseCondition-per-party", "topco:perParty true", 'topco:perParty "yes"'),
    ("CaseCondition-only-for", "topco:onlyForDestination group:D5", "topco:onlyForDestination group:D9"),
    ("CaseCondition-warning", '"Ask."', '"Ask." , "Ask again."'),
    ("CaseCondition-ground-path", '"party.paragraph"', '"paragraph"'),
    ("ConditionGround-condition", "node:paper", "node:nothing"),
    ("ConditionGround-word", '"a"', '"a" , "b"'),
    ("ItemTest-entry", "topco:testsFor node:chip", "topco:testsFor node:unit"),
    ("ItemTest-kind", '"ic"', '"Chip"'),
    ("ItemTest-order", "topco:order 1 ;", ""),
    ("ItemTest-contains", "topco:containsEntry node:chip", "topco:containsEntry node:unit"),
    ("ItemExclusion-ground", 'topco:ground "published" ;', ""),
    ("ItemExclusion-entry", "topco:excludesFrom node:chip", "topco:excludesFrom node:unit"),
    ("ItemExclusion-limits-share", "topco:limitsShareOfLevel node:tpp", "topco:limitsShareOfLevel node:unit"),
    ("ItemExclusion-share-of-own", "topco:shareOfOwnTraining true", 'topco:shareOfOwnTraining "yes"'),
    ("Measure-parameter", "node:tpp", "node:nothing"),
    ("Measure-when-unknown", "topco:TryBoth", "topco:Guess"),
    ("OntologyTerm", 'skos:definition "relation that leads somewhere"@en', 'skos:note "x"'),
    ("OntologyTerm-one-kind", "a owl:ObjectProperty", "a owl:ObjectProperty , owl:DatatypeProperty"),
]
for _class in _STATEMENTS:
    _kind = {"Consolidation": "DirectConsolidation", "Branch": "InternationalBranch", "Fund": "FundManagement"}
    BREAKS += [
        (f"{_class}-kind", f"topco:{_kind[_class.removesuffix('Statement')]}", "topco:Friendship"),
        (f"{_class}-subject", "topco:subjectEntity node:child$n ;", ""),
        (f"{_class}-party", "topco:interestedParty node:top", "topco:interestedParty node:top , node:chief"),
        (f"{_class}-not-itself", "topco:interestedParty node:top", "topco:interestedParty node:child$n"),
        (f"{_class}-valid-from", "2019-01-01", "2031-01-01"),
        (f"{_class}-valid-to", '"2030-01-01"^^xsd:date', '"2030"'),
    ]
for _class in (*_STATEMENTS, "OwnershipStatement", "EntityRecord"):
    BREAKS += [
        (f"{_class}-standing", "topco:Current", "topco:Sleeping"),
        (f"{_class}-updated", '"2025-01-01"^^xsd:date', '"2025-01-01T00:00:00"^^xsd:dateTime'),
    ]
for _class in (*_STATEMENTS, "OwnershipStatement", "EntityRecord", "AbsenceStatement"):
    BREAKS += [
        (f"{_class}-file", 'topco:sourceFile "rr.csv" ;', ""),
        (f"{_class}-row", "topco:sourceRow 7", "topco:sourceRow 0"),
    ]
for _class in (*_DATED, "Rule", "RuleSet"):
    BREAKS += [
        (f"{_class}-from", "2025-01-13", "2026-01-01"),
        (f"{_class}-to", '"2026-01-01"^^xsd:date', '"2026-01-01"'),
    ]
_FIGURES = (
    *(("tpp", "Tpp", "tpp"), ("density", "PerformanceDensity", "tpp")),
    *(("memory", "MemoryBandwidthDensity", "tpp"), ("training", "TrainingOperations", "ops")),
)
for _class in ("ItemTest", "ItemExclusion"):
    BREAKS += [
        (f"{_class}-limits-{_n}", f"topco:limits{_p} node:{_v}", f"topco:limits{_p} node:unit")
        for _n, _p, _v in _FIGURES
    ]
    BREAKS += [(f"{_class}-reading", "node:codified", "node:nothing")]
BREAKS += [(f"{_class}-confidence", '"primary"', '"certain"') for _class in _DATED]
BREAKS += [(f"{_class}-citation", "topco:citation ", "rdfs:comment ") for _class in _CITING]
BREAKS += [(f"{_class}-label", 'rdfs:label "', 'rdfs:label "Nom"@en , "') for _class in _LABELLED]
BREAKS += [(_class, " a topco:", ' topco:fromm "typo" ; a topco:') for _class in _CLOSED]


def letters(number: int) -> str:
    """Two capitals that no real country in the examples bears.

    >>> letters(0), letters(27)
    ('XA', 'YB')
    """
    return "XYZ"[number // 26] + chr(ord("A") + number % 26)


def class_of(shape: str) -> str:
    """The class whose template a shape is tried on.

    >>> class_of("Provision-cite")
    'Provision'
    """
    return shape.split("-")[0]


def example(cls: str, number: int, old: str = "", new: str = "") -> str:
    """The example of a class, with one change."""
    template = TEMPLATES[cls]
    assert old in template, f"the template of {cls} has no {old!r}"
    text = template.replace(old, new, 1) if old else template
    return text.replace("$n", str(number)).replace("$c", letters(number % 78))

"""Small invented graphs in the vocabularies of GLEIF and BODS."""

GLEIF = """
@prefix L1: <https://www.gleif.org/ontology/L1/> .
@prefix L2: <https://www.gleif.org/ontology/L2/> .
@prefix base: <https://www.gleif.org/ontology/Base/> .
@prefix repex: <https://www.gleif.org/ontology/ReportingException/> .
@prefix adj: <https://www.omg.org/spec/LCC/Countries/ISO3166-1-CountryCodes-Adjunct/> .
@prefix sub: <https://www.omg.org/spec/LCC/Countries/ISO3166-2-SubdivisionCodes-Adjunct/> .
@prefix ra: <https://rdf.gleif.org/RegistrationAuthority/> .
@prefix d: <https://example.org/d/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

d:a a L1:LegalEntity ; base:hasEntityStatus base:EntityStatusActive ; base:hasLegalJurisdiction adj:GB ;
    L1:hasLegalName "Alpha Ltd"@en ; L1:hasPreviousLegalName "Alpha Old"@en , "Alfa" ;
    L1:hasHeadquartersAddress d:a-hq ;
    L1:hasLegalAddress [ base:hasCity "London" ; base:hasCountry adj:GB ] ; L1:hasLegalFormText "LIMITED" .
d:a-hq base:hasCity "Beijing" ; base:hasCountry adj:CN .
d:a-lei a L1:LegalEntityIdentifierRegistryEntry ; L1:LEI "5493001Z012YSB2A0K51" ; L1:identifiesAndRecords d:a ;
    base:hasRegistrationStatus L1:RegistrationStatusLapsed ;
    base:hasLastUpdateDate "2024-05-01T23:30:00+02:00"^^xsd:dateTime ;
    base:hasNextRenewalDate "2025-05-01T00:00:00Z"^^xsd:dateTime .
d:a-number base:identifies d:a ; L1:hasEntityID "123456" ; L1:hasRegisteredAuthority ra:RA000585 .
<https://rdf.gleif.org/data/L1/L-724500XNQMH47GDAZP43> a L1:Fund ; L1:hasLegalName "Fund" ;
    base:hasEntityStatus base:EntityStatusInactive ; base:hasLegalJurisdiction sub:US-DE .
d:tie a L2:DirectConsolidation ; L2:hasChild d:a ; L2:hasParent <https://rdf.gleif.org/data/L1/L-724500XNQMH47GDAZP43> ;
    L2:hasRelationshipStatus L2:RelationshipStatusActive ;
    L2:hasRelationshipPeriod [ base:hasStart "2015-12-31T23:00:00Z"^^xsd:dateTime ;
        base:hasEnd "2018-12-31"^^xsd:date ] .
d:tie-rec base:records d:tie ; base:hasRegistrationStatus L2:RegistrationStatusLapsed ;
    base:hasLastUpdateDate "2024-01-02T00:00:00Z"^^xsd:dateTime .
d:x a repex:UltimateConsolidationReportingException ; repex:hasReportingEntity d:a ;
    repex:hasExceptionReason repex:ExceptionReasonKindNonPublic ; repex:hasExceptionReference "law" .
"""

BODS = """
@prefix stmt: <https://example.org/statements/> .
@prefix rec: <https://example.org/records/> .
@prefix bods: <https://vocab.openownership.org/terms#> .
@prefix codes: <https://vocab.openownership.org/codelists#> .
@prefix old: <https://standard.openownership.org/codelists#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
_:gb a bods:Jurisdiction ; bods:code "GB-SCT" .
_:number a bods:Identifier ; bods:scheme "GB-COH" ; bods:idString "sc123456" .
_:lei a bods:Identifier ; bods:scheme "XI-LEI" ; bods:idString "5493001z012ysb2a0k51" .
stmt:1 { stmt:1 a bods:New ; bods:statementDate "2020-03-04"^^xsd:dateTime ; bods:recordDetails rec:e .
  rec:e a bods:Entity ; bods:entityType codes:RegisteredEntity ; bods:name "Old Name Ltd" . }
stmt:2 { stmt:2 a bods:Updated ; bods:statementDate "2021-03-04T10:00:00Z"^^xsd:dateTime ; bods:recordDetails rec:e .
  rec:e a bods:Entity ; bods:entityType old:RegisteredEntity ; bods:name "New Name Ltd" ; bods:jurisdiction _:gb ;
    bods:identifier _:number , _:lei ;
    bods:address [ a bods:Business ; bods:country _:gb ] , [ a bods:Registered ; bods:country codes:JE ] . }
stmt:3 { stmt:3 a bods:New ; bods:statementDate "2020-03-04" ; bods:recordDetails rec:p .
  rec:p a bods:Person ; bods:personType codes:KnownPerson ; bods:name _:n1 , _:n2 .
  _:n1 a bods:Legal ; bods:fullName "Jane Example" . _:n2 a bods:Alternative ; bods:fullName "J. Example" . }
stmt:4 { stmt:4 a bods:New ; bods:statementDate "2020-03-04" ; bods:recordDetails rec:r .
  rec:r a bods:Relationship ; bods:subject rec:e ; bods:interestedParty rec:p ; bods:interest rec:i1 , rec:i2 , rec:i3 .
  rec:i1 a bods:Shareholding ; bods:startDate "2016-04-06"^^xsd:dateTime ; bods:shareExact "62.5"^^xsd:float .
  rec:i2 a bods:VotingRights ; bods:shareExclusiveMinimum 50.0 ; bods:shareMaximum 7.5E1 ; bods:endDate "2020-01-01" .
  rec:i3 a bods:Shareholding ; bods:shareExact 40 ; bods:directOrIndirect "indirect" . }
stmt:5 { stmt:5 a bods:Closed ; bods:recordDetails rec:r2 .
  rec:r2 a bods:Relationship ; bods:subject rec:e ; bods:interestedParty rec:u . rec:u a bods:Unspecified . }
stmt:6 { stmt:6 bods:recordDetails rec:q . rec:q a bods:Person ; bods:personType codes:UnknownPerson . }
"""

KBODS = """
@prefix bods: <http://bods.openownership.org/vocabulary/> .
@prefix r: <http://bods.openownership.org/resource/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
r:e a bods:RegisteredEntity ; foaf:name "Alpha Ltd" ; bods:jurisdictionCode "GB" ;
    owl:sameAs <http://business.companieshouse.gov.uk/id/company/00123456> , <https://example.org/alpha> .
r:p a bods:Person ; foaf:name "A Person" ; bods:personType "knownPerson" ; bods:nationalityCode "FR" .
r:q a bods:Person ; bods:personType "unknownPerson" .
r:s a bods:OwnershipCtrlStatement ; bods:hasInterestedParty r:p ; bods:hasSubject r:e ;
    bods:statementDate "2019-05-01"^^xsd:date ; bods:statesInterest r:s_0, r:s_1 .
r:s_0 bods:interestType "shareholding" ; bods:sharesExact 25.5 ; bods:sharesMin 25.5 ; bods:sharesMax 25.5 ;
    bods:startDate "2018-01-01"^^xsd:date .
r:s_1 bods:interestType "voting-rights" ; bods:sharesMin 25 ; bods:sharesMax 50 .
r:s2 a bods:OwnershipCtrlStatement ; bods:hasInterestedParty [] ; bods:hasSubject r:e .
"""

# title: Evidence by party
# description: In a copy of the evidence, puts the party in the place of each of its identifiers, so that the queries of
#   resolution see one company. The evidence itself is never changed. docs/identity.md, section 2.
# reads: a copy of the loads in force as named graphs, topco:sameParty in the default graph
PREFIX topco: <https://w3id.org/topco/>

# A void record gives no headquarters; once records share a party, an address no longer tells which of them it stood on.
DELETE { GRAPH ?load { ?identifier topco:hasHeadquartersAddress ?address } }
WHERE {
  ?identifier topco:sameParty ?party .
  GRAPH ?load { ?record topco:describesEntity ?identifier ; topco:standing topco:Void . ?identifier topco:hasHeadquartersAddress ?address }
  FILTER NOT EXISTS { GRAPH ?load { ?sound topco:describesEntity ?identifier ; topco:standing ?standing } FILTER (?standing != topco:Void) }
} ;

DELETE { GRAPH ?load { ?record ?names ?identifier } }
INSERT { GRAPH ?load { ?record ?names ?party } }
WHERE {
  ?identifier topco:sameParty ?party .
  FILTER (?identifier != ?party)
  GRAPH ?load { ?record ?names ?identifier }
  VALUES ?names { topco:subjectEntity topco:interestedParty topco:describesEntity topco:headquartersOf }
} ;

DELETE { GRAPH ?load { ?identifier ?says ?value } }
INSERT { GRAPH ?load { ?party ?says ?value } }
WHERE {
  ?identifier topco:sameParty ?party .
  FILTER (?identifier != ?party)
  GRAPH ?load { ?identifier ?says ?value }
} ;

# A party that one record calls a person or a state and another a company may be a parent: only what all say rules it out.
DELETE { GRAPH ?load { ?party a ?kind } }
WHERE {
  VALUES ?kind { topco:NaturalPerson topco:State topco:StateBody }
  ?identifier topco:sameParty ?party .
  GRAPH ?load { ?party a ?kind }
  GRAPH ?otherLoad { ?party a ?other }
  FILTER (?other NOT IN (topco:NaturalPerson, topco:State, topco:StateBody))
}

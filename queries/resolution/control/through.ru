# title: Holdings through others
# description: Who has something in a company that goes through others, or may, on one day. Of a person it does not show
#   that no company stands above: who stands between need not be registered. docs/ownership.md, section 2.
# reads: the loads in force as named graphs
# parameter: asOf (xsd:date), the day; its literal takes the place of ?asOf
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>

INSERT { ?company working:heldThroughOthers ?owner }
WHERE {
  GRAPH ?load {
    ?statement topco:interestType ?type ; topco:subjectEntity ?company ; topco:interestedParty ?owner ; topco:mayBeIndirect true .
    OPTIONAL { ?statement topco:standing ?standing }
    OPTIONAL { ?statement topco:validFrom ?from }
    OPTIONAL { ?statement topco:validTo ?to }
  }
  FILTER (!BOUND(?from) || ?from <= ?asOf)
  FILTER ((COALESCE(?standing, topco:Current) = topco:Current && (!BOUND(?to) || ?to > ?asOf))
       || (COALESCE(?standing, topco:Current) = topco:Ended && BOUND(?to) && ?to > ?asOf))
}

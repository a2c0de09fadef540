# title: Holdings through others
# description: Who has something in a company that goes through others, or may, on one day. Of a person it does not show
#   that no company stands above: who stands between need not be registered. The same holds of a company of which those
#   below such a holding of one person may have the threshold, or a half, together, if the test aggregates.
#   Nor do holdings show it that no source names all holders of: somebody may be counted twice, once by each of two
#   identifiers; unless one of them decides alone. Nor do those of a company that may have half or more in itself: rather
#   two companies are taken for one. docs/ownership.md, section 2.
# reads: the loads in force as named graphs; the working graph after rights.ru and parties.ru, and the test
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
} ;

INSERT { ?company working:heldBy ?holder }
WHERE {
  ?position working:owner ?holder ; working:owned ?company .
  FILTER (?holder != ?company)
} ;

INSERT { ?company working:heldThroughOthers ?person }
WHERE {
  {
    SELECT ?person ?company ?family (SUM(?most) AS ?together)
    WHERE {
      {
        SELECT DISTINCT ?person ?holder
        WHERE {
          ?first working:heldThroughOthers ?person .
          ?person working:neverParent true .
          ?holder working:heldBy* ?first .
        }
      }
      ?position working:owner ?holder ; working:owned ?company ; working:family ?family ; working:upper ?most .
      FILTER (?holder != ?company)
    }
    GROUP BY ?person ?company ?family
  }
  working:test working:counts ?family ; working:threshold ?threshold ; working:aggregated true .
  ?sum working:sumOf ?company ; working:family ?family ; working:leastTotal ?total .
  BIND (IF(?threshold < 500000000, ?threshold, 500000000) AS ?bar)
  FILTER (?together > 0 && ?together * 1000000000 >= ?bar * ?total)
} ;

INSERT { [] working:saidBy ?load ; working:saidOf ?company ; working:saidFamily ?family ; working:saidHolder ?holder }
WHERE {
  GRAPH ?load {
    ?statement topco:interestType ?type ; topco:subjectEntity ?company ; topco:interestedParty ?holder .
    OPTIONAL { ?statement topco:standing ?standing }
    OPTIONAL { ?statement topco:validFrom ?from }
    OPTIONAL { ?statement topco:validTo ?to }
  }
  ?type topco:interestFamily ?family .
  FILTER (!BOUND(?from) || ?from <= ?asOf)
  FILTER ((COALESCE(?standing, topco:Current) = topco:Current && (!BOUND(?to) || ?to > ?asOf))
       || (COALESCE(?standing, topco:Current) = topco:Ended && BOUND(?to) && ?to > ?asOf))
} ;

INSERT { ?company working:heldThroughOthers working:somebody . working:somebody working:neverParent true }
WHERE {
  working:test working:counts ?family .
  ?sum working:sumOf ?company ; working:family ?family .
  FILTER NOT EXISTS {
    ?one working:saidOf ?company ; working:saidFamily ?family ; working:saidBy ?load .
    FILTER NOT EXISTS {
      ?missing working:owned ?company ; working:family ?family ; working:owner ?holder .
      FILTER NOT EXISTS {
        ?named working:saidOf ?company ; working:saidFamily ?family ; working:saidBy ?load ; working:saidHolder ?holder .
      }
    }
  }
  FILTER NOT EXISTS {
    working:test working:counts ?counted ; working:threshold ?threshold ; working:atLeast ?atLeast .
    ?alone working:owned ?company ; working:family ?counted ; working:owner ?holder ; working:lower ?part ; working:total ?total .
    FILTER (?holder != ?company && ?part > 0 && ?total > 0)
    FILTER (?part * 1000000000 > ?threshold * ?total || (?atLeast && ?part * 1000000000 = ?threshold * ?total))
  }
  FILTER NOT EXISTS { ?somebody working:decides ?company }
} ;

INSERT { ?company working:heldThroughOthers working:somebody . working:somebody working:neverParent true }
WHERE {
  ?own working:owner ?company ; working:owned ?company ; working:family ?family ; working:stated ?stated .
  VALUES ?family { topco:SharesFamily topco:VotesFamily }
  FILTER (2 * ?stated >= 1000000000)
}

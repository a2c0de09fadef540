# title: Positions
# description: What each owner has in each company and family on one day: of one source rows with an exact share are
#   added, a band or a row without a share describes the whole position; what different sources say is one position and
#   is never added. Units: 10⁻⁷ percent; an exclusive bound is the next unit inside.
#   First of the queries on control; docs/ownership.md, section 1.
# reads: the loads in force as named graphs, the ontology in the default graph, to which positions are added
# parameter: asOf (xsd:date), the day; its literal takes the place of ?asOf
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>

INSERT {
  [] working:owner ?owner ; working:owned ?company ; working:family ?family ;
    working:lower ?lower ; working:stated ?stated .
  ?owner working:itself ?owner .
  ?company working:itself ?company .
}
WHERE {
  {
    # What the sources say together: where they can all be right, what they have in common, else all that they say.
    SELECT ?owner ?company ?family (MAX(?least) AS ?inner) (MIN(?most) AS ?outer) (MIN(?least) AS ?low) (MAX(?most) AS ?high)
    WHERE {
      {
        SELECT ?owner ?company ?family ?load (SUM(?known) AS ?added) (MAX(?floorOfRow) AS ?floor)
               (MIN(?ceilingOfRow) AS ?ceiling) (MAX(?isBand) AS ?banded)
        WHERE {
          GRAPH ?load {
            ?statement topco:interestType ?type ; topco:subjectEntity ?company ; topco:interestedParty ?owner .
            OPTIONAL { ?statement topco:shareExact ?exact }
            OPTIONAL { ?statement topco:shareMinimum ?minimum }
            OPTIONAL { ?statement topco:shareMinimumExclusive ?above }
            OPTIONAL { ?statement topco:shareMaximum ?maximum }
            OPTIONAL { ?statement topco:shareMaximumExclusive ?below }
            OPTIONAL { ?statement topco:standing ?standing }
            OPTIONAL { ?statement topco:validFrom ?from }
            OPTIONAL { ?statement topco:validTo ?to }
          }
          ?type topco:interestFamily ?family .
          FILTER (!BOUND(?from) || ?from <= ?asOf)
          FILTER ((COALESCE(?standing, topco:Current) = topco:Current && (!BOUND(?to) || ?to > ?asOf))
               || (COALESCE(?standing, topco:Current) = topco:Ended && BOUND(?to) && ?to > ?asOf))
          BIND (IF(BOUND(?exact), 0, 1) AS ?isBand)
          BIND (COALESCE(?exact * 10000000, 0) AS ?known)
          BIND (IF(BOUND(?exact), 0, COALESCE(?minimum * 10000000 + IF(COALESCE(?above, false), 1, 0), 0)) AS ?floorOfRow)
          BIND (IF(BOUND(?exact), 1000000000000,
                   COALESCE(?maximum * 10000000 - IF(COALESCE(?below, false), 1, 0), 1000000000)) AS ?ceilingOfRow)
        }
        GROUP BY ?owner ?company ?family ?load
      }
      BIND (IF(?added > ?floor, ?added, ?floor) AS ?least)
      BIND (IF(?banded = 0, ?added, IF(?ceiling > ?least, ?ceiling, ?least)) AS ?most)
    }
    GROUP BY ?owner ?company ?family
  }
  BIND (IF(?inner <= ?outer, ?inner, ?low) AS ?lower)
  BIND (IF(?inner <= ?outer, ?outer, ?high) AS ?stated)
}

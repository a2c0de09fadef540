# title: May control
# description: One more round of who may control whom: as must.ru, with upper positions, which together are at most what
#   the certain positions of all others leave. What is outstanding lies between two bounds; a group's part of it is
#   greatest where just all that the group can have is outstanding beside what others certainly have. To be repeated
#   until nothing is added. docs/ownership.md, section 2.
# reads: the working graph after must.ru has added nothing, and the test as there
PREFIX working: <urn:topco:working:>

INSERT { ?party working:mayControl ?company }
WHERE {
  { ?party working:mustControl ?company }
  UNION
  {
    ?party working:itself|working:mayControl ?decisive .
    ?decisive working:decides ?company .
  }
  UNION
  {
    {
      SELECT ?party ?company ?family ?together (SUM(?lower) AS ?certain) (SUM(?upper) AS ?possible)
      WHERE {
        { SELECT DISTINCT ?party ?holder WHERE { ?party working:itself|working:mayControl ?holder } }
        ?position working:owner ?holder ; working:owned ?company ; working:family ?family ;
          working:lower ?lower ; working:upper ?upper .
        working:test working:counts ?family ; working:aggregated ?aggregated .
        FILTER (?holder != ?company)
        BIND (IF(?aggregated, ?company, ?holder) AS ?together)
      }
      GROUP BY ?party ?company ?family ?together
    }
    ?sum working:sumOf ?company ; working:family ?family ; working:declared ?declared ;
      working:leastTotal ?least ; working:mostTotal ?most ; working:over ?over .
    working:test working:threshold ?threshold ; working:atLeast ?atLeast .
    BIND (?declared - ?certain AS ?rest)
    BIND (?possible + ?rest AS ?filled)
    BIND (IF(?over || ?filled > ?most, ?most, IF(?filled < ?least, ?least, ?filled)) AS ?total)
    BIND (IF(?over || ?possible < ?total - ?rest, ?possible, ?total - ?rest) AS ?part)
    FILTER (?part > 0 && ?total > 0)
    FILTER (?part * 1000000000 > ?threshold * ?total || (?atLeast && ?part * 1000000000 = ?threshold * ?total))
  }
}

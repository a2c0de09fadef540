# title: Must control
# description: One more round of who must control whom: by a decisive right of his own or of one that he must control,
#   or because the lower positions of him and of all that he must control exceed the threshold together (each by itself,
#   if the test does not aggregate). To be repeated until nothing is added. docs/ownership.md, section 2.
# reads: the working graph after tightened.ru and rights.ru, and the test: working:threshold (units), working:atLeast,
#   working:aggregated, working:counts
PREFIX working: <urn:topco:working:>

INSERT { ?party working:mustControl ?company }
WHERE {
  {
    ?party working:itself|working:mustControl ?decisive .
    ?decisive working:decides ?company .
  }
  UNION
  {
    {
      SELECT ?party ?company ?family ?together (SUM(?lower) AS ?part)
      WHERE {
        { SELECT DISTINCT ?party ?holder WHERE { ?party working:itself|working:mustControl ?holder } }
        ?position working:owner ?holder ; working:owned ?company ; working:family ?family ; working:lower ?lower .
        working:test working:counts ?family ; working:aggregated ?aggregated .
        FILTER (?holder != ?company)
        BIND (IF(?aggregated, ?company, ?holder) AS ?together)
      }
      GROUP BY ?party ?company ?family ?together
    }
    ?sum working:sumOf ?company ; working:family ?family ; working:mostTotal ?total .
    working:test working:threshold ?threshold ; working:atLeast ?atLeast .
    FILTER (?part > 0 && ?total > 0)
    FILTER (?part * 1000000000 > ?threshold * ?total || (?atLeast && ?part * 1000000000 = ?threshold * ?total))
  }
}

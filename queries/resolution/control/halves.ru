# title: Halves
# description: Parties that have exactly half of a company that nobody must control, with all that they must control (by
#   themselves, if the test does not aggregate), and the holders whose positions these are. docs/ownership.md, section 2.
# reads: the working graph after must.ru has added nothing, and the test
PREFIX working: <urn:topco:working:>

INSERT { ?half working:of ?party ; working:in ?company ; working:family ?family ; working:through ?holder }
WHERE {
  {
    SELECT ?party ?company ?family (SUM(?lower) AS ?part)
    WHERE {
      { SELECT DISTINCT ?party ?holder WHERE {
        { ?party working:itself ?holder }
        UNION { ?party working:mustControl ?holder . working:test working:aggregated true }
      } }
      ?position working:owner ?holder ; working:owned ?company ; working:family ?family ; working:lower ?lower .
      working:test working:counts ?family .
      FILTER (?holder != ?company)
    }
    GROUP BY ?party ?company ?family
  }
  ?sum working:sumOf ?company ; working:family ?family ; working:mostTotal ?total ; working:over false .
  FILTER (?part > 0 && ?part * 2 = ?total)
  FILTER NOT EXISTS { ?anybody working:mustControl ?company }
  {
    ?party working:itself ?holder
  }
  UNION
  { ?party working:mustControl ?holder . working:test working:aggregated true }
  ?held working:owner ?holder ; working:owned ?company ; working:family ?family ; working:lower ?some .
  FILTER (?some > 0 && ?holder != ?company)
  BIND (IRI(CONCAT("urn:topco:half:", ENCODE_FOR_URI(STR(?party)), ":", ENCODE_FOR_URI(STR(?company)), ":",
                   ENCODE_FOR_URI(STR(?family)))) AS ?half)
}

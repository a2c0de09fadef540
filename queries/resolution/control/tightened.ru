# title: Tightened bounds
# description: What others certainly have cannot be his: each upper bound is at most what they leave. Where more is
#   declared than there is, and of a company's holding in itself, nothing is tightened. docs/ownership.md, section 1.
# reads: the working graph after totals.ru
PREFIX working: <urn:topco:working:>

INSERT { ?position working:upper ?upper ; working:total ?most }
WHERE {
  ?position working:owner ?owner ; working:owned ?company ; working:family ?family ;
    working:lower ?lower ; working:stated ?stated .
  ?sum working:sumOf ?company ; working:family ?family ; working:declared ?declared ;
    working:mostTotal ?most ; working:over ?over .
  BIND (?most - (?declared - ?lower) AS ?left)
  BIND (IF(?over || ?owner = ?company || ?stated < ?left, ?stated, ?left) AS ?upper)
}

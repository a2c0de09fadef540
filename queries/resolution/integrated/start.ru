# title: Integrated shares, first level
# description: What every owner has directly, as a part of the company, by each bound; the paths of one step. Amounts of
#   one level are nodes with working:moving; docs/ownership.md, section 5.
# reads: positions of the shares family: working:owner, working:owned, working:lower, working:upper, working:total (units)
PREFIX working: <urn:topco:working:>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT {
  ?owner working:holds ?company .
  ?position working:part [ working:bound ?bound ; working:share ?share ] .
  [] working:of ?owner ; working:in ?company ; working:bound ?bound ; working:amount ?share ; working:moving ?share .
}
WHERE {
  ?position working:owner ?owner ; working:owned ?company ; working:total ?total .
  VALUES (?bound ?units) { (working:lower working:lower) (working:upper working:upper) }
  ?position ?units ?held .
  FILTER (?owner != ?company && ?held > 0 && ?total > 0)
  BIND (xsd:double(?held) / xsd:double(?total) AS ?ratio)
  BIND (IF(?ratio > 1.0e0, 1.0e0, ?ratio) AS ?share)
}

# title: Integrated shares, first level
# description: What every owner has directly, as a part of the company, by each bound; the paths of one step. Amounts of
#   one level are nodes with working:moving; docs/ownership.md, section 5.
# reads: the working graph after ../control/tightened.ru
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

INSERT {
  ?owner working:holds ?company .
  ?position working:part [ working:bound ?bound ; working:share ?share ] .
  [] working:of ?owner ; working:in ?company ; working:bound ?bound ; working:amount ?share ; working:moving ?share .
}
WHERE {
  ?position working:owner ?owner ; working:owned ?company ; working:family topco:SharesFamily ; ?bound ?held .
  ?sum working:sumOf ?company ; working:family topco:SharesFamily ; ?whole ?total .
  VALUES (?bound ?whole) { (working:lower working:mostTotal) (working:upper working:leastTotal) }
  FILTER (?owner != ?company && ?held > 0 && ?total > 0)
  BIND (xsd:double(?held) / xsd:double(?total) AS ?ratio)
  BIND (IF(?ratio > 1.0e0, 1.0e0, ?ratio) AS ?share)
}

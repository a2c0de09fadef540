# title: Integrated shares, next level
# description: Makes every path one step longer at its lower end. What an owner has through another company is that
#   amount times the company's share; a path that comes back to its owner is not followed. Amounts of earlier levels
#   stay and no longer move. To be repeated until residual.rq gives less than the error that is allowed.
# reads: the working graph after start.ru or step.ru
PREFIX working: <urn:topco:working:>

DELETE { ?earlier working:moving ?was }
INSERT {
  [] working:of ?owner ; working:in ?company ; working:bound ?bound ; working:amount ?amount ; working:moving ?amount .
}
WHERE {
  { ?earlier working:moving ?was }
  UNION
  {
    SELECT ?owner ?company ?bound (SUM(?arriving * ?share) AS ?amount)
    WHERE {
      ?path working:of ?owner ; working:in ?through ; working:bound ?bound ; working:moving ?arriving .
      ?position working:owner ?through ; working:owned ?company ; working:part ?part .
      ?part working:bound ?bound ; working:share ?share .
      FILTER (?through != ?owner)
    }
    GROUP BY ?owner ?company ?bound
  }
}

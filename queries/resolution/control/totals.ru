# title: Totals
# description: Of each company and family what its owners certainly have, and between which bounds what is outstanding
#   lies: the whole less what the company has in itself. Over: more is declared than there is. docs/ownership.md, 1.
# reads: the working graph after positions.ru
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>

INSERT {
  [] working:sumOf ?company ; working:family ?family ; working:declared ?declared ;
    working:leastTotal ?least ; working:mostTotal ?most ; working:over ?over .
}
WHERE {
  {
    SELECT ?company ?family (SUM(?others) AS ?declared) (SUM(?ownLower) AS ?treasuryLower)
           (SUM(?ownUpper) AS ?treasuryUpper)
    WHERE {
      ?position working:owner ?owner ; working:owned ?company ; working:family ?family ;
        working:lower ?lower ; working:stated ?stated .
      VALUES ?family { topco:SharesFamily topco:VotesFamily }
      BIND (IF(?owner = ?company, 0, ?lower) AS ?others)
      BIND (IF(?owner = ?company, ?lower, 0) AS ?ownLower)
      BIND (IF(?owner = ?company, ?stated, 0) AS ?ownUpper)
    }
    GROUP BY ?company ?family
  }
  BIND (?declared + ?treasuryLower > 1000000000 AS ?over)
  BIND (IF(?treasuryLower > 1000000000, 0, 1000000000 - ?treasuryLower) AS ?most)
  BIND (1000000000 - ?treasuryUpper AS ?beside)
  BIND (IF(?over, ?most, IF(?beside > ?declared, ?beside, ?declared)) AS ?least)
}

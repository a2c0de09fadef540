# title: Decisive rights
# description: Who decides in a company by a right alone: an interest of the board family, if the test counts it, and
#   whatever else the test calls decisive (working:decidedBy). docs/ownership.md, section 2.
# reads: the working graph after positions.ru, and the test: working:test with working:counts (families)
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>

INSERT {
  ?party working:decides ?company ; working:itself ?party .
  ?company working:itself ?company .
}
WHERE {
  {
    working:test working:counts topco:BoardFamily .
    ?position working:owner ?party ; working:owned ?company ; working:family topco:BoardFamily .
  }
  UNION
  { ?company working:decidedBy ?party }
  FILTER (?party != ?company)
}

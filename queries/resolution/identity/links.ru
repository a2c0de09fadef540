# title: Links between identifiers
# description: What makes two identifiers one party: a record that bears a number of a linking scheme, unless a person held
#   the two different last; or a person's word. Links by number that would join two numbers of a scheme which gives each
#   party one are not believed, none of their group; nor those that would join, with a person's own links, two that a
#   person held different. docs/identity.md, section 2.
# reads: the loads in force as named graphs; rules/source-policy.ttl in the default graph, where it writes as well
PREFIX topco: <https://w3id.org/topco/>
PREFIX working: <urn:topco:working:>

# The last verdict of a person on a pair; of two at one moment the one that keeps more apart.
INSERT { ?a ?held ?b . ?b ?held ?a }
WHERE {
  GRAPH ?load { ?judgement topco:firstParty ?a ; topco:secondParty ?b ; topco:hasVerdict ?verdict ; topco:judgedAt ?at }
  VALUES (?verdict ?held ?severity) {
    (topco:Same working:heldSame 0) (topco:Unsure working:heldUnsure 1) (topco:Different working:heldDifferent 2)
  }
  FILTER (?a != ?b)
  FILTER NOT EXISTS {
    GRAPH ?otherLoad { ?other topco:hasVerdict ?otherVerdict ; topco:judgedAt ?otherAt ; topco:firstParty ?x ; topco:secondParty ?y }
    VALUES (?otherVerdict ?otherSeverity) { (topco:Same 0) (topco:Unsure 1) (topco:Different 2) }
    FILTER ((?x = ?a && ?y = ?b) || (?x = ?b && ?y = ?a))
    FILTER (?otherAt > ?at || (?otherAt = ?at && ?otherSeverity > ?severity))
  }
} ;

INSERT { ?a working:sharesNumber ?b . ?b working:sharesNumber ?a }
WHERE {
  GRAPH ?load { ?statement topco:identifiesEntity ?a ; topco:otherIdentity ?b }
  ?scheme a topco:IdentifierScheme ; topco:idPrefix ?prefix .
  FILTER (?a != ?b && STRSTARTS(STR(?b), ?prefix))
  FILTER NOT EXISTS { ?a working:heldDifferent ?b }
} ;

INSERT { ?a working:contradicts true }
WHERE {
  ?a working:sharesNumber+ ?x , ?y .
  ?scheme a topco:IdentifierScheme ; topco:onePerParty true ; topco:idPrefix ?prefix .
  FILTER (?x != ?y && STRSTARTS(STR(?x), ?prefix) && STRSTARTS(STR(?y), ?prefix))
} ;

INSERT { ?a working:contradicts true }
WHERE {
  ?x working:heldDifferent ?y .
  ?x (working:sharesNumber|working:heldSame)+ ?y , ?a .
} ;

INSERT { ?a working:sameAs ?b }
WHERE {
  { ?a working:sharesNumber ?b . FILTER NOT EXISTS { ?a working:contradicts true } }
  UNION
  { ?a working:heldSame ?b }
}

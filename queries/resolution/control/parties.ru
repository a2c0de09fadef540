# title: Parties
# description: Marks the parties that are never parents under the test, and those that stand for a parent that a source
#   does not name, by their kinds. docs/ownership.md, section 4.
# reads: the loads in force as named graphs, and the test: working:test with working:neverParent and working:unnamed
PREFIX working: <urn:topco:working:>

INSERT { ?party ?mark true }
WHERE {
  VALUES ?mark { working:neverParent working:unnamed }
  working:test ?mark ?kind .
  { ?party a ?kind } UNION { GRAPH ?load { ?party a ?kind } }
}

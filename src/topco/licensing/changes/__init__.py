"""What an answer hangs on: facts of a case supposed to be others, and the smallest changes that turn the answer."""

"""Rules run over every way in which open facts may turn out, and what that comes to."""

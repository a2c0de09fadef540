"""Files of orders: rows, screening, reservations."""

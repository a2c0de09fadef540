"""OpenCorporates: companies, control statements, share parcels, subsidiaries and alternate registrations as JSON."""

from topco.registries.opencorporates.registry import OpenCorporates

__all__ = ["OpenCorporates"]

"""Companies House: people with significant control, and Basic Company Data of the United Kingdom."""

from topco.registries.companies_house.registry import CompaniesHouse

__all__ = ["CompaniesHouse"]

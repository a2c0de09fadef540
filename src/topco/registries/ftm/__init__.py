"""FollowTheMoney: entities and links between them as JSON lines, the form in which OpenSanctions publishes."""

from topco.registries.ftm.registry import FollowTheMoney

__all__ = ["FollowTheMoney"]

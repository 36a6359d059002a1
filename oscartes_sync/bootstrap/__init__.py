"""The one place where settings, adapters and use cases are put together."""

from oscartes_sync.bootstrap.clock import SystemClock
from oscartes_sync.bootstrap.house import House, open_house
from oscartes_sync.bootstrap.wiring import probe_cloud, probe_wiki

__all__ = ["House", "SystemClock", "open_house", "probe_cloud", "probe_wiki"]

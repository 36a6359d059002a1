"""What the use cases need of the world: small Protocols that speak Records."""

from __future__ import annotations

from oscartes_sync.ports.clock import (
    Clock,
)
from oscartes_sync.ports.probes import (
    Check,
    CheckStatus,
    CloudProbe,
    FormView,
    Granted,
    Login,
    SettingsStore,
    WikiProbe,
)
from oscartes_sync.ports.sides import (
    Cloud,
    Image,
    SidePort,
    Traffic,
    Wiki,
    Written,
)
from oscartes_sync.ports.state import (
    BindingState,
    Forgotten,
    Intention,
    Journalled,
    RunRecord,
    Settlement,
    StateStore,
)

__all__ = [
    "BindingState",
    "Check",
    "CheckStatus",
    "Clock",
    "Cloud",
    "CloudProbe",
    "Forgotten",
    "FormView",
    "Granted",
    "Image",
    "Intention",
    "Journalled",
    "Login",
    "RunRecord",
    "SettingsStore",
    "Settlement",
    "SidePort",
    "StateStore",
    "Traffic",
    "Wiki",
    "WikiProbe",
    "Written",
]

"""Is a local User API server: MoEngage's facts, none of the importer's stages."""

from importer.sandbox.running import SandboxThread, serve
from importer.sandbox.server import Sandbox
from importer.sandbox.settings import SandboxConfig

__all__ = ["Sandbox", "SandboxConfig", "SandboxThread", "serve"]

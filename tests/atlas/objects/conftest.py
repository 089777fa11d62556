from tests.object_store import object_process, objects

__all__ = ["object_process", "objects"]

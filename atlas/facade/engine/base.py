"""The engine itself; Django finds `DatabaseWrapper` here by convention."""

from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError, utils
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.client import BaseDatabaseClient
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.backends.base.features import BaseDatabaseFeatures
from django.db.backends.base.introspection import BaseDatabaseIntrospection
from django.db.backends.base.operations import BaseDatabaseOperations


class NoSqlDatabase(ImproperlyConfigured, NotSupportedError):
    """Also the error by which Django's commands know that there is nothing to migrate."""


def refuse(*_: object, **__: object) -> NoReturn:
    raise NoSqlDatabase("Atlas has no SQL database. Use PynamoDB tables, or a facade that maps this model to one.")


class DatabaseClient(BaseDatabaseClient):
    runshell = refuse


class DatabaseCreation(BaseDatabaseCreation):
    """Tests bring their own DynamoDB engine (tests/conftest.py); there is nothing to create here."""

    def create_test_db(self, *_: Any, **__: Any) -> str:
        return ""

    def destroy_test_db(self, *_: Any, **__: Any) -> None:
        pass


class DatabaseFeatures(BaseDatabaseFeatures):
    supports_transactions = False
    uses_savepoints = False
    has_bulk_insert = False
    supports_foreign_keys = False
    supports_unlimited_charfield = True
    supports_json_field = True


class DatabaseIntrospection(BaseDatabaseIntrospection):
    def get_table_list(self, cursor: object) -> list[Any]:
        return []


class DatabaseOperations(BaseDatabaseOperations):
    compiler_module = "atlas.facade.engine.base"

    def compiler(self, compiler_name: str) -> Any:
        refuse()

    def quote_name(self, name: str) -> str:
        return name


class DatabaseWrapper(BaseDatabaseWrapper):
    vendor = "none"
    display_name = "no SQL database"
    operators: dict[str, str] = {}
    data_types: dict[str, Any] = {}
    Database = utils  # where Django looks the DB-API exception classes up
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.autocommit = True  # or `on_commit` would wait for ever

    def connect(self) -> None:
        pass

    def ensure_connection(self) -> None:
        pass

    def close(self) -> None:
        pass

    def is_usable(self) -> bool:
        return True

    def _set_autocommit(self, autocommit: bool) -> None:
        self.autocommit = autocommit

    def _rollback(self) -> None:
        pass

    def _commit(self) -> None:
        pass

    def create_cursor(self, name: str | None = None) -> NoReturn:
        refuse()

    def cursor(self) -> NoReturn:
        refuse()

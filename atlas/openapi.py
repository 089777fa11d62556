"""How the OpenAPI document is made (drf-spectacular), for `atlas.settings`: nothing here depends on the environment."""

SETTINGS = {
    "TITLE": "Atlas",
    "DESCRIPTION": "Chauffeured rides from request to receipt, and the fleets behind them.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["atlas.api.schema.add_manners", "bookings.openapi.add_sockets"],
    "GET_LIB_DOC_EXCLUDES": "atlas.api.schema.undocumented",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

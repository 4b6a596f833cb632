"""The operations of Amazon Forecast as plain functions, one file per resource."""

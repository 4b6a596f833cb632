"""The wire: signed requests in, Amazon Forecast's answers out; identity, health and metrics."""

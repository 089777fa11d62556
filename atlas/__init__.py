"""What has no domain: settings, DynamoDB, the admin bridge, errors, events, the manners of HTTP and WebSocket."""

"""What the access log tells of a booking's changes; attributes by their names in DynamoDB."""

TOLD_PLAINLY = frozenset(
    [
        "status",
        "type",
        "operatorId",
        "driverId",
        "vehicleId",
        "estimatedPrice",
        "finalPrice",
        "currency",
        "selectedQuoteId",
        "paymentStatus",
        "transactionId",
        "cardId",
        "arrivedAt",
        "boardedAt",
        "extrasConsent",
        "charges",
        "paid",
        "refunded",
        "completedAt",
        "cancelledAt",
        "cancellationCode",
        "cancellationFee",
        "receiptNumber",
        "pickupAt",
    ]
)
"""What the access log keeps of a booking's changes when its people are forgotten."""
PASSING = frozenset(
    [
        "pendingQuotes",
        "acceptance",
        "hold",
        "countsOn",
        "deadline",
        "departureAlertedAt",
        "openShard",
        "openSince",
        "jobDriverId",
        "dueShard",
        "dueAt",
        "createdDay",
        "pickupDay",
        "estimate",
        "sold",
        "receiptedAt",
        "charging",
        "captureAt",
        "priceAnnouncedAt",
    ]
)
"""What it does not tell: index keys, and what follows from something else."""

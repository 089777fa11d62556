"""What a company charges."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Invalid
from fleet.rules.pricing_rule import PricingRule, pricing_rule_faults
from fleet.rules.types import VehicleCategory
from fleet.selectors import own_operator
from fleet.tables import Operator, PricingRuleDocument, PricingRules


@retried
def set_pricing_rules(
    *,
    user: CurrentUser,
    rules: Mapping[VehicleCategory, PricingRule],
    check: Callable[[Operator], None] | None = None,
) -> Operator:
    """Replace the company's prices; a category without a rule is not offered. Raises `Invalid` by category.

    `check` may refuse the company as it is now: the edge's `If-Match`.
    """
    if faults := _faults(rules):
        raise Invalid(fields=faults)
    operator = own_operator(user, consistent=True)
    if check is not None:
        check(operator)
    operator.pricing_rules = stored_rules(rules)
    with transact() as tx:
        tx.save(operator)
    return operator


def stored_rules(rules: Mapping[VehicleCategory, PricingRule]) -> PricingRules:
    """Prices in their stored form."""
    return PricingRules(**{category.lower(): _stored(rule) for category, rule in rules.items()})


def pricing_rules_of(operator: Operator) -> dict[VehicleCategory, PricingRule]:
    """The company's prices as values, for the pricing rules."""
    stored = {category: getattr(operator.pricing_rules, category.lower()) for category in VehicleCategory}
    return {category: _value(document) for category, document in stored.items() if document is not None}


def _faults(rules: Mapping[VehicleCategory, PricingRule]) -> dict[str, list[str]]:
    faults = {
        f"{category}.{field}": messages
        for category, rule in rules.items()
        for field, messages in pricing_rule_faults(rule).items()
    }
    for category, rule in rules.items():
        if rule.vehicle_category is not category:
            faults[f"{category}.vehicleCategory"] = [f"This member is the rule of {category}."]
    return faults


def _stored(rule: PricingRule) -> PricingRuleDocument:
    return PricingRuleDocument(
        vehicle_category=rule.vehicle_category,
        hourly_rate=rule.hourly_rate,
        base_p2p=rule.base_p2p,
        per_km=rule.per_km,
        min_hours=rule.min_hours,
        driver_commission_pct=float(rule.driver_commission_pct),
        tax_rate=float(rule.tax_rate),
    )


def _value(document: PricingRuleDocument) -> PricingRule:
    return PricingRule(
        vehicle_category=document.vehicle_category,
        hourly_rate=document.hourly_rate,
        base_p2p=document.base_p2p,
        per_km=document.per_km,
        min_hours=document.min_hours,
        driver_commission_pct=Decimal(str(document.driver_commission_pct)),
        tax_rate=Decimal(str(document.tax_rate)),
    )

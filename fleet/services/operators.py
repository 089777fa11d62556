"""A company's life on the platform: founded when its user signs up, approved, suspended; its profile and prices."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accounts.permissions import require_role
from accounts.rules.roles import Role
from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Invalid, NotFound
from fleet.rules.pricing_rule import DEFAULT_RULES, PricingRule, pricing_rule_faults
from fleet.rules.types import OperatorStatus, VehicleCategory
from fleet.selectors import own_operator
from fleet.tables import Operator, Organization, OrganizationUser, PricingRuleDocument, PricingRules

OWNER = "owner"

Check = Callable[[Any], None]
"""May refuse the item as it is now: the edge's `If-Match`, held by the save's own version condition."""


def found_operator(*, user_id: str, company_name: str) -> Operator | None:
    """The profile, the organization and its owner's membership of a user who signed up as OPERATOR, all or nothing.

    It starts SUSPENDED, with the default prices. Founding it again changes nothing and gives None.
    """
    return _found(user_id, company_name)


@retried
def _found(user_id: str, company_name: str) -> Operator | None:
    user = User.fetch(user_id)
    if user.profile_id is not None:
        return None
    organization = Organization(id=str(uuid4()), name=company_name, owner_id=user.id)
    operator = Operator(
        id=str(uuid4()),
        user_id=user.id,
        organization_id=organization.id,
        company_name=company_name,
        pricing_rules=stored_rules(DEFAULT_RULES),
        status=OperatorStatus.SUSPENDED,
    )
    user.profile_id = operator.id
    with transact() as tx:
        tx.create(organization)
        tx.create(OrganizationUser(organization_id=organization.id, user_id=user.id, role=OWNER))
        tx.create(operator)
        tx.save(user)
    return operator


def approve_operator(*, user: CurrentUser, operator_id: str) -> Operator:
    """ADMIN lets a company do business: it sees open requests and quotes them."""
    return _set_status(user, operator_id, OperatorStatus.ACTIVE)


def suspend_operator(*, user: CurrentUser, operator_id: str) -> Operator:
    """ADMIN stops a company from quoting. What it has promised stays promised; its people can still sign in."""
    return _set_status(user, operator_id, OperatorStatus.SUSPENDED)


@retried
def _set_status(user: CurrentUser, operator_id: str, status: OperatorStatus) -> Operator:
    require_role(user, Role.ADMIN)
    operator = Operator.find(operator_id, consistent=True)
    if operator is None:
        raise NotFound
    if operator.status is not status:
        operator.status = status
        with transact() as tx:
            tx.save(operator)
    return operator


@retried
def change_operator(*, user: CurrentUser, check: Check | None = None, **changes: Any) -> Operator:
    """Change `company_name` and `business_license`: what is given."""
    operator = Operator.fetch(own_operator(user).id)
    if check is not None:
        check(operator)
    for name in ("company_name", "business_license"):
        if name in changes:
            setattr(operator, name, changes[name])
    with transact() as tx:
        tx.save(operator)
    return operator


@retried
def set_pricing_rules(
    *, user: CurrentUser, rules: Mapping[VehicleCategory, PricingRule], check: Check | None = None
) -> Operator:
    """Replace the company's prices; a category without a rule is not offered. Raises `Invalid` by category."""
    faults = {
        f"{category}.{field}": messages
        for category, rule in rules.items()
        for field, messages in pricing_rule_faults(rule).items()
    }
    if faults:
        raise Invalid(fields=faults)
    operator = Operator.fetch(own_operator(user).id)
    if check is not None:
        check(operator)
    operator.pricing_rules = stored_rules(rules)
    with transact() as tx:
        tx.save(operator)
    return operator


def stored_rules(rules: Mapping[VehicleCategory, PricingRule]) -> PricingRules:
    """Prices in their stored form."""
    return PricingRules(**{category.lower(): _stored_rule(rule) for category, rule in rules.items()})


def pricing_rules_of(operator: Operator) -> dict[VehicleCategory, PricingRule]:
    """The company's prices as values, for the pricing rules."""
    stored = {category: getattr(operator.pricing_rules, category.lower()) for category in VehicleCategory}
    return {category: _rule(document) for category, document in stored.items() if document is not None}


def _stored_rule(rule: PricingRule) -> PricingRuleDocument:
    return PricingRuleDocument(
        vehicle_category=rule.vehicle_category,
        hourly_rate=rule.hourly_rate,
        base_p2p=rule.base_p2p,
        per_km=rule.per_km,
        min_hours=rule.min_hours,
        driver_commission_pct=float(rule.driver_commission_pct),
        tax_rate=float(rule.tax_rate),
    )


def _rule(document: PricingRuleDocument) -> PricingRule:
    return PricingRule(
        vehicle_category=document.vehicle_category,
        hourly_rate=document.hourly_rate,
        base_p2p=document.base_p2p,
        per_km=document.per_km,
        min_hours=document.min_hours,
        driver_commission_pct=Decimal(str(document.driver_commission_pct)),
        tax_rate=Decimal(str(document.tax_rate)),
    )

"""What a guide tells besides the process: national fields (GB/T 39046-2020) that do not follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jianban.workflows.language.terms import NO_BASIS, Basis
from jianban.workflows.texts import Text


class ItemType(StrEnum):
    """事项类型: the kind of power that the item exercises, or a public service."""

    LICENCE = "licence"
    CONFIRMATION = "confirmation"
    PAYMENT = "payment"
    REWARD = "reward"
    RULING = "ruling"
    LEVY = "levy"
    PENALTY = "penalty"
    COMPULSION = "compulsion"
    INSPECTION = "inspection"
    OTHER_POWER = "other_power"
    PUBLIC_SERVICE = "public_service"


ITEM_TYPES = {
    ItemType.LICENCE: Text("行政许可", "administrative licence"),
    ItemType.CONFIRMATION: Text("行政确认", "administrative confirmation"),
    ItemType.PAYMENT: Text("行政给付", "administrative payment"),
    ItemType.REWARD: Text("行政奖励", "administrative reward"),
    ItemType.RULING: Text("行政裁决", "administrative ruling"),
    ItemType.LEVY: Text("行政征收", "administrative levy"),
    ItemType.PENALTY: Text("行政处罚", "administrative penalty"),
    ItemType.COMPULSION: Text("行政强制", "administrative compulsion"),
    ItemType.INSPECTION: Text("行政检查", "administrative inspection"),
    ItemType.OTHER_POWER: Text("其他行政权力", "other administrative power"),
    ItemType.PUBLIC_SERVICE: Text("公共服务", "public service"),
}


class Tier(StrEnum):
    """行使层级: the government that exercises it."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


TIERS = {
    Tier.NATIONAL: Text("国家级", "national"),
    Tier.PROVINCE: Text("省级", "province"),
    Tier.CITY: Text("市级", "city"),
    Tier.COUNTY: Text("县级", "county"),
    Tier.TOWNSHIP: Text("镇（乡、街道）级", "township"),
    Tier.VILLAGE: Text("村（社区）级", "village"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something said to the public, and what it rests on."""

    text: Text
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    item_type: ItemType | None = None
    tiers: tuple[Tier, ...] = ()
    enquiries: Statement | None = None
    """咨询方式."""
    complaints: Statement | None = None
    """监督投诉方式."""
    remedies: Statement | None = None
    """行政复议和行政诉讼."""
    basis: Basis = NO_BASIS
    """Of the type and the tiers."""

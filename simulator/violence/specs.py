"""Specs of violence: how much there is, where and when, and how badly it is recorded.

Every number carries its source; where no published figure was found, the source says `assumed`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.settings import Amount, Share, Spec, at_most

_GRAY = "place of assault, men, South Wales, n 5,626: Gray 2017, JECH 71:1218"
_SWANSEA = "Swansea, 163 of 1,156 A&E assaults: Sutherland I. 2002, Inj Prev 8:246"


class ViolenceSpec(Spec):
    """Assaults in the invented town, before anybody writes anything down."""

    a_and_e_per_1000: Annotated[Amount, at_most(100)] = Field(
        default=Amount(
            value=4.4,
            low=2.8,
            high=4.6,
            evidence="published",
            source="2.8 to 3.0 per 1,000 in England and Wales (Cardiff NVSN 2019, 2022), times "
            "about 1.5 for a young and deprived borough, which is assumed",
        ),
        description="Assaults treated in A&E per 1,000 people and year.",
    )
    police_per_1000: Annotated[Amount, at_most(500)] = Field(
        default=Amount(
            value=35.0,
            evidence="published",
            source="2.1 million violent offences in the year to March 2022: ONS",
        ),
        description="Violent offences that police record per 1,000 people and year.",
    )
    injury_share: Share = Field(
        default=Share(
            value=0.26,
            evidence="assumed",
            source="assumed: 9 violent offences with injury per 1,000 of 35",
        ),
        description="Share of violent offences recorded by police that are with injury.",
    )
    contacts_per_1000: Annotated[Amount, at_most(1_000)] = Field(
        default=Amount(
            value=120.0,
            low=60.0,
            high=200.0,
            evidence="assumed",
            source="assumed: calls, stops, custody and suspects together",
        ),
        description="Other police contacts with a named person per 1,000 people and year.",
    )
    women: Share = Field(
        default=Share(
            value=0.287,
            evidence="published",
            source="71.3 % male of 133,896 A&E assaults, England 2014-15: HSCIC",
        ),
        description="Share of assaults treated in A&E whose victim is a woman or girl.",
    )
    own_home: Share = Field(
        default=Share(value=0.103, evidence="published", source=_GRAY),
        description="Share of men's assaults that happen in the victim's own home.",
    )
    own_home_odds_women: Annotated[Amount, at_most(100)] = Field(
        default=Amount(
            value=6.13,
            low=4.41,
            high=8.54,
            evidence="published",
            source="women against men at home, North London 2010-12: EMJ 2014;31:986",
        ),
        description="Odds of being assaulted at home, women over men.",
    )
    other_home: Share = Field(
        default=Share(value=0.054, evidence="published", source=_GRAY),
        description="Share of men's assaults that happen in somebody else's home.",
    )
    licensed: Share = Field(
        default=Share(value=0.165, evidence="published", source=_GRAY),
        description="Share of men's assaults that happen in licensed premises.",
    )
    street: Share = Field(
        default=Share(value=0.405, evidence="published", source=_GRAY),
        description="Share of men's assaults that happen in the street; the rest is elsewhere.",
    )
    weekend_nights: Share = Field(
        default=Share(
            value=0.48,
            evidence="published",
            source="almost half between Friday 18:00 and Monday 01:00: NHS IC 2008-09",
        ),
        description="Share of assaults away from home between Friday 18:00 and Monday 01:00.",
    )
    repeat_variance: Annotated[Amount, at_most(20)] = Field(
        default=Amount(value=2.0, evidence="assumed", source="assumed: some people are hurt often"),
        description="Variance, around a mean of 1, of each person's proneness to be a victim.",
    )
    venues_per_1000: Annotated[Amount, at_most(20)] = Field(
        default=Amount(value=1.0, evidence="assumed", source="assumed: licensed premises"),
        description="Licensed premises per 1,000 people.",
    )


class RecordingSpec(Spec):
    """How A&E receptions and the police write violence down."""

    overlap: Share = Field(
        default=Share(
            value=0.25,
            low=0.14,
            high=0.41,
            evidence="published",
            source=f"{_SWANSEA}; a quarter, DH 2013; 41 %, South Wales: Gray 2017, JECH 71:1218",
        ),
        description="Share of assaults treated in A&E that police record with the same victim.",
    )
    contact_overlap: Share = Field(
        default=Share(
            value=0.20,
            low=0.05,
            high=0.40,
            evidence="published",
            source="54 % said police were involved, 23 % were in police lists, Bristol 1986 "
            "(Injury 1988): up to 40 % of the others; central value assumed",
        ),
        description="Share of the other assaults whose victim is in another police contact.",
    )
    survival: Share = Field(
        default=Share(
            value=0.35,
            low=0.12,
            high=0.80,
            evidence="published",
            source="under 5 % of A&E records matched to police by place and time (West Midlands: "
            "Sutherland A. 2021) over an overlap of .41 or .14; the upper end is assumed",
        ),
        description="Share of A&E records whose time and place of the assault are written well.",
    )
    lag_minutes: Annotated[Amount, at_most(10_000)] = Field(
        default=Amount(
            value=75.0, low=45.0, high=180.0, evidence="assumed", source="assumed: none published"
        ),
        description="Median minutes from the assault to arrival in A&E.",
    )
    lag_spread: Annotated[Amount, at_most(3)] = Field(
        default=Amount(value=1.1, evidence="assumed", source="assumed: none published"),
        description="Standard deviation of the natural logarithm of that time.",
    )
    time_unknown: Share = Field(
        default=Share(value=0.35, evidence="assumed", source="assumed: none published"),
        description="Of records written badly, the share with the time unknown: midnight.",
    )
    place_missing: Share = Field(
        default=Share(value=0.30, evidence="assumed", source="assumed: none published"),
        description="Of records written badly, the share with no text for the place.",
    )
    place_wrong: Share = Field(
        default=Share(value=0.15, evidence="assumed", source="assumed: none published"),
        description="Of records written badly, the share with another place's name.",
    )
    misspelt: Share = Field(
        default=Share(value=0.12, evidence="assumed", source="assumed: typed at reception"),
        description="Share of typed places with a slip of the keyboard.",
    )
    home_address_typed: Share = Field(
        default=Share(
            value=0.02,
            low=0.0,
            high=0.10,
            evidence="assumed",
            source="assumed: the standard forbids a text for a home (NHS Data Dictionary)",
        ),
        description="Share of assaults in a home whose address is typed against the rule.",
    )
    domestic_flagged: Share = Field(
        default=Share(
            value=0.60, low=0.30, high=0.90, evidence="assumed", source="assumed: none published"
        ),
        description="Share of domestic assaults that A&E records as such.",
    )
    police_place_metres: Annotated[Amount, at_most(5_000)] = Field(
        default=Amount(value=40.0, low=10.0, high=150.0, evidence="assumed", source="assumed"),
        description="Standard deviation of the error in the place that police record, in metres.",
    )
    police_span_hours: Annotated[Amount, at_most(100)] = Field(
        default=Amount(value=0.5, evidence="assumed", source="assumed"),
        description="Mean hours between the earliest and the latest time that police record.",
    )
    report_lag_hours: Annotated[Amount, at_most(1_000)] = Field(
        default=Amount(value=6.0, evidence="assumed", source="assumed"),
        description="Mean hours from a violent offence to its report.",
    )

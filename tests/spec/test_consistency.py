"""What does not fit between parts is refused on loading, with line, value, rule and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.own_proposal import OWN, Edit, edited, own, told
from tests.small_proposal import line_of

if TYPE_CHECKING:
    from pathlib import Path

REFUGE = 'fields = ["nhs_number", "surname", "date_of_birth", "postcode", "event_time", "cost_'
HUB = 'like = "gp_register"'
EFFECT = 'outcome = "a_and_e"\nratio = 0.5'
STEP = 'hub = "register"\nagency = "refuge"\nmethod = "token"'
LINKED = "(refuge, a_and_e, fire_visits)"
COUNTY = 'events = ["refuge", "a_and_e"]'
RATIO = 'recipient = "county"\nexposure = "refuge"\noutcome = "a_and_e"'
RANKED = '[question.cost]\nkind = "ranking"'
FRIEND = '[attack.friend]\nadversary = "dated_events"'
SERVICES = 'services = ["refuge"]'

# What is put in place of what; then where each message points to, and what it says.
MISFITS: dict[str, tuple[list[Edit], list[tuple[str, str]]]] = {
    "a second step that feeds answers": (
        [("[link.visits]", f'[link.again]\n{STEP}\non = "nhs_number"\n[link.visits]')],
        [('agency = "refuge"\nmethod = "token"\non = "nhs_number"\n[link.visits]',
          ('link.again.agency = "refuge": has a step that feeds answers already, refuge: '
           "an agency can have one"))],
    ),
    "a hub that is no register": (
        [(STEP, STEP.replace("register", "a_and_e"))],
        [('hub = "a_and_e"',
          ('link.refuge.hub = "a_and_e": must be an agency with service gp_register: one '
           "record a person (register)"))],
    ),
    "a hub that is unknown": (
        [(STEP, STEP.replace("register", "regster"))],
        [('hub = "regster"',
          ('link.refuge.hub = "regster": must be an agency of this proposal (register, '
           "a_and_e, refuge, fire_visits). Did you mean `register`?"))],
    ),
    "two hubs": (
        [
            (STEP, STEP.replace("register", "second")),
            ("[agency.refuge]", '[agency.second]\nlike = "gp_register"\n[agency.refuge]'),
        ],
        [
            (
                f'hub = "register"\nagency = "{agency}"\nmethod = "{method}"',
                f'link.{step}.hub = "register": must be the same hub in every step (second)',
            )
            for step, agency, method in (
                ("a_and_e", "a_and_e", "token"),
                ("visits", "fire_visits", "token"),
                ("refuge_clear_text", "refuge", "ladder"),
            )
        ],
    ),
    "visits to homes linked by person": (
        [('unit = "home"', 'unit = "person"')],
        [('unit = "person"',
          ('link.visits.unit = "person": must be "home": records of fire_visits are about '
           "homes"))],
    ),
    "a token that many records share": (
        [('on = "uprn"', 'on = "surname"')],
        [('on = "surname"',
          ('link.visits.on = "surname": must be an identifier that few records share: '
           "nhs_number, uprn, postcode, nino, upn, alf, ralf"))],
    ),
    "a token that nobody makes": (
        [('on = "uprn"', 'on = "postcode"')],
        [('on = "postcode"',
          ('link.visits.on = "postcode": needs a treatment that makes tokens: set '
           "identity.postcode.scheme"))],
    ),
    "a field of a match-key that is not recorded": (
        [('["surname", "date_of_birth", "postcode"]', '["surname", "sex"]')],
        [('["surname", "sex"]',
          ('link.refuge_clear_text.keys = "sex": is not recorded by refuge (nhs_number, '
           "surname, date_of_birth, postcode, event_time, cost_pence)"))],
    ),
    "a ladder with a token's field": (
        [('method = "ladder"', 'method = "ladder"\non = "nhs_number"')],
        [('on = "nhs_number"\nkeys',
          ('link.refuge_clear_text.on = "nhs_number": is for method `token`; method `ladder` '
           "has `keys`"))],
    ),
    "a token step without a field": (
        [('on = "uprn"\n', "")],
        [("[link.visits]",
          ("link.visits.on: is needed by method `token`, one of: nhs_number, uprn, postcode, "
           "nino, upn, alf, ralf"))],
    ),
    "an empty match-key": (
        [('["nhs_number"],', "[],")],
        [("[],", "link.refuge_clear_text.keys = []: must hold at least 1")],
    ),
    "tokens of what identifies nobody": (
        [("[identity.uprn]", '[identity.sex]\nscheme = "keyed-hash"\n[identity.uprn]')],
        [('scheme = "keyed-hash"\n[identity.uprn]',
          ('identity.sex.scheme = "keyed-hash": tokens are made of identifiers only, and sex '
           "is none: nhs_number, first_name, surname, address, postcode, uprn, nino, upn, "
           "pnc_id, prison_number, mpan, local_id, supplier_account"))],
    ),
    "codes in the shape of what has none": (
        [("[identity.uprn]", '[identity.surname]\nscheme = "coded-shape"\n[identity.uprn]')],
        [('scheme = "coded-shape"',
          ('identity.surname.scheme = "coded-shape": codes in the same shape are made of '
           "nhs_number and postcode: use coded"))],
    ),
    "a verification of what the hub does not know": (
        [('verify = ["date_of_birth"]', 'verify = ["date_of_birth", "uprn"]'),
         (HUB, (f'{HUB}\nfields = ["nhs_number", "date_of_birth", "surname", "postcode", '
               '"practice"]')), ('on = "uprn"', 'on = "postcode"'),
         ("[identity.uprn]", "[identity.postcode]")],
        [("verify =",
          ('identity.nhs_number.verify = "uprn": is not recorded by register, so nothing can '
           "be compared with it (nhs_number, date_of_birth, surname, postcode, practice)"))],
    ),
    "an effect of a register": (
        [('exposure = "refuge"\n' + EFFECT, 'exposure = "register"\n' + EFFECT)],
        [('exposure = "register"',
          ('effect.fewer.exposure = "register": is a register and has no contacts that could '
           "be an exposure (a_and_e, refuge, fire_visits)"))],
    ),
    "an effect on visits to homes": (
        [(EFFECT, EFFECT.replace("a_and_e", "fire_visits"))],
        [('outcome = "fire_visits"',
          ('effect.fewer.outcome = "fire_visits": has no contacts of people, which alone can '
           "change (a_and_e, refuge)"))],
    ),
    "an effect on deaths": (
        [
            ("[agency.fire_visits]", "[agency.deaths]\n[agency.fire_visits]"),
            (EFFECT, EFFECT.replace("a_and_e", "deaths")),
        ],
        [('outcome = "deaths"',
          ('effect.fewer.outcome = "deaths": is of deaths, which happen at the rates of '
           "world.life and by no effect"))],
    ),
    "an effect on itself": (
        [(EFFECT, EFFECT.replace("a_and_e", "refuge"))],
        [('outcome = "refuge"',
          'effect.fewer.outcome = "refuge": must not be the exposure itself')],
    ),
    "effects in a ring": (
        [(EFFECT, EFFECT + '\n[effect.back]\nexposure = "a_and_e"\noutcome = "refuge"\nratio = 2')],
        [('outcome = "refuge"\nratio = 2',
          ('effect.back.outcome = "refuge": would change its own exposure: a_and_e is an '
           "outcome of it"))],
    ),
    "an effect at home where nothing begins": (
        [(EFFECT, EFFECT + '\n[effect.home]\nexposure = "fire_visits"\noutcome = "refuge"\n'
                           "only_at_home = true\nratio = 2")],
        [("only_at_home",
          ("effect.home.only_at_home = true: refuge has no incidents that begin at home; "
           "these do: a_and_e"))],
    ),
    "events that are not linked": (
        [(COUNTY, 'events = ["refuge", "a_and_e", "register"]')],
        [('events = ["refuge", "a_and_e", "register"]',
          ('recipient.county.events = "register": must be linked by a step that '
           f"feeds answers {LINKED}"))],
    ),
    "events named twice": (
        [(COUNTY, 'events = ["refuge", "a_and_e", "refuge"]')],
        [("events = [",
          ('recipient.county.events = ["refuge", "a_and_e", "refuge"]: must not name anything '
           "twice (refuge)"))],
    ),
    "a recipient named as a holder of keys": (
        [(FRIEND, f'[recipient.warehouse]\ntitle = "W"\nevents = []\n{FRIEND}')],
        [("[recipient.warehouse]",
          ("recipient.warehouse: is the name of a holder of link keys (all, warehouse); "
           "choose another"))],
    ),
    "events without dates": (
        [(REFUGE, REFUGE.replace('"event_time", ', ""))],
        [
            (at, f'{setting} = "refuge": needs event_time, which is not recorded')
            for at, setting in (
                (COUNTY, "recipient.county.events"),
                ('exposure = "refuge"\noutcome = "a_and_e"\n\n[question.cost]',
                 "question.ratio.exposure"),
                ('services = ["refuge", "a_and_e"]\ncontacts', "question.soon.services"),
            )
        ],
    ),
    "dates that are removed": (
        [("[identity.uprn]", '[identity.cost_pence]\nscheme = "remove"\n[identity.uprn]')],
        [
            (
                'services = ["refuge", "a_and_e"]\n\n[question.known]',
                (f'question.cost.services = "{agency}": needs cost_pence, which is removed by '
                "identity.cost_pence"),
            )
            for agency in ("refuge", "a_and_e")
        ],
    ),
    "an exposure that is not given to the recipient": (
        [(RATIO, RATIO.replace("refuge", "fire_visits"))],
        [('exposure = "fire_visits"',
          ('question.ratio.exposure = "fire_visits": must be among recipient.county.events '
           "(refuge, a_and_e)"))],
    ),
    "an outcome that is its own exposure": (
        [(RATIO, RATIO.replace("a_and_e", "refuge"))],
        [('outcome = "refuge"',
          'question.ratio.outcome = "refuge": must not be the exposure itself')],
    ),
    "incidents at home that are not recorded": (
        [
            ("coverage = 0.95", 'fields = ["nhs_number", "event_time", "cost_pence"]'),
            (RATIO, f"{RATIO}\nonly_at_home = true"),
        ],
        [('outcome = "a_and_e"\nonly_at_home',
          'question.ratio.outcome = "a_and_e": needs at_home, which is not recorded')],
    ),
    "a ranking of areas that are not handed over": (
        [(RANKED, f'{RANKED}\ngroup = "msoa"')],
        [('group = "msoa"',
          ('question.cost.group = "msoa": is not handed over: recipient.county.area must be '
           '"msoa"'))],
    ),
    "a ranking from a release without practices and costs": (
        [(COUNTY, f"{COUNTY}\npractice = false\ncosts = false")],
        [
            (
                RANKED,
                ('question.cost.group = "practice": is not handed over: recipient.county.practice '
                "must be true"),
            ),
            (
                'recipient = "county"\nservices = ["refuge", "a_and_e"]\n\n[question.known]',
                ('question.cost.recipient = "county": is not given costs: recipient.county.costs '
                "must be true"),
            ),
        ],
    ),
    "a ranking of what the hub does not know": (
        [(HUB, f'{HUB}\nfields = ["nhs_number", "uprn", "surname", "date_of_birth", "postcode"]')],
        [(RANKED,
          'question.cost.group = "practice": is not recorded by register, or is removed')],
    ),
    "a friend who knows what is not handed over": (
        [(SERVICES, 'services = ["refuge", "fire_visits"]')],
        [('services = ["refuge", "fire_visits"]',
          ('attack.friend.services = "fire_visits": must be among recipient.county.events '
           "(refuge, a_and_e)"))],
    ),
    "a friend who knows of visits to homes": (
        [
            (COUNTY, 'events = ["refuge", "a_and_e", "fire_visits"]'),
            (SERVICES, 'services = ["refuge", "fire_visits"]'),
        ],
        [('services = ["refuge", "fire_visits"]',
          ('attack.friend.services = "fire_visits": has no contacts of people that could be '
           "known (a_and_e, refuge)"))],
    ),
    "a thief where the hub knows no numbers": (
        [
            (FRIEND, ('[attack.thief]\nadversary = "key_thief"\nrecipient = "county"\nkey = '
                      f'"none"\nlist_share = 1\n{FRIEND}')),
            (HUB, f'{HUB}\nfields = ["uprn", "surname", "date_of_birth", "postcode", "practice"]'),
            (f'{STEP}\non = "nhs_number"', f'{STEP}\non = "postcode"'),
            ('agency = "a_and_e"\nmethod = "token"\non = "nhs_number"',
             'agency = "a_and_e"\nmethod = "token"\non = "postcode"'),
            ('["nhs_number"],\n', ""),
            ("[identity.uprn]", '[identity.postcode]\nscheme = "keyed-hash"\n[identity.uprn]'),
        ],
        [('adversary = "key_thief"',
          ('attack.thief.adversary = "key_thief": tries NHS numbers, which register does not '
           "record"))],
    ),
    "a stolen key of nobody": (
        [(FRIEND, ('[attack.thief]\nadversary = "key_thief"\nrecipient = "county"\n'
                  f'key = "stolen"\nleak = "lst"\nlist_share = 1\n[leak.lost]\n'
                  f'holder = "conty"\nuntil = "2016"\n{FRIEND}'))],
        [('leak = "lst"',
          ('attack.thief.leak = "lst": must be a leak of this proposal (lost). Did you mean '
           "`lost`?")),
         ("[leak.lost]",
          "leak.lost: is used by no attack: name it as the leak of a key_thief"),
         ('holder = "conty"',
          ('leak.lost.holder = "conty": must be a recipient, or warehouse, of this proposal '
           "(county, warehouse). Did you mean `county`?")),
         ('until = "2016"',
          ('leak.lost.until = "2016": is of a key that never changes: set '
           "identity.nhs_number.period"))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISFITS)
def test_what_cannot_be_carried_out_is_named_with_line_value_and_rule(
    tmp_path: Path, case: str
) -> None:
    edits, messages = MISFITS[case]
    text = edited(*edits)
    expected = [f"line {line_of(text, at)}: {message}" for at, message in messages]
    assert told(tmp_path, text) == expected


def test_all_misfits_are_told_at_once_with_wrong_parts_and_options(tmp_path: Path) -> None:
    edits = [
        ("people = 600", "people = 6"),
        ("coverage = 0.95", "coverage = 95"),
        (EFFECT, EFFECT.replace("a_and_e", "refuge")),
        ('unit = "home"', 'unit = "person"'),
        (SERVICES, 'services = ["fire_visits"]'),
        ("gap = 1.0", 'gap = 1.0\n[option.bare]\ntitle = "Bare"\nrecipient.county.costs = false'),
    ]
    settings = [line.split(": ")[1].split(" =")[0] for line in told(tmp_path, edited(*edits))]
    assert settings == [
        "world.people",
        "agency.a_and_e.coverage",
        "effect.fewer.outcome",
        "link.visits.unit",
        "attack.friend.services",
        "option.bare.recipient.county.costs",
    ]


@pytest.mark.parametrize(
    ("old", "new", "setting"),
    [
        (HUB, f"{HUB}\ncoverage = 2", "agency.register.coverage"),
        ("coverage = 0.95", "coverage = 2", "agency.a_and_e.coverage"),
        ("[agency.fire_visits]", "[agency.fire_visits]\ncoverage = 2",
         "agency.fire_visits.coverage"),
        ('unit = "home"', 'unit = "house"', "link.visits.unit"),
        ('["nhs_number"],', '["nhs_numbre"],', "link.refuge_clear_text.keys"),
        (COUNTY, f'{COUNTY}\ndates = "dya"', "recipient.county.dates"),
        ("[identity.uprn]", "[identity.uprn]\nbits = 7", "identity.uprn.bits"),
        (EFFECT, EFFECT + "\nonly = 1", "effect.fewer.only"),
        (RANKED, f'{RANKED}\ngroup = "street"', "question.cost.group"),
    ],
)  # fmt: skip
def test_a_part_wrong_by_itself_makes_no_other_part_wrong(
    tmp_path: Path, old: str, new: str, setting: str
) -> None:
    (message,) = told(tmp_path, edited(*[(old, new)]))
    assert f": {setting}" in message


def test_an_option_may_not_take_away_what_a_question_needs(tmp_path: Path) -> None:
    text = OWN + '\n[option.poor]\ntitle = "Poor"\nrecipient.county.practice = false\n'
    assert told(tmp_path, text) == [
        (
            f"line {line_of(text, 'recipient.county.practice')}: "
            "option.poor.recipient.county.practice = false: would make another part wrong: "
            'question.cost.group = "practice": is not handed over: recipient.county.practice must '
            "be true"
        )
    ]


def test_a_thief_may_attack_a_release_without_tokens() -> None:
    thief = {"adversary": "key_thief", "recipient": "county", "key": "none", "list_share": 1}
    proposal = own({"attack.thief": thief, "recipient.county.tokens": False})
    assert not proposal.recipient["county"].tokens

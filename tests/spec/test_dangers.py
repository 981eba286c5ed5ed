"""Dangers: which hazards a proposal is told of, and that others are told of none."""

from __future__ import annotations

import pytest
from small_proposal import Write, edited

from linkage.plan import Treatment
from linkage.pseudonyms.hazards import hazards_of
from scenarios.commands.check import overview
from scenarios.dangers import dangers, hazard_lines
from scenarios.loading import load

PLAIN = 'scheme = "keyed-hash"\nbits = 64'
NO_OPTION_CHANGES_BITS = ("identity.nhs_number.bits = 32", 'recipient.analysts.age = "none"')


@pytest.mark.parametrize(
    ("field", "treatment", "names"),
    [
        ("nhs_number", {"scheme": "plain-hash"}, ["plain-hash"]),
        ("postcode", {"scheme": "plain-hash"}, ["field-hash"]),
        ("nhs_number", {"scheme": "salted-hash", "bits": 53}, ["public-salt", "short-token"]),
        ("nhs_number", {"scheme": "open-pseudonymiser"}, ["salt-file"]),
        ("nhs_number", {"scheme": "keyed-hash", "bits": 63}, ["short-token"]),
        ("nhs_number", {"scheme": "keyed-hash"}, []),
        ("nhs_number", {"scheme": "keyed-hash", "key_scope": "transcrypted"}, []),
        ("nhs_number", {"scheme": "coded", "bits": 32}, []),
        ("uprn", {"scheme": "remove"}, []),
        ("uprn", {"scheme": "vault"}, []),
    ],
)
def test_a_treatment_is_told_of_its_own_hazards_and_of_no_others(
    field: str, treatment: dict[str, object], names: list[str]
) -> None:
    found = hazards_of(field, Treatment.model_validate(treatment))
    assert [hazard.name for hazard in found] == names


def test_short_tokens_are_told_with_the_collisions_of_the_real_population(written: Write) -> None:
    # n(n - 1)/2 / 2^b with n = 10,000 and b = 32: 49,995,000 / 4,294,967,296.
    proposal = load(written(edited()))
    lines = list(hazard_lines(proposal, proposal.option))
    assert len(lines) == 1
    assert lines[0].startswith("Hazard short-token, identity.nhs_number (option short): ")
    assert "with 32 bits, 0.0116 pairs are to be expected among 10,000 different values" in lines[0]


def test_where_no_treatment_is_a_hazard_nothing_is_told(written: Write) -> None:
    proposal = load(written(edited(NO_OPTION_CHANGES_BITS)))
    assert dangers(proposal, proposal.option) == []
    assert not any("Hazard" in line for line in overview(proposal))


def test_an_option_is_told_of_what_it_adds_and_not_of_what_was_proposed(written: Write) -> None:
    changes = (PLAIN, 'scheme = "plain-hash"')
    proposal = load(written(edited(changes)))
    found = [(one.option, one.hazard.name) for one in dangers(proposal, proposal.option)]
    assert found == [("as proposed", "plain-hash"), ("short", "short-token")]


def test_short_match_keys_are_told_as_short_tokens_are(written: Write) -> None:
    # 10,000 people at 40 bits: 49,995,000 / 1,099,511,627,776 = 0.0000455.
    short = '[match_keys.ours]\nfamily = "slk-581"\nbits = 40\n\n[option.short]'
    proposal = load(written(edited(("[option.short]", short), NO_OPTION_CHANGES_BITS)))
    (line,) = hazard_lines(proposal, proposal.option)
    assert line.startswith("Hazard short-token, match_keys.ours: ")
    assert "with 40 bits, 4.55e-05 pairs are to be expected among 10,000" in line
    whole = short.replace("bits = 40\n", "")
    proposal = load(written(edited(("[option.short]", whole), NO_OPTION_CHANGES_BITS)))
    assert list(hazard_lines(proposal, proposal.option)) == []


def test_keys_for_each_recipient_are_said_to_change_nothing_of_a_hash_without_a_key(
    written: Write,
) -> None:
    said = "key_scope per-recipient changes nothing, since there is no key"
    for scheme, is_said in (("plain-hash", True), ("salted-hash", False)):
        text = edited(
            (PLAIN, f'scheme = "{scheme}"\nkey_scope = "per-recipient"'), NO_OPTION_CHANGES_BITS
        )
        proposal = load(written(text))
        lines = list(hazard_lines(proposal, proposal.option))
        assert len(lines) == 1
        assert (said in lines[0]) is is_said


def test_a_salt_file_that_leaked_is_said_to_have_leaked_and_the_check_says_so(
    written: Write,
) -> None:
    leak = '[leak.lost]\nkind = "salt-file"\nholder = "analysts"\n\n[option.short]'
    text = edited(
        (PLAIN, 'scheme = "open-pseudonymiser"'),
        ('key = "none"', 'key = "stolen"\nleak = "lost"'),
        ("[option.short]", leak),
        NO_OPTION_CHANGES_BITS,
    )
    proposal = load(written(text))
    (line,) = hazard_lines(proposal, proposal.option)
    assert "this proposal supposes it leaked (lost). Source: OpenPseudonymiser 0.9.7" in line
    assert line in list(overview(proposal))

"""Measures: each in words, and what a figure of it is counted of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.result import Figure

_MEASURES = {
    "no_identifier": "without the identifier",
    "birth_date_differs": "date of birth differs from the hub's",
    "not_in_hub": "not known to the hub",
    "tokens": "with a token",
    "status": "records by status code",
    "recall": "true pairs found",
    "precision": "links that are right, of all links made",
    "planted": "put in by us (planted)",
    "realised": "with perfect links (realised)",
    "answered": "from the linked data (answered)",
    "linkage_bias": "moved by linkage (answered minus realised)",
    "smallest_detectable_decrease": "smallest fall that could have been detected",
    "smallest_detectable_increase": "smallest rise that could have been detected",
    "smallest_detectable_difference": "smallest difference that could have been detected",
    "exposed_people": "people exposed",
    "exposed_events": "contacts of people exposed",
    "unexposed_people": "people not exposed",
    "unexposed_events": "contacts of people not exposed",
    "rank_agreement": "rank correlation of answered with realised (1: the same order)",
    "top_fifth_in_common": "of the costliest fifth with perfect links, also in the answer's",
    "mean_error": "mean difference of answered from realised",
    "alert_recall": "right alerts raised, of all that should be",
    "alert_precision": "right alerts, of all raised",
    "best_single_service": "found by the best single service alone",
    "lead_time": "median time gained",
    "valid_number_tokens": "tokens made from a valid number",
    "right_number_among_candidates": "right number among the candidates",
    "only_candidate": "right number the only candidate",
    "tokens_opened": "sealed tokens opened",
    "people_named": "people correctly named",
    "candidates_per_token": "candidates for each token",
    "candidates_tried": "numbers tried",
    "false_candidates": "wrong numbers among the candidates",
    "control_wrong_names": "wrong names in the control",
    "control_claims": "claims in the control (all wrong)",
    "baseline": "baseline: what a random choice would get right",
    "found": "people correctly found",
    "targets": "people looked for",
    "residual_risk": "found beyond the control: (found \u2212 control) / (1 \u2212 control)",
    "confidence_error": "error of stated confidence (Brier score, 0 is best)",
    "skill": "skill (1: better than the baseline)",
    "rows": "rows handed over",
    "people_by_age_and_sex": "people by age and sex",
    "households_by_size": "households by size",
    "people_by_surname": "people with the commonest surnames",
    "people_by_square": "people by square of the map",
    "errors_realised": "records that an error hit",
    "errors_expected": "records that an error was to hit",
    "wrong_per_1000": "people wrongly named per 1,000",
    "attribute_gain": "what it learns beyond its control",
    "sure_claims": "claims with a confidence of 90 % or more",
    "sure_correct": "of the sure claims, correct",
    "best_found": "people correctly found by the best attacker of the grid",
    "expected_claims": "claims as the closed form expects",
    "expected_precision": "claims that are right, as the closed form expects",
    "recovered": "codes turned back rightly",
    "decoded_before_alarm": "people decoded before the alarm",
    "decoded_in_all": "people decoded until the account is closed",
    "coalition_size": "parties in the smallest coalition that opens enough",
    "opened": "content opened",
    "opened_wrongly": "opened under somebody else's name",
    "police_only": "from police records alone",
    "benefit": "gained by the feed (answered minus police alone)",
    "worst_venue_rows": "rows about the venue ranked worst",
    "worst_venue_police_events": "police events at the venue ranked worst",
    "delivered": "alerts that reach the practice through the desk",
    "delivered_recall": "right alerts that reach the practice, of all that should be raised",
    "audit_whole": "audit chain (1: every request is in it, unbroken)",
    "asked_until_alarm": "requests until the alarm",
    "single_failures": "parties who alone open somebody",
    "best_claims": "claims of the best attacker of the grid",
    "best_precision": "of these, right",
    "benefit_error": "change of the answer",
    "delivery_error": "change in right alerts that reach the practice",
    "interval_ratio": "width of the answer's range, over that as proposed",
    "coverage": "change in true pairs found",
    "realised_overlap": "truly known to police: same incident and victim",
    "predicted_by_errors": "predicted to be linked: of these, with a match-key that no error hit",
    "linked_by_identifiers": "linked by identifiers",
    "linked_rightly": "linked by identifiers to the right incident and victim",
    "matched_by_place_and_time": "matched by place and time alone",
    "matched_rightly": "matched by place and time to the right incident and victim",
}
_OF_A_SECTION = {
    ("attack", "precision"): "claims that are right, of all claims made",
    ("attack", "tokens"): "tokens in the rows",
    ("attack on rows", "targets"): "people at risk",
    ("attack on people", "rows"): "people looked for with a row",
    ("attack by household", "candidates"): "rows of the same sex and area (median)",
    ("attack by household", "baseline"): "baseline: a random row of the same sex and area",
    ("attack by coalition", "found"): "people whose content it opens",
    ("attack by coalition", "wrong_per_1000"): "people named wrongly by it, per 1,000",
    ("attack by coalition", "coalition_size"): "parties in the smallest coalition that opens any",
    ("feed", "planted"): "from other years of the same town (planted)",
    ("feed", "realised"): "with every assault placed rightly (realised)",
    ("feed", "answered"): "from police records and the feed (answered)",
    ("feed", "linkage_bias"): "moved by what the feed hands over (answered minus realised)",
}

_COUNTED_OF = {
    "recall": "true pairs",
    "missed_matches": "true pairs",
    "precision": "links",
    "false_matches": "links",
    "realised": "people",
    "answered": "people",
    "planted": "people",
    "rank_agreement": "groups",
    "top_fifth_in_common": "groups",
    "mean_error": "groups",
    "alert_recall": "people who should raise one",
    "alert_precision": "alerts",
    "lead_time": "people",
    "realised_overlap": "A&E records",
    "predicted_by_errors": "A&E records",
    "linked_by_identifiers": "A&E records",
    "linked_rightly": "A&E records",
    "matched_by_place_and_time": "A&E records",
    "matched_rightly": "A&E records",
    "best_single_service": "people",
    "valid_number_tokens": "tokens",
    "right_number_among_candidates": "tokens",
    "only_candidate": "tokens",
    "tokens_opened": "tokens",
    "false_candidates": "candidates",
    "people_named": "people",
    "correct_claims": "claims",
    "wrong_names": "claims",
    "control_wrong_names": "claims",
    "claims": "people looked for",
    "found": "people looked for",
    "baseline": "people looked for",
    "control_claims": "people looked for",
    "sure_claims": "claims",
    "sure_correct": "sure claims",
    "best_found": "people at risk",
    "recovered": "codes",
    "decoded_before_alarm": "people",
    "decoded_in_all": "people",
    "worst_venue_rows": "rows",
    "worst_venue_police_events": "events",
    "delivered": "alerts raised",
    "audit_whole": "requests",
    "asked_until_alarm": "requests",
    "single_failures": "parties",
    "best_precision": "claims",
    "delivered_recall": "people who should raise one",
}
_RECORDS = ("world", "ingest")


def measure_words(measure: str, section: str = "") -> str:
    """Writes a measure in words; some mean another thing in another section."""
    default = _MEASURES.get(measure, measure.replace("_", " "))
    if section.startswith("attack"):
        default = _OF_A_SECTION.get(("attack", measure), default)
    return _OF_A_SECTION.get((section, measure), default)


def noun_of(figure: Figure) -> str:
    """Returns what the figure's denominator counts: `true pairs`, `claims`, `people`."""
    if figure.section in _RECORDS:
        return "records"
    if figure.section == "attack":
        if figure.measure == "precision":
            return "claims"
        if figure.measure == "wrong_names" and figure.unit == "share":
            return "people looked for"
    return _COUNTED_OF.get(figure.measure, "")


def counted(number: int, noun: str) -> str:
    """Writes a number with its noun: `4 practices`, `1 person`; without a noun, the number."""
    if number == 1:
        first, _, rest = noun.partition(" ")
        plural = {"people": f"person {rest}".rstrip()}
        noun = plural.get(first, noun.removesuffix("s"))
    return f"{number:,} {noun}".rstrip()

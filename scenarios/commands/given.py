"""What a run gives: every measure, in which part of a result, and what in a proposal gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.proposal import Proposal

_ANY = "any proposal"
_STEP = "a link step"
_SPLIT_FILE = "a split file"
_SEALED = "tokens sealed for each recipient"
_COMPARISON = "a comparison"

_CLAIMS = "claims correct_claims wrong_names"
_OF_KEYS = (
    "baseline skill precision candidates tokens valid_number_tokens candidates_tried "
    "right_number_among_candidates only_candidate candidates_per_token "
    "false_candidates control_wrong_names people_named"
)
_OF_EVENTS = (
    "baseline skill precision candidates targets found residual_risk control_claims "
    "confidence_error"
)
_OF_ROWS = (
    "baseline skill precision rows targets found residual_risk control_claims confidence_error "
    "sure_claims sure_correct wrong_per_1000"
)

# Every measure that a run can give of each kind of question, and of each adversary.
_QUESTIONS = {
    "rate_ratio": "planted realised answered linkage_bias smallest_detectable_decrease "
    "smallest_detectable_increase exposed_people exposed_events unexposed_people unexposed_events",
    "ranking": "planted realised answered linkage_bias rank_agreement top_fifth_in_common "
    "mean_error smallest_detectable_difference",
    "count": "realised answered linkage_bias",
    "alert": "realised answered linkage_bias lead_time best_single_service alert_recall "
    "alert_precision delivered delivered_recall audit_whole",
    "hot_spots": "planted realised answered linkage_bias police_only benefit",
    "venue_evidence": "realised answered linkage_bias police_only benefit worst_venue_rows "
    "worst_venue_police_events",
}
_ATTACKS = {
    "key_thief": f"{_CLAIMS} {_OF_KEYS}",
    "dated_events": f"{_CLAIMS} {_OF_EVENTS}",
    "code_frequency": f"{_CLAIMS} {_OF_ROWS} recovered",
    "valid_decoder": f"{_CLAIMS} baseline skill targets found decoded_before_alarm decoded_in_all "
    "asked_until_alarm audit_whole wrong_per_1000",
    "custody_failure": "baseline skill found single_failures wrong_per_1000",
    "coalition": "baseline skill found coalition_size wrong_per_1000",
    "household": f"{_CLAIMS} {_OF_EVENTS}",
    "token_coalition": "found coalition_size opened opened_wrongly wrong_per_1000",
    "police_analyst": f"{_CLAIMS} {_OF_ROWS} best_claims best_precision best_found "
    "expected_claims expected_precision",
    "location_reader": f"{_CLAIMS} {_OF_ROWS}",
    "acquaintance": f"{_CLAIMS} {_OF_ROWS} attribute_gain",
    "onward_team": f"{_CLAIMS} {_OF_ROWS} attribute_gain",
}

MEASURES: tuple[tuple[str, str, str], ...] = (
    (_ANY, "world", "people homes practices small_areas records records_with_an_error"),
    (_ANY, "world", "people_by_age_and_sex households_by_size people_by_surname"),
    (_ANY, "world", "people_by_square people_by_event"),
    (_ANY, "world", "errors_realised errors_expected"),
    (_STEP, "ingest", "records no_identifier birth_date_differs not_in_hub tokens"),
    (_SPLIT_FILE, "ingest", "status"),
    (_SEALED, "attack", "tokens_opened"),
    (_STEP, "linkage", "recall precision missed_matches false_matches"),
    (_COMPARISON, "linkage", "linked_by_identifiers linked_rightly predicted_by_errors"),
    (_COMPARISON, "linkage", "matched_by_place_and_time matched_rightly realised_overlap"),
    *((f"a question of kind {kind}", "answer", given) for kind, given in _QUESTIONS.items()),
    *((f"an attack by {adversary}", "attack", given) for adversary, given in _ATTACKS.items()),
)
"""A table: what in the proposal gives it, section, measures."""


def given_by(proposal: Proposal) -> set[str]:
    """Returns which givers of MEASURES a proposal has."""
    return {
        _ANY,
        *([_STEP] if proposal.link else []),
        *([_SPLIT_FILE] if proposal.split_file else []),
        *([_SEALED] if _has_sealed_tokens(proposal) else []),
        *([_COMPARISON] if proposal.comparison else []),
        *(f"a question of kind {question.kind}" for question in proposal.question.values()),
        *(f"an attack by {attack.adversary}" for attack in proposal.attack.values()),
    }


def _has_sealed_tokens(proposal: Proposal) -> bool:
    return any(one.key_scope == "transcrypted" for one in proposal.identity.values())

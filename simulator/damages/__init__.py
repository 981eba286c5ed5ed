"""Damages: what each error of the catalogue does to the cells that it hits, a file a kind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from simulator.damages import (
    addresses,
    blanks,
    characters,
    dates,
    keyboard,
    names,
    nicknames,
    numbers,
    others_numbers,
    spellings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from simulator.draft import Draft

    Damage = Callable[[Draft, str, NDArray[np.int64]], pl.Series | tuple[pl.Series, ...]]

# Given the draft, the error and the positions of the records hit, each returns what is written
# instead: a column for each field of the error. Errors of records are in records.py, and a stale
# address decides which home's address is written, before the record is (see extracts.py).
DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "nhs_number_missing": blanks.blank,
        "nhs_number_not_yet": blanks.blank,
        "nhs_number_of_household_member": numbers.of_mate,
        "nhs_number_of_twin": numbers.of_twin,
        "nhs_number_of_someone_else": numbers.of_somebody,
        "nhs_number_digit": numbers.wrong_digit,
        "nhs_number_slip": keyboard.typed_number,
        "nhs_number_digits": numbers.wrong_digits,
        "nino_missing": blanks.blank,
        "nino_of_household_member": others_numbers.of_mate,
        "nino_of_someone_else": others_numbers.of_somebody,
        "nino_character": characters.wrong_character,
        "upn_missing": blanks.blank,
        "upn_of_household_member": others_numbers.of_mate,
        "upn_character": characters.wrong_character,
        "pnc_id_missing": blanks.blank,
        "pnc_id_of_someone_else": others_numbers.of_somebody,
        "pnc_id_character": characters.wrong_character,
        "prison_number_missing": blanks.blank,
        "prison_number_of_someone_else": others_numbers.of_somebody,
        "prison_number_character": characters.wrong_character,
        "local_id_missing": blanks.blank,
        "local_id_character": characters.wrong_character,
        "supplier_account_missing": blanks.blank,
        "supplier_account_character": characters.wrong_character,
        "first_name_missing": blanks.blank,
        "first_name_baby": blanks.baby,
        "first_name_middle": names.middle_name,
        "first_name_nickname": nicknames.nickname,
        "first_name_transliterated": spellings.transliterated,
        "surname_missing": blanks.blank,
        "surname_of_mother": names.surname_of_mother,
        "surname_transliterated": spellings.transliterated,
        "surname_parts_reordered": names.reordered,
        "names_alias": names.alias,
        "names_swapped": names.swapped,
        "first_name_typing": keyboard.typed,
        "first_name_first_letter": keyboard.typed_first,
        "first_name_initial": names.initial,
        "first_name_phonetic": spellings.heard,
        "first_name_scanned": spellings.misread,
        "surname_typing": keyboard.typed,
        "surname_former": names.former_surname,
        "surname_cut": names.cut,
        "surname_first_letter": keyboard.typed_first,
        "surname_phonetic": spellings.heard,
        "surname_scanned": spellings.misread,
        "first_name_placeholder": blanks.placeholder,
        "surname_placeholder": blanks.placeholder,
        "first_name_without_marks": names.without_marks,
        "surname_without_marks": names.without_marks,
        "first_name_in_capitals": names.in_capitals,
        "surname_in_capitals": names.in_capitals,
        "birth_date_missing": blanks.blank,
        "birth_date_of_household_member": dates.of_mate,
        "birth_date_false": dates.false_year,
        "birth_date_day": dates.wrong_part,
        "birth_date_month": dates.wrong_part,
        "birth_date_year": dates.wrong_part,
        "birth_date_next": dates.next_to,
        "birth_date_swapped": dates.swapped,
        "birth_date_decade": dates.decade_off,
        "birth_date_century": dates.century_off,
        "birth_date_first_of_january": dates.first_of_january,
        "birth_date_placeholder": dates.placeholder,
        "birth_date_to_the_first": dates.first_of_month,
        "birth_date_to_the_fifteenth": dates.fifteenth_of_month,
        "sex_wrong": blanks.other_sex,
        "sex_unknown": blanks.sex_unknown,
        "postcode_missing": blanks.blank,
        "postcode_no_fixed_abode": blanks.no_fixed_abode,
        "postcode_typing": keyboard.typed,
        "postcode_confused": spellings.confused_postcode,
        "postcode_scanned": spellings.misread_postcode,
        "postcode_outward": addresses.outward,
        "postcode_without_space": addresses.without_space,
        "postcode_placeholder": blanks.placeholder,
        "uprn_missing": blanks.blank,
        "uprn_of_neighbour": addresses.uprn_of_neighbour,
        "address_missing": blanks.blank,
        "address_number_wrong": addresses.number_wrong,
        "address_number_missing": addresses.number_missing,
        "address_flat_dropped": addresses.flat_dropped,
        "address_typing": keyboard.typed_street,
        "address_abbreviated": addresses.abbreviated,
        "address_in_capitals": names.in_capitals,
        "mpan_missing": blanks.blank,
        "mpan_of_neighbour": others_numbers.of_neighbour,
        "mpan_character": characters.wrong_character,
    }
)

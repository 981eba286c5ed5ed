"""Spellings: as heard, as read from paper, and as transliterated from another script; tables.

A rule is a pattern and what is written for its first match. For each text one of the rules that fit
is chosen by lot; a text that none fits stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.damages.alternatives import tabled
from simulator.errors import ERRORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

Rules = tuple[tuple[str, str], ...]

# Spelt as heard in British English.
_HEARD: Rules = (
    ("ph", "f"), ("^Ph", "F"), ("phen$", "ven"), ("ven$", "phen"), ("^F", "Ph"),
    ("th", "f"), ("^Th", "F"), ("^Th", "T"), ("th", "t"),
    ("ie", "ei"), ("ei", "ie"), ("ey$", "ie"), ("ey$", "y"), ("ie$", "y"), ("ie$", "ey"),
    ("ley$", "leigh"), ("leigh$", "ley"), ("ly$", "ley"), ("y", "i"),
    ("([a-z])i([a-z])", "${1}y${2}"), ("e$", ""),
    ("ck", "k"), ("c([aou])", "k${1}"), ("^C([aloru])", "K${1}"), ("^K([aloru])", "C${1}"),
    ("x", "cks"), ("cks", "x"), ("mps", "ms"), ("^Wr", "R"), ("wh", "w"), ("^Wh", "W"),
    ("ll", "l"), ("tt", "t"), ("nn", "n"), ("ss", "s"), ("([aeiou])l([aeiou])", "${1}ll${2}"),
    ("([aeiou])n([aeiou])", "${1}nn${2}"), ("([aeiou])t([aeiou])", "${1}tt${2}"),
    ("ee", "ea"), ("ea", "ee"), ("ai", "ay"), ("ay", "ai"), ("oo", "u"), ("ou", "ow"),
    ("mm", "m"), ("rr", "r"), ("dd", "d"), ("pp", "p"), ("bb", "b"), ("ff", "f"),
    ("z", "s"), ("gh", ""), ("^J", "G"), ("^Ge", "Je"), ("ah$", "a"), ("a$", "ah"),
)  # fmt: skip

# The same, of surnames alone.
_SURNAMES_HEARD: Rules = (
    ("^Mc", "Mac"), ("^Mac([A-Z])", "Mc${1}"), ("rk$", "rke"), ("rke$", "rk"), ("own$", "owne"),
    ("([a-z])s$", "${1}"), ("([nmrlkdtb])$", "${1}s"), ("son$", "sen"),
)  # fmt: skip

# Misread from handwriting or by a scanner.
_READ: Rules = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("l", "1"),
    ("l", "I"), ("I", "l"), ("i", "l"), ("o", "0"), ("^O", "0"), ("s", "5"), ("^S", "5"),
    ("^B", "8"), ("^G", "6"), ("^Z", "2"), ("e", "c"), ("u", "v"), ("v", "u"), ("n", "h"),
    ("h", "b"), ("g", "q"), ("a", "o"), ("t", "f"),
)  # fmt: skip

# Misread in a postcode, after its first letter.
_READ_IN_POSTCODE: Rules = (
    ("S", "5"), ("5", "S"), ("B", "8"), ("8", "B"), ("Z", "2"), ("2", "Z"), ("G", "6"), ("6", "G"),
)  # fmt: skip
_CONFUSED_IN_POSTCODE: Rules = (("O", "0"), ("0", "O"), ("I", "1"), ("1", "I"))

# Names spelt in several ways when they come from another script. Weights are relative to Arabic:
# Arabic 8 %, Bengali and Urdu 6 %, Slavic 3 % (assumed).
_ARABIC, _BENGALI_URDU, _SLAVIC = 1.0, 0.75, 0.375
FAMILIES: tuple[tuple[float, str], ...] = (
    (_ARABIC, "Mohammed Muhammad Mohammad Mohamed Mohamad Muhammed Mohd"),
    (_ARABIC, "Ahmed Ahmad Ahmet Achmed"), (_ARABIC, "Hussain Hussein Husain Hussayn Hossain"),
    (_ARABIC, "Hassan Hasan Hassaan"), (_ARABIC, "Ali Aly Alli"),
    (_ARABIC, "Abdul Abdel Abdal Abdoul"), (_ARABIC, "Abdullah Abdallah Abdulla"),
    (_ARABIC, "Ibrahim Ebrahim Ibraheem"), (_ARABIC, "Yusuf Yousef Yousuf Youssef Yosuf"),
    (_ARABIC, "Omar Umar Omer"), (_ARABIC, "Osman Usman Uthman Othman"),
    (_ARABIC, "Mahmood Mahmoud Mahmud"), (_ARABIC, "Khalid Khaled"), (_ARABIC, "Said Saeed Sayed"),
    (_ARABIC, "Fatima Fatimah Fatema Fathima"), (_ARABIC, "Aisha Ayesha Aysha Aishah"),
    (_ARABIC, "Mariam Maryam Miriam Meryem"), (_ARABIC, "Zainab Zaynab Zeinab"),
    (_ARABIC, "Hamza Hamzah"), (_ARABIC, "Qasim Kasim Kassim"), (_ARABIC, "Faris Fares"),
    (_ARABIC, "Zaid Zayd Zayed"), (_ARABIC, "Rahman Rehman Rahmaan"), (_ARABIC, "Malik Malek"),
    (_ARABIC, "Karim Kareem"), (_ARABIC, "Jamal Jamaal Gamal"),
    (_ARABIC, "Mustafa Mostafa Mustapha"),
    (_BENGALI_URDU, "Khan Kahn Khaan"), (_BENGALI_URDU, "Begum Begam Begom"),
    (_BENGALI_URDU, "Miah Mia Miya Mea"), (_BENGALI_URDU, "Uddin Udin Oddin Uddeen"),
    (_BENGALI_URDU, "Choudhury Chowdhury Chaudhry Choudhary Chaudhary Chaudhuri"),
    (_BENGALI_URDU, "Akhtar Akhter Akter Aktar"), (_BENGALI_URDU, "Iqbal Ikbal Eqbal"),
    (_BENGALI_URDU, "Bibi Bebe Biby"), (_BENGALI_URDU, "Sheikh Shaikh Shaykh Sheik"),
    (_BENGALI_URDU, "Shah Sha Shaah"), (_BENGALI_URDU, "Islam Eslam Aslam"),
    (_BENGALI_URDU, "Mistry Mistri Mistery"), (_BENGALI_URDU, "Sharma Sarma Sharmah"),
    (_BENGALI_URDU, "Kaur Kour Kor"), (_BENGALI_URDU, "Singh Sing"),
    (_BENGALI_URDU, "Farhan Ferhan Farhaan"), (_BENGALI_URDU, "Tanveer Tanvir"),
    (_SLAVIC, "Aleksander Alexander Oleksandr Aleksandr"),
    (_SLAVIC, "Dmitry Dmitri Dmytro Dimitri"),
    (_SLAVIC, "Sergei Sergey Serhiy"), (_SLAVIC, "Yulia Julia Iuliia"),
    (_SLAVIC, "Katarzyna Catarzyna Katazyna"), (_SLAVIC, "Ivanov Ivanova Iwanow"),
    (_SLAVIC, "Petrov Petrova Petroff"), (_SLAVIC, "Kowalski Kowalska Kovalski"),
    (_SLAVIC, "Nowak Novak"), (_SLAVIC, "Popov Popova Popoff"),
)  # fmt: skip

# Alexander and Julia are far commoner as English names: they stay as they are.
_ENGLISH = {"Alexander", "Julia", "Mia", "Miriam"}
_SPELT = {
    name: (weight, names.split())
    for weight, names in FAMILIES
    for name in names.split()
    if name not in _ENGLISH
}
_TABLE = tabled({name: forms for name, (_, forms) in _SPELT.items()})


def families_of(names: pl.Series) -> NDArray[np.float64]:
    """Returns how likely each name is to be spelt in another way, over an Arabic one; float64."""
    weights = {name: weight for name, (weight, _) in _SPELT.items()}
    found = names.replace_strict(weights, default=0.0, return_dtype=pl.Float64).fill_null(0.0)
    return np.asarray(found.to_numpy())


def transliterated(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Spells a name as another of its family, the same for a person in every agency."""
    text = draft.columns[ERRORS[error]].gather(at).to_numpy().astype("U")
    return pl.Series(_TABLE.instead(text, draft.lasting(error, at, 10**6)), dtype=pl.String)


def heard(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Spells a name as it sounds."""
    field = ERRORS[error]
    rules = (*_HEARD, *_SURNAMES_HEARD) if field == "surname" else _HEARD
    return _by_rule(draft, error, at, rules, draft.columns[field].gather(at))


def misread(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Misreads a letter or two of a name."""
    return _by_rule(draft, error, at, _READ, draft.columns[ERRORS[error]].gather(at))


def misread_postcode(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Misreads a character of a postcode; the first, of no real area, stays."""
    return _after_the_first(draft, error, at, _READ_IN_POSTCODE)


def confused_postcode(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes O for 0 or I for 1 in a postcode, or back; the first letter stays."""
    return _after_the_first(draft, error, at, _CONFUSED_IN_POSTCODE)


def _after_the_first(draft: Draft, error: str, at: NDArray[np.int64], rules: Rules) -> pl.Series:
    text = draft.columns["postcode"].gather(at)
    return text.str.slice(0, 1) + _by_rule(draft, error, at, rules, text.str.slice(1))


def _by_rule(
    draft: Draft, error: str, at: NDArray[np.int64], rules: Rules, text: pl.Series
) -> pl.Series:
    """Applies to each text one of the rules that fit it, each as likely as the others."""
    ids = draft.record_id[at]
    best = np.full(len(at), -1.0)
    chosen = np.full(len(at), len(rules), dtype=np.int64)
    fits = text.to_frame("text").select(
        pl.col("text").str.contains(pattern).alias(str(number))
        for number, (pattern, _) in enumerate(rules)
    )
    for number, (pattern, instead) in enumerate(rules):
        fitting = np.flatnonzero(fits[str(number)].to_numpy())
        if fitting.size:
            # The lot is the rule's own, so that a new rule moves only the texts that it wins.
            label = f"{draft.agency}: {error}: {pattern} to {instead}"
            lot = randomness.uniform(draft.seed, label, ids[fitting])
            won = lot > best[fitting]
            best[fitting[won]] = lot[won]
            chosen[fitting[won]] = number
    # Texts are put in order of their rule, and each rule is applied to its stretch.
    order = np.argsort(chosen, kind="stable")
    edges = np.searchsorted(chosen[order], np.arange(len(rules) + 1)).tolist()
    sorted_text = text.gather(order)
    pieces = [
        sorted_text[start:end].str.replace(pattern, instead)
        for (pattern, instead), start, end in zip(rules, edges, edges[1:], strict=False)
        if end > start
    ]
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return pl.concat([*pieces, sorted_text[edges[-1] :]]).gather(back)

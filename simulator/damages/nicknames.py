"""Nicknames: common English first names and their short forms, as a table.

Everyday knowledge, written down for this project. The forms go both ways: Bob may be written
Robert, and Kate, which is a name of its own as well, Katherine or Catherine.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl

from simulator.damages.alternatives import tabled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.draft import Draft

# Formal name: its short forms.
NICKNAMES = {
    "Abigail": "Abby Abi Gail", "Adrian": "Ade", "Albert": "Al Bert Bertie",
    "Alexander": "Alex Al Sandy Xander", "Alexandra": "Alex Sandra Lexi Alix",
    "Alfred": "Alf Alfie Fred", "Alison": "Ali", "Amanda": "Mandy", "Andrew": "Andy Drew",
    "Angela": "Angie Ange", "Annabel": "Anna Bella", "Anthony": "Tony Ant", "Antony": "Tony Ant",
    "Archibald": "Archie", "Arthur": "Art Artie", "Barbara": "Barb Babs", "Beatrice": "Bea Trixie",
    "Benjamin": "Ben Benji", "Bernard": "Bernie", "Bradley": "Brad", "Cameron": "Cam",
    "Caroline": "Carrie Caz", "Catherine": "Cathy Kate Cath Katie",
    "Charles": "Charlie Chas Chuck", "Charlotte": "Charlie Lottie", "Christina": "Chris Tina",
    "Christine": "Chris Chrissie", "Christopher": "Chris Kit", "Clifford": "Cliff",
    "Daniel": "Dan Danny", "Danielle": "Dani", "David": "Dave Davey", "Deborah": "Debbie Deb",
    "Debra": "Debbie Deb", "Dennis": "Den", "Derek": "Del", "Dominic": "Dom",
    "Donald": "Don Donny", "Dorothy": "Dot Dottie Dolly", "Douglas": "Doug", "Edith": "Edie",
    "Edward": "Ed Eddie Ted Teddy Ned", "Eleanor": "Ellie Nell Nora",
    "Elizabeth": "Liz Beth Lizzie Betty Eliza Libby Betsy", "Emily": "Em Emmy", "Emma": "Em",
    "Ernest": "Ernie", "Florence": "Flo Florrie", "Frances": "Fran Fanny",
    "Francis": "Frank Fran", "Franklin": "Frank", "Frederick": "Fred Freddie",
    "Gabriel": "Gabe", "Gabrielle": "Gabby", "Geoffrey": "Geoff", "Georgina": "Georgie Gina",
    "Gerald": "Gerry Ged", "Gillian": "Gill", "Gordon": "Gordy", "Graham": "Gray",
    "Gregory": "Greg", "Gwendoline": "Gwen", "Harold": "Harry Hal", "Harriet": "Hattie Harry",
    "Helen": "Nell", "Henry": "Harry Hal", "Herbert": "Bert Herb", "Isabella": "Bella Izzy",
    "Isabelle": "Izzy Belle", "Jack": "Jackie", "Jacob": "Jake", "Jacqueline": "Jackie Jacqui",
    "James": "Jim Jimmy Jamie", "Janet": "Jan", "Janice": "Jan", "Jeffrey": "Jeff",
    "Jennifer": "Jenny Jen", "Jeremy": "Jerry Jez", "Jessica": "Jess Jessie", "Joanna": "Jo",
    "Joanne": "Jo", "John": "Jack Johnny", "Jonathan": "Jon Jonny", "Joseph": "Joe Joey",
    "Josephine": "Jo Josie", "Joshua": "Josh", "Judith": "Judy Jude", "Julian": "Jules",
    "Katharine": "Kate Kathy Katie", "Katherine": "Kate Kathy Katie", "Kathleen": "Kath Kathy",
    "Kenneth": "Ken Kenny", "Kimberley": "Kim", "Laura": "Laurie", "Lawrence": "Larry Laurie",
    "Leonard": "Len Lenny", "Leslie": "Les", "Lewis": "Lew", "Louise": "Lou", "Lucinda": "Lucy",
    "Madeleine": "Maddie", "Malcolm": "Mal", "Margaret": "Maggie Peggy Meg Madge Marge",
    "Marjorie": "Marge", "Martin": "Marty", "Mary": "Molly Polly May", "Matilda": "Tilly",
    "Mathew": "Matt", "Matthew": "Matt Matty", "Maurice": "Mo", "Megan": "Meg",
    "Melanie": "Mel", "Melissa": "Mel Lissa", "Michael": "Mike Mick Mickey", "Michelle": "Shell",
    "Mildred": "Millie", "Mitchell": "Mitch", "Nathan": "Nate", "Nathaniel": "Nat Nathan",
    "Nicholas": "Nick Nicky", "Nicola": "Nicky Nikki", "Nigel": "Nige", "Norman": "Norm",
    "Oliver": "Ollie Olly", "Olivia": "Liv Livvy", "Oscar": "Ozzie", "Pamela": "Pam",
    "Patricia": "Pat Trish Patsy Tricia", "Patrick": "Paddy Pat", "Penelope": "Penny",
    "Peter": "Pete", "Philip": "Phil", "Phillip": "Phil", "Philippa": "Pippa Pip",
    "Priscilla": "Cilla", "Rachel": "Rach", "Raymond": "Ray", "Rebecca": "Becky Becca Bex",
    "Reginald": "Reg Reggie", "Richard": "Rick Dick Richie Ricky", "Robert": "Bob Rob Bobby Robbie",
    "Roderick": "Rod", "Rodney": "Rod", "Roger": "Rog", "Ronald": "Ron Ronnie",
    "Rosemary": "Rose Rosie", "Russell": "Russ", "Samantha": "Sam Sammy", "Samuel": "Sam Sammy",
    "Sandra": "Sandy", "Sarah": "Sally Sadie", "Sebastian": "Seb", "Sidney": "Sid",
    "Simon": "Si", "Stanley": "Stan", "Stephanie": "Steph", "Stephen": "Steve Stevie",
    "Steven": "Steve Stevie", "Stuart": "Stu Stew", "Susan": "Sue Susie", "Susanna": "Sue Susie",
    "Suzanne": "Sue Suzie", "Terence": "Terry", "Theodore": "Theo Ted", "Theresa": "Terry Tess",
    "Teresa": "Terry Tess", "Thomas": "Tom Tommy", "Timothy": "Tim Timmy", "Tobias": "Toby",
    "Tracey": "Trace", "Valerie": "Val", "Vanessa": "Nessa", "Veronica": "Ronnie Vera",
    "Victor": "Vic", "Victoria": "Vicky Tori Vic", "Vincent": "Vince Vinny", "Violet": "Vi",
    "Virginia": "Ginny", "Walter": "Wally Walt", "Wilfred": "Wilf", "William": "Bill Will Billy",
    "Winifred": "Winnie", "Yvonne": "Vonnie", "Zachary": "Zac Zach",
}  # fmt: skip


def _both_ways() -> dict[str, list[str]]:
    forms: dict[str, list[str]] = defaultdict(list)
    for formal, short in NICKNAMES.items():
        forms[formal] += short.split()
        for nickname in short.split():
            forms[nickname].append(formal)
    return forms


_TABLE = tabled(_both_ways())


def nickname(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Swaps a first name for a nickname or back, the same for a person in every agency."""
    text = draft.columns["first_name"].gather(at).to_numpy().astype("U")
    return pl.Series(_TABLE.instead(text, draft.lasting(error, at, 10**6)), dtype=pl.String)

"""A sample proposal, made up for tests of the report: no such place, agency or linkage exists."""

PROPOSAL = """
version = 1
[about]
name = "exampleshire"
title = "Exampleshire, a made-up linkage"
question = "Do home visits in Exampleshire change A&E attendances, and what does care cost?"
handed_over = "A row for each person and each contact, with the NHS number as a 64-bit number."
to_whom = "Exampleshire analysts, who do not exist."
source = "Made up for a test <of escaping>"
[world]
people = 20_000
real_population = 500_000
start = 2016-04-01
[world.move_rate]
value = 0.11
low = 0.079
high = 0.13
evidence = "published"
source = "Census 2021, TS019"
[governance]
benefit_question = "visits"
recall_floor = { value = 0.95, source = "our assumption" }
precision_floor = { value = 0.99, source = "our assumption" }
[agency.gp_register]
[agency.a_and_e]
[agency.social_care]
[agency.fire_visits]
[identity.nhs_number]
scheme = "keyed-hash"
key_scope = "per-recipient"
key_holder = "warehouse"
verify = ["date_of_birth"]
[identity.uprn]
scheme = "keyed-hash"
[link.a_and_e]
hub = "gp_register"
agency = "a_and_e"
method = "token"
on = "nhs_number"
[link.social_care]
hub = "gp_register"
agency = "social_care"
method = "token"
on = "nhs_number"
[link.fire_visits]
hub = "gp_register"
agency = "fire_visits"
method = "token"
unit = "home"
on = "uprn"
[link.social_care_clear_text]
hub = "gp_register"
agency = "social_care"
method = "ladder"
keys = [["nhs_number", "date_of_birth"], ["first_name", "surname", "date_of_birth"]]
[recipient.analysts]
title = "Exampleshire analysts"
events = ["a_and_e", "social_care", "fire_visits"]
[recipient.payers]
title = "Exampleshire payers"
events = ["a_and_e"]
area = "msoa"
age = "five_years"
tokens = false
[question.visits]
kind = "rate_ratio"
title = "Do people in visited homes have more or fewer A&E attendances?"
recipient = "analysts"
exposure = "fire_visits"
outcome = "a_and_e"
[question.cost_per_head]
kind = "ranking"
title = "What does care cost per head, practice by practice?"
recipient = "analysts"
services = ["a_and_e", "social_care"]
[question.known_to_both]
kind = "count"
title = "How many people are known to both A&E and social care?"
services = ["a_and_e", "social_care"]
[question.early_alert]
kind = "alert"
title = "Who reaches three contacts within 90 days?"
services = ["a_and_e", "social_care"]
[leak.lost_key]
holder = "analysts"
[attack.thief_without_key]
adversary = "key_thief"
recipient = "analysts"
key = "none"
list_share = { value = 1.0, low = 0.04, high = 1.0, evidence = "assumed", source = "assumed" }
[attack.thief_with_key]
adversary = "key_thief"
recipient = "analysts"
key = "stolen"
leak = "lost_key"
list_share = { value = 1.0, low = 0.04, high = 1.0, evidence = "assumed", source = "assumed" }
[attack.dated_contacts]
adversary = "dated_events"
recipient = "analysts"
targets = 1_000
services = ["a_and_e", "social_care"]
date_error_days = { value = 1.0, low = 0.0, high = 7.0, evidence = "assumed", source = "assumed" }
misremembered = { value = 0.10, low = 0.0, high = 0.30, evidence = "assumed", source = "assumed" }
gap = { value = 2.3, evidence = "assumed", source = "ten to one" }
[option.plain-hash]
title = "NHS numbers hashed without a key"
identity.nhs_number.scheme = "plain-hash"
[option.months-and-wide-areas]
title = "Dates to the month, areas of about 8,200 people, ages in five years"
recipient.analysts.dates = "month"
recipient.analysts.area = "msoa"
recipient.analysts.age = "five_years"
"""

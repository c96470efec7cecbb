"""From a report to an urgency: the table of what is how urgent, why, and what does not count."""

from __future__ import annotations

import dataclasses

import pytest

from bedside.facts import facts_of
from bedside.knowledge import Knowledge
from bedside.model import (
    DONT_KNOW,
    MAYBE,
    NO,
    YES,
    Advice,
    Days,
    Detail,
    EarlierSign,
    Finding,
    Mention,
    Reason,
    Report,
    Urgency,
)
from bedside.triage import CLARIFY, CONFIRM, assess
from tests.builders import (
    EMERGENCIES,
    LAST_INFUSION,
    SIGNS,
    finding,
    guess,
    mention,
    number,
    report,
)

BRUISES, FEVER, FATIGUE, STROKE = (
    "unexplained_bruising",
    "persistent_fever",
    "fatigue",
    "stroke_signs",
)
HEADACHE, RASH, PATCHES = "headache_ordinary", "rash_or_hives", "skin_patches_or_hair_loss"
PALPITATIONS, JOINTS, THRUSH = "palpitations", "joint_pain", "thrush_or_fungal_infection"
LOW_MOOD, MISSED_TEST = "low_mood_or_anxiety", "missed_monitoring_test"
LAST_BLOOD_TEST, LAST_THYROID_TEST = (
    "days_since_last_blood_test",
    "days_since_last_thyroid_test",
)
NOT_A_REPORT = ["absent", "historical", "hypothetical", "someone_else"]
MILDER = sorted(set(SIGNS) - set(EMERGENCIES))
Told = Mention | Finding | Detail


def word(told: Report, knowledge: Knowledge) -> str | None:
    urgency = assess(told, knowledge).urgency
    return None if urgency is None else urgency.word


def reason(told: Report, rule: str, knowledge: Knowledge) -> Reason | None:
    """The reason that `rule` gives, if it fired."""
    found = [each for each in assess(told, knowledge).reasons if each.rule == rule]
    assert len(found) < 2
    return found[0] if found else None


def clock(told: Report, **days: int) -> Report:
    """`told` with exact days since other dates."""
    known = {fact: Days(earliest=day, latest=day) for fact, day in days.items()}
    return dataclasses.replace(told, clock={**told.clock, **known})


def before(told: Report, sign: str, urgency: Urgency, days_ago: float = 3) -> Report:
    """`told` by somebody who was advised on `sign` some days before."""
    once = EarlierSign(sign=sign, urgency=urgency, days_ago=days_ago)
    return dataclasses.replace(told, earlier=(*told.earlier, once))


# Alone


def test_who_reports_nothing_has_no_urgency(knowledge: Knowledge) -> None:
    assessment = assess(Report(), knowledge)
    assert (assessment.urgency, assessment.advice) == (None, Advice.NONE)


ALONE = {
    "emergency": [
        "stroke_signs",
        "sudden_severe_headache",
        "seizure",
        "ascending_weakness",
        "meningitis_signs",
        "chest_pain",
        "severe_breathlessness",
        "coughing_up_blood",
        "fainting_or_collapse",
        "possible_sepsis",
        "severe_allergic_reaction",
        "severe_or_internal_bleeding",
        "thyroid_storm_pattern",
        "self_harm_thoughts",
    ],
    "urgent": [
        "unexplained_bruising",
        "nose_gum_or_mouth_bleeding",
        "head_injury_or_fall",
        "persistent_fever",
        "signs_of_infection",
        "shingles_rash",
        "skin_or_wound_infection",
        "hlh_pattern",
        "fatigue",
        "severe_fatigue",
        "blood_in_urine",
        "jaundice_or_dark_urine",
        "bloody_or_persistent_diarrhoea",
        "new_cough_or_breathlessness",
        "pml_progressive_neuro",
        "abnormal_lab_result",
    ],
    "prompt": [
        "overactive_thyroid",
        "swollen_glands_or_lumps",
        "skin_mole_change",
        "hpv_cervical_or_genital_change",
        "thrush_or_fungal_infection",
        "joint_pain",
        "muscle_aches",
        "possible_ms_relapse",
        "low_mood_or_anxiety",
        "rash_or_hives",
        "missed_monitoring_test",
        "pregnancy_or_planning",
        "live_vaccine_or_vaccination",
    ],
    "routine": ["skin_patches_or_hair_loss", "taste_back_limb_pain_tingling"],
}


@pytest.mark.parametrize("assertion", ["present", "possible"])
@pytest.mark.parametrize(
    ("sign", "urgency"), [(sign, urgency) for urgency, signs in ALONE.items() for sign in signs]
)
def test_a_sign_alone_is_as_urgent_as_the_table_says(
    knowledge: Knowledge, sign: str, urgency: str, assertion: str
) -> None:
    assert word(report(mention(sign, assertion)), knowledge) == urgency


@pytest.mark.parametrize("assertion", NOT_A_REPORT)
def test_no_sign_that_is_denied_past_supposed_or_anothers_is_a_report(
    knowledge: Knowledge, assertion: str
) -> None:
    assert [sign for sign in SIGNS if word(report(mention(sign, assertion)), knowledge)] == []


@pytest.mark.parametrize(
    ("name", "urgency"),
    [
        ("worst_ever_headache", "emergency"),
        ("face_tongue_swelling", "emergency"),
        ("able_to_wake", "emergency"),
        ("confusion", "urgent"),
        ("head_injury", "urgent"),
        ("rigors", "urgent"),
        ("live_vaccine_given", "urgent"),
        ("headache_present", None),
        ("fever", None),
        ("breathless_at_rest", None),
        ("infusion_in_progress", None),
    ],
)
def test_some_findings_are_urgent_without_any_sign(
    knowledge: Knowledge, name: str, urgency: str | None
) -> None:
    assert word(report(finding(name)), knowledge) == urgency


# Together: each combination of the reference, once


TOGETHER: dict[str, tuple[Told | int, ...]] = {
    "RF01_bleed_plus_headache": (mention(BRUISES), finding("headache_present")),
    "RF02_bleed_plus_head_injury": (mention(BRUISES), finding("head_injury")),
    "RF03_bleed_plus_fever": (mention(BRUISES), finding("fever")),
    "RF04_bleed_plus_confusion": (mention(BRUISES), finding("confusion")),
    "RF05_kidney_plus_lung": (
        mention("foamy_or_reduced_urine"),
        mention("new_cough_or_breathlessness"),
    ),
    "RF06_sudden_one_sided": (
        finding("one_sided"),
        finding("sudden_onset"),
        mention("dizziness_lightheaded"),
    ),
    "RF07_headache_neck_window": (finding("headache_present"), finding("neck_pain"), 7),
    "RF08_meningitis": (finding("fever"), finding("light_sensitivity")),
    "RF09_sepsis": (mention("skin_or_wound_infection"), finding("skin_mottled")),
    "RF10_early_fever_rigors": (finding("fever"), finding("rigors"), 28),
    "RF11_anaphylaxis": (mention("itching_or_flushing"), finding("breathless_at_rest")),
    "RF12_hlh": (finding("fever"), finding("swollen_glands"), finding("rash")),
    "RF13_liver_failure": (finding("yellow_skin_eyes"), mention(BRUISES)),
    "RF14_gallbladder": (mention("upper_right_tummy_pain"), finding("fever")),
    "RF15_thyroid_crisis": (
        mention("overactive_thyroid"),
        finding("fever"),
        number("heart_rate_bpm", 120),
    ),
    "RF16_fatigue_plus_collapse_signs": (mention(FATIGUE), finding("chest_pain_present")),
    "RF17_two_prompt_signs_different_groups": (mention(JOINTS), mention(THRUSH)),
    "RF18_missed_test_plus_symptom": (mention(MISSED_TEST), finding("any_symptoms")),
}


def of(parts: tuple[Told | int, ...]) -> Report:
    """A report of `parts`, of which a number is the day since the last infusion."""
    [day] = [part for part in parts if isinstance(part, int)] or [None]
    return report(*(part for part in parts if not isinstance(part, int)), day=day)


def test_every_combination_of_the_reference_is_tried(knowledge: Knowledge) -> None:
    assert set(TOGETHER) == {each for each in knowledge.combinations if each.startswith("RF")}


@pytest.mark.parametrize("rule", TOGETHER)
def test_a_combination_raises_when_all_its_parts_are_told(knowledge: Knowledge, rule: str) -> None:
    told, to = of(TOGETHER[rule]), knowledge.combinations[rule].to
    found = reason(told, rule, knowledge)
    assert found is not None and found.urgency is to is assess(told, knowledge).urgency


@pytest.mark.parametrize(
    ("rule", "left_out"), [(rule, i) for rule, parts in TOGETHER.items() for i in range(len(parts))]
)
def test_a_combination_needs_each_of_its_parts(
    knowledge: Knowledge, rule: str, left_out: int
) -> None:
    parts = TOGETHER[rule]
    assert reason(of(parts[:left_out] + parts[left_out + 1 :]), rule, knowledge) is None


@pytest.mark.parametrize("answer", [NO, DONT_KNOW])
@pytest.mark.parametrize("name", ["headache_present", "head_injury", "fever"])
def test_bruises_without_their_red_flag_stay_urgent(
    knowledge: Knowledge, name: str, answer: str
) -> None:
    assert word(report(mention(BRUISES), answers={name: answer}), knowledge) == "urgent"


@pytest.mark.parametrize("assertion", NOT_A_REPORT)
@pytest.mark.parametrize(
    ("bruises", "headache"), [("present", None), (None, "present"), (None, None)]
)
def test_a_part_that_does_not_count_meets_no_rule(
    knowledge: Knowledge, assertion: str, bruises: str | None, headache: str | None
) -> None:
    told = report(
        mention(BRUISES, bruises or assertion), finding("headache_present", headache or assertion)
    )
    assert word(told, knowledge) == ("urgent" if bruises else None)


def test_a_knock_to_the_head_alone_is_no_bleeding(knowledge: Knowledge) -> None:
    assert word(report(mention("head_injury_or_fall")), knowledge) == "urgent"


def test_a_knock_to_the_head_with_bruises_is_an_emergency(knowledge: Knowledge) -> None:
    told = report(mention("head_injury_or_fall"), mention(BRUISES))
    assert word(told, knowledge) == "emergency"


# Two parts of the body


@pytest.mark.parametrize(
    ("one", "other", "urgency"),
    [
        (JOINTS, THRUSH, "urgent"),
        (JOINTS, "muscle_aches", "prompt"),  # the same group
        (JOINTS, PATCHES, "prompt"),  # routine does not count
        (JOINTS, "pregnancy_or_planning", "prompt"),
        (JOINTS, "live_vaccine_or_vaccination", "prompt"),
        (MISSED_TEST, "pregnancy_or_planning", "prompt"),
        (MISSED_TEST, "new_autoimmune_after_48_months", "prompt"),
        (MISSED_TEST, JOINTS, "urgent"),  # by the missed test
        (MISSED_TEST, PATCHES, "prompt"),
    ],
)
def test_two_signs_of_different_parts_of_the_body_are_urgent(
    knowledge: Knowledge, one: str, other: str, urgency: str
) -> None:
    assert word(report(mention(one), mention(other)), knowledge) == urgency


def test_a_routine_sign_that_a_rule_made_prompt_counts_as_one_of_two(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS), mention(PATCHES), answers={"spreading": "fast"})
    assert word(told, knowledge) == "urgent"
    assert word(report(mention(PATCHES), answers={"spreading": "fast"}), knowledge) == "prompt"


# Reasons


def test_a_reason_carries_the_words_the_rule_and_the_source(knowledge: Knowledge) -> None:
    told = report(
        mention(BRUISES, text="blue all over"),
        dataclasses.replace(finding("headache_present"), text="head is splitting"),
    )
    found = reason(told, "RF01_bleed_plus_headache", knowledge)
    assert found is not None
    assert found.words == "blue all over, head is splitting"
    assert {source.id for source in found.sources} == {"US_ISI", "ITP_FORUM", "PROPOSAL"}
    assert found.why == "Possible bleeding in the brain with low platelets."


def test_a_rule_of_a_sign_tells_what_it_raised_from(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS, text="knees"), finding("fever"))
    found = reason(told, f"{JOINTS}: fever = yes", knowledge)
    assert found is not None
    assert (found.sign, found.words) == (JOINTS, "knees, fever")
    assert (found.raised_from, found.urgency) == (Urgency.PROMPT, Urgency.URGENT)


def test_a_sign_by_itself_was_raised_from_nothing(knowledge: Knowledge) -> None:
    found = reason(report(mention(BRUISES)), f"sign:{BRUISES}", knowledge)
    assert found is not None and found.raised_from is None
    assert found.sources == knowledge.signs[BRUISES].sources


def test_a_sign_raised_inside_its_window_was_raised_from_what_it_is_outside(
    knowledge: Knowledge,
) -> None:
    told = report(mention(HEADACHE), finding("speech_change"), day=1)
    found = reason(told, f"{HEADACHE}: speech_change = yes", knowledge)
    assert found is not None and found.raised_from is Urgency.PROMPT


def test_a_number_is_told_with_its_value(knowledge: Knowledge) -> None:
    told = report(mention(PALPITATIONS), number("heart_rate_bpm", 141))
    found = reason(told, f"{PALPITATIONS}: heart_rate_bpm >= 130", knowledge)
    assert found is not None and found.words == "palpitations, heart_rate_bpm 141"


def test_an_answered_fact_is_told_with_its_answer(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS), answers={"fever": YES})
    found = reason(told, f"{JOINTS}: fever = yes", knowledge)
    assert found is not None and found.words == "joint_pain, a fever or feeling hot and shivery"


def test_a_sign_said_twice_is_one_reason_with_the_words_that_surely_say_it(
    knowledge: Knowledge,
) -> None:
    told = report(
        mention(BRUISES, "possible", text="maybe marks"),
        mention(BRUISES, text="marks"),
        mention(BRUISES, text="more marks"),
    )
    assert [each.words for each in assess(told, knowledge).reasons] == ["marks"]


def test_reasons_stand_with_the_most_urgent_first(knowledge: Knowledge) -> None:
    told = report(mention(PATCHES), mention(JOINTS), mention(BRUISES), finding("confusion"))
    urgencies = [each.urgency for each in assess(told, knowledge).reasons]
    assert urgencies == sorted(urgencies, reverse=True)
    assert urgencies[0] is assess(told, knowledge).urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    ("told", "only_possible"),
    [
        (report(mention(STROKE)), False),
        (report(mention(STROKE, "possible")), True),
        (report(mention(STROKE, "possible"), mention(STROKE)), False),
        (report(mention(STROKE, "possible"), mention("chest_pain")), False),
        (report(mention(STROKE, "possible"), mention(BRUISES)), True),
        (report(mention(BRUISES, "possible"), finding("headache_present")), False),
    ],
)
def test_an_emergency_that_rests_on_perhaps_says_so(
    knowledge: Knowledge, told: Report, only_possible: bool
) -> None:
    assert assess(told, knowledge).only_possible == only_possible


# The clock


@pytest.mark.parametrize(
    ("sign", "day", "urgency"),
    [
        (PALPITATIONS, 2, "emergency"),
        (PALPITATIONS, 3, "emergency"),
        (PALPITATIONS, 4, "urgent"),
        (PALPITATIONS, (3, 9), "emergency"),  # one of the days is enough
        (PALPITATIONS, (4, 9), "urgent"),
        (PALPITATIONS, (0, None), "emergency"),
        (PALPITATIONS, (4, None), "urgent"),
        (PALPITATIONS, None, "urgent"),  # not asked: the rule waits
        ("missed_antiviral", 28, "urgent"),
        ("missed_antiviral", 29, "prompt"),
        ("missed_antiviral", (28, 60), "urgent"),
        ("missed_antiviral", None, "prompt"),
    ],
)
def test_a_date_rule_holds_if_any_day_of_the_interval_meets_it(
    knowledge: Knowledge, sign: str, day: int | tuple[int, int | None] | None, urgency: str
) -> None:
    assert word(report(mention(sign), day=day), knowledge) == urgency


@pytest.mark.parametrize(
    ("sign", "urgency"),
    [
        (PALPITATIONS, "emergency"),
        ("missed_antiviral", "urgent"),
        ("neck_pain_dissection", "emergency"),
    ],
)
def test_who_does_not_know_the_infusion_day_is_on_the_worse_side_of_it(
    knowledge: Knowledge, sign: str, urgency: str
) -> None:
    assert word(report(mention(sign), answers={LAST_INFUSION: DONT_KNOW}), knowledge) == urgency


def test_a_known_infusion_day_goes_before_an_earlier_dont_know(knowledge: Knowledge) -> None:
    told = report(mention(PALPITATIONS), answers={LAST_INFUSION: DONT_KNOW}, day=40)
    assert word(told, knowledge) == "urgent"


@pytest.mark.parametrize("day", [125, 1461, 3000])
def test_a_late_autoimmune_sign_is_never_less_urgent(knowledge: Knowledge, day: int) -> None:
    assert word(report(mention(BRUISES), day=day), knowledge) == "urgent"


# Expected: inside the window, alone, and meant as written


@pytest.mark.parametrize(
    ("sign", "until"),
    [
        ("infusion_fever_chills", 0),
        (RASH, 2),
        ("itching_or_flushing", 2),
        (HEADACHE, 3),
        ("nausea_or_vomiting", 3),
        ("insomnia_or_steroid_jitters", 7),
    ],
)
def test_an_infusion_reaction_is_expected_up_to_its_day_and_not_after(
    knowledge: Knowledge, sign: str, until: int
) -> None:
    outside = knowledge.signs[sign].urgency.word
    assert word(report(mention(sign), day=until), knowledge) == "expected"
    assert word(report(mention(sign), day=until + 1), knowledge) == outside


@pytest.mark.parametrize(
    "told",
    [
        report(mention(HEADACHE)),
        report(mention(HEADACHE), answers={LAST_INFUSION: DONT_KNOW}),
        report(mention(HEADACHE), day=(2, 5)),
        report(mention(HEADACHE), day=(0, None)),
        report(mention(HEADACHE, "possible"), day=1),
        report(mention(HEADACHE), mention(HEADACHE, "possible"), day=1),
        report(mention(HEADACHE, "historical", days_ago=1), day=1),
        report(mention(HEADACHE), guess(PATCHES), day=1),
        report(mention(HEADACHE), mention("muscle_aches"), day=1),
        report(mention(HEADACHE), number("duration_hours", 49), day=3),
    ],
)
def test_a_headache_that_may_not_be_the_infusions_is_prompt(
    knowledge: Knowledge, told: Report
) -> None:
    assert word(told, knowledge) == "prompt"


@pytest.mark.parametrize(
    "more", [finding("fever"), finding("confusion"), mention(THRUSH), mention(FATIGUE)]
)
def test_beside_a_warning_sign_nothing_is_expected(knowledge: Knowledge, more: Told) -> None:
    found = reason(report(mention(HEADACHE), more, day=1), f"sign:{HEADACHE}", knowledge)
    assert found is not None and found.urgency is Urgency.PROMPT


def test_several_expected_signs_stay_expected(knowledge: Knowledge) -> None:
    told = report(mention(HEADACHE), mention(RASH), mention("nausea_or_vomiting"), day=2)
    assert assess(told, knowledge).advice is Advice.EXPECTED


def test_of_several_signs_one_outside_its_window_leaves_none_expected(
    knowledge: Knowledge,
) -> None:
    told = report(mention(HEADACHE), mention(RASH), day=3)
    assert word(told, knowledge) == "urgent"  # two parts of the body


def test_a_routine_sign_beside_an_expected_one_is_routine(knowledge: Knowledge) -> None:
    assert word(report(mention(HEADACHE), mention(PATCHES), day=1), knowledge) == "routine"


def test_a_denied_guess_leaves_an_expected_sign_expected(knowledge: Knowledge) -> None:
    told = report(mention(HEADACHE), guess(FATIGUE), answers={CONFIRM + FATIGUE: NO}, day=1)
    assert word(told, knowledge) == "expected"


# Gone since


@pytest.mark.parametrize(
    ("sign", "days_ago", "urgency"),
    [
        (BRUISES, 14, "urgent"),
        (BRUISES, 14.1, None),
        (BRUISES, 60, None),
        (BRUISES, None, None),
        (STROKE, 0.1, "emergency"),
        (STROKE, 14, "emergency"),
        (STROKE, 15, None),
        (PATCHES, 3, "prompt"),
        (RASH, 3, "prompt"),
    ],
)
def test_what_has_gone_counts_for_two_weeks(
    knowledge: Knowledge, sign: str, days_ago: float | None, urgency: str | None
) -> None:
    told = report(mention(sign, "historical", days_ago=days_ago))
    assert word(told, knowledge) == urgency


def test_bruises_that_have_gone_still_meet_a_rule(knowledge: Knowledge) -> None:
    told = report(mention(BRUISES, "historical", days_ago=2), finding("headache_present"))
    assert word(told, knowledge) == "emergency"


def test_a_headache_that_has_gone_is_none_that_a_rule_waits_for(knowledge: Knowledge) -> None:
    told = report(mention(BRUISES), mention(HEADACHE, "historical", days_ago=2))
    assert reason(told, "RF01_bleed_plus_headache", knowledge) is None


# The same again


@pytest.mark.parametrize(
    ("sign", "then", "urgency"),
    [
        (PATCHES, Urgency.ROUTINE, "prompt"),
        (JOINTS, Urgency.PROMPT, "urgent"),
        (FATIGUE, Urgency.URGENT, "urgent"),
        (STROKE, Urgency.EMERGENCY, "emergency"),
        (JOINTS, Urgency.EXPECTED, "urgent"),
    ],
)
def test_the_same_sign_after_advice_is_one_step_more_urgent(
    knowledge: Knowledge, sign: str, then: Urgency, urgency: str
) -> None:
    assert word(before(report(mention(sign)), sign, then), knowledge) == urgency


def test_an_expected_sign_that_comes_again_is_prompt(knowledge: Knowledge) -> None:
    told = before(report(mention(HEADACHE), day=2), HEADACHE, Urgency.EXPECTED, days_ago=1)
    found = reason(told, "again", knowledge)
    assert found is not None
    assert (found.raised_from, found.urgency) == (Urgency.EXPECTED, Urgency.PROMPT)


@pytest.mark.parametrize(
    ("sign", "then", "urgency"),
    [
        (FATIGUE, Urgency.URGENT, "emergency"),
        (JOINTS, Urgency.PROMPT, "urgent"),
        (JOINTS, Urgency.URGENT, "urgent"),
        (PATCHES, Urgency.ROUTINE, "prompt"),
        (FATIGUE, Urgency.UNCLEAR, "emergency"),
    ],
)
def test_an_urgent_sign_that_is_worse_after_advice_is_an_emergency(
    knowledge: Knowledge, sign: str, then: Urgency, urgency: str
) -> None:
    told = before(report(mention(sign), finding("getting_worse")), sign, then)
    assert word(told, knowledge) == urgency
    assert reason(told, "again_and_worse", knowledge) is not None


def test_getting_worse_without_an_earlier_report_raises_nothing(knowledge: Knowledge) -> None:
    assert word(report(mention(FATIGUE), finding("getting_worse")), knowledge) == "urgent"


@pytest.mark.parametrize(("days_ago", "urgency"), [(14, "urgent"), (14.1, "prompt")])
def test_a_report_of_two_weeks_ago_is_forgotten(
    knowledge: Knowledge, days_ago: float, urgency: str
) -> None:
    told = before(report(mention(JOINTS)), JOINTS, Urgency.PROMPT, days_ago)
    assert word(told, knowledge) == urgency


def test_another_sign_than_before_is_not_the_same_again(knowledge: Knowledge) -> None:
    told = before(report(mention(JOINTS)), THRUSH, Urgency.PROMPT)
    assert word(told, knowledge) == "prompt"


def test_of_several_earlier_reports_the_latest_is_told(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS))
    for days_ago in (9, 2, 12):
        told = before(told, JOINTS, Urgency.PROMPT, days_ago)
    found = reason(told, "again", knowledge)
    assert found is not None and found.why.startswith("Reported 2 days ago")


# What to advise


@pytest.mark.parametrize(
    ("told", "advice"),
    [
        (report(), Advice.NONE),
        (report(mention("self_harm_thoughts")), Advice.CRISIS),
        (report(mention("self_harm_thoughts", "possible")), Advice.CRISIS),
        (report(mention(LOW_MOOD), answers={"safe_now": NO}), Advice.CRISIS),
        (report(mention(LOW_MOOD), answers={"safe_now": DONT_KNOW}), Advice.CRISIS),
        (report(mention(LOW_MOOD), answers={"safe_now": YES}), Advice.PROMPT),
        (report(mention("self_harm_thoughts"), mention(BRUISES)), Advice.CRISIS),
        (report(mention("self_harm_thoughts"), mention("chest_pain")), Advice.EMERGENCY),
        (report(mention("self_harm_thoughts"), finding("worst_ever_headache")), Advice.EMERGENCY),
        (report(mention("chest_pain")), Advice.EMERGENCY),
        (report(mention("chest_pain", "possible")), Advice.EMERGENCY_POSSIBLE),
        (report(guess("chest_pain")), Advice.EMERGENCY_POSSIBLE),
        (report(mention(PATCHES), finding("infusion_in_progress")), Advice.INFUSION_RUNNING),
        (report(mention(BRUISES), finding("infusion_in_progress")), Advice.INFUSION_RUNNING),
        (report(mention("chest_pain"), finding("infusion_in_progress")), Advice.EMERGENCY),
        (report(guess(PATCHES), finding("infusion_in_progress")), Advice.NONE),
        (report(mention(BRUISES)), Advice.URGENT),
        (report(mention(JOINTS)), Advice.PROMPT),
        (report(mention(PATCHES)), Advice.ROUTINE),
        (report(mention(RASH), day=1), Advice.EXPECTED),
        (report(guess(BRUISES)), Advice.NONE),
        (report(answers={CLARIFY: DONT_KNOW}), Advice.UNCLEAR),
        (report(mention(JOINTS), answers={CLARIFY: DONT_KNOW}), Advice.UNCLEAR),
        (report(mention(STROKE), answers={CLARIFY: DONT_KNOW}), Advice.EMERGENCY),
    ],
)
def test_the_advice_fits_what_was_told(knowledge: Knowledge, told: Report, advice: Advice) -> None:
    assert assess(told, knowledge).advice is advice


def test_who_was_not_understood_twice_is_for_a_person_today(knowledge: Knowledge) -> None:
    assert word(report(answers={CLARIFY: DONT_KNOW}), knowledge) == "urgent"


# Facts, whichever way they became known


JOINTS_AND_FEVER = [
    report(mention(JOINTS), finding("fever")),
    report(mention(JOINTS), finding("fever", "possible")),
    report(mention(JOINTS), answers={"fever": YES}),
    report(mention(JOINTS), answers={"fever": MAYBE}),
    report(mention(JOINTS), number("temperature_c", 38.0)),
    report(mention(JOINTS), answers={"temperature_c": "38.5"}),
    report(mention(JOINTS), finding("fever", "absent"), answers={"fever": YES}),
    report(mention(JOINTS), finding("fever"), answers={"fever": NO}),
    report(mention(JOINTS), number("temperature_c", 37.0), number("temperature_c", 38.2)),
]


@pytest.mark.parametrize("told", JOINTS_AND_FEVER)
def test_a_fever_is_known_by_word_answer_or_thermometer(knowledge: Knowledge, told: Report) -> None:
    assert word(told, knowledge) == "urgent"


NO_FEVER = [
    report(mention(JOINTS), finding("fever", "absent")),
    report(mention(JOINTS), answers={"fever": NO}),
    report(mention(JOINTS), answers={"fever": DONT_KNOW}),
    report(mention(JOINTS), number("temperature_c", 37.9)),
    report(mention(JOINTS), mention(FEVER, "absent")),
]


@pytest.mark.parametrize("told", NO_FEVER)
def test_a_fever_that_is_denied_or_measured_low_is_settled(
    knowledge: Knowledge, told: Report
) -> None:
    assert word(told, knowledge) == "prompt"
    assert "fever" in facts_of(told, knowledge).settled


def test_a_low_temperature_does_not_settle_a_fever_that_was_perhaps_meant(
    knowledge: Knowledge,
) -> None:
    told = report(mention(FEVER, "possible"), number("temperature_c", 37.2))
    assert "fever" not in facts_of(told, knowledge).settled


def test_a_sign_that_is_only_possible_states_no_fact(knowledge: Knowledge) -> None:
    told = report(mention(BRUISES), mention(HEADACHE, "possible"))
    assert "headache_present = yes" not in facts_of(told, knowledge).true


def test_a_sign_states_the_facts_it_gives(knowledge: Knowledge) -> None:
    told = report(mention(BRUISES), mention(HEADACHE, text="sore head"))
    found = reason(told, "RF01_bleed_plus_headache", knowledge)
    assert found is not None and "sore head" in found.words


@pytest.mark.parametrize(
    ("told", "fact"),
    [
        (report(number("vomiting_count", 2)), "tummy_symptoms = yes"),  # by way of vomiting
        (report(finding("pregnant")), "pregnancy_possible = yes"),
        (report(number("weeks_pregnant", 8)), "pregnancy_possible = yes"),
        (report(finding("urine_colour", value="pink_red")), "other_bleeding = yes"),
        (report(mention("sudden_severe_headache")), "headache_present = yes"),
        (report(number("duration_hours", 400)), "duration_days > 14"),
        (report(number("severity_0_10", 8)), "pain_severity >= 8"),
    ],
)
def test_one_fact_says_another_as_well(knowledge: Knowledge, told: Report, fact: str) -> None:
    assert fact in facts_of(told, knowledge).true


@pytest.mark.parametrize(
    ("fact", "answer", "counts_as"),
    [
        ("fever", MAYBE, "fever = yes"),
        ("fluids_kept_down", MAYBE, "fluids_kept_down = no"),
        ("rash_blanching", MAYBE, "rash_blanching = no"),
        ("walking_ability", MAYBE, "walking_ability = cannot_walk"),
        ("safe_now", DONT_KNOW, "safe_now = no"),
        ("live_vaccine_given", DONT_KNOW, "live_vaccine_given = yes"),
        ("new_or_old_symptom", DONT_KNOW, "new_or_old_symptom = new"),
    ],
)
def test_maybe_and_not_knowing_count_as_the_worse_answer(
    knowledge: Knowledge, fact: str, answer: str, counts_as: str
) -> None:
    assert counts_as in facts_of(report(answers={fact: answer}), knowledge).true


CARER = finding("reporter", value="carer")


@pytest.mark.parametrize(
    ("fact", "more", "counts_as"),
    [
        ("confusion", (CARER,), "confusion = yes"),
        ("rash_blanching", (finding("fever"), finding("rash")), "rash_blanching = no"),
        (
            "rash_blanching",
            (number("temperature_c", 39), mention("shingles_rash")),
            "rash_blanching = no",
        ),
        ("face_tongue_swelling", (finding("breathless_at_rest"),), "face_tongue_swelling = yes"),
        ("worst_ever_headache", (number("severity_0_10", 8),), "worst_ever_headache = yes"),
        ("sudden_onset", (mention("vision_change"),), "sudden_onset = yes"),
    ],
)
def test_not_knowing_counts_as_worse_only_when_something_else_is_so(
    knowledge: Knowledge, fact: str, more: tuple[Told, ...], counts_as: str
) -> None:
    unknown = {fact: DONT_KNOW}
    assert counts_as in facts_of(report(*more, answers=unknown), knowledge).true
    for left_out in range(len(more)):
        told = report(*more[:left_out], *more[left_out + 1 :], answers=unknown)
        assert counts_as not in facts_of(told, knowledge).true


def test_a_name_that_the_knowledge_does_not_have_is_passed_over(knowledge: Knowledge) -> None:
    strange = Finding(finding="gone_since", text="x", assertion=finding("fever").assertion)
    told = report(mention(JOINTS), strange, number("zest", 3), answers={"gone_since": YES})
    assert word(told, knowledge) == "prompt"


# Guesses


@pytest.mark.parametrize(
    ("answer", "urgency"), [(None, "unclear"), (NO, None), (DONT_KNOW, "urgent")]
)
def test_any_guessed_sign_counts_as_the_patient_answers(
    knowledge: Knowledge, answer: str | None, urgency: str | None
) -> None:
    for sign in MILDER:
        answers = {} if answer is None else {CONFIRM + sign: answer}
        assert word(report(guess(sign), answers=answers), knowledge) == urgency, sign


def test_a_guess_that_was_confirmed_counts_as_if_it_had_been_said(knowledge: Knowledge) -> None:
    for sign in MILDER:
        confirmed = report(guess(sign), answers={CONFIRM + sign: YES})
        assert word(confirmed, knowledge) == word(report(mention(sign)), knowledge), sign


def test_a_guessed_emergency_is_an_emergency_before_anybody_asks(knowledge: Knowledge) -> None:
    for sign in EMERGENCIES:
        assessment = assess(report(guess(sign)), knowledge)
        assert (assessment.urgency, assessment.only_possible) == (Urgency.EMERGENCY, True)


def test_a_guess_meets_no_rule_until_it_is_confirmed(knowledge: Knowledge) -> None:
    told = (guess(BRUISES), finding("headache_present"))
    assert word(report(*told), knowledge) == "unclear"
    assert word(report(*told, answers={CONFIRM + BRUISES: YES}), knowledge) == "emergency"


def test_a_guess_needs_no_answer_once_the_patient_says_it_in_plain_words(
    knowledge: Knowledge,
) -> None:
    assert word(report(guess(BRUISES), mention(BRUISES)), knowledge) == "urgent"


# Overdue tests


@pytest.mark.parametrize(
    ("test", "days", "infusion", "urgency"),
    [
        (LAST_BLOOD_TEST, 45, 400, None),
        (LAST_BLOOD_TEST, 46, 400, "prompt"),
        (LAST_BLOOD_TEST, 60, 400, "prompt"),
        (LAST_BLOOD_TEST, 61, 400, "urgent"),
        (LAST_BLOOD_TEST, 61, 1461, "urgent"),
        (LAST_BLOOD_TEST, 61, 1462, None),
        (LAST_THYROID_TEST, 120, 400, None),
        (LAST_THYROID_TEST, 121, 400, "prompt"),
        (LAST_THYROID_TEST, 121, 1462, None),
    ],
)
def test_a_test_is_overdue_after_its_days_for_48_months(
    knowledge: Knowledge, test: str, days: int, infusion: int, urgency: str | None
) -> None:
    assert word(clock(report(day=infusion), **{test: days}), knowledge) == urgency


@pytest.mark.parametrize(("days", "urgency"), [(45, "prompt"), (46, "urgent")])
def test_a_sign_while_the_test_is_overdue_is_urgent(
    knowledge: Knowledge, days: int, urgency: str
) -> None:
    told = clock(report(mention(JOINTS), day=400), **{LAST_BLOOD_TEST: days})
    assert word(told, knowledge) == urgency


def test_a_missed_test_is_no_sign_that_another_overdue_test_waits_for(
    knowledge: Knowledge,
) -> None:
    told = clock(report(mention(MISSED_TEST), day=400), **{LAST_BLOOD_TEST: 46})
    assert reason(told, "overdue_test_with_a_sign", knowledge) is None


def test_who_does_not_know_the_day_of_the_test_is_not_overdue(knowledge: Knowledge) -> None:
    told = report(mention(JOINTS), answers={LAST_BLOOD_TEST: DONT_KNOW}, day=400)
    assert word(told, knowledge) == "prompt"


# Carers


@pytest.mark.parametrize(
    ("sign", "urgency"), [(BRUISES, "urgent"), (STROKE, "emergency"), (JOINTS, "prompt")]
)
def test_what_a_carer_tells_counts_fully(knowledge: Knowledge, sign: str, urgency: str) -> None:
    assert word(report(mention(sign), CARER), knowledge) == urgency


def test_a_carer_who_cannot_tell_whether_somebody_is_confused_is_taken_seriously(
    knowledge: Knowledge,
) -> None:
    unsure = {"confusion": DONT_KNOW}
    assert word(report(mention(FATIGUE), answers=unsure), knowledge) == "urgent"
    assert word(report(mention(FATIGUE), CARER, answers=unsure), knowledge) == "emergency"


def test_somebody_who_cannot_be_woken_is_an_emergency(knowledge: Knowledge) -> None:
    told = report(mention("severe_fatigue"), CARER, answers={"able_to_wake": NO})
    assert word(told, knowledge) == "emergency"

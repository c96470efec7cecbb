"""What a simulated patient may have, so that its story is one that a person could tell."""

from __future__ import annotations

from collections.abc import Mapping

from bedside.model import DONT_KNOW

# What is so besides when somebody tells the sign in the words of the bank.
IMPLIES: Mapping[str, Mapping[str, str]] = {
    "possible_ms_relapse": {"walking_ability": "worse", "other_neuro": "yes"},
    "pml_progressive_neuro": {
        "one_sided": "yes",
        "weakness_new": "yes",
        "other_neuro": "yes",
        "sudden_onset": "no",
    },
    "encephalitis_memory_behaviour": {"confusion": "yes"},
    "foamy_or_reduced_urine": {"urine_output_reduced": "less"},
    "jaundice_or_dark_urine": {"yellow_skin_eyes": "yes"},
    "night_sweats_or_weight_loss": {"night_sweats": "yes"},
    "tummy_bug_or_food_poisoning": {"tummy_symptoms": "yes"},
    "still_disease_pattern": {"rash": "yes"},
    "hlh_pattern": {"swollen_glands": "yes"},
    "pregnancy_or_planning": {"pregnant": "yes", "pregnancy_possible": "yes"},
    "infusion_fever_chills": {"fever": "yes"},
    "liver_unwell_signs": {"tummy_symptoms": "yes"},
}
# Days since the last infusion that fit the words of the sign.
FITTING_DAYS: Mapping[str, tuple[int, int]] = {
    "infusion_fever_chills": (0, 1),
    "infusion_ms_symptom_flare": (0, 1),
    "insomnia_or_steroid_jitters": (0, 30),
    "nausea_or_vomiting": (0, 10),
    "missed_antiviral": (15, 120),
    "new_autoimmune_after_48_months": (1500, 2500),
}
USUAL_DAYS = ((0, 3), (4, 28), (29, 124), (125, 1461), (1462, 2500))
USUAL_SHARES = (15, 15, 20, 40, 10)
# Together their words would say more than the two signs do: vomiting after a blow to the head.
NOT_TOGETHER = (
    (
        {"nausea_or_vomiting", "tummy_bug_or_food_poisoning"},
        {"new_diabetes_signs", "head_injury_or_fall"},
    ),
    ({"persistent_fever", "hlh_pattern", "still_disease_pattern"}, {"infusion_fever_chills"}),
    ({"fatigue"}, {"severe_fatigue"}),
    ({"headache_ordinary"}, {"sudden_severe_headache"}),
)
OF_WOMEN = frozenset(
    {
        "heavy_or_irregular_periods",
        "hpv_cervical_or_genital_change",
        "pregnancy_or_planning",
    }
)
# Signs that people would say yes to when asked whether they mean them.
ALIKE: Mapping[str, frozenset[str]] = {
    "severe_fatigue": frozenset({"fatigue"}),
    "fatigue": frozenset({"severe_fatigue"}),
    "sudden_severe_headache": frozenset({"headache_ordinary"}),
    "chest_infection": frozenset({"new_cough_or_breathlessness", "signs_of_infection"}),
    "severe_breathlessness": frozenset({"new_cough_or_breathlessness"}),
    "fainting_or_collapse": frozenset({"dizziness_lightheaded"}),
    "meningitis_signs": frozenset({"persistent_fever"}),
    "hlh_pattern": frozenset({"persistent_fever", "swollen_glands_or_lumps", "signs_of_infection"}),
    "still_disease_pattern": frozenset({"persistent_fever", "joint_pain", "rash_or_hives"}),
    "possible_sepsis": frozenset({"signs_of_infection", "persistent_fever"}),
    "thyroid_storm_pattern": frozenset({"palpitations", "persistent_fever"}),
    "severe_allergic_reaction": frozenset({"rash_or_hives"}),
    "infusion_fever_chills": frozenset({"persistent_fever"}),
    "bloody_or_persistent_diarrhoea": frozenset({"tummy_bug_or_food_poisoning"}),
    "tummy_bug_or_food_poisoning": frozenset({"nausea_or_vomiting"}),
    "liver_unwell_signs": frozenset({"nausea_or_vomiting"}),
    "pinpoint_skin_spots": frozenset({"rash_or_hives"}),
    "cold_or_throat_symptoms": frozenset({"signs_of_infection"}),
}
# A measured value of somebody in whom nothing is wrong.
HARMLESS_NUMBERS: Mapping[str, str] = {
    "temperature_c": "36.8",
    "heart_rate_bpm": "76",
    "pads_per_hour": "0",
    "pain_severity": "3",
    "severity_0_10": "3",
    "bleeding_minutes": "2",
    "duration_hours": "12",
    "duration_days": "1",
    "cough_duration_days": "4",
    "progression_days": "2",
    "weight_change_kg": "0",
    "platelets_10e9_l": DONT_KNOW,
    "neutrophils_10e9_l": DONT_KNOW,
    "days_since_last_blood_test": "20",
    "days_since_last_thyroid_test": "40",
}

"""What Bedside never says: a diagnosis, a comfort, "wait and see", advice on medicines (promise S5)."""

from __future__ import annotations

import re

ILLNESS = (
    r"itp|immune thrombocytopenia|a stroke|an infection|sepsis|meningitis|a heart attack|"
    r"graves|thyroid disease|hepatitis|goodpasture|anti-gbm|low platelets|an? relapse|cancer|covid"
)
MEDICINE = (
    r"paracetamol|ibuprofen|aspirin|acetaminophen|tylenol|antibiotics?|steroids?|aciclovir|"
    r"antihistamines?|painkillers?|tablets?|medicines?|medication|pills?|dose"
)
OFTEN = r"(usually|often|normally|generally|mostly|probably|likely)"
WELL = r"(fine|ok|okay|all right|alright|well|healthy|safe)"
CHANGE = r"(stop|pause|skip|start|change|double|halve|increase|reduce|continue|resume|avoid)"
# Each pattern with a sentence it must catch.
FORBIDDEN = {
    rf"\byou('re| are| seem| look| sound) ((perfectly|absolutely|probably|just) )?{WELL}\b": (
        "You are probably fine."
    ),
    r"\byou('re going to| are going to|'ll| will) be \w+\b": "You are going to be OK.",
    r"\bnothing (to worry|to be worried|to be concerned|serious|dangerous)\b": (
        "It is nothing to worry about."
    ),
    r"\b(do not|don't|no need to|needn't|try not to) (worry|panic|be (worried|alarmed))\b": (
        "Please don't worry."
    ),
    r"\bno (cause|reason|need) (for|to) (concern|alarm|worry|call|contact|report|tell)\b": (
        "There is no need to call anybody."
    ),
    rf"\b{OFTEN} (settles?|pass(es)?|goes away|resolves?|clears?|harmless|nothing|fine)\b": (
        "This usually settles."
    ),
    r"\b(will|should|may|might) (pass|settle|go away|clear up|get better|resolve|stop)\b": (
        "It should pass in a day."
    ),
    r"\bwait and see\b|\bsee how (it|you) (goes|go|feel)\b|\bkeep an eye on\b": (
        "Let us wait and see."
    ),
    r"(?<!do not )\bwait (until|till|for|a (day|week|while|bit|few))\b": (
        "You can wait until Monday."
    ),
    r"\bcan wait\b|\bnot urgent\b|\bno (hurry|rush)\b|\bnot an emergency\b": "This can wait.",
    r"\b(just|only|merely|simply|probably|likely) ((a|an|the|your) )?"
    r"(ms|side effects?|reaction|virus|cold|bug|stress|anxiety)\b": "It is just a side effect.",
    r"\b(is|are|sounds?|looks?|seems?) ((quite|completely|perfectly|very) )?"
    r"(normal|harmless|minor|mild|common|nothing|benign)\b": "That sounds normal.",
    r"\bnothing (is )?wrong\b|\bgood news\b|\ball clear\b|\brest assured\b|\breassur": (
        "There is nothing wrong with you."
    ),
    r"\b(you|he|she) (((might|may|could|probably) )?have|has|had|'ve got|have got|are having) "
    rf"({ILLNESS})\b": "You have ITP.",
    r"\b(is|was|must be|sounds like|looks like|seems to be|could be|may be|might be)( probably)? "
    rf"({ILLNESS})\b": "This is probably sepsis.",
    r"\b(diagnos(is|ed)|i think you|my guess)\b": "The diagnosis is clear.",
    rf"\b{CHANGE} (taking )?((using|your|the|any|all|next) )*"
    rf"({MEDICINE}|infusions?|treatment)\b": "Stop taking your tablets.",
    r"\b(stop|start|keep|try|avoid|continue|consider) (taking|using)\b": "Start taking iron.",
    rf"\b(take|try|use|give \w+) ((a|an|some|any|one|two|your|more) )?({MEDICINE})\b": (
        "Take some paracetamol."
    ),
    r"\b\d+ ?(mg|milligrams?|tablets?)\b": "Two times 500 mg.",
}


def forbidden_in(text: str) -> list[str]:
    """The patterns that `text` breaks; empty for all that may be said."""
    return [pattern for pattern in FORBIDDEN if re.search(pattern, text, re.IGNORECASE)]

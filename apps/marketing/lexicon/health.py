"""Health, food and cosmetic claims."""

from __future__ import annotations

from apps.marketing.lexicon.entry import Entry

__all__ = ["COSMETICS", "FOOD", "HEALTH"]

_FTC = "FTC Health Products Compliance Guidance (2022)"
_FDA = "21 U.S.C. 343(r)(6): FDA, disease claims"
_EU_HEALTH = "Regulation (EC) 1924/2006 (EFSA)"
_EU_COSMETICS = "Regulation (EU) 655/2013, common criteria for cosmetic claims"
_DISEASE = (
    r"(?:acne|eczema|psoriasis|rosacea|dermatitis|cancers?|tumou?rs?|diabetes|arthritis|anxiety|depression|insomnia|"
    r"sleeplessness|flu|colds?|covid"
    r"|infections?|inflammation|diseases?|illness(?:es)?|ailments?|migraines?|headaches?|pain|back ?pain|asthma|"
    r"allerg(?:y|ies)|hypertension"
    r"|(?:high )?blood pressure|cholesterol|hair loss|baldness|obesity|alzheimer'?s?|dementia|adhd|heart attacks?|"
    r"strokes?|osteoporosis|ibs|ulcers?"
    r"|burns?|wounds?|scars?|fungus|viruses|bacteria|hangovers?|menopause|tinnitus|snoring)"
)
_SHOWS = (
    r"(?:treats?|treating|treated|prevents?|preventing|relieves?|relieving|reduces?|reducing|fights?|fighting|"
    r"heals?|healing|alleviates?|stops?|eliminates?|combats?|remed(?:y|ies) (?:for|against)|protects? (?:you "
    r")?(?:from|against)|helps? with|lowers?|reverses?)"
)

HEALTH = (
    Entry(
        "disease",
        r"cures?|curing|heals|healing properties|miracle(?: cure)?",
        "A cure is a drug claim: only an approved medicine may make it.",
        _FDA,
        r"uv|resin|salt|air|dry",
        r"time|in \d|meat|ham|resin|under",
    ),
    Entry(
        "disease",
        rf"{_SHOWS}\s+(?:\w+\s+){{0,3}}?{_DISEASE}",
        "Treating or preventing a disease is a drug claim: only an approved medicine may make it.",
        f"{_FDA}; {_EU_HEALTH}, Article 12",
    ),
    Entry(
        "disease",
        (
            r"(?:treats|diagnoses|prevents)(?= (?:the |your |all )?(?:cause|symptoms?|disease|condition)s?)|therapeutic|"
            r"medicinal|anti[ -]?(?:viral|inflammatory|depressant)"
        ),
        "A word of medicine: needs approval as a drug or device.",
        _FDA,
    ),
    Entry(
        "health",
        (
            r"clinically (?:proven|tested|shown)|scientifically (?:proven|tested|shown)|(?:doctor|physician|expert|dentist|"
            r"vet)[ -](?:recommended|approved|endorsed)|medical[ -]grade|fda[ -](?:approved|cleared|registered)|proven "
            r"(?:results|effective|formula)"
        ),
        "Names evidence: needs the study or the endorser, and it must fit the product and the claim.",
        f"{_FTC}; 16 CFR 255.3",
    ),
    Entry(
        "health",
        (
            r"boosts? (?:your |the )?(?:immun\w+|metabolism|energy|mood|brain|testosterone)|strengthens? (?:your |the "
            r")?immun\w+|detox(?:es|ify|ifying|ification)?|cleanses? your body|burns? fat|(?:lose|losing|loss of) weight|"
            r"weight loss|slimming|improves? (?:your )?(?:sleep|memory|focus|digestion|circulation|posture)|anti[ "
            r"-]?bacterial|anti[ -]?microbial|kills? \d+(?:\.\d+)? ?% of (?:germs|bacteria|viruses)|stress[ -](?:relief|"
            r"relieving)"
        ),
        "A function of the body: needs competent and reliable scientific evidence.",
        f"{_FTC}; {_EU_HEALTH}, Article 13; 40 CFR 152 (germs)",
    ),
    Entry(
        "health",
        (
            r"(?:100 ?% |completely |totally |perfectly )?(?:safe for (?:everyone|all|children|babies|pets)|without side[ "
            r"-]effects|no side[ -]effects|risk[ -]free for your health)|ergonomic"
        ),
        "Safety for everyone has to be shown by tests for the users that are named.",
        _FTC,
    ),
)

FOOD = (
    Entry(
        "food",
        r"(?:all[ -])?natural(?:ly)?|pure|clean label|real food|wholesome",
        "The FDA accepts `natural` only where nothing artificial or synthetic is added.",
        "FDA policy 58 FR 2302 (1993); FTC Act section 5",
        r"super|un",
        r"light|colou?r|wood|latex|rubber|gas|habitat|sound|stone|movement|fit|shade|next",
    ),
    Entry(
        "food",
        r"organic(?:ally)?(?: (?:grown|farmed|certified))?",
        "Needs a certificate and its number.",
        "7 CFR 205; Regulation (EU) 2018/848",
        "",
        r"(?:search|traffic|growth|shapes?|forms?|reach)",
    ),
    Entry(
        "food",
        r"healthy|healthier|superfoods?|guilt[ -]free|nutritious|good for you|immunity",
        "Needs a nutrient content that meets the definition.",
        f"21 CFR 101.65; {_EU_HEALTH}, Article 10(3)",
        "",
        r"(?:profit|margin|balance|competition)",
    ),
    Entry(
        "food",
        (
            r"(?:low|reduced|lower|light|zero|no)(?:[ -]in)?[ -](?:fat|sugar|sodium|salt|calories?|carbs?|cholesterol)|"
            r"sugarless|no added sugars?|no sugar added|(?:high|rich)[ -]in (?:protein|fibre|fiber|iron|calcium|"
            r"vitamin\w*(?: \w)?)|high[ -](?:protein|fibre|fiber)|(?:good|excellent) source of \w+|diet"
        ),
        "A nutrition claim: needs the amount a serving or 100 g that the rule sets.",
        f"21 CFR 101.54-101.62; {_EU_HEALTH}, Annex",
    ),
    Entry(
        "food",
        (
            r"(?:gmo[ -]free|non[ -]gmo|hormone[ -]free|antibiotic[ -]free|free[ -]range|cage[ -]free|grass[ -]fed|wild[ "
            r"-]caught|locally (?:grown|sourced)|farm[ -]fresh)"
        ),
        "Needs the supplier's record or a certificate.",
        "7 CFR 66; USDA labelling guidance",
    ),
)

COSMETICS = (
    Entry(
        "cosmetics",
        (
            r"anti[ -]?(?:ag(?:e|e?ing)|wrinkle|acne|cellulite)|(?:removes?|erases?|eliminates?|reduces?|smooths?) (?:fine "
            r"lines|wrinkles|cellulite|dark spots)|rejuvenat\w+|youth[ -](?:restoring|boosting)|turns? back (?:the "
            r")?(?:clock|time)|younger[ -]looking|lifting effect|boosts? collagen"
        ),
        "An effect on the skin: needs a test on people; a change of its structure is a drug claim.",
        f"{_EU_COSMETICS}; 21 U.S.C. 321(g)",
    ),
    Entry(
        "cosmetics",
        (
            r"dermatolog(?:ist|ically)[ -](?:tested|approved|recommended)|ophthalmologist[ -]tested|pa?ediatrician[ "
            r"-](?:tested|approved)|allergy[ -]tested"
        ),
        "Needs the test: how many people, under whom, with which result.",
        _EU_COSMETICS,
    ),
    Entry(
        "cosmetics",
        (
            r"hypo[ -]?allergenic|non[ -]?irritating|non[ -]?comedogenic|(?:suitable )?for all skin types|for sensitive "
            r"skin|gentle (?:on|to) (?:the )?skin"
        ),
        "Needs data that reactions are rare; no rule defines the word in the USA.",
        f"{_EU_COSMETICS}, technical document (2017), annex IV",
    ),
    Entry(
        "cosmetics",
        r"cruelty[ -]free|not tested on animals|no animal testing|vegan",
        "Needs it for every ingredient and supplier.",
        f"{_EU_COSMETICS}; FTC Act section 5",
    ),
    Entry(
        "cosmetics",
        r"paraben[ -]free|sulfate[ -]free|free (?:from|of) parabens|clean beauty|cosmeceutical|medicated",
        "Must not run down a permitted ingredient or suggest a medicine.",
        f"{_EU_COSMETICS}, annex III",
    ),
    Entry(
        "cosmetics",
        r"waterproof sunscreen|sunblock|all[ -]day protection|total (?:sun )?protection",
        "Refused words for sun protection.",
        "21 CFR 201.327; Recommendation 2006/647/EC",
    ),
)

"""Comparisons, guarantees, `free`, urgency, security and money."""

from __future__ import annotations

from apps.marketing.lexicon.entry import Entry

__all__ = ["COMPARISON", "FINANCE", "FREE", "GUARANTEE", "SECURITY", "URGENCY"]

_SUBSTANTIATION = "FTC Policy Statement on Advertising Substantiation (1984); Directive 2006/114/EC"
_EU_UNFAIR = "Directive 2005/29/EC, Annex I"

COMPARISON = (
    Entry(
        "superlative",
        r"(?:the |world'?s |our )?best(?:[ -](?:selling|seller|sellers|in[ -]class|rated|quality|value|ever))?",
        "A rank among all products: needs a comparison with a date and a source.",
        _SUBSTANTIATION,
        r"do your|at|at its|try your|all the|to the",
        (r"when|if|for|with|in|on|before|used|served|enjoyed|results? (?:when|if)|suited|practices?|wishes|regards|" r"friends?|man"),
    ),
    Entry(
        "superlative",
        (
            r"(?:no\.?|nr\.?|number|#) ?(?:1|one)|(?:the |world'?s )?(?:leading|foremost|top[ -](?:rated|selling|quality|"
            r"choice)|premier|ultimate|unrivall?ed|unmatched|unbeatable|unparalleled|second to none|award[ -]winning|world[ "
            r"-]class|market leader|industry leader)"
        ),
        "A rank or a prize: needs the survey or the award, with its year.",
        _SUBSTANTIATION,
    ),
    Entry(
        "superlative",
        (
            r"(?:the )?(?:cheapest|lowest prices?|fastest|lightest|strongest|thinnest|smallest|quietest|safest|healthiest|"
            r"most (?:advanced|powerful|comfortable|durable|popular|trusted|effective|reliable|affordable|efficient))(?: in "
            r"the world)?"
        ),
        "The extreme of all products: needs a comparison with all of them.",
        _SUBSTANTIATION,
        "",
        r"setting|speed|mode",
    ),
    Entry(
        "superlative",
        (
            r"(?:world'?s|the|our|europe'?s|america'?s) (?:first|only)(?: (?:of its kind|to|ever))?|first of its kind|one "
            r"of a kind|like no other|never before|revolutionary|breakthrough|game[ -]?chang(?:er|ing)|unique"
        ),
        "Says that nobody else has it: needs a search that shows so.",
        _SUBSTANTIATION,
        "",
        r"(?:id|identifier|user|visitor|code|number)|(?:step|time|day|week|month|year|\d)",
    ),
    Entry(
        "comparative",
        (
            r"(?:better|faster|lighter|stronger|cheaper|safer|quieter|longer(?:[ -]lasting)?|more \w+|less \w+|\d+ ?(?:x|"
            r"times|%|percent) (?:more|less|better|faster|lighter|stronger|longer|cheaper|cleaner))(?:,? \w+)? than|"
            r"outperforms?|beats? (?:the )?(?:competition|others|rest)|unlike (?:other|ordinary|regular) \w+|compared (?:to|"
            r"with) (?:other|ordinary|leading) \w+|up to \d+ ?(?:x|times)"
        ),
        "A comparison needs the other product, the measure and the test.",
        f"{_SUBSTANTIATION}; 16 CFR 14.15",
    ),
    Entry(
        "popularity",
        (
            r"(?:thousands|millions|hundreds) of (?:happy |satisfied |people|customers|users|reviews)\w*|(?:trusted|loved|"
            r"used|chosen) by (?:\w+ )?(?:\w+ )?(?:people|customers|users|professionals|experts|companies|millions|"
            r"thousands)|(?:5|five)[ -]star|everyone(?:'s| is) (?:talking|favou?rite)|customer favou?rite|bestsellers?|viral"
        ),
        "Counts people or reviews: needs the count and its date.",
        "16 CFR 465 (Consumer Reviews and Testimonials, 2024)",
    ),
    Entry(
        "absolute",
        (
            r"(?:100|one hundred) ?(?:%|percent)(?: (?:safe|effective|satisfaction|waterproof|natural|pure))?|always works|"
            r"never fails?|perfect for everyone|unbreakable|indestructible|bulletproof|maintenance[ -]free|lasts? "
            r"(?:forever|a lifetime)|for life|zero[ -]risk|no risk"
        ),
        "Without exception: one exception makes it false.",
        _SUBSTANTIATION,
        "",
        (r"(?:cotton|wool|linen|polyester|nylon|silk|leather|merino|aluminium|steel|oak|cashmere|bamboo|down|arabica|" r"juice|cocoa)"),
    ),
)

GUARANTEE = (
    Entry(
        "guarantee",
        (
            r"(?:money[ -]back|satisfaction|lifetime|price(?:[ -]match)?|full|unconditional)[ -](?:guarantee|warranty|"
            r"refund)s?|guarantee(?:d|s)?|lifetime warranty|no questions asked|full refund|risk[ -]free|promise(?:d|s)? "
            r"results"
        ),
        "Needs its terms: who, how long, what is given back, on what condition.",
        "16 CFR 239 (Guides for the Advertising of Warranties); 15 U.S.C. 2301 (Magnuson-Moss)",
    ),
    Entry("guarantee", r"warrant(?:y|ies|ed)", "Needs its length and what it covers.", "16 CFR 239; 16 CFR 700-703", r"limited|no", ""),
)
FREE = (
    Entry(
        "free",
        (
            r"(?:for )?free(?: (?:of charge|shipping|delivery|returns?|trial|gift|sample|plan|samples|upgrade))?|no[ -]cost|"
            r"at no (?:extra |additional )?(?:cost|charge)|complimentary|gratis|on us|no (?:strings|obligation|purchase "
            r"necessary|hidden fees?|fees?)|gift with purchase|bonus"
        ),
        "All conditions have to stand beside the word, and the price may not hide its cost.",
        f"16 CFR 251 (Guide on `Free`); {_EU_UNFAIR}, 20",
        r"-|feel|set|hands|stress|sugar|gluten|fat|care|break|trouble|run|hassle",
        r"(?:from|range|standing|space|time|form|hand|way|ly|dom|ze|lance|style|water|fall|flow)|of (?!charge)",
    ),
    Entry(
        "price",
        (
            r"(?:\d+ ?(?:%|percent) off|save (?:up to )?[$\u20ac\u00a3]?\d+(?:[.,]\d+)? ?%?|was [$\u20ac\u00a3]\d+|half[ "
            r"-]price|(?:reduced|slashed) prices?|wholesale prices?|bargains?|clearance|sale (?:now )?on|(?:biggest|huge|"
            r"massive) (?:sale|savings?|discounts?)|discounts?|buy one,? get one)"
        ),
        "A former price has to have been asked for a reasonable time (EU: the lowest of 30 days).",
        "16 CFR 233 (Guides Against Deceptive Pricing); Directive 98/6/EC, Article 6a",
    ),
)
URGENCY = (
    Entry(
        "urgency",
        (
            r"only (?:\d+|a few|two|three|four|five) (?:left|remaining|in stock|pieces? left|places? left|spots? left)|"
            r"(?:while|until) (?:stocks?|supplies) lasts?|limited (?:time|edition|stock|offer|quantit(?:y|ies)|supply|"
            r"availability)|selling (?:out )?fast|almost gone|nearly sold out|last (?:chance|call|few|day|one)s?|(?:today|"
            r"tonight|this week(?:end)?) only|ends? (?:soon|today|tonight|tomorrow|at midnight)|hurry|act (?:now|fast)|"
            r"don't miss(?: out)?|before (?:it's|they're) gone|now or never|final hours?|high demand|back in stock|flash "
            r"sale|countdown"
        ),
        "Scarcity and deadlines have to be true when they are read: needs the stock or the date.",
        f"{_EU_UNFAIR}, 7; FTC staff report on dark patterns (2022)",
    ),
    Entry(
        "urgency",
        (r"\d+ (?:people|others|customers) (?:are )?(?:viewing|looking|watching|bought|have bought)\w*(?: (?:this|now|" r"today))*"),
        "A live count has to be a real one.",
        "FTC staff report on dark patterns (2022)",
    ),
)
SECURITY = (
    Entry(
        "security",
        (
            r"unhackable|hack[ -]?proof|(?:military|bank|government)[ -]grade(?: (?:security|encryption))?|(?:completely|"
            r"totally|100 ?%|absolutely|fully) (?:secure|private|anonymous|safe|protected)|unbreakable encryption|"
            r"impenetrable|virus[ -]proof|tamper[ -]?proof|zero[ -]trust|end[ -]to[ -]end encrypt(?:ed|ion)|we never "
            r"(?:share|sell|store) your data|your data (?:is|stays) (?:safe|private|secure)"
        ),
        "Needs the standard, the audit or the design that makes it so; no system is beyond attack.",
        "FTC Act section 5 (In re Zoom, 2021); 16 CFR 314",
    ),
    Entry(
        "security",
        (r"(?:gdpr|hipaa|ccpa|pci(?:[ -]dss)?|soc ?2|iso ?27001)(?:[ -](?:compliant|certified|ready|approved))?|privacy[ " r"-]first"),
        "Needs the certificate or the assessment, its scope and its date.",
        "FTC Act section 5; GDPR, Article 42",
    ),
)
FINANCE = (
    Entry(
        "finance",
        (
            r"(?:guaranteed|fixed|high|steady|passive) (?:returns?|income|profits?|yields?|earnings)|get rich|financial "
            r"freedom|double your money|no[ -]risk investments?|risk[ -]free returns?|make (?:money|\$\d[\d,]*)(?: (?:fast|"
            r"online|a day|a month|from home))?|earn (?:up to )?[$\u20ac\u00a3]\d[\d,.]*|beat the market|tax[ -]free|cash "
            r"?back"
        ),
        "Earnings and returns need figures of typical customers, and a warning of the risk.",
        "FTC Business Opportunity Rule, 16 CFR 437; SEC Rule 206(4)-1; Directive 2014/65/EU",
    ),
    Entry(
        "finance",
        (
            r"(?:0|zero|no|low|lowest)[ -]?%? (?:interest|apr|down payment|money down|credit check)|0 ?% (?:apr|interest|"
            r"financing)|instant approval|guaranteed approval|pre[ -]?approved|bad credit ok|\$\d+ (?:a|per) month"
        ),
        "A trigger term: rate, term and total have to stand beside it.",
        "Truth in Lending Act, 12 CFR 1026.24; Directive (EU) 2023/2225",
    ),
    Entry(
        "finance",
        (
            r"pays? for itself|roi of|return on investment|saves? you (?:up to )?[$\u20ac\u00a3]?\d[\d,.]*|increases? "
            r"(?:your )?(?:sales|revenue|conversions?|productivity) by"
        ),
        "A saving or a gain needs the calculation and whose it was.",
        _SUBSTANTIATION,
    ),
)

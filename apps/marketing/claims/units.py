"""Units of measure -> dimension and factor, and the words of numbers."""

from __future__ import annotations

from apps.marketing.claims.lists import listed

__all__ = ["CURRENCIES", "MONTHS", "NUMBERS", "PREFIXED", "SCALES", "UNITS", "Unit"]

Unit = tuple[str, float]
TABLE = """
time 0.000277777778 s sec secs second seconds
time 0.0166666667 min mins minute minutes
time 1 h hr hrs hour hours
time 24 d day days night nights
time 168 week weeks wk wks
time 730.5 month months mo
time 8766 year years yr yrs
time 87660 decade decades
time 0.000000277777778 ms millisecond milliseconds
mass 0.000001 mcg µg ug microgram micrograms
mass 0.001 mg milligram milligrams
mass 1 g gram grams gr gramme grammes
mass 1000 kg kgs kilo kilos kilogram kilograms
mass 1000000 tonne tonnes ton tons
mass 28.349523 oz ounce ounces
mass 453.59237 lb lbs pound pounds
mass 6350.29 stone stones
volume 1 ml milliliter milliliters millilitre millilitres cc
volume 10 cl
volume 100 dl
volume 1000 l liter liters litre litres ltr
volume 29.57353 floz
volume 3785.41 gallon gallons gal
volume 473.176 pint pints
volume 946.353 quart quarts
length 0.001 micron microns µm
length 1 mm millimeter millimeters millimetre millimetres
length 10 cm centimeter centimeters centimetre centimetres
length 1000 m meter meters metre metres
length 1000000 km kilometer kilometers kilometre kilometres kms
length 25.4 inch inches
length 304.8 ft foot feet
length 914.4 yd yard yards
length 1609344 mile miles mi
power 1 w watt watts
power 1000 kw kilowatt kilowatts
power 745.7 hp horsepower
energy 1 wh
energy 1000 kwh
charge 1 mah
charge 1000 ah
food 1 kcal calorie calories cal cals
food 0.239 kj
data 1 kb kilobyte kilobytes
data 1000 mb megabyte megabytes
data 1000000 gb gigabyte gigabytes gig gigs
data 1000000000 tb terabyte terabytes
rate 1 mbps
rate 1000 gbps
pixel 1 mp megapixel megapixels
frequency 1 hz hertz
frequency 1000 khz
frequency 1000000 mhz
frequency 1000000000 ghz
sound 1 db decibel decibels dba
voltage 1 v volt volts
torque 1 nm
turns 1 rpm
light 1 lm lumen lumens
lux 1 lux
kelvin 1 kelvin
fabric 1 gsm
knots 1 knot knots
area 10000 hectare hectares
area 4046.86 acre acres
denier 1 denier
iu 1 iu
pressure 1 bar bars
pressure 0.0689476 psi
pressure 0.00001 pa pascal pascals
pressure 0.01 kpa kilopascal kilopascals
pressure 0.001 hpa mbar millibar
speed 1 kmh kph
speed 1.609344 mph
area 1 sqm m2 m²
cubic 1 cbm m3
carat 1 carat carats ct
area 0.092903 sqft
percent 1 % percent pc pct
times 1 x \u00d7 times fold
star 1 star stars
dpi 1 dpi
nit 1 nit nits
cfm 1 cfm
"""
UNITS: dict[str, Unit] = {
    name: (line.split()[0], float(line.split()[1])) for line in TABLE.strip().splitlines() for name in line.split()[2:]
}
CURRENCIES = {
    "$": "usd",
    "usd": "usd",
    "dollar": "usd",
    "dollars": "usd",
    "bucks": "usd",
    "€": "eur",
    "eur": "eur",
    "euro": "eur",
    "euros": "eur",
    "£": "gbp",
    "gbp": "gbp",
    "¥": "jpy",
    "yen": "jpy",
    "₹": "inr",
    "quid": "gbp",
    "pence": "pence",
    "kr": "kr",
    "sek": "kr",
    "zł": "pln",
    "chf": "chf",
    "francs": "chf",
    "cent": "cent",
    "cents": "cent",
}
PREFIXED = frozenset(listed("prefixed"))
"""Scales whose name stands before the number: SPF 30."""
SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
NUMBERS: dict[str, float] = {word: float(value) for value, word in enumerate(SMALL.split())}
NUMBERS |= {word: 20.0 + 10 * at for at, word in enumerate(listed("numbers"))}
NUMBERS |= {
    "dozen": 12.0,
    "half": 0.5,
    "quarter": 0.25,
    "third": 1 / 3,
    "twice": 2.0,
    "double": 2.0,
    "triple": 3.0,
    "fortnight": 14.0,
    "single": 1.0,
    "dual": 2.0,
    "twin": 2.0,
}
SCALES: dict[str, float] = {"hundred": 100.0, "thousand": 1000.0, "k": 1000.0, "million": 1e6, "m": 1e6, "billion": 1e9, "dozen": 12.0}
MONTHS = {name: at // 2 + 1 for at, name in enumerate(listed("months"))}

"""Queries of other tools, as their own documents give them, and what each becomes or why it is refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.dialects.convert import Converted, Dialect, convert
from storage.errors import QueryError
from storage.language.evaluate import matches
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind

M, F, L, T, G, U = Dialect

# --- where the examples are from

MELTWATER_2 = 'support.meltwater.com 360023166073, "How to Master Boolean Search (2/3)"'
MELTWATER_1 = 'help.meltwater.com/en/articles/4064557, "How to Master Boolean Search (1/3)"'
MELTWATER_3 = 'help.meltwater.com/en/articles/4064566, "How to Master Boolean Search (3/3)"'
MELTWATER_BOOLEAN = 'support.meltwater.com 236016747, "Boolean"'
MELTWATER_SPEED = 'help.meltwater.com/en/articles/11465451, "Search performance and best practices"'
MELTWATER_TOUCH = 'meltwater.com/au/blog, "The Boolean Touch"'
FACTIVA_OPERATORS = 'factiva.com FDK38, "Search Statement Operators"'
FACTIVA_HELP = 'studylib.net 8117013, "Factiva help tips: Using Connectors and Operators"'
FACTIVA_EXAMPLES = 'factiva.com FDK38, "Search Statement Examples"'
FACTIVA_TIPS = "proquest.libguides.com/factiva/tips"
FACTIVA_SHEET = 'docest.com 182784, "FACTIVA cheatsheet: Searching Functions"'
FACTIVA_FIELDS = 'factiva.com FDK38, "Field-Qualified Searches"'
DOW_JONES = 'developer.dowjones.com, "Factiva Query Language"'
FACTIVA_RANGES = 'factiva.com FDK38, "Range Searches"'
LEXIS_PRIORITY = 'help.lexisnexis.com, "Connector Order and Priority"'
LEXIS_REFERENCE = 'help.lexisnexis.com, "Terms & Connectors Complete Reference"'
LEXIS_N = 'help.lexisnexis.com, "/n Connector"'
LEXIS_PRE = 'help.lexisnexis.com, "pre/n Connector"'
LEXIS_W = 'help.lexisnexis.com, "W/n (Within n Words) Connector"'
LEXIS_GLOSSARY = 'support.lexis-nexis.com, glossary, "Connectors"'
LEXIS_LIBRARY = 'help.lexisnexis.com, "Using Search Connectors and Commands"'
LEXIS_GROUP = "help.lexisnexis.com, connectors of Lexis (US)"
LEXIS_AND = 'web.lexis.com, "Using the AND Connector"'
LEXIS_PROXIMITY = 'lexisnexis.com/infopro 2007-08, "Using Proximity Connectors"'
LEXIS_QUICK = 'help.lexisnexis.com, "Terms & Connectors Quick Reference"'
LEXIS_ENDINGS = 'help.lexisnexis.com, "Using * and ! to find variations at the end of root words"'
LEXIS_INFOPRO = 'lexisnexis.com/community/infopro 2020-12-16, "Advanced search techniques in News"'
LEXIS_IN_DEPTH = 'lexisnexis.com/community/infopro 2023-04-27, "Find more In-depth articles"'
LEXIS_COMMANDS = 'lexis-nexis.com, "Precision Commands"'
LEXIS_ACADEMIC = 'wiki.lexisnexis.com/academic, "Boolean Searching"'
LEXIS_NOISE = 'lexisnexis.com.au, Upfront, June 2008, "Noise Words"'
BERKELEY = 'multimedia.journalism.berkeley.edu, "Searching a Segment of a Document"'
LEXIS_VARIATIONS = 'support.lexisnexis.com 1102036, "How Do I Search for Variations of Words?"'
SIU = 'law.siu.edu, "Computer-Assisted Legal Research"'
LEXIS_DEVELOPING = 'docslib.org 10775411, "Developing a Search with LexisNexis"'
TALKWALKER_ALERTS = 'talkwalker.com/syntax-alerts, "Search Syntax"'
TALKWALKER_API = 'developer.talkwalker.com "Query Syntax", in nicolashaefnercl/talkwalker-api-workshop'
TALKWALKER_MANUAL = "talkwalker.com, user manual"
CITED = 'cited.so/blog/google-alert, "Google Alerts Guide"'
RESEARCHBUZZ = 'researchbuzz.me 2020-03-12, "Google News Alerts"'
CISS = 'ciss100.com, "Search", after Google\'s own list of operators'
GOOGLE_EXCLUDE = "dummies.com and clrn.org, on Google's exclusion operator"
GOOGLE_GUIDE = "Nancy Blachman, Google Guide; O'Reilly, Google Hacks"
LUCENE_SYNTAX = 'lucene.apache.org, "Query Parser Syntax" (classic)'
LUCENE_PRECEDENCE = 'lucene.apache.org, "Lucene Precedence Query Parser", on what the classic one does'
LUCENE_COOKBOOK = 'packtpub.com, Lucene 4 Cookbook, "BooleanQuery"'
REACTOME = "reactome.org/content/advanced"
LUCENE_SLOP = 'Lucene FAQ in SlopQueryNode, "doug cutting"~2'

EXAMPLES = [
    (M, "Apple AND watch", "Apple AND watch", MELTWATER_2),
    (M, "Apple OR iPhone", "Apple OR iPhone", MELTWATER_2),
    (M, "Apple NOT “apple juice”", 'Apple AND NOT "apple juice"', MELTWATER_2),
    (M, "Apple NEAR watch", "Apple NEAR/4 watch", MELTWATER_2),
    (M, "Apple NEAR/10 watch", "Apple NEAR/10 watch", MELTWATER_2),
    (M, "Apple AND (watch OR iWatch)", "Apple AND (watch OR iWatch)", MELTWATER_2),
    (M, "Apple ONEAR watch", "Apple ONEAR/4 watch", MELTWATER_2),
    (M, "Apple ONEAR/10 watch", "Apple ONEAR/10 watch", MELTWATER_2),
    (
        M,
        'apple AND (watch OR iwatch) NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        'apple AND (watch OR iwatch) AND NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        MELTWATER_1,
    ),
    (
        M,
        'apple AND (watch OR iwatch OR IPHONE) NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        'apple AND (watch OR iwatch OR IPHONE) AND NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        MELTWATER_1,
    ),
    (
        M,
        'apple AND (watch OR iwatch) NOT (IPHONE or "apple sauce" OR "apple juice" OR "apple orchard*")',
        'apple AND (watch OR iwatch) AND NOT (IPHONE OR "apple sauce" OR "apple juice" OR "apple orchard*")',
        MELTWATER_1,
    ),
    (
        M,
        'apple AND (watch OR iwatch OR iphone OR ios)^9 NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        'apple AND (watch OR iwatch OR iphone OR ios) AND NOT ("apple sauce" OR "apple juice" OR "apple orchard*")',
        MELTWATER_3,
    ),
    (M, '"sailboat" AND "racing"', "sailboat AND racing", MELTWATER_BOOLEAN),
    (M, '("sailboat" or "boat") AND "racing"', "(sailboat OR boat) AND racing", MELTWATER_BOOLEAN),
    (M, "internatio*", "internatio*", MELTWATER_SPEED),
    (M, "internat*", "internat*", MELTWATER_SPEED),
    (M, 'DC OR "D.C."', 'DC OR "D.C."', MELTWATER_SPEED),
    (M, "shop*", "shop*", MELTWATER_SPEED),
    (M, "shop OR shops OR shopped OR shopping", "shop OR shops OR shopped OR shopping", MELTWATER_SPEED),
    (M, "President NEAR/100 Trump", "President NEAR/100 Trump", MELTWATER_SPEED),
    (M, "President NEAR/10 Trump", "President NEAR/10 Trump", MELTWATER_SPEED),
    (M, "shop* NEAR center*", "shop* NEAR/4 center*", MELTWATER_SPEED),
    (
        M,
        "(shop OR shops OR Shopped OR shopping) NEAR (center OR centers)",
        "(shop OR shops OR Shopped OR shopping) NEAR/4 (center OR centers)",
        MELTWATER_SPEED,
    ),
    (M, "Subway", "Subway", MELTWATER_TOUCH),
    (
        M,
        "(”Golden State Warriors” OR “GSW”) AND basketball",
        '("Golden State Warriors" OR GSW) AND basketball',
        MELTWATER_TOUCH,
    ),
    (
        M,
        "(“Golden State Warriors” AND basketball) OR (GSW AND basketball)",
        '("Golden State Warriors" AND basketball) OR (GSW AND basketball)',
        MELTWATER_TOUCH,
    ),
    (F, "World Cup adj5 rugby", '"World Cup" ONEAR/4 rugby', FACTIVA_OPERATORS),
    (F, "President w/2 Bush", "President ONEAR/1 Bush", FACTIVA_OPERATORS),
    (F, "x adj5 y", "x ONEAR/4 y", FACTIVA_OPERATORS),
    (F, "x w/5 y", "x ONEAR/4 y", FACTIVA_OPERATORS),
    (F, "technology spending and canada", '"technology spending" AND canada', FACTIVA_HELP),
    (F, "merger or acquisition", "merger OR acquisition", FACTIVA_HELP),
    (F, "software not spreadsheets", "software AND NOT spreadsheets", FACTIVA_HELP),
    (
        F,
        "select releases and (university or instruction, or courses)",
        '"select releases" AND (university OR "instruction," OR courses)',
        FACTIVA_HELP,
    ),
    (F, "atleast5 microsoft", "atleast5(microsoft)", FACTIVA_HELP),
    (F, "vodafone same telecommunications", "para(vodafone AND telecommunications)", FACTIVA_HELP),
    (F, "world Cup adj5 rugby", '"world Cup" ONEAR/4 rugby', FACTIVA_HELP),
    (F, "carrefour near5 retail sales", 'carrefour NEAR/4 "retail sales"', FACTIVA_HELP),
    (F, "boeing 747/N30/british airways", '"boeing 747" NEAR/29 "british airways"', FACTIVA_HELP),
    (F, "toyota/F50/", "first50(toyota)", FACTIVA_HELP),
    (F, "bill clinton", '"bill clinton"', FACTIVA_EXAMPLES),
    (F, "bill clinton or gore and george bush", '"bill clinton" OR (gore AND "george bush")', FACTIVA_EXAMPLES),
    (F, '"peas and carrots"', '"peas and carrots"', FACTIVA_EXAMPLES),
    (F, "bill clinton's 'economic plan'", '"bill clinton\'s economic plan"', FACTIVA_EXAMPLES),
    (F, "president w/2 clinton", "president ONEAR/1 clinton", FACTIVA_EXAMPLES),
    (F, "Nokia AND emerging markets", 'Nokia AND "emerging markets"', FACTIVA_TIPS),
    (F, "Michelin OR Firestone", "Michelin OR Firestone", FACTIVA_TIPS),
    (F, "wireless NOT cellular", "wireless AND NOT cellular", FACTIVA_TIPS),
    (F, "online banking AND (retail or consumer)", '"online banking" AND (retail OR consumer)', FACTIVA_TIPS),
    (F, "atleast5 Microsoft", "atleast5(Microsoft)", FACTIVA_TIPS),
    (F, "atleast10 Olympics and atleast10 Winter Games", 'atleast10(Olympics) AND atleast10("Winter Games")', FACTIVA_TIPS),
    (F, "communicat* and (cell* or phone)", "communicat* AND (cell* OR phone)", FACTIVA_TIPS),
    (F, "internet and (health or medicine)", "internet AND (health OR medicine)", FACTIVA_SHEET),
    (F, "cat?", "cat?", FACTIVA_SHEET),
    (F, "wom?n", "wom?n", FACTIVA_SHEET),
    (F, "chariot*", "chariot*", FACTIVA_SHEET),
    (F, "engineer$3", "engineer OR engineer? OR engineer?? OR engineer???", FACTIVA_SHEET),
    (F, "saturn same discovery", "para(saturn AND discovery)", FACTIVA_SHEET),
    (F, "cars w/4 markets", "cars ONEAR/3 markets", FACTIVA_SHEET),
    (F, "cars adj2 markets", "cars ONEAR/1 markets", FACTIVA_SHEET),
    (F, "lockheed near4 stock", "lockheed NEAR/3 stock", FACTIVA_SHEET),
    (F, "IBM/F20/", "first20(IBM)", FACTIVA_SHEET),
    (F, "atleast5 feline", "atleast5(feline)", FACTIVA_SHEET),
    (F, "by=smith", "author:smith", FACTIVA_SHEET),
    (F, "hd=clinton", "title:clinton", FACTIVA_FIELDS),
    (F, "hd=europe", "title:europe", DOW_JONES),
    (F, "date from 19990201 to 19990301", "published:1999-02-01..1999-03-01", FACTIVA_RANGES),
    (F, "date after 19990201", "published:>1999-02-01", FACTIVA_RANGES),
    (F, "general electric and wc>1000", '"general electric" AND length:>1000', FACTIVA_SHEET),
    (F, "general electric and wc<3000", '"general electric" AND length:<3000', FACTIVA_SHEET),
    (
        L,
        "bankrupt! w/25 discharg! and student or college or education! w/5 loan",
        "(bankrupt* NEAR/24 discharg*) AND ((student OR college OR education*) NEAR/4 loan)",
        LEXIS_REFERENCE,
    ),
    (L, "cat and dog", "cat AND dog", LEXIS_REFERENCE),
    (L, "cat /6 dog", "cat NEAR/5 dog", LEXIS_N),
    (L, "cat pre/3 dog", "cat ONEAR/2 dog", LEXIS_PRE),
    (L, "richard W/3 branson", "richard NEAR/2 branson", LEXIS_W),
    (L, "airport W/5 noise W/5 nuisance", "(airport NEAR/4 noise) NEAR/4 nuisance", LEXIS_W),
    (L, "mortgage W/8 property W/5 market", "mortgage NEAR/7 (property NEAR/4 market)", LEXIS_W),
    (L, "doctor or physician", "doctor OR physician", LEXIS_GLOSSARY),
    (L, "doctor w/5 malpractice", "doctor NEAR/4 malpractice", LEXIS_GLOSSARY),
    (L, "southwest pre/2 air or airline", "southwest ONEAR/1 (air OR airline)", LEXIS_GLOSSARY),
    (L, "rico NOT W/5 puerto", "rico NOT NEAR/4 puerto", LEXIS_GLOSSARY),
    (L, "insurance AND (claim W/5 definition)", "insurance AND (claim NEAR/4 definition)", LEXIS_LIBRARY),
    (L, '"determination of deficiency"', '"determination of deficiency"', LEXIS_GROUP),
    (L, '"right to work"', '"right to work"', LEXIS_GROUP),
    (L, "land trust AND Ohio", '"land trust" AND Ohio', LEXIS_AND),
    (L, "business loss w/10 tax deduction", '"business loss" NEAR/9 "tax deduction"', LEXIS_AND),
    (L, "marvin W/5 marvin", "marvin NEAR/4 marvin", LEXIS_AND),
    (L, "profit loss", '"profit loss"', LEXIS_AND),
    (L, "cat W/25 dog", "cat NEAR/24 dog", LEXIS_PROXIMITY),
    (L, "cat PRE/25 dog", "cat ONEAR/24 dog", LEXIS_PROXIMITY),
    (L, "ship or boat", "ship OR boat", LEXIS_QUICK),
    (L, "child!", "child*", LEXIS_QUICK),
    (L, "int???et", "int???et", LEXIS_QUICK),
    (L, "employ!", "employ*", LEXIS_ENDINGS),
    (L, '"third party benefi!"', '"third party benefi*"', LEXIS_ENDINGS),
    (L, "fir!", "fir*", LEXIS_ENDINGS),
    (L, "allcaps(RICO)", "allcaps(RICO)", LEXIS_INFOPRO),
    (L, "allcaps(RICO) and money /5 launder!", "allcaps(RICO) AND (money NEAR/4 launder*)", LEXIS_INFOPRO),
    (
        L,
        "Hlead(allcaps(RICO) and atleast5(allcaps(RICO)))",
        "(title:allcaps(RICO) OR lead:allcaps(RICO)) AND (title:atleast5(allcaps(RICO)) OR lead:atleast5(allcaps(RICO)))",
        LEXIS_INFOPRO,
    ),
    (L, "caps(Apple)", "capital(Apple)", LEXIS_INFOPRO),
    (L, "nocaps(apple)", "nocapital(apple)", LEXIS_INFOPRO),
    (L, "Atleast5(caps(Apple Computer))", 'atleast5(capital("Apple Computer"))', LEXIS_INFOPRO),
    (L, "Length > 1200", "length:>1200", LEXIS_INFOPRO),
    (L, "LENGTH > 1000", "length:>1000", LEXIS_IN_DEPTH),
    (L, "singular (term)", "term", LEXIS_COMMANDS),
    (L, "atleast3 (term)", "atleast3(term)", LEXIS_COMMANDS),
    (L, "wom*n", "wom?n", LEXIS_ACADEMIC),
    (L, "apply w/3 bail", "apply NEAR/2 bail", LEXIS_NOISE),
    (L, "oil gas", '"oil gas"', LEXIS_NOISE),
    (L, "mental health AND california AND budget", '"mental health" AND california AND budget', BERKELEY),
    (L, "dog bite", '"dog bite"', LEXIS_VARIATIONS),
    (L, '"Williams"', "Williams", LEXIS_VARIATIONS),
    (L, '"worker compensation"', '"worker compensation"', LEXIS_VARIATIONS),
    (L, '"consumer protection" and vehicle', '"consumer protection" AND vehicle', SIU),
    (L, "automobile or auto or car or vehicle", "automobile OR auto OR car OR vehicle", SIU),
    (L, "automobile auto car vehicle", '"automobile auto car vehicle"', SIU),
    (L, "recycl! W/10 packag! OR container", "recycl* NEAR/9 (packag* OR container)", LEXIS_DEVELOPING),
    (T, "BMW AND bike", "BMW AND bike", TALKWALKER_ALERTS),
    (T, "BMW AND NOT bike", "BMW AND NOT bike", TALKWALKER_ALERTS),
    (T, "chocolate -swiss", "chocolate AND NOT swiss", TALKWALKER_ALERTS),
    (T, "BMW -site:”mysite.com”", "BMW AND NOT site:mysite.com", TALKWALKER_ALERTS),
    (T, "BMW OR bike", "BMW OR bike", TALKWALKER_ALERTS),
    (T, "“BMW series”", '"BMW series"', TALKWALKER_ALERTS),
    (T, "BMW AND series", "BMW AND series", TALKWALKER_ALERTS),
    (T, "Luxembourg site:”http://www.wort.lu”", "Luxembourg AND site:www.wort.lu", TALKWALKER_ALERTS),
    (
        T,
        "BlackBerry site:”www.cnet.com” site:”bild.de”",
        "BlackBerry AND (site:www.cnet.com OR site:bild.de)",
        TALKWALKER_ALERTS,
    ),
    (T, "BMW AND (motorcycle OR car)", "BMW AND (motorcycle OR car)", TALKWALKER_ALERTS),
    (T, "(BMW AND motorcycle) OR (BMW AND car)", "(BMW AND motorcycle) OR (BMW AND car)", TALKWALKER_ALERTS),
    (T, "Luxemb*", "Luxemb*", TALKWALKER_ALERTS),
    (T, '"BMW series"', '"BMW series"', TALKWALKER_API),
    (T, "reali?ation", "reali?ation", TALKWALKER_API),
    (T, '"obama merkel"~5', '"obama merkel"~5', TALKWALKER_API),
    (T, '"car sharing"~', '"car sharing" OR carsharing', TALKWALKER_API),
    (T, '+"l\'oréal"', 'accents("l\'oréal")', TALKWALKER_API),
    (T, '++"L\'Oréal"', 'exact("L\'Oréal")', TALKWALKER_API),
    (T, "(BMW OR Audi) NEAR/3 (motorcycle OR car)", "(BMW OR Audi) NEAR/3 (motorcycle OR car)", TALKWALKER_API),
    (T, "(BMW OR Audi) ONEAR/3 (motorcycle OR car)", "(BMW OR Audi) ONEAR/3 (motorcycle OR car)", TALKWALKER_API),
    (T, "(BMW OR Audi) SENTENCE (motorcycle OR car)", "sentence((BMW OR Audi) AND (motorcycle OR car))", TALKWALKER_API),
    (
        T,
        "(BMW OR Audi) OSENTENCE (motorcycle OR car)",
        "sentence((BMW OR Audi) ONEAR/9999 (motorcycle OR car))",
        TALKWALKER_API,
    ),
    (T, "Apple", "Apple", TALKWALKER_API),
    (T, "title:sixt", "title:sixt", TALKWALKER_API),
    (T, "content:sixt", "body:sixt", TALKWALKER_API),
    (T, "author:Franz", "author:Franz", TALKWALKER_API),
    (T, "lang:de", "lang:de", TALKWALKER_API),
    (T, "sourcecountry:de", "country:de", TALKWALKER_API),
    (T, "domainurl:reddit.com", "site:reddit.com", TALKWALKER_API),
    (T, "Apple AND computer AND NOT fruit", "Apple AND computer AND NOT fruit", TALKWALKER_MANUAL),
    (T, "Vodafone", "Vodafone", TALKWALKER_MANUAL),
    (T, "“smells good” OR “tastes good”", '"smells good" OR "tastes good"', TALKWALKER_MANUAL),
    (
        G,
        '"Acme Corp" ("scam" OR "fraud" OR "lawsuit" OR "recall") -site:acmecorp.com',
        '"Acme Corp" AND (scam OR fraud OR lawsuit OR recall) AND NOT site:acmecorp.com',
        CITED,
    ),
    (
        G,
        "(intitle:coronavirus | intitle:”covid 19″ | intitle:”covid19″ | intitle:”covid-19″)",
        'title:coronavirus OR title:"covid 19" OR title:covid19 OR title:"covid-19"',
        RESEARCHBUZZ,
    ),
    (G, "Ski Snowboard", "Ski AND Snowboard", CISS),
    (G, "Ski OR Snowboard", "Ski OR Snowboard", CISS),
    (G, "”To be or not to be”", '"To be or not to be"', CISS),
    (G, "“imagine all the people”", '"imagine all the people"', CISS),
    (G, "jaguar speed -car", "jaguar AND speed AND NOT car", CISS),
    (G, 'intitle:"search criteria"', 'title:"search criteria"', CISS),
    (G, 'site:edu "search criteria"', 'site:edu AND "search criteria"', CISS),
    (G, "virus -computer", "virus AND NOT computer", GOOGLE_EXCLUDE),
    (G, "router configuration -cisco", "router AND configuration AND NOT cisco", GOOGLE_EXCLUDE),
    (G, "vacation london OR paris", "vacation AND (london OR paris)", GOOGLE_GUIDE),
    (G, "to be or not to be", 'to AND be AND "or" AND "not" AND to AND be', GOOGLE_GUIDE),
    (U, '"hello dolly"', '"hello dolly"', LUCENE_SYNTAX),
    (U, 'title:"The Right Way" AND text:go', 'title:"The Right Way" AND body:go', LUCENE_SYNTAX),
    (U, 'title:"Do it right" AND right', 'title:"Do it right" AND right', LUCENE_SYNTAX),
    (U, "title:Do it right", "title:Do OR it OR right", LUCENE_SYNTAX),
    (U, "te?t", "te?t", LUCENE_SYNTAX),
    (U, "test*", "test*", LUCENE_SYNTAX),
    (U, "te*t", "te*t", LUCENE_SYNTAX),
    (U, '"jakarta apache"~10', "(jakarta ONEAR/10 apache) OR (apache ONEAR/8 jakarta)", LUCENE_SYNTAX),
    (U, "jakarta apache", "jakarta OR apache", LUCENE_SYNTAX),
    (U, "jakarta^4 apache", "jakarta OR apache", LUCENE_SYNTAX),
    (U, '"jakarta apache"^4 "Apache Lucene"', '"jakarta apache" OR "Apache Lucene"', LUCENE_SYNTAX),
    (U, '"jakarta apache" jakarta', '"jakarta apache" OR jakarta', LUCENE_SYNTAX),
    (U, '"jakarta apache" OR jakarta', '"jakarta apache" OR jakarta', LUCENE_SYNTAX),
    (U, '"jakarta apache" AND "Apache Lucene"', '"jakarta apache" AND "Apache Lucene"', LUCENE_SYNTAX),
    (U, "+jakarta lucene", "jakarta", LUCENE_SYNTAX),
    (U, '"jakarta apache" NOT "Apache Lucene"', '"jakarta apache" AND NOT "Apache Lucene"', LUCENE_SYNTAX),
    (U, '"jakarta apache" -"Apache Lucene"', '"jakarta apache" AND NOT "Apache Lucene"', LUCENE_SYNTAX),
    (U, "/[mb]oat/", "moat OR boat", LUCENE_SYNTAX),
    (U, "(jakarta OR apache) AND website", "(jakarta OR apache) AND website", LUCENE_SYNTAX),
    (U, 'title:(+return +"pink panther")', 'title:(return AND "pink panther")', LUCENE_SYNTAX),
    (U, "a AND b OR c AND d", "a AND b AND c AND d", LUCENE_PRECEDENCE),
    (U, "+humpty dumpty", "humpty", LUCENE_COOKBOOK),
    (U, "-humpty dumpty", "dumpty AND NOT humpty", LUCENE_COOKBOOK),
    (U, "humpty AND dumpty", "humpty AND dumpty", LUCENE_COOKBOOK),
    (U, "humpty OR dumpty", "humpty OR dumpty", LUCENE_COOKBOOK),
    (U, '"raf map"~4', "(raf ONEAR/4 map) OR (map ONEAR/2 raf)", REACTOME),
    (U, '"doug cutting"~2', "(doug ONEAR/2 cutting) OR (cutting ONEAR/0 doug)", LUCENE_SLOP),
]
"""Tool, a query that its documents give as an example, what it becomes, and where the example is from."""

OUTSIDE = [
    (F, "c++ and object-oriented programming", "+ in c++", FACTIVA_EXAMPLES),
    (F, "president % clinton", "% in %", FACTIVA_EXAMPLES),
    (F, "fds=IBM", "codes that Dow Jones gives", FACTIVA_TIPS),
    (F, "hl=northern ireland and td=peace agreement", "td= reads the text after the lead", FACTIVA_FIELDS),
    (L, "marvin W/SEG marvin", "w/seg has no equal", LEXIS_AND),
    (
        L,
        "Hlead(Caps(Apple)) and atleast10(Caps(Apple)) and term(new products #90plus#) and length > 2000",
        "index terms",
        LEXIS_INFOPRO,
    ),
    (L, "plural (terms)", "plural form only", LEXIS_COMMANDS),
    (T, "roam~1", "no equal here", TALKWALKER_API),
    (T, "gender:male", "does not know", TALKWALKER_API),
    (T, "sourcetype:BLOG", "does not know", TALKWALKER_API),
    (T, "hashtag:#bmw", "does not know", TALKWALKER_API),
    (T, "is:comment", "does not know", TALKWALKER_API),
    (T, "score:4", "does not know", TALKWALKER_API),
    (G, "Three * Mice", "no equal here", CISS),
    (G, 'inurl:"search criteria"', "no equal here", CISS),
    (U, "roam~", "fuzzy", LUCENE_SYNTAX),
    (U, "roam~1", "no equal here", LUCENE_SYNTAX),
    (U, "mod_date:[20020101 TO 20030101]", "field of an index", LUCENE_SYNTAX),
    (U, "title:{Aida TO Carmen}", "range of words", LUCENE_SYNTAX),
]
"""Documented queries that ask for what our language does not have: why they are refused."""

REFUSED_BY_THEM = [
    (F, "closing date and (bid or bids)", "date is an operator", FACTIVA_EXAMPLES),  # "Error"
    (F, "atleast10 (Olympics and Winter Games)", "AND stands beside or within atleast10", FACTIVA_TIPS),  # "is not valid"
    (U, 'NOT "jakarta apache"', "nothing by exclusion", LUCENE_SYNTAX),  # "will return no results"
]
"""Queries of which the tool's own manual says that it refuses them, or finds nothing by them: why we refuse them."""

DOUBTFUL = [
    (M, "D*C*", "two stars", MELTWATER_SPEED),
    (F, "lockheed N4 stock", "/n4/", FACTIVA_SHEET),
    (
        L,
        "bankrupt! w/25 discharg! and not student or college or education! w/5 (loan and scholarship)",
        "AND stands beside",
        LEXIS_PRIORITY,
    ),
    (L, "child*", "classic Nexis and any number in Lexis Advance", LEXIS_QUICK),
    (L, "bank and date = 07/04/2007", "day or month first", SIU),
    (T, "NOT coupons", "nearly every article", TALKWALKER_API),
    (U, "\\(1\\+1\\)\\:2", "several words", LUCENE_SYNTAX),
]
"""Documented queries that our language could say, refused because their meaning is not certain."""

MEANING = [
    # Meltwater: n words between; NOT, then AND, then OR
    (M, "bank NEAR fraud", "bank 1 2 3 4 fraud", True),
    (M, "bank NEAR fraud", "bank 1 2 3 4 5 fraud", False),
    (M, "bank NEAR/1 fraud", "fraud 1 bank", True),
    (M, "bank ONEAR/1 fraud", "bank 1 fraud", True),
    (M, "bank ONEAR/1 fraud", "fraud 1 bank", False),
    (M, "bank ONEAR fraud", "bank 1 2 3 4 fraud", True),
    (M, "oil OR gas AND price", "oil", True),
    (M, "oil OR gas AND price", "gas", False),
    (M, "oil AND NOT gas OR coal", "coal gas", True),
    (M, "oil NOT gas AND price", "oil price gas", False),
    (M, "*bank", "the Bundesbank", True),
    (M, 'ingress:"bank fraud"', "Bank fraud", True),
    # Factiva: adjN is N steps, so N - 1 words between
    (F, "bank adj1 fraud", "bank fraud", True),
    (F, "bank adj1 fraud", "bank 1 fraud", False),
    (F, "bank adj2 fraud", "bank 1 fraud", True),
    (F, "bank adj2 fraud", "fraud bank", False),
    (F, "world cup adj5 rugby", "world cup 1 2 3 4 rugby", True),
    (F, "world cup adj5 rugby", "world cup 1 2 3 4 5 rugby", False),
    (F, "president w/2 clinton", "president will clinton", True),
    (F, "president w/2 clinton", "president will not clinton", False),
    (F, "carrefour near5 retail sales", "retail sales 1 2 3 4 carrefour", True),
    (F, "carrefour near5 retail sales", "carrefour 1 2 3 4 5 retail sales", False),
    (F, "carrefour near5 retail sales", "carrefour retail and sales", False),
    (F, "boeing 747/N3/airways", "airways 1 2 boeing 747", True),
    (F, "boeing 747/N3/airways", "airways 1 2 3 boeing 747", False),
    (F, "bill clinton or gore and bush", "bill clinton", True),
    (F, "bill clinton or gore and bush", "bill and clinton bush", False),
    (F, "bill clinton or gore and bush", "gore", False),
    (F, "oil or gas not price", "oil price", True),
    (F, "oil or gas not price", "gas price", False),
    (F, "interest (rate or rates)", "interest rates", True),
    (F, "interest (rate or rates)", "rates of interest", False),
    (F, "engineer$3", "engineer", True),
    (F, "engineer$3", "engineering", True),
    (F, "engineer$3", "engineerings", False),
    (F, "cat?", "cat", False),
    (F, "cat?", "cats", True),
    (F, "toyota/F3/", "1 2 toyota", True),
    (F, "toyota/F3/", "1 2 3 toyota", False),
    (F, "atleast2 bank", "bank and bank", True),
    (F, "atleast2 bank", "bank", False),
    (F, "bank same fraud", "The bank.\n\nThe fraud.", False),
    (F, "bank same fraud", "The bank paid. The fraud was old.\n\nRain.", True),
    (F, "hd=bank or fraud", ("bank", ""), True),
    (F, "hd=bank or fraud", ("", "bank"), False),
    (F, "hd=bank or fraud", ("", "fraud"), True),
    (F, "hd=bank fraud", ("bank fraud", ""), True),
    (F, "hd=bank fraud", ("bank", "fraud"), False),
    (F, "hlp=(bank and fraud)", ("bank", "fraud"), True),
    (F, "bank and wc>2", "bank 1 2", True),
    (F, "bank and wc>2", "bank 1", False),
    (F, "bank and wc>2", ("bank 1 2 3", "bank 1"), False),
    (F, "bank and wc<3", "bank 1", True),
    (F, "bank and wc<3", "bank 1 2", False),
    # LexisNexis: or before proximity before and before and not; w/n is n steps
    (L, "bank w/1 fraud", "fraud bank", True),
    (L, "bank w/1 fraud", "bank 1 fraud", False),
    (L, "bank w/3 fraud", "bank 1 2 fraud", True),
    (L, "bank w/3 fraud", "bank 1 2 3 fraud", False),
    (L, "bank pre/3 fraud", "fraud 1 bank", False),
    (L, "oil or gas and price", "oil", False),
    (L, "oil or gas and price", "oil price", True),
    (L, "southwest pre/1 air or airline", "southwest airline", True),
    (L, "southwest pre/1 air or airline", "airline", False),
    (L, "oil and not gas and price", "oil gas", True),
    (L, "oil and not gas and price", "oil gas price", False),
    (L, "mortgage w/3 property w/1 market", "market property 1 2 mortgage", True),
    (L, "mortgage w/3 property w/1 market", "property 1 market mortgage", False),
    (L, "bank /s fraud", "The bank paid. The fraud was old.", False),
    (L, "bank /s fraud", "The fraud at the bank was old.", True),
    (L, "bank +s fraud", "The fraud at the bank was old.", False),
    (L, "bank /p fraud", "The bank.\n\nThe fraud.", False),
    (L, "land trust", "land trust", True),
    (L, "land trust", "trust the land", False),
    (L, "employ!", "employment", True),
    (L, "allcaps(rico)", "RICO", True),
    (L, "allcaps(rico)", "Rico", False),
    (L, "rico not w/3 puerto", "puerto rico", False),
    (L, "rico not w/3 puerto", "rico 1 2 puerto", False),
    (L, "rico not w/3 puerto", "rico 1 2 3 puerto", True),
    (L, "rico not w/3 puerto", "puerto rico 1 2 3 rico", True),
    (L, "rico not w/3 puerto", "the rico case", True),
    (L, "rico not w/3 puerto", "puerto", False),
    (L, "rico not w/1 puerto or costa", "costa rico", False),
    (L, "rico not w/3 puerto and not fraud", "rico fraud", False),
    (L, "rico and not puerto", "puerto rico 1 2 3 4 5 rico", False),
    (L, "caps(apple)", "Apple", True),
    (L, "caps(apple)", "aPPLE", True),
    (L, "caps(apple)", "an apple", False),
    (L, "caps(apple computer)", "Apple Computer", True),
    (L, "caps(apple computer)", "an apple computer", False),
    (L, "nocaps(Apple)", "an apple", True),
    (L, "nocaps(Apple)", "Apple", False),
    (L, "atleast2(caps(apple))", "Apple, apple", False),
    (L, "atleast2(caps(apple))", "Apple, APPLE", True),
    (L, "bank and length > 2", "bank 1 2", True),
    (L, "bank and length > 2", "bank 1", False),
    (L, "bank and length < 3", "bank 1 2", False),
    (L, "hlead(bank and fraud)", ("bank", "fraud"), True),
    (L, "headline(bank and fraud)", ("bank", "fraud"), False),
    # Talkwalker
    (T, "chocolate -swiss", "swiss chocolate", False),
    (T, '"obama merkel"~2', "merkel 1 2 obama", True),
    (T, '"obama merkel"~2', "merkel 1 2 3 obama", False),
    (T, "bank ONEAR/1 fraud", "fraud bank", False),
    (T, "bank SENTENCE fraud", "A fraud. A bank.", False),
    (T, "bank OSENTENCE fraud", "The fraud of the bank.", False),
    (T, "bank OSENTENCE fraud", "The bank saw the fraud.", True),
    (T, '++"Apple"', "an apple", False),
    (T, '++"Apple"', "an Apple", True),
    (T, '+"loréal"', "loreal", False),
    (T, '"car sharing"~', "car-sharing", True),
    (T, '"car sharing"~', "carsharing", True),
    # Google: OR binds before the blank
    (G, "vacation london OR paris", "vacation", False),
    (G, "vacation london OR paris", "paris", False),
    (G, "vacation london OR paris", "vacation in paris", True),
    (G, "jaguar -car", "jaguar car", False),
    (G, "intitle:bank fraud", ("bank", "fraud"), True),
    (G, "intitle:bank fraud", ("fraud", "bank"), False),
    (G, "allintitle: bank fraud", ("bank", "fraud"), False),
    (G, "bank AROUND(1) fraud", "fraud 1 bank", True),
    # Lucene: no precedence; required, optional, prohibited; moves of words
    (U, "oil AND gas OR coal", "coal", False),
    (U, "oil AND gas OR coal", "oil gas", True),
    (U, "oil OR gas AND coal", "gas coal", True),
    (U, "oil OR gas AND coal", "oil", False),
    (U, "oil gas", "gas", True),
    (U, "+oil gas", "gas", False),
    (U, "oil -gas", "oil gas", False),
    (U, "oil OR NOT gas", "coal", False),
    (U, '"a b"~3', "a 1 2 3 b", True),
    (U, '"a b"~3', "a 1 2 3 4 b", False),
    (U, '"a b"~3', "b 1 a", True),
    (U, '"a b"~3', "b 1 2 a", False),
    (U, '"a b"~2', "b a", True),
    (U, '"a b"~1', "b a", False),
    (U, "title:oil gas", ("", "gas"), True),
    (U, "title:(oil gas)", ("", "gas"), False),
    (U, "/[mb]oat/", "a boat", True),
    (U, "/[mb]oat/", "a moat", True),
    (U, "/[mb]oat/", "boats, mboat", False),
    (U, "title:/[mb]oat/", ("", "a boat"), False),
]
"""Tool, query, a text (or title and text), and whether the query matches it there, and so here."""

REFUSED = [
    # what the documents leave open
    (M, "apple watch", 7, "stands where an operator should"),
    (M, "a NEAR b NEAR c", 10, "a chain of NEARs"),
    (M, "a NEAR (b AND c)", 3, "AND stands beside"),
    (M, "wom?n", 1, "no documented meaning"),
    (M, "source:bbc", 1, "no documented equal"),
    (M, "title:(title:a)", 8, "inside another one"),
    (F, "a adj2 b near3 c", 10, "a chain of proximity"),
    (F, "a adj11 b", 3, "not from 1 to 10"),
    (F, "a near b", 3, "near has no number"),
    (F, "atleast51 a", 1, "more than 50"),
    (F, "sc=j", 1, "codes of sources"),
    (F, "la=english", 4, "no language code"),
    (F, "oil wc>1000", 5, "no operator before it"),
    (F, "oil and wc>=5", 9, "not written as documented"),
    (F, "oil and wc=5", 9, "> or <"),
    (F, "hd=(oil and wc>5)", 1, "inside another one"),
    (F, "a b$", 3, "wildcard without an equal"),
    (F, "date after 02/03/2026", 12, "day or month first"),
    (F, "date -7 and bank", 6, "counted from today"),
    (F, "(a and b) c", 11, "more than words joined by or"),
    (L, "bank w/0 fraud", 6, "not from 1 to 255"),
    (L, "a pre/2 b pre/2 c", 11, "an ordered proximity operator"),
    (L, "bank (a or b)", 1, "no segment or command"),
    (L, "term(banks)", 1, "index terms"),
    (L, "headline(body(a))", 10, "inside another one"),
    (L, "length = 5 and a", 1, "takes > or <"),
    (L, "a and length(>1200)", 7, "not documented"),
    (L, "length < 0 and a", 1, "no number of words"),
    (L, "a not w/s b", 3, "not w/s means is not documented"),
    (L, "a not w/p b", 3, "not documented"),
    (L, "a not w/seg b", 3, "not documented"),
    (L, "a not pre/5 b", 3, "not documented"),
    (L, "a not/5 b", 3, "not documented"),
    (L, "a and not w/5 b", 3, "is no connector"),
    (L, "a not w/0 b", 3, "not from 1 to 255"),
    (L, "a not w/5 b w/3 c", 13, "cannot be combined"),
    (L, "a w/3 b not w/5 c", 9, "cannot be combined"),
    (L, "a not w/5 b w/s c", 13, "cannot be combined"),
    (L, "(a not w/5 b) w/s c", 15, "NOT stands beside"),
    (L, "a not w/5 (b w/3 c)", 3, "cannot be combined"),
    (L, "a not w/5 (b and c)", 3, "AND stands beside"),
    (L, "plural(terms)", 1, "plural form only"),
    (T, "site:a.org AND site:b.org", 16, "nothing stands on two sites"),
    (G, "a -b OR c", 6, "OR stands beside an excluded word"),
    (G, "cost $400", 6, "no equal here"),
    (F, "a /n b", 3, "not from 1 to 500"),
    (U, "at&t", 1, "a setting of the index"),
    (T, "oil AND gas OR coal", 13, "mixed without brackets"),
    (T, "cats and dogs", 6, "written small"),
    (T, "b*nk", 1, "not documented"),
    (T, '+"AT&T"', 1, "with its signs"),
    (T, '"a b c"~', 8, "no equal"),
    (G, "a NOT b", 3, "Google has no NOT"),
    (G, "site:bbc.co.uk/news a", 6, "no host name"),
    (G, "cheap 1..5 euro", 7, "no equal here"),
    (G, "a AROUND b", 3, "no number in brackets"),
    (U, "coca-cola", 1, "a setting of the index"),
    (U, '"a b c"~3', 8, "more than two different words"),
    (U, "a AND (NOT b)", 8, "nothing by exclusion"),
    (U, "/[a-c]at/", 1, "regular expression"),
    (U, "/boa./", 1, "regular expression"),
    (U, "/[MB]oat/", 1, "regular expression"),
    (U, "lang:/[de]e/", 6, "regular expression"),
    (U, "/[abcde][abcde][abcde]/", 1, "more than 64 words"),
    (U, "color:red", 1, "field of an index"),
    (U, "a + - b", 5, "stands behind +"),
    # what reads as a field and is none that is known
    (M, "source.country:us", 1, "source.country: has no documented equal"),
    (M, "metaData.source.name:bbc AND oil", 1, "metaData.source.name: has"),
    (M, "case-sensitive:Apple", 1, "case-sensitive: has"),
    (M, "oil AND content-type:article", 9, "content-type: has"),
    (M, "title:source.id:12345", 7, "source.id: has"),
    (M, "_exists_:title", 1, "_exists_: has"),
    (T, "apple AND extra_author_attributes.gender:male", 11, "does not know"),
    (T, "images.brand:nike", 1, "does not know"),
    (T, "source-type:blog apple", 1, "does not know"),
    (T, '"source country":us', 17, "behind no field"),
    (G, "in-title:oil", 1, "in-title: has no equal"),
    (G, "gas -foo.bar:oil", 6, "foo.bar: has no equal"),
    (G, "allintext:tesla recall", 1, "allintext: has no equal"),
    (G, "oil :gas", 5, "behind no field"),
    (F, "oil and re:usa", 9, "re: is no field"),
    (F, "x_y:oil and gas", 1, "x_y: is no field"),
    (L, "country-name:france and oil", 1, "country-name: is no segment"),
    (L, "load-date aft 2020", 1, "load-date aft compares a segment"),
    (L, "oil and load-date is 2020", 9, "load-date is compares a segment"),
    (L, "language(english)", 1, "takes the name of a language"),
    (M, "coal OR oil,gas", 9, "within oil,gas"),
    (T, "oil;gas", 1, "within oil;gas"),
    (G, "oil,gas", 1, "within oil,gas"),
    (T, "coal 'oil price'", 6, "what single quotes mean"),
    (T, "title(oil)", 1, "between title and its bracket"),
    (G, "gas case(NASA)", 5, "between case and its bracket"),
    (U, "atleast5(oil)", 1, "between atleast5 and its bracket"),
    (F, "language(english)", 1, "between language and its bracket"),
    # operators of others where words stand side by side, and small ones
    (G, "oil NEAR/5 gas", 5, "no operator of this tool"),
    (U, "oil adj5 gas", 5, "no operator of this tool"),
    (F, "apple onear/5 orange", 7, "no operator of this tool"),
    (U, "tesla and recall", 7, "a word to Lucene"),
    (F, "w?m*n", 1, "the * in w?m*n ends no word"),
    (U, "length:long", 8, "a number of words"),
    (U, "length:{5 TO 6}", 8, "no number lies"),
    (U, "length:[* TO *]", 8, "a number of words"),
    # comparisons of LexisNexis that are not documented
    (L, "bank and date aft 2024 and bef 2026", 28, "no segment stands before bef 2026"),
    (L, "bank and date after 2024 and before 1/31/2026", 30, "no segment stands before before"),
    (L, "date is 2024 or is 2025", 17, "no segment stands before is 2025"),
    (L, "bank and aft january 2024", 10, "no segment stands before aft january"),
    (L, "length > 5 and < 10", 16, "no segment stands before < 10"),
    (L, "bank and date from 2024 to 2025", 10, "date from is no comparison"),
    (L, "bank and date between 2024 and 2025", 10, "date between is no comparison"),
    (L, "bank and date on 2024", 10, "date on is no comparison"),
    (L, "bank and date since January 2024", 10, "date since is no comparison"),
    (L, "bank date since 2024", 6, "date since is no comparison"),
    (L, "pub-date until 2024", 1, "pub-date until is no comparison"),
    (L, "bank and date 2024", 10, "date 2024 is no comparison"),
    (L, "bank and date(aft 2024)", 10, "date with brackets"),
    # connectors of LexisNexis that are not documented
    (L, "marks & spencer", 7, "& may mean and"),
    (L, "oil &gas", 5, "& may mean and"),
    (L, "bank near fraud", 6, "near has no number"),
    (L, "bank ONEAR fraud", 6, "onear has no number"),
    (L, "bank adj fraud", 6, "adj has no number"),
    (L, "bank!s", 1, "the ! in bank!s ends no word"),
    (L, "ba!", 1, "fewer than three letters"),
    # true reasons
    (G, "apple AROUND(99999) b", 7, "more than 9,999 words"),
    (G, "apple AROUND(1234567) b", 7, "more than 9,999 words"),
    (T, "site:(a.com OR b.com) car", 6, "site: stands before a bracket"),
    (T, "lang:(de OR en) car", 6, "lang: stands before a bracket"),
    (T, "car AND site: b", 9, "site: has nothing after it"),
    (T, 'site:"" car', 1, "site: has nothing after it"),
    (G, "site:(a.com OR b.com) car", 1, "site: stands before a bracket"),
    (G, "intitle: car", 1, "intitle: has nothing after it"),
    # characters by their numbers in Lucene
    (U, "caf\\u00e", 4, "four hexadecimal digits"),
    (U, '"le caf\\uzzzz"', 8, "four hexadecimal digits"),
    (U, "oil caf\\ud83d", 5, "half a character"),
    # comments are documents of their own here
    (U, "(comment:apple AND juice) OR pear", 2, "comment: reads comments"),
    (U, "apple AND NOT comment:juice", 15, "comment: reads comments"),
    (U, "comment:apple AND NOT body:juice", 1, "comment: reads comments"),
    (U, "+(comment:apple apple) +(comment:juice juice)", 3, "comment: reads comments"),
    # what no tool would take
    (M, "", 1, "empty"),
    (M, "(a OR b", 1, "never closed"),
    (F, "[a or b", 1, "never closed"),
    (L, "a and", 3, "nothing after it"),
    (T, "a OR", 3, "nothing after it"),
    (G, 'a "b', 3, "never closed"),
    (U, "a)", 2, "closes nothing"),
    (U, "[a TO b", 1, "never closed"),
    (U, "()", 1, "empty"),
    (L, '"…"', 1, "no letter or digit"),
]
"""Tool, query, the column of the reason, and a part of the reason."""


def _prepared(text):
    title, body = text if isinstance(text, tuple) else ("", text)
    return prepare(Document(DocumentKind.VERSION, 1, 1, 1, title=title, body=body))


def _parsed(query):
    """The query in our language; where that does not know a form yet, the test is skipped."""
    try:
        parsed = parse(query)
    except QueryError as error:
        pytest.skip(f"our language does not know this yet: {query}: {error}")
    if "?" in query and "?" not in str(parsed.node):
        pytest.skip(f"our language does not know ? yet: {query}")
    return parsed


# --- examples


@pytest.mark.parametrize(("dialect", "query", "expected", "source"), EXAMPLES)
def test_documented_example_converts(dialect, query, expected, source):
    assert convert(query, dialect).query == expected


@pytest.mark.parametrize(("dialect", "query", "expected", "source"), EXAMPLES)
def test_converted_example_parses(dialect, query, expected, source):
    assert _parsed(expected).warnings == ()


@pytest.mark.parametrize(("dialect", "query", "reason", "source"), OUTSIDE + REFUSED_BY_THEM + DOUBTFUL)
def test_documented_example_is_refused_with_its_reason(dialect, query, reason, source):
    with pytest.raises(QueryError) as caught:
        convert(query, dialect)
    assert reason in caught.value.message


def test_nearly_all_that_our_language_can_say_converts():
    assert len(EXAMPLES) / (len(EXAMPLES) + len(DOUBTFUL)) >= 0.95
    assert len({(dialect, query) for dialect, query, *_ in EXAMPLES + OUTSIDE + REFUSED_BY_THEM + DOUBTFUL}) >= 200


@pytest.mark.parametrize(("dialect", "query", "text", "expected"), MEANING)
def test_means_the_same(dialect, query, text, expected):
    assert matches(_parsed(convert(query, dialect).query).node, _prepared(text)) is expected


@pytest.mark.parametrize("dialect", [M, F, L, T, G])
@pytest.mark.parametrize("word", ["10:30", "3:2", "bbc.co.uk:8080", "www.bbc.com:8080"])
def test_times_and_addresses_are_no_fields(dialect, word):
    assert convert(word, dialect).query == f'"{word}"'


@pytest.mark.parametrize("dialect", [F, L])
def test_a_web_address_is_words_where_it_always_was(dialect):
    assert convert("https://bbc.co.uk/a:b", dialect).query == '"https://bbc.co.uk/a:b"'


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("text", ["oil OR\u200b gas", "oil ＯＲ gas", "（oil OR\ufeffgas）"])
def test_operators_are_read_whatever_their_keyboard(dialect, text):
    assert convert(text, dialect).query == "oil OR gas"


_NAMES = st.from_regex(r"[a-z_]{2,8}([._-][a-z0-9]{1,8}){1,3}", fullmatch=True)


@given(_NAMES, st.sampled_from(Dialect))
def test_no_unknown_field_becomes_words(name, dialect):
    assert isinstance(_answer(f"{name}:oil", dialect), QueryError)


# --- the page for users

_PAGE = Path(__file__).resolve().parents[3] / "docs/importing-rules.md"
_ROW = re.compile(r"^\| `(.+?)` \| (?:`(.+)`|refused: .+) \|$", re.MULTILINE)
_HEADINGS = {
    "Meltwater": M,
    "Factiva": F,
    "LexisNexis": L,
    "Talkwalker": T,
    "Google Alerts": G,
    "Lucene": U,
}


def _told():
    for section in _PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if heading in _HEADINGS:
            for query, expected in _ROW.findall(text):
                yield _HEADINGS[heading], query.replace("\\|", "|"), expected


def test_page_tells_of_every_tool():
    assert {dialect for dialect, *_ in _told()} == set(Dialect)
    assert len(list(_told())) > 90


@pytest.mark.parametrize(("dialect", "query", "expected"), list(_told()))
def test_page_tells_what_happens(dialect, query, expected):
    if expected:
        assert convert(query, dialect).query == expected
    else:
        with pytest.raises(QueryError):
            convert(query, dialect)


# --- refusals


@pytest.mark.parametrize(("dialect", "query", "column", "reason"), REFUSED)
def test_refusal_names_column_and_reason(dialect, query, column, reason):
    with pytest.raises(QueryError) as caught:
        convert(query, dialect)
    assert (caught.value.column, reason in caught.value.message) == (column, True), str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("dash", "‐‑‒–—―−﹘﹣")
def test_a_long_dash_before_a_word_never_makes_it_a_required_one(dialect, dash):
    for query, column in [
        (f"mango {dash}juice", 7),
        (f'mango -{dash}"orange juice"', 8),
        (f"({dash}juice)", 2),
        (f"{dash}(a)", 1),
    ]:
        with pytest.raises(QueryError, match="is no hyphen") as caught:
            convert(query, dialect)
        assert caught.value.column == column


@pytest.mark.parametrize(
    ("dialect", "remedy"),
    [
        (M, "write NOT before"),
        (F, "write not before"),
        (L, "write and not before"),
        (T, ": -word"),
        (G, ": -word"),
        (U, ": -word"),
    ],
)
def test_who_wrote_a_long_dash_is_told_how_the_tool_excludes(dialect, remedy):
    with pytest.raises(QueryError) as caught:
        convert("mango –juice", dialect)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("quotes", ['""', "“”"])
def test_a_dash_in_quotes_is_a_sign_between_words(dialect, quotes):
    assert convert(f"{quotes[0]}mango –juice{quotes[1]}", dialect).query == '"mango –juice"'


@pytest.mark.parametrize(
    ("dialect", "query", "expected"),
    [
        (L, "mango – juice", '"mango – juice"'),
        (G, "U.S.–China talks", '"U.S.–China" AND talks'),
        (M, "Paris–Dakar", '"Paris–Dakar"'),
        (U, '"a \\" –b" c', '"a –b" OR c'),
        (L, "“apple adj5 juice”", '"apple adj5 juice"'),
    ],
)
def test_a_dash_within_words_and_between_blanks_is_what_it_was(dialect, query, expected):
    assert convert(query, dialect).query == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bank and after 2001", 'bank AND "after 2001"'),
        ("bank and date of birth", 'bank AND "date of birth"'),
        ("date in market and bank", '"date in market" AND bank'),
        ('"date since 2024"', '"date since 2024"'),
        ("near east and bank", '"near east" AND bank'),
        ('middle "near" east', '"middle near east"'),
        ("AT&T and bank", '"AT&T" AND bank'),
        ('"marks & spencer"', '"marks & spencer"'),
    ],
)
def test_words_that_resemble_comparisons_and_connectors_stay_words(query, expected):
    assert convert(query, L).query == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("caf\\u00e9", "café"),
        ("title:\\u00E9t\\u00e9*", "title:été*"),
        ('"caf\\u00e9 noir"', '"café noir"'),
        ('"a \\ud83d\\ude00 b"', '"a 😀 b"'),
        ('"bank\\u002a x"', '"bank x"'),
        ('"a \\u201cb c"', '"a b c"'),
        ("c\\afe", "cafe"),
    ],
)
def test_lucene_reads_a_character_by_its_number(query, expected):
    assert convert(query, U).query == expected


# --- what could never match here

LOST = [
    (U, "apple AND comment:juice", 1, "comment: reads comments"),
    (U, "comment:apple AND length:[1 TO 5]", 9, "comment: reads comments"),
    (T, "lang:de lang:en car", 14, "no article is of lang:de and lang:en"),
    (T, "(lang:de lang:en) OR (lang:fr lang:it)", 15, "no article is of lang:de and lang:en"),
    (G, "apple site:bbc.co.uk site:cnn.com", 27, "no article is of site:bbc.co.uk and site:cnn.com"),
    (G, '"apple juice" -apple', 16, "NOT excludes apple"),
    (M, "bank NOT bank*", 10, "NOT excludes bank*"),
    (L, "bank and date aft 2024 and date bef 2020", 28, "no article is of published:"),
    (L, "allcaps(1234) w/5 bank", 9, "1234 has no letter"),
    (F, "carrefour and world cup final/F2/", 15, "3 words cannot stand among the first 2"),
]
"""Tool, query, the column of what is never true, and a part of the reason."""


@pytest.mark.parametrize(("dialect", "query", "column", "reason"), LOST)
def test_what_can_never_match_is_refused_with_the_reason(dialect, query, column, reason):
    with pytest.raises(QueryError) as caught:
        convert(query, dialect)
    assert (caught.value.column, reason in caught.value.message) == (column, True), str(caught.value)
    assert "can never match" in caught.value.message


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        (T, "(lang:de lang:en car) OR bike"),
        (T, "car NOT (lang:de lang:en)"),
        (L, "bank or allcaps(1234)"),
        (L, "bank not w/5 allcaps(1234)"),
        (U, "comment:apple title:juice"),
        (U, "+comment:apple +title:juice -lang:de"),
        (U, "+(comment:apple apple) +title:juice"),
    ],
)
def test_a_part_that_never_matches_hinders_no_other(dialect, query):
    assert convert(query, dialect).query


HOSTILE = [
    "(" * 20_000,
    "[" * 20_000,
    "(" * 9_000 + "a" + ")" * 9_000,
    "NOT " * 4_000 + "a",
    "-" * 19_000 + "a",
    "–" * 19_000 + "a",
    "– " * 9_000 + "a",
    "title:" * 3_000 + "a",
    "hd=" * 5_000 + "a",
    "allcaps(" * 2_000,
    "atleast5 " * 2_000,
    "a OR " * 3_000 + "a",
    "a w/5 " * 3_000 + "a",
    "a NEAR/3 " * 2_000 + "a",
    "a not b " * 2_000,
    "(a or b) " * 2_000,
    "a$9 " * 2_000,
    "/N5/a" * 3_000,
    '"' * 20_000,
    "\\" * 20_000,
    "*" * 20_000,
    "a" * 20_001,
    "(NOT " * 49 + "a" + ")" * 49,
    "((a OR b) AND " * 49 + "c" + ")" * 49,
]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_query_is_answered(dialect, text):
    _check_answer(text, dialect)


def _check_answer(text, dialect):
    answer = _answer(text, dialect)
    if isinstance(answer, Converted):
        assert 0 < len(answer.query) <= 20_000
    else:
        assert 1 <= answer.column <= len(text) + 1


def _answer(text, dialect):
    try:
        return convert(text, dialect)
    except QueryError as error:
        return error


_PIECES = """
    bank AND and OR or NOT not NEAR NEAR/3 ONEAR/2 near5 adj3 w/5 pre/2 /s w/p same atleast5 hd= la= title: site: lang: ( ) [ ] "
    "a" ~5 ^4 * ban* *ank w?m - + ++ ! date from to 20260101 aft 2026 = /F5/ /N3/ wc>5 $3 car$2 AROUND(3) | allcaps( hlead(
    atleast3( w/s caps( not length > wc>9 /[ab]c/ published: {a \\( /x/ : % SENTENCE x.y. c++ Müller 北京 intitle: a-b e? the
"""
_QUERIES = st.lists(st.tuples(st.sampled_from(_PIECES.split()), st.sampled_from([" ", "", " "])), max_size=20).map(
    lambda pieces: "".join(piece + blank for piece, blank in pieces)
)


@given(st.one_of(_QUERIES, st.text(max_size=80)), st.sampled_from(Dialect))
def test_any_text_converts_or_says_why_not(text, dialect):
    _check_answer(text, dialect)


_WORDS = st.sampled_from(["oil", "gas", "coal", "price"])
_TREES = st.recursive(_WORDS, lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), inner, inner), max_leaves=8)


def _bracketed(tree):
    return tree if isinstance(tree, str) else f"({_bracketed(tree[1])} {tree[0]} {_bracketed(tree[2])})"


def _true(tree, words):
    if isinstance(tree, str):
        return tree in words
    return (all if tree[0] == "AND" else any)(_true(part, words) for part in tree[1:])


@given(_TREES, st.sets(_WORDS), st.sampled_from(Dialect))
def test_brackets_mean_the_same_everywhere(tree, words, dialect):
    query = convert(_bracketed(tree), dialect).query
    assert matches(parse(query).node, _prepared(" – ".join(sorted(words)))) is _true(tree, words)


@given(st.integers(0, 6), st.booleans(), st.integers(0, 8))
def test_moves_of_words_are_those_of_lucene(moves, reverse, between):
    """Sloppy phrases in Lucene: how far the two words stand from where the phrase wants them."""
    filler = [str(number) for number in range(between)]
    text = ["b", *filler, "a"] if reverse else ["a", *filler, "b"]
    moved = abs(text.index("b") - 1 - text.index("a"))
    query = convert(f'"a b"~{moves}', Dialect.LUCENE).query
    assert matches(_parsed(query).node, _prepared(" ".join(text))) is (moved <= moves)


# --- notes

NOTED = [
    (M, "(a OR b)^9", "^ chose the sentence"),
    (F, "a near3 b", "from the headline into the text"),
    (M, '"C++"', "signs such as +"),
    (F, "a/F9/", "title and text are counted each for itself"),
    (F, "lp=a", "first two paragraphs"),
    (F, "hl=a", "section and column"),
    (L, "bank", "plurals"),
    (L, '"bank fraud"', "noise words"),
    (L, '"wom*n"', "exactly one letter"),
    (L, "a not w/5 b", "at least once without"),
    (L, "caps(a b)", "each word of a phrase"),
    (L, "length > 5", "LENGTH counts words"),
    (F, "a and wc>5", "wc counts words"),
    (U, "/[ab]c/", "as written"),
    (L, "hlead(a)", "the lead is what"),
    (T, "a NEAR/3 b", "whether a distance counts"),
    (T, 'a site:"x.org" site:"y.org"', "joined by OR"),
    (T, '+"l\'oréal"', "a gap between words"),
    (G, "bank", "synonyms"),
    (G, '"a" AROUND(3) "b"', "does not say"),
    (G, "tesla and recall", "in small letters is a word to Google"),
    (U, "length:5", "the number of words"),
    (U, "a", "as written"),
    (U, "title:a^4", "order of Lucene's results"),
    (U, "+title:a title:b", "left out"),
    (U, "text:a", "read as body:"),
]


@pytest.mark.parametrize(("dialect", "query", "note"), NOTED)
def test_what_the_reader_should_know_is_noted(dialect, query, note):
    assert any(note in each for each in convert(query, dialect).notes)


@pytest.mark.parametrize(
    ("dialect", "query"),
    [(M, "a NEAR/3 b"), (F, "a and b"), (L, '"bank"'), (T, "a AND b"), (G, '"a" OR "b"'), (U, "title:a")],
)
def test_nothing_is_noted_where_all_is_the_same(dialect, query):
    assert convert(query, dialect).notes == ()

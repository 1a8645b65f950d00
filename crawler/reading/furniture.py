"""Lines that belong to the page rather than to the article: pointers, advertisements, credits, subscriptions. A pure module.

Whole lines are told by how they begin, in the languages of the larger papers; a sentence that happens to hold such words
goes on, and is kept.
"""

import re

LONGEST = 400  # characters of a line that may be furniture

# Names of people and houses, as credits give them: capitals, and what stands between names.
_NAME = r"(?:(?-i:[^\W\d_a-zß-öø-ÿ])[\w.'’]*|of|for|and|the|via|by|\d{4})"
_NAMED = rf"{_NAME}(?:[\s/,&|()+–-]+{_NAME}){{0,11}}"
# What people are asked to subscribe to: a call with one of these is furniture even as a full sentence.
_OFFERS = (
    r"\b(?:newsletters?|e-?mails?|inbox|alerts?|podcasts?|briefings?|digest|accounts?|free|premium|trial|subscription|channels?"
    r"|whatsapp|telegram|facebook|twitter|instagram|linkedin|youtube|google|rss|reading|our|bolet[íi]n\w*|lettres?|infolettres?"
    r"|cha[îi]nes?|nos|notre|canal\w*|canais|nuestr[oa]s?|noss[oa]s?|not[íi]cias|correo|gratis|gratuit\w*|e-postas?"
    r"|canali|nostr[oaie]|notizie|kana[łl]\w*|nasz\w*|wiadomo[śs]ci|рассылк\w+|канал\w*|телеграм\w*|наш\w*|новост\w+)\b"
)
_CALLED = (
    r"(?:sign up|subscribe|register)(?: now| today| here)? (?:for|to|and)|(?:abonnez|inscrivez)-vous"
    r"|(?:suscr[íi]b[ea](?:te|se)|[úu]nete a)|(?:assine|inscreva-se|siga|receba) (?:o|a|as|os|no|na|em|noss[oa]s?)"
    r"|iscriviti|abbonati|zapisz si[ęe]|subskrybuj|подпис(?:ывайтесь|аться|ка)"
)

_POINTERS = (
    r"(?:also |you (?:may|might) also )?(?:read|see|watch|listen|view|like)(?: more| also| next| here| now)?\s*[:：|>»–—-].*",
    r"(?:read|see|watch|listen|view) (?:more|also|next|here|now|the full (?:story|article|interview))\b.{0,140}",
    r"also read\b.{0,140}|you (?:may|might) also like.{0,60}|more (?:on|from|about) (?:this|the|our)\b.{0,80}",
    r"(?:lesen|sehen|h[öo]ren) sie (?:auch|hier|dazu|mehr)\b.{0,140}",
    r"(?:lies|lest|schau) (?:auch|hier|dazu|mehr)\b.{0,140}",
    r"mehr (?:zum thema|dazu|lesen|themen|infos?|informationen)\b.{0,80}",
    r"(?:auch|noch) (?:interessant|lesenswert)\W.{0,140}|schon gelesen\?.{0,140}",
    r"das k[öo]nnte (?:sie|dich) auch interessieren.{0,80}|passend dazu\W.{0,140}|weiterlesen\b.{0,100}",
    r"weitere (?:informationen|artikel|beitr[äa]ge|themen|links|meldungen)\b.{0,80}",
    r"weiterf[üu]hrende[rn]? (?:links?|informationen)\b.{0,60}|verwandte (?:themen|artikel|beitr[äa]ge).{0,40}",
    r"les ogs[åa]\W?.{0,140}|les mer\W?.{0,100}|l[äa]s [äa]ven\W?.{0,140}|l[äa]s mer\W?.{0,100}",
    r"l[æa]s ogs[åa]\W?.{0,140}|lees (?:ook|meer|verder)\W?.{0,140}|bekijk (?:ook|hier)\W.{0,140}",
    r"lue my[öo]s\W?.{0,140}|lue lis[äa]{1,2}\W?.{0,140}|(?:[àa] )?lire (?:aussi|[ée]galement|la suite)\b.{0,140}",
    r"voir aussi\b.{0,140}|sur le m[êe]me (?:sujet|th[èe]me).{0,40}|leia (?:tamb[ée]m|mais)\b.{0,140}",
    r"veja (?:tamb[ée]m|mais)\b.{0,140}|saiba mais\b.{0,100}|relacionadas?\W?|(?:le|te) puede interesar\b.{0,140}",
    r"(?:lea|lee|vea|mire|mira|ver) (?:tambi[ée]n|m[áa]s)\b.{0,140}",
    r"(?:lea|lee|vea|mire|mira|puedes? (?:ver|leer))\s*[:：].{0,160}|notas? relacionadas?.{0,40}",
    r"noticias? relacionadas?.{0,40}|leggi (?:anche|tutto|di pi[ùu])\b.{0,140}|guarda (?:anche|il video)\b.{0,100}",
    r"articoli correlati.{0,40}|czytaj (?:wi[ęe]cej|tak[żz]e|te[żz]|r[óo]wnie[żz])\b.{0,140}",
    r"zobacz (?:wi[ęe]cej|tak[żz]e|te[żz]|r[óo]wnie[żz])\b.{0,140}|dowiedz si[ęe] wi[ęe]cej.{0,60}",
    r"читайте (?:также|ещё|еще)\b.{0,140}|смотрите также\b.{0,140}|по теме\W?|читайте також\b.{0,140}",
    r"ayr[ıi]ca (?:bak[ıi]n[ıi]z|oku).{0,100}|[İi]lgili haber(?:ler)?\W?.{0,100}|baca juga\W?.{0,140}",
    r"xem th[êe]m\W?.{0,140}|関連(?:記事|ニュース|リンク)?\W?.{0,80}|あわせて読みたい.{0,60}|相关(?:新闻|阅读|链接)\W?.{0,60}",
    r"延伸閱讀\W?.{0,60}",
    r"관련\s?기사\W?.{0,60}|related(?: (?:stories|articles|posts|coverage|content|links|topics|news|reading))?\W?",
    r"recommended(?: for you| reading)?\W?|(?:click|tap) here (?:to|for) .{0,140}",
    r"follow (?:us|live|the latest) .{0,100}|more (?:stories|news|coverage)\W?",
)
_CREDITS = (
    (
        r"(?:photos?|images?|pictures?|fotos?|bild(?:er)?|video|credits?|cr[ée]dits?|titelbild|beitragsbild|bildquelle|kuva"
        r"|zdj[ęe]cie)(?: (?:credit|courtesy|by|via|nachweis|photos?))?\s*[:：].{0,140}"
    ),
    rf"(?:photo|image|picture|video|foto)s? (?:courtesy of .{{0,120}}|(?:credits?|courtesy|via|by) {_NAMED})",
    r"beitragsbild|titelbild|symbolbild",
    rf"archivbild|(?:\(c\)|©)\s?.{{0,140}}|copyright(?:\s*[\d©:(].{{0,140}}| {_NAMED})?",
    (
        r"(?:all rights reserved|alle rechte vorbehalten|tous droits r[ée]serv[ée]s"
        rf"|todos (?:los derechos|os direitos) reservados)(?:\s*[^\w\s].{{0,80}}| {_NAMED})?"
    ),
    r".{0,60}materia[łl] chroniony prawem.{0,200}",
    r"(?:quellen?(?:angaben?)?|sources?|fuentes?|fontes?|fonte|bron|kilde|k[äa]lla|[źz]r[óo]d[łl]o|источник)\s*[:：].{0,140}",
)
_ADVERTS = (
    r"advertisements?\W?|advertisement - .{0,60}|sponsored(?: content)?|promoted(?: content| stories)?|ad feedback",
    r"(?:an)?zeige|werbung|publicit[ée]|publicidade?s?|reklamel?|annonse?r?|ilan|reklama|広告|广告|廣告|광고|реклама",
    r"pubblicit[àa]|advertentie|(?:anzeige|\*?werbung)\s*[-–:*].{0,160}|(?:story|article) continues (?:below|after).{0,60}",
    r"(?:la suite|l'article continue) (?:apr[èe]s|sous) (?:la|cette) (?:publicit[ée]|annonce).{0,40}",
    r"das k[öo]nnte ihnen auch gefallen",
    r"empfohlener (?:externer|redaktioneller) inhalt.{0,80}|an dieser stelle (?:findest|finden|steht).{0,200}",
    r"externe[rn]? inhalt\b.{0,100}|personenbezogene daten (?:k[öo]nnen|werden).{0,200}",
    r"ich bin (?:damit )?einverstanden, dass .{0,160}|mehr dazu in unserer datenschutz.{0,60}",
    r"link zum youtube-inhalt|(?:video|audio) (?:verf[üu]gbar|abspielen|wird geladen).{0,80}",
    r"your browser does not support.{0,100}",
    r"(?:dieser \w{4,7} enth[äa]lt werbung|(?:dies|d)er (?:text|artikel|beitrag) enth[äa]lt affiliate).{0,200}",
    r"if you (?:buy|purchase|click|make a purchase).{0,80}\b(?:links?|we)\b.{0,80}(?:commission|affiliate).{0,200}",
    r"we may earn (?:a )?commission.{0,200}",
)
_CALLS = (
    r".{0,160}\b(?:delivered|straight|sent|direct(?:ly)?) (?:free )?(?:in)?to your inbox\b.{0,120}",
    rf"(?:{_CALLED}) .{{0,120}}{_OFFERS}.{{0,160}}|subscribe(?: now| today)?\W?",
    r"(?:get|receive) (?:the latest|our|all the|breaking|more) .{0,140}(?:inbox|newsletters?|app|alerts?|updates?)\b.{0,60}",
    (
        r"(?:follow|like|join|find) (?:us|me|him|her|the .{2,40}) on (?:facebook|twitter|x|instagram|linkedin|telegram"
        r"|whatsapp|youtube|google).{0,120}"
    ),
    r"(?:download|get) our .{0,40}\bapp\b.{0,80}|to continue reading (?:the|this) (?:story|article).{0,140}",
    r"to (?:view|read) (?:the (?:full|whole|rest of)|this)(?: the| this| full)? (?:story|article).{0,140}",
    r"(?:already|not) a (?:subscriber|member)\?.{0,80}",
    r"(?:this|the) (?:article|content) is (?:for|available to) (?:subscribers|members).{0,100}",
    r"(?:jetzt|hier)(?: \w{2,20})? (?:abonnieren|anmelden|registrieren|testen|bestellen|lesen)\W?",
    r"newsletter (?:abonnieren|bestellen).{0,80}|(?:abonnieren|folgen) sie (?:uns|unser\w*|hier)\b.{0,160}",
    r"(?:abonnier|folg)e? (?:uns|unseren|den|jetzt|hier).{0,160}|\d+ wochen kostenlos.{0,60}",
    r"suivez[- ](?:nous|l'actualit[ée]).{0,140}|d[ée]j[àa] abonn[ée].{0,60}|s[íi]g[aue]{1,3}nos .{0,160}",
    r"seguici s?u .{0,140}|obserwuj nas .{0,140}|esta funcionalidad es s[óo]lo para suscriptores.{0,60}",
    r"se connecter pour .{0,80}|log ?in (?:or create an account )?to continue.{0,60}",
)
# The same where a sentence may begin with them; one that ends like a sentence is kept.
_BUTTONS = (
    rf"(?:{_CALLED}) .{{0,160}}",
    r"continue reading\b.{0,140}|scroll (?:down|to continue).{0,60}|(?:download|get) the .{0,40}\bapp\b.{0,80}",
    r"(?:copy|share) (?:link|this (?:article|story|page))\b.{0,60}",
    r"(?:artikel|beitrag) (?:teilen|drucken|merken|vorlesen).{0,40}",
    r"(?:jetzt|hier) (?:abonnieren|anmelden|registrieren|testen|bestellen|lesen|kostenlos)\b.{0,120}",
    r"(?:abonnieren|folgen) sie (?:den|der)\b.{0,160}|externe[rn]? inhalte.{0,100}|seguici .{0,140}",
)
# What blog software writes below a post, as sentences and as labels.
_NOTES = (
    r"this entry was (?:posted|written|filed|published)\b.*",
    r"you can (?:follow any|skip to the|leave a) (?:responses?|end)\b.{0,200}",
    r"(?:both )?comments and pings are .{0,200}|bookmark the permalink.{0,60}|setzen? sie ein lesezeichen.{0,160}",
    (
        r"(?:dieser (?:eintrag|beitrag)|diese meldung) wurde (?:am|von|unter|in"
        r"|ver[öo]ffentlicht)\b.{0,80}ver[öo]ffentlicht\b.{0,200}"
    ),
    r"ce(?:t article|tte entr[ée]e) a [ée]t[ée] publi[ée]e? (?:dans|le|par)\b.{0,200}",
    r"esta entrada (?:fue|ha sido) publicada.{0,200}|este post foi publicado.{0,200}",
    r"wpis zosta[łl] opublikowany.{0,200}|questo articolo [èe] stato pubblicato (?:in|il|da)\b.{0,200}",
)
_FILED = (
    r"(?:posted|filed|published|written) (?:in|under|by|on|at)\b.{0,160}|filed under\b.{0,160}",
    r"tagged\b(?: with| as|:).{0,200}",
    (
        r"(?:tags?|categor(?:y|ies)|labels?|topics?|schlagw[öo]rter|schlagworte|kategorien?|themen|mots[- ]cl[ée]s"
        r"|etiquetas|categor[íi]as?|tagi)\s*[:：].{0,300}"
    ),
    r"ver[öo]ffentlicht (?:am|in|unter|von)\b.{0,160}|publicad[oa] (?:en|em|por)\b.{0,140}",
    (
        r"(?:last (?:modified|updated)|letzte (?:[äa]nderung|aktualisierung)|zuletzt (?:ge[äa]ndert|aktualisiert)"
        r"|stand)\s*[:：]?\s*.{0,12}\d.{0,60}"
    ),
    r"(?:alle angaben ohne gew[äa]hr|drucken|print|imprimer|imprimir|drukuj|stampa)\W?",
    r"bild (?:anzeigen|vergr[öo]ßern)|image \d+ (?:of|/) \d+",
)
# A pointer is no sentence: "Weitere Informationen lagen zunächst nicht vor." is one, and is kept.
_WHOLE = "|".join((*_CREDITS, *_ADVERTS, *_CALLS, *_NOTES))
_UNFINISHED = "|".join((*_POINTERS, *_BUTTONS, *_FILED))
_LINE = re.compile(rf"\W*(?:(?:{_WHOLE})\W*|(?:{_UNFINISHED})(?<![.!?…。])[\s\])»”\"':|→>]*)", re.IGNORECASE)

# Headings above what is not the article any more: from them on, what ends the page is left out.
_CLOSING = re.compile(
    r"\W*(?:related(?: (?:stories|articles|posts|coverage|content|links|topics|news|reading))?|recommended(?: for you"
    r"| reading)?"
    r"|more (?:stories|news|coverage|from .{2,40}|on this (?:story|topic))|most (?:read|popular)|trending(?: now)?"
    r"|read (?:more|next)|see also"
    r"|you (?:may|might) also like|what to read next|up next|don'?t miss|latest (?:news|stories)|top stories"
    r"|editor(?:['’]s|s['’]?)? picks?"
    r"|about the authors?|share this(?: article| story)?|follow us|newsletters?|topics|tags|comments?"
    r"|mehr (?:zum thema|themen|dazu|artikel)|weitere (?:themen|artikel|beitr[äa]ge|meldungen|nachrichten)(?: .{2,60})?"
    r"|verwandte (?:themen|artikel|beitr[äa]ge)"
    r"|das k[öo]nnte (?:sie|dich|ihnen) auch .{2,30}|meistgelesen|lesen sie auch|auch interessant|themen"
    r"|schlagw[öo]rter|kommentare"
    r"|[üu]ber (?:den autor|die autorin)|zur person|(?:le|te) puede interesar|noticias relacionadas|notas relacionadas"
    r"|m[áa]s noticias|lo m[áa]s le[íi]do"
    r"|(?:[àa] )?lire aussi|sur le m[êe]me sujet|articles? li[ée]s|les plus lus|voir aussi|leia (?:tamb[ée]m|mais)"
    r"|veja tamb[ée]m|mais lidas"
    r"|leggi anche|articoli correlati|czytaj (?:te[żz]|tak[żz]e|r[óo]wnie[żz])|les ogs[åa]|l[äa]s [äa]ven|l[äa]s mer"
    r"|lees ook|lue my[öo]s"
    r"|читайте также|по теме|関連記事|相关(?:新闻|阅读)|관련 ?기사)\W*",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """Whether a whole line only points elsewhere, advertises, asks to subscribe or credits a picture."""
    return len(line) <= LONGEST and bool(_LINE.fullmatch(line))


def is_closing(line: str) -> bool:
    """Whether a line is the heading of what follows an article: related stories, most read, about the author."""
    return len(line) <= 80 and bool(_CLOSING.fullmatch(line))

"""Walls, error pages, listings and live blogs of our own making, and articles that only look like them.

The walls follow how the makers' pages are built (title, ids, scripts, forms), in words of their usual kind.
"""

import json
from datetime import UTC, datetime

import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.extract import extract
from crawler.reading.kinds import read_kind
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.signs import read_signs
from storage.ingest import ingest_article
from storage.models import Outcome, PageKind, Reason, Schedule, Source

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
URL = "https://www.paper.example/news/2026/02/the-river-rose-overnight"
ARTICLE = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"The river rose overnight"}</script>'


def page(title, body="", head="", attributes="", body_attributes=""):
    return f"<!doctype html><html {attributes}><head><title>{title}</title>{head}</head><body {body_attributes}>{body}</body></html>"


def wall(title, *paragraphs, buttons=(), head="", extra="", heading=None, attributes=""):
    """A page that speaks to its visitor: a heading, paragraphs, buttons."""
    body = f"<div class='box'><h1>{heading if heading is not None else title}</h1>"
    body += "".join(f"<p>{each}</p>" for each in paragraphs)
    body += "".join(f"<button class='btn'>{each}</button>" for each in buttons)
    return page(title, body + "</div>" + extra, head, attributes)


def menu(count=70):
    return "<nav><ul>" + "".join(f'<li><a href="/s/{n}">Section {n}</a></li>' for n in range(count)) + "</ul></nav>"


def error(title, *paragraphs, heading=None, attributes="", teasers=4):
    """An error page in the site's own frame: its menu, its footer, what is read most."""
    also = "".join(f'<li><h3><a href="/n/{n}">A story that many people read, number {n}</a></h3></li>' for n in range(teasers))
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    body = f"<header>{menu()}</header><main><h1>{heading or title}</h1>{text}<form><input name='q'></form></main><ul>{also}</ul><footer>Imprint</footer>"
    return page(f"{title} | The Paper", body, '<meta property="og:site_name" content="The Paper">', attributes)


BOTS = {
    "cloudflare challenge": page(
        "Just a moment...",
        '<div class="main-wrapper"><div class="main-content"><noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript></div></div>'
        "<script>(function(){window._cf_chl_opt = {cvId: '3', cType: 'managed', cRay: '8f1'};})();</script>",
        '<meta http-equiv="refresh" content="360"><meta name="robots" content="noindex,nofollow">', 'lang="en-US"',
    ),
    "cloudflare in german": page(
        "Nur einen Moment…",
        "<div><h1>www.blatt.example</h1><p>Bestätigen Sie, dass Sie ein Mensch sind. Dies kann einige Sekunden dauern.</p><p>www.blatt.example muss die Sicherheit Ihrer Verbindung überprüfen, bevor Sie fortfahren können.</p></div><script>window._cf_chl_opt={}</script>",
        attributes='lang="de"',
    ),
    "cloudflare in french": page("Un instant…", "<h1>www.journal.example</h1><p>Vérifiez que vous êtes humain en effectuant l’action ci-dessous.</p><p>www.journal.example doit vérifier la sécurité de votre connexion avant de continuer.</p>", attributes='lang="fr"'),
    "cloudflare in spanish": page("Un momento…", "<h1>www.diario.example</h1><p>Verifica que eres humano completando la acción a continuación.</p><p>Identificador de rayo: 8f1c</p>", attributes='lang="es"'),
    "cloudflare in russian": page("Один момент…", "<h1>www.gazeta.example</h1><p>Подтвердите, что вы человек, выполнив указанное действие.</p>", attributes='lang="ru"'),
    "cloudflare in japanese": page("しばらくお待ちください...", "<h1>www.shimbun.example</h1><p>人間であることを確認します。これには数秒かかる場合があります。</p>", attributes='lang="ja"'),
    "cloudflare in chinese": page("请稍候…", "<h1>www.xinwen.example</h1><p>请完成以下操作，验证您是真人。</p>", attributes='lang="zh-CN"'),
    "cloudflare in korean": page("잠시만 기다리십시오…", "<h1>www.ilbo.example</h1><p>아래 작업을 완료하여 사람인지 확인하십시오.</p>", attributes='lang="ko"'),
    "cloudflare block": page(
        "Attention Required! | Cloudflare",
        '<div id="cf-wrapper"><div id="cf-error-details" class="cf-error-details-wrapper"><h1>Sorry, you have been blocked</h1><h2>You are unable to access paper.example</h2><h2>Why have I been blocked?</h2><p>This website is using a security service to protect itself from online attacks. The action you just performed triggered the security solution. There are several actions that could trigger this block including submitting a certain word or phrase, a SQL command or malformed data.</p><h2>What can I do to resolve this?</h2><p>You can email the site owner to let them know you were blocked. Please include what you were doing when this page came up and the Cloudflare Ray ID found at the bottom of this page.</p><p>Cloudflare Ray ID: 8f1c · Performance & security by Cloudflare</p></div></div>',
    ),
    "old cloudflare": wall("Checking your browser before accessing paper.example", "This process is automatic. Your browser will redirect to your requested content shortly.", "Please allow up to 5 seconds…", "DDoS protection by Cloudflare"),
    "datadome": page(
        "paper.example", '<p id="cmsg">Please enable JS and disable any ad blocker</p><script data-cfasync="false">var dd={\'rt\':\'c\',\'cid\':\'AHrlq\',\'host\':\'geo.captcha-delivery.com\'}</script><script src="https://ct.captcha-delivery.com/c.js"></script>',
    ),
    "human": page(
        "Access to this page has been denied",
        '<div class="px-captcha-container"><h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><div id="px-captcha"></div><p>Having an issue? Report feedback</p><p>Reference ID 4f0c</p></div><script>window._pxAppId="PXabc";</script><script src="https://captcha.px-cdn.net/PXabc/captcha.js"></script>',
    ),
    "akamai": page(
        "Access Denied", '<h1>Access Denied</h1>You don\'t have permission to access "http://www.paper.example/news/river" on this server.<p>Reference #18.2d351ab8.1557333295.a4e16ab</p><p>https://errors.edgesuite.net/18.2d351ab8.1557333295.a4e16ab</p>',
    ),
    "akamai challenge": page("", '<div id="sec-if-cpt-container"></div><script src="/_sec/cp_challenge/ak-challenge-4-3.js"></script>'),
    "imperva": page(
        "", '<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=23&xinfo=8-12" frameborder=0 width="100%">Request unsuccessful. Incapsula incident ID: 1234-5678</iframe>',
        '<META NAME="robots" CONTENT="noindex,nofollow">',
    ),
    "imperva words": wall("Pardon Our Interruption", "As you were browsing something about your browser made us think you were a bot. There are a few reasons this might happen:", "You're a power user moving through this website with super-human speed.", "You've disabled cookies in your web browser.", "To regain access, please make sure that cookies and JavaScript are enabled before reloading the page.", heading="Pardon Our Interruption..."),
    "aws waf": page("Human Verification", '<div id="captcha-container"></div><noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify that you\'re not a robot. This requires JavaScript.</noscript><script src="https://1.edge.captcha-sdk.awswaf.com/1/captcha.js"></script><script>AwsWafIntegration.saveReferrer();</script>'),
    "google": wall("https://www.paper.example/news/river", "Our systems have detected unusual traffic from your computer network. This page checks to see if it's really you sending the requests, and not a robot.", "IP address: 192.0.2.7", extra='<form id="captcha-form"><div class="g-recaptcha"></div></form>', heading=""),
    "robot question": wall("Are you a robot?", "To continue, please click the box below to let us know you're not a robot.", "Please make sure your browser supports JavaScript and cookies and that you are not blocking them from loading.", heading="We've detected unusual activity from your computer network"),
    "ddos-guard": wall("DDoS-Guard", "Please wait while we are checking your browser before accessing the site.", heading="Checking your browser before accessing gazeta.example"),
    "proof of work": page("Making sure you&#39;re not a bot!", '<h1 id="title">Making sure you\'re not a bot!</h1><p>You are seeing this because the administrator of this website has set up a shield to protect the server against the scourge of companies aggressively scraping websites.</p><script id="anubis_challenge" type="application/json">{}</script>'),
    "vercel": page("Vercel Security Checkpoint", "<p>We're verifying your browser</p><p>Website owner? Click here to fix</p>"),
    "wordfence": page("Your access to this site has been limited by the site owner", '<div class="wf-block-header"><h1>Your access to this site has been limited by the site owner</h1></div><p>Your access to this service has been limited. (HTTP response code 503)</p><p>If you think you have been blocked in error, contact the owner of this site for assistance.</p>'),
    "hcaptcha in portuguese": wall("Verificação de segurança", "Confirme que é humano para continuar. Precisamos de saber que não é um robô.", extra='<div class="h-captcha" data-sitekey="x"></div><script src="https://js.hcaptcha.com/1/api.js"></script>'),
    "turnstile in polish": wall("Chwileczkę…", "Potwierdź, że jesteś człowiekiem, wykonując poniższe działanie.", extra='<div class="cf-turnstile"></div>'),
    "recaptcha in italian": wall("Controllo di sicurezza", "Conferma di non essere un robot per continuare la navigazione.", extra='<div class="g-recaptcha"></div>'),
    "turkish": wall("Bir dakika lütfen...", "Aşağıdaki işlemi tamamlayarak insan olduğunuzu doğrulayın.", attributes='lang="tr"'),
    "log in": page("Log in | The Paper", '<h1>Log in</h1><form action="/login" method="post"><input name="email"><input type="password" name="password"><button>Log in</button></form><p>Forgot your password?</p>', '<meta property="og:site_name" content="The Paper">'),
    "anmelden": page("Anmelden - Das Blatt", '<h1>Anmelden</h1><form><input name="email"><input type="password"><button>Anmelden</button></form><p>Noch kein Konto? Jetzt registrieren.</p>', '<meta property="og:site_name" content="Das Blatt">'),
}  # fmt: skip
IAB = {
    "de": "Wir und unsere 218 Partner speichern und/oder greifen auf Informationen auf einem Gerät zu, z. B. auf eindeutige Kennungen in Cookies, um personenbezogene Daten zu verarbeiten. Sie können Ihre Einwilligung jederzeit widerrufen.",
    "fr": "Avec votre accord, nos partenaires et nous utilisons des cookies ou technologies similaires pour stocker et accéder à des informations personnelles comme votre visite sur ce site. Vous pouvez retirer votre consentement à tout moment.",
    "it": "Noi e terze parti selezionate utilizziamo cookie o tecnologie simili per finalità tecniche e, con il tuo consenso, anche per altre finalità. Puoi liberamente prestare, rifiutare o revocare il tuo consenso, in qualsiasi momento.",
    "es": "Nosotros y nuestros 863 socios almacenamos o accedemos a información en un dispositivo, tales como cookies, y procesamos datos personales. Puede retirar su consentimiento en cualquier momento.",
}
CONSENTS = {
    "german pur": wall(
        "Das Blatt - mit Werbung weiterlesen oder werbefrei im Pur-Abo", "Besuchen Sie blatt.example wie gewohnt mit Werbung und Tracking.", "Details zu Werbe- und Analyse-Trackern sowie zum jederzeit möglichen Widerruf finden Sie in unserer Datenschutzerklärung.", IAB["de"],
        "Nutzen Sie blatt.example ohne Werbetracking für 4,99 Euro im Monat.", "Bereits Pur-Abonnent? Hier anmelden", buttons=("Akzeptieren und weiter", "Jetzt abonnieren"), heading="Willkommen bei Das Blatt", attributes='lang="de"'),
    "german pur under the article's head": wall(
        "Die Brücke bleibt zu", "Um der Nutzung mit Werbung zuzustimmen, ist JavaScript nötig.", "Mit Werbung weiterlesen: Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Ihre Zustimmung ist jederzeit widerrufbar.", "Oder lesen Sie werbefrei im Pur-Abo.", buttons=("Zustimmen & weiter", "Pur-Abo abschließen"),
        head=ARTICLE + '<meta property="og:type" content="article">', heading="Weiterlesen mit Werbung"),
    "sourcepoint": page("Privacy Gate", '<div id="gate"><h1>Mit Werbung lesen oder Abo abschließen</h1><p>Alle akzeptieren und mit Werbung lesen. Wir und unsere Partner verarbeiten Daten.</p></div><script src="https://cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js"></script>', attributes='lang="de"'),
    "french wall": wall("Le Journal", "Accepter et continuer gratuitement, ou s'abonner pour refuser les cookies publicitaires.", IAB["fr"], buttons=("Accepter & continuer", "S'abonner", "Paramétrer les cookies"), heading="Votre vie privée, vos choix", attributes='lang="fr"'),
    "french refusal": wall("L'Info - Gestion des cookies", IAB["fr"], "Vous pouvez aussi continuer sans accepter, en vous abonnant pour 2 € par mois.", buttons=("Tout accepter", "Continuer sans accepter"), attributes='lang="fr"'),
    "italian wall": wall("Il Giornale di Prova", IAB["it"], "Puoi leggere i nostri articoli accettando i cookie di profilazione, oppure abbonandoti.", buttons=("Accetta e continua", "Rifiuta e abbonati", "Continua senza accettare"), heading="Informativa", attributes='lang="it"'),
    "spanish wall": wall("El Diario de Prueba", IAB["es"], "Para navegar gratis aceptando la publicidad personalizada pulse el botón.", buttons=("Aceptar y continuar", "Rechazar y suscribirse"), heading="Tu privacidad es importante", attributes='lang="es"'),
    "portuguese wall": wall("Jornal de Teste", "Nós e os nossos 320 parceiros armazenamos e acedemos a informações num dispositivo, tais como cookies.", "Pode retirar o seu consentimento a qualquer momento.", buttons=("Aceitar tudo", "Rejeitar tudo", "Gerir opções"), heading="Valorizamos a sua privacidade", attributes='lang="pt"'),
    "dutch wall": wall("Onze krant | Privacy gate", "Wij en onze partners gebruiken cookies om informatie op een apparaat op te slaan en te openen.", "Je kunt je toestemming intrekken via je instellingen.", buttons=("Akkoord en doorgaan", "Voorkeuren beheren"), heading="Jouw privacy is belangrijk", attributes='lang="nl"'),
    "polish wall": wall("Gazeta Próbna", "My i nasi zaufani partnerzy przechowujemy i uzyskujemy dostęp do informacji na urządzeniu. Możesz w każdej chwili wycofać zgodę.", buttons=("PRZEJDŹ DO SERWISU", "USTAWIENIA ZAAWANSOWANE"), heading="Cenimy Twoją prywatność", attributes='lang="pl"'),
    "swedish wall": wall("Tidningen", "Vi och våra 150 partner lagrar och får åtkomst till information på en enhet, till exempel cookies.", buttons=("Acceptera alla", "Hantera inställningar"), heading="Din integritet är viktig för oss", attributes='lang="sv"'),
    "danish wall": wall("Avisen", "Vi og vores 780 partnere gemmer og tilgår oplysninger på en enhed.", buttons=("Accepter alle", "Afvis alle"), heading="Vi respekterer dit privatliv", attributes='lang="da"'),
    "czech wall": wall("Noviny", "My a naši partneři ukládáme a přistupujeme k informacím v zařízení. Pokračovat s reklamou, nebo číst bez reklam za 99 Kč.", buttons=("Přijmout vše", "Odmítnout vše"), heading="Vaše soukromí", attributes='lang="cs"'),
    "turkish wall": wall("Gazete", "Biz ve ortaklarımız bir cihazdaki bilgileri depoluyor ve bunlara erişiyoruz.", buttons=("Tümünü kabul et", "Tümünü reddet"), heading="Gizliliğinize değer veriyoruz", attributes='lang="tr"'),
    "english iab": wall("The Paper", "We and our 754 partners store and/or access information on a device, such as unique IDs in cookies to process personal data.", "You may accept or manage your choices by clicking below, including your right to object.", buttons=("Accept all", "Reject all", "Manage options"), heading="We value your privacy"),
    "consent or pay": wall("The Paper: accept or subscribe", "To keep reading, agree and continue with personalised ads and content, or subscribe without ads for £3 a month.", "You can withdraw your consent at any time.", buttons=("Accept all", "Reject and subscribe"), heading="Read with ads, or pay to reject"),
    "yahoo": page(
        "Yahoo is part of the Yahoo family of brands", '<h1>Before you continue…</h1><p>Yahoo is part of the Yahoo family of brands. When you use our sites and apps, we use cookies to provide our sites and apps to you.</p><p>If you click "Accept all", we and our partners will also store and/or access information on a device.</p><form method="post" action="/v2/collectConsent?sessionId=1"><button name="agree">Accept all</button><button name="reject">Reject all</button></form>'),
    "google consent": page(
        "Bevor Sie zu Google weitergehen", '<h1>Bevor Sie zu Google weitergehen</h1><p>Wir verwenden Cookies und Daten, um Dienste bereitzustellen und zu betreiben.</p><form action="https://consent.google.com/save"><button>Alle ablehnen</button><button>Alle akzeptieren</button></form>', attributes='lang="de"'),
    "usercentrics shell": page("", '<div id="usercentrics-root"></div><h2>Datenschutzeinstellungen</h2><p>Alle akzeptieren oder alle ablehnen.</p>', attributes='lang="de"'),
    "japanese wall": wall("プライバシー設定", "当社とパートナーは、デバイス上の情報を保存またはアクセスします。", buttons=("すべて同意", "すべて拒否"), heading="プライバシーを尊重します", attributes='lang="ja"'),
}  # fmt: skip
ERRORS = {
    "english": error("Page not found", "Sorry, the page you are looking for may have been moved or deleted."),
    "404 first": error("404 - Page not found", "Try searching for it instead."),
    "number only": error("404", "That's an error."),
    "gone": error("410 Gone", "This article is no longer available."),
    "german": error("Seite nicht gefunden", "Die von Ihnen gesuchte Seite ist leider nicht vorhanden. Möglicherweise wurde sie verschoben.", attributes='lang="de"'),
    "german article": error("Artikel nicht mehr verfügbar", "Dieser Artikel ist nicht mehr verfügbar.", attributes='lang="de"'),
    "french": error("Page introuvable", "La page que vous recherchez n’existe pas ou a été déplacée.", heading="Erreur 404", attributes='lang="fr"'),
    "spanish": error("Página no encontrada", "La página que buscas no existe.", heading="¡Ups! Error 404", attributes='lang="es"'),
    "italian": error("Pagina non trovata", "La pagina che stai cercando non esiste più.", attributes='lang="it"'),
    "portuguese": error("Página não encontrada", "A página que você está procurando não existe.", attributes='lang="pt-BR"'),
    "dutch": error("Pagina niet gevonden", "De pagina die je zoekt bestaat niet (meer).", attributes='lang="nl"'),
    "polish": error("Nie znaleziono strony", "Strona, której szukasz, nie istnieje.", attributes='lang="pl"'),
    "swedish": error("Sidan kunde inte hittas", "Sidan du söker finns inte.", attributes='lang="sv"'),
    "norwegian": error("Siden ble ikke funnet", "Beklager, siden du leter etter finnes ikke.", attributes='lang="no"'),
    "finnish": error("Sivua ei löytynyt", "Hakemaasi sivua ei löydy.", attributes='lang="fi"'),
    "czech": error("Stránka nenalezena", "Stránka, kterou hledáte, neexistuje.", attributes='lang="cs"'),
    "turkish": error("Sayfa bulunamadı", "Aradığınız sayfa kaldırılmış olabilir.", attributes='lang="tr"'),
    "russian": error("Страница не найдена", "Запрашиваемая страница не существует или была удалена.", heading="Ошибка 404", attributes='lang="ru"'),
    "greek": error("Η σελίδα δεν βρέθηκε", "Η σελίδα που αναζητάτε δεν υπάρχει.", attributes='lang="el"'),
    "arabic": error("الصفحة غير موجودة", "عذرا، الصفحة التي تبحث عنها غير موجودة.", attributes='lang="ar"'),
    "japanese": error("ページが見つかりません", "お探しのページは削除されたか、移動した可能性があります。", attributes='lang="ja"'),
    "chinese": error("页面不存在", "您访问的页面不存在或已删除。", attributes='lang="zh"'),
    "korean": error("페이지를 찾을 수 없습니다", "요청하신 페이지가 존재하지 않습니다.", attributes='lang="ko"'),
    "nginx": page("404 Not Found", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>"),
    "apache": page("404 Not Found", "<h1>Not Found</h1><p>The requested URL was not found on this server.</p><hr><address>Apache Server at paper.example Port 80</address>"),
    "bad gateway": page("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center>"),
    "cloudflare timeout": page("paper.example | 522: Connection timed out", '<div id="cf-error-details"><h1>Connection timed out <span>Error code 522</span></h1><p>The initial connection between Cloudflare\'s network and the origin web server timed out.</p></div>'),
    "wordpress": page("WordPress &rsaquo; Error", "<div class='wp-die-message'><p>There has been a critical error on this website.</p></div>"),
    "wordpress database": page("Database Error", "<h1>Error establishing a database connection</h1>"),
    "wordpress theme": page("Page not found – The Paper", f"{menu()}<main><header><h1>Oops! That page can’t be found.</h1></header><p>It looks like nothing was found at this location. Maybe try a search?</p></main>", '<meta property="og:site_name" content="The Paper">', body_attributes='class="error404"'),
    "maintenance": wall("Wartungsarbeiten", "Wir sind gleich wieder für Sie da. Bitte versuchen Sie es in einigen Minuten noch einmal.", attributes='lang="de"'),
    "next.js": page("404: This page could not be found", "<div><h1>404</h1><h2>This page could not be found.</h2></div>"),
    "the article's title": page("The river rose overnight | The Paper", f"{menu()}<main><h1>The river rose overnight</h1><p>This article is no longer available.</p></main>", '<meta property="og:site_name" content="The Paper"><meta property="og:type" content="article">'),
}  # fmt: skip
PROSE = [
    "The river rose by two metres overnight and flooded the lower town, where the fire brigade carried people out of their houses.",
    "By noon the water stood in the market hall, and the mayor asked everybody to stay at home until the morning.",
    "Engineers looked at the old bridge, which was built a hundred years ago, and closed it to lorries and buses.",
    "Schools will stay closed until Thursday, the council said, while the pumps are running in three of them.",
    "Farmers in the valley lost most of their winter crops, and asked the government for quick help.",
    "The weather service expects more rain on Tuesday, but no second flood, because the reservoirs have room again.",
]
TEASERS = "".join(
    f'<article><h2><a href="/news/{n}/a-story-about-the-town-{n}">A story about the town and its people, number {n}</a></h2><p>What happened on day {n}.</p></article>'
    for n in range(24)
)
LISTINGS = {
    "front page": (page("The Paper – news from the valley", menu() + TEASERS, body_attributes='class="home blog"'), "https://www.paper.example/"),
    "front page without a slash": (page("The Paper", menu() + TEASERS), "https://www.paper.example"),
    "front page of a language": (page("The Paper", menu() + TEASERS), "https://www.paper.example/en/"),
    "section": (page("Sport | The Paper", menu() + "<h1>Sport</h1>" + TEASERS), "https://www.paper.example/sport"),
    "category": (page("Local – The Paper", menu() + "<h1>Category: Local</h1>" + TEASERS, '<meta property="og:type" content="article">', body_attributes='class="archive category category-local"'), "https://www.paper.example/category/local/"),
    "tag": (page("floods Archives - The Paper", menu() + "<h1>Tag: floods</h1>" + TEASERS, body_attributes='class="archive tag tag-floods"'), "https://www.paper.example/tag/floods/"),
    "schlagwort": (page("Thema: Hochwasser", menu() + "<h1>Hochwasser</h1>" + TEASERS), "https://www.blatt.example/thema/hochwasser"),
    "author": (page("Ann Lee, author at The Paper", menu() + "<h1>Ann Lee</h1><p>Ann Lee writes about rivers.</p>" + TEASERS, '<script type="application/ld+json">{"@type":"ProfilePage","name":"Ann Lee"}</script>'), "https://www.paper.example/author/ann-lee"),
    "auteur": (page("Anne Dupont - Le Journal", menu() + "<h1>Anne Dupont</h1>" + TEASERS), "https://www.journal.example/auteur/anne-dupont/"),
    "search": (page("You searched for river - The Paper", menu() + "<h1>Search results for: river</h1>" + TEASERS, body_attributes='class="search search-results"'), "https://www.paper.example/?s=river"),
    "suche": (page("Suche", menu() + "<h1>Suchergebnisse</h1>" + TEASERS), "https://www.blatt.example/suche?q=fluss"),
    "collection": (page("World news", menu() + "<h1>World</h1>" + TEASERS, '<script type="application/ld+json">{"@type":"CollectionPage","name":"World"}</script>'), "https://www.paper.example/news/world"),
}  # fmt: skip
POSTS = "".join(f"<div class='live-post'><time>1{n}:05</time><p>{text}</p></div>" for n, text in enumerate(PROSE * 4))
LIVES = {
    "json-ld": (page("Flood: follow it here", f"<main><h1>Flood</h1>{POSTS}</main>", '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Flood","coverageStartTime":"2026-02-01T10:00:00Z"}</script>'), URL),
    "address": (page("Flood in the valley", f"<main><h1>Flood in the valley</h1>{POSTS}</main>"), "https://www.blatt.example/politik/hochwasser-liveticker-102.html"),
    "french": (page("En direct : la crue dans la vallée", f"<main><h1>En direct : la crue dans la vallée</h1>{POSTS}</main>", ARTICLE.replace("The river rose overnight", "En direct : la crue dans la vallée")), "https://www.journal.example/crue-vallee-12345"),
    "spanish": (page("La crecida, minuto a minuto", f"<main><h1>La crecida, minuto a minuto</h1>{POSTS}</main>"), "https://www.diario.example/la-crecida-12345.html"),
    "german": (page("Liveticker: Hochwasser im Tal", f"<main><h1>Liveticker: Hochwasser im Tal</h1>{POSTS}</main>"), "https://www.blatt.example/hochwasser-im-tal-12345.html"),
}  # fmt: skip


def story(title, *paragraphs, head="", extra="", url=URL, ld=True):
    """A real article: a headline and paragraphs in a site's frame."""
    text = "".join(f"<p>{each}</p>" for each in paragraphs or PROSE)
    named = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": title})
    head += f'<meta property="og:site_name" content="The Paper"><meta property="og:type" content="article"><meta property="og:title" content="{title}">'
    head += f'<script type="application/ld+json">{named}</script>' if ld else ""
    body = f"<header>{menu()}</header><main><article><h1>{title}</h1>{text}</article></main>{extra}<footer>Imprint</footer>"
    return page(f"{title} | The Paper", body, head), url


ONETRUST = (
    '<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" role="dialog" aria-label="Privacy"><h2 id="onetrust-policy-title">We value your privacy</h2>'
    "<div id='onetrust-policy-text'>We and our 754 partners store and/or access information on a device. You may accept or manage your choices.</div>"
    '<button id="onetrust-accept-btn-handler">Accept all</button><button id="onetrust-reject-all-handler">Reject all</button></div></div>'
)
COOKIES = (
    "The commission wants to end the cookie banner. Sites would no longer have to ask each visitor, officials said on Monday.",
    "Publishers fear for their income: who cannot ask for consent cannot sell personalised ads, their association said.",
    "“We value your privacy” is a sentence that nobody believes any more, the commissioner told reporters.",
)
CLOUDFLARE = (
    "An outage at Cloudflare took a fifth of the web offline on Tuesday. Visitors saw “Just a moment” for hours.",
    "The company said that a change to its bot management was to blame. Its challenge asked people to verify that they are human, again and again.",
    "By the evening most sites were back, among them shops, banks and newspapers.",
)
ARTICLES = {
    "about cookie consent": story("Cookie consent: why the banner has to go", *COOKIES),
    "about cookie consent, nothing declared": story("Cookie consent: why the banner has to go", *COOKIES, ld=False),
    "about pur models in german": story("Pur-Abo oder Tracking: Gericht prüft Bezahlmodell", "Das Gericht prüft, ob Verlage ihre Leser vor die Wahl zwischen Pur-Abo und Tracking stellen dürfen.", "Der Verband nannte die Klage verfehlt. Niemand werde gezwungen, mit Werbung weiterzulesen, sagte eine Sprecherin.", "Das Urteil wird im Herbst erwartet."),
    "about cloudflare": story("Cloudflare outage takes down half the web", *CLOUDFLARE),
    "about cloudflare, nothing declared": story("Just a moment: Cloudflare's outage explained", *CLOUDFLARE, ld=False),
    "about captchas": story("Are you a robot? The end of the captcha", "Captchas have annoyed people for twenty years. Now machines solve them faster than we do.", "Researchers let a model click traffic lights for a week, and it failed less often than students.", "Alternatives are coming, but none of them is popular with those who fight spam."),
    "about error pages": story("404: how an error page became an art", "Page not found is what most people know of the protocol of the web, and designers made it an art.", "A museum in Malden shows two hundred of them, from plain text to small games.", "The oldest is from 1993, and it only says that the file is missing."),
    "about an internal server error": story("Internal server error delays election count", "The count of Sunday's election was delayed by hours, after the servers of the authority failed.", "An expert called the software old and the backup plan worse.", "The result is now expected on Tuesday."),
    "about blocked accounts": story("Minister's account has been blocked", "The account of the minister has been blocked, the platform said on Monday.", "He had broken the rules several times.", ld=False),
    "about access denied": story("Access denied: reporters shut out of the trial", "Reporters were shut out of the trial in Malden on Monday, and their access was denied without a reason.", "Their union protested, and called the court's decision unheard of.", ld=False),
    "about maintenance": story("Maintenance: bridge closed for a week", "The bridge will be closed for maintenance for a week from Monday.", "Buses go by the station.", ld=False),
    "short": story("Bridge closed", "The bridge over the river is closed from Monday."),
    "short, nothing declared": story("Bridge closed", "The bridge over the river is closed from Monday, the town said.", ld=False),
    "behind a banner": story("The river rose overnight", extra=ONETRUST),
    "behind a banner, short": story("The river rose overnight", *PROSE[:2], extra=ONETRUST),
    "behind a banner that comes first": (story("The river rose overnight", *PROSE[:3])[0].replace("<body >", f"<body >{ONETRUST}"), URL),
    "cookiebot": story("The river rose overnight", extra='<script id="Cookiebot" src="https://consent.cookiebot.com/uc.js"></script><div id="CybotCookiebotDialog"><h2>This website uses cookies</h2><button>Allow all</button></div>'),
    "served through cloudflare": story("The river rose overnight", *PROSE[:2], extra="<script>(function(){var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js';})();</script>"),
    "with a captcha in its comment form": story("The river rose overnight", *PROSE[:2], extra='<form action="/comments"><textarea name="comment"></textarea><div class="g-recaptcha"></div><button>Post</button></form><script src="https://www.google.com/recaptcha/api.js"></script>'),
    "with a login form in its head": story("The river rose overnight", *PROSE[:2], extra='<form action="/login"><input type="password"><button>Log in</button></form>'),
    "with many teasers": story("The river rose overnight", *PROSE, extra=TEASERS),
    "with many teasers, nothing declared": story("The river rose overnight", *PROSE, extra=TEASERS, ld=False),
    "at a short address": story("The river rose overnight", *PROSE, url="https://www.paper.example/river", ld=False),
    "in a section that is called archive": story("The river rose overnight", *PROSE, url="https://www.paper.example/archiv/the-river-rose-overnight", extra=TEASERS),
    "in a section that is called topics": story("The river rose overnight", *PROSE, url="https://www.paper.example/topics/water/the-river-rose-overnight-12345.html", ld=False, extra=TEASERS),
    "with a related live blog": story("The river rose overnight", extra='<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Storm, live","url":"https://www.paper.example/live/storm"}</script>'),
    "about a concert that was live": story("Live and loud: the band came home", *PROSE),
}  # fmt: skip

CASES = {
    **{f"bot: {name}": (html, URL, PageKind.CONSENT) for name, html in BOTS.items()},
    **{f"consent: {name}": (html, URL, PageKind.CONSENT) for name, html in CONSENTS.items()},
    **{f"error: {name}": (html, URL, PageKind.ERROR) for name, html in ERRORS.items()},
    **{f"listing: {name}": (*case, PageKind.LISTING) for name, case in LISTINGS.items()},
    **{f"live: {name}": (*case, PageKind.LIVE) for name, case in LIVES.items()},
    **{f"article: {name}": (*case, PageKind.ARTICLE) for name, case in ARTICLES.items()},
}


@pytest.mark.parametrize("case", CASES)
def test_a_page_is_what_it_is(case):
    html, url, kind = CASES[case]
    assert extract(html.encode(), url, now=NOW).kind is kind


def test_the_pages_are_many():
    assert len(BOTS) + len(CONSENTS) + len(ERRORS) + len(LISTINGS) + len(LIVES) >= 40


@pytest.fixture
def paper(store):
    sites = ("paper.example", "blatt.example", "journal.example", "diario.example")
    return store.write_now(
        lambda t: t.sources.add(Source("The Paper", "https://paper.example/", Schedule(900.0), NOW, sites=sites))
    )


@pytest.mark.parametrize("prefix", ["bot", "consent", "error", "listing"])
def test_what_is_no_article_is_never_stored(store, paper, prefix):
    for name in (name for name in CASES if name.startswith(prefix)):
        html, url, _ = CASES[name]
        read = extract(html.encode(), url, now=NOW)
        done = store.write_now(lambda t, r=read, u=url: ingest_article(t, r, paper, page=None, url=u, now=NOW))
        assert (name, done.outcome, done.reason) == (name, Outcome.REJECTED, Reason.NOT_AN_ARTICLE)
    assert (
        store.read_now(lambda t: t.articles.by_canonical("https://paper.example/news/2026/02/the-river-rose-overnight")) is None
    )


def test_articles_about_walls_are_stored(store, paper):
    for name in (name for name in CASES if name.startswith("article: about")):
        html, _, _ = CASES[name]
        url = f"https://paper.example/{name[9:].replace(' ', '-').replace(',', '')}"
        read = extract(html.encode(), url, now=NOW)
        done = store.write_now(lambda t, r=read, u=url: ingest_article(t, r, paper, page=None, url=u, now=NOW))
        assert (name, done.outcome) in {(name, Outcome.NEW), (name, Outcome.COPY)}


def test_the_reader_says_why():
    html = BOTS["datadome"].encode()
    head = read_head(parse_page(html, None), URL)
    evidence = Evidence(wanted=True)
    assert read_kind(head, read_signs(head, html), "paper.example", "", evidence=evidence) is PageKind.CONSENT
    assert [(offer.value, offer.why, offer.won) for offer in evidence.offers["kind"]] == [
        ("consent", "it is DataDome's challenge", True)
    ]


def teasers(count=8):
    """What a page that leads to others holds: linked headings, a few lines below each."""
    return "".join(
        f'<div><h2><a href="/local/story-{n}">The council decides on number {n} of its plans</a></h2>'
        f"<p>A short teaser says what story number {n} tells of the council and of the town, in a line or two.</p></div>"
        for n in range(count)
    )


def kind_of(html, url):
    return extract(html.encode(), url, now=NOW).kind


@pytest.mark.parametrize("url", ["https://www.paper.example/local/", "https://www.paper.example/news/local/2"])
@pytest.mark.parametrize("frame", ["", menu()])
@pytest.mark.parametrize("count", [5, 8])
def test_teasers_without_a_text_are_a_listing(url, frame, count):
    assert kind_of(page("Local | The Paper", f"{frame}<h1>Local</h1>{teasers(count)}"), url) == PageKind.LISTING


def test_teasers_below_a_text_and_links_to_elsewhere_are_none():
    text = "<p>The river rose overnight, and the bridge at the mill was closed to all who wanted to cross it.</p>" * 6
    assert kind_of(page("The river rose", f"<h1>The river rose</h1>{text}{teasers()}"), URL) == PageKind.ARTICLE
    shops = teasers().replace('href="/local', 'href="https://shop.example')
    assert kind_of(page("Eight boats", f"<h1>Eight boats</h1>{shops}"), URL) == PageKind.ARTICLE


@pytest.mark.parametrize(
    "title",
    ["Page not found", "Sorry, we can't find that page", "Sorry, we can’t find that page.", "Seite nicht gefunden",
     "Wir können diese Seite nicht finden", "Désolé, cette page n'existe pas", "No encontramos esta página"],
)  # fmt: skip
def test_an_error_above_teasers_is_an_error(title):
    body = f"{menu()}<main><h1>{title}</h1><p>Here is what other people read today.</p>{teasers(20)}</main>"
    assert kind_of(page("The Paper", body, '<meta property="og:site_name" content="The Paper">'), URL) == PageKind.ERROR
    assert kind_of(page(f"{title} | The Paper", body), URL) == PageKind.ERROR


@pytest.mark.parametrize("shown", ["menu", '<a href="/a">News</a> <a href="/b">Sport</a>'])
def test_a_menu_beside_an_empty_app_is_no_text(shown):
    assert extract(page("The Paper", f"<nav>{shown}</nav><div id='app'></div>").encode(), URL, now=NOW).text == ""

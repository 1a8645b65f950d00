"""Lines of the page, not of the article: what goes, in the languages of the press, and what only begins like it and stays."""

import pytest

from crawler.reading.furniture import LONGEST, is_closing, is_furniture

GOES = """
Read more: Ferry runs aground off Skarn
Read more about the harbour wall
READ MORE
Read also: The harbour wall, a history
Also read: Five ferries that never sailed
See also: Harbour wall to be rebuilt
Watch: The moment the ferry struck the bank
Listen: Our podcast on the harbour
You may also like
You might also like these stories
More on this story
More from our harbour desk
More stories
Related
Related stories
Related Articles:
Recommended for you
Click here to read the full report
Tap here for our live coverage
Follow us for the latest from the harbour
Photo: Northern Wire
Photo credit: Ada Fell / Northern Wire
Photos by Ada Fell
Image courtesy of the Skarn museum
Image: Ada Fell/Northern Wire
Video: Northern Wire
Credit: Ada Fell
© 2026 Basin Courier
Copyright 2026 Basin Courier. All rights reserved.
(c) Basin Courier
All rights reserved.
Source: Northern Wire
Advertisement
ADVERTISEMENT
Advertisement - scroll to continue
Sponsored
Sponsored content
Article continues below
Story continues after advertisement
Continue reading below
Scroll to continue with content
Copy link
Share this article
Ad feedback
Your browser does not support the video tag.
If you buy through our links, we may earn an affiliate commission.
We may earn a commission from links on this page.
Sign up for our morning newsletter
Sign up to the Daily Basin newsletter
Subscribe now
Subscribe to our newsletter for more
Get the latest news in your inbox
Receive our breaking alerts by email, news app included
Follow us on Facebook
Join us on WhatsApp
Like us on Facebook and follow us on Twitter
Download our free app
To continue reading this article, please log in
Already a subscriber? Log in
This article is for subscribers only
Log in to continue
This entry was posted in Harbour and tagged ferry. Bookmark the permalink.
You can follow any responses to this entry through the RSS 2.0 feed.
Both comments and pings are currently closed.
Posted in Harbour, News
Filed under: Harbour
Tagged with ferry, harbour
Tags: ferry, harbour, Skarn
Categories: News
Labels: ferry
Last updated: 24 November 2026
Print
Image 3 of 12
Lesen Sie auch: Fähre läuft auf Grund
Lesen Sie hier mehr zur Fähre
Mehr zum Thema
Mehr dazu: Die Hafenmauer
Auch interessant: Fünf Fähren
Schon gelesen? Die Hafenmauer
Das könnte Sie auch interessieren
Weiterlesen nach der Anzeige
Weitere Artikel zum Thema
Weitere Informationen
Weiterführende Links
Anzeige
Werbung
Foto: Ada Fell
Bild: dpa
Bilder: Ada Fell/dpa
Titelbild: Hafen von Skarn
Symbolbild
Quelle: Nordische Agentur
Quellen: dpa, eigene Recherche
Alle Rechte vorbehalten
Artikel teilen
Empfohlener redaktioneller Inhalt
An dieser Stelle finden Sie einen externen Inhalt, der den Artikel ergänzt.
Externer Inhalt
Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden.
Jetzt abonnieren
Jetzt kostenlos testen
Newsletter abonnieren
Folgen Sie uns auf Facebook
4 Wochen kostenlos lesen
Dieser Beitrag wurde am 3. März von Ada veröffentlicht.
Schlagwörter: Fähre, Hafen
Stand: 24.11.2026, 12:00 Uhr
Veröffentlicht am 24. November 2026
Alle Angaben ohne Gewähr
Drucken
Lire aussi : Le ferry échoué
À lire aussi : Le mur du port
Lire la suite
Voir aussi : Le mur du port
Sur le même sujet
Publicité
Crédit : Ada Fell
Tous droits réservés
La suite après la publicité
Abonnez-vous à notre lettre du matin
Suivez-nous sur Facebook
Déjà abonné ? Connectez-vous
Se connecter pour lire la suite
Mots-clés : ferry, port
Lea también: El transbordador encallado
Lee más sobre el puerto
Te puede interesar: El muro del puerto
Notas relacionadas
Noticias relacionadas
Publicidad
Fuente: Agencia del Norte
Foto: Ada Fell / Agencia
Todos los derechos reservados
Suscríbete a nuestro boletín
Síguenos en Facebook
Únete a nuestro canal de WhatsApp
Etiquetas: ferry, puerto
Publicado en Puerto
Leia também: A balsa encalhada
Leia mais sobre o porto
Veja também: O muro do porto
Saiba mais sobre a balsa
Publicidade
Fonte: Agência do Norte
Siga o nosso canal no WhatsApp
Receba as notícias do porto
Todos os direitos reservados
Leggi anche: Il traghetto arenato
Guarda il video del traghetto
Articoli correlati
Pubblicità
Fonte: Agenzia del Nord
Iscriviti alla newsletter
Seguici su Facebook
Lees ook: Veerboot aan de grond
Lees meer over de haven
Bekijk ook: De havenmuur
Advertentie
Bron: Noordelijk Bureau
Les også: Fergen gikk på grunn
Les mer om havnen
Annonse
Läs även: Färjan gick på grund
Läs mer om hamnen
Annons
Källa: Nordbyrån
Læs også: Færgen gik på grund
Reklame
Kilde: Nordbureauet
Lue myös: Lautta ajoi karille
Kuva: Ada Fell
Czytaj także: Prom osiadł na mieliźnie
Czytaj więcej o porcie
Zobacz też: Mur portowy
Źródło: Agencja Północna
Reklama
Zdjęcie: Ada Fell
Zapisz się na nasz newsletter
Читайте также: Паром сел на мель
Смотрите также: Стена порта
По теме
Реклама
Источник: Северное агентство
Подписывайтесь на наш канал
Читайте також: Пором сів на мілину
İlgili haberler
İlan
Ayrıca bakınız: Liman duvarı
Baca juga: Feri kandas
Xem thêm: Phà mắc cạn
関連記事
広告
相关新闻：渡轮搁浅
广告
延伸閱讀：渡輪擱淺
관련 기사
광고
""".strip().splitlines()

STAYS = """
Weitere Informationen lagen zunächst nicht vor.
Weitere Themen waren der Hafen und die Mauer.
Weitere Artikel folgen, sagte der Verleger.
Weitere Meldungen gingen am Abend ein.
Mehr Informationen wollte die Polizei nicht geben.
Mehr lesen die Kinder nicht, seit es Telefone gibt.
Auch interessant war die Frage nach der Mauer.
Noch interessanter war die Antwort.
Foto-Ausstellungen sind in der Stadt beliebt.
Fotos der Fähre zeigten ein Loch im Rumpf.
Bilder vom Unglück verbreiteten sich schnell.
Bild und Ton fielen um acht Uhr aus.
Anzeige erstattet
Anzeigen gegen Unbekannt gingen am Montag ein.
Anzeige gegen den Kapitän wurde nicht erstattet.
Werbung für Tabak bleibt verboten.
Werbung kostet Geld.
Quellen in der Regierung bestätigten den Bericht.
Quellen der Gefahr sind die alten Kessel.
Stand der Dinge ist, dass niemand zahlt.
Stand 1987 noch ein Turm hier, steht heute nichts mehr.
Veröffentlicht wurde der Bericht nie.
Veröffentlicht am Montag, war der Bericht am Dienstag vergessen.
Jetzt lesen die Minister den Bericht.
Hier lesen die Alten noch die Zeitung.
Jetzt testen Forscher das Verfahren an Mäusen.
Jetzt bestellen die Städte neue Busse.
Jetzt anmelden müssen sich alle, die mitfahren wollen.
Hier bestellen Kunden seit hundert Jahren ihr Brot.
Folgen Sie der Spur des Geldes, sagte er.
Folge der Entscheidung ist ein Streit.
Drucken lässt der Verlag in Polen.
Externe Inhalte spielen für das Gericht keine Rolle.
Der Text enthält Werbung, urteilte das Gericht nicht.
Lesen Sie die Verträge, rief sie.
Themen gab es genug.
Kommentar überflüssig, meinte der Wirt.
Artikel drucken kann jeder, schreiben nicht, sagte er.
Read the room, she said.
Read more books, the teacher told them.
Read more slowly, she told the class.
Read here as a child, the book never left him.
Read next to the original, the translation is pale.
See how the river runs, he said.
See more of the world was his plan.
See here, the captain said, this will not do.
Watch the birds and you will know the weather.
Watch now as the ministers turn on each other.
Listen to the river, her father used to say.
Listen more than you speak, he advised.
View from the harbour: a ferry on its side.
Like many others, he walked home.
More on this was to be heard in court.
More about the case came out on Friday.
More from this season than from any other was lost to hail.
Related cases are pending in three courts.
Related to the king by marriage, he never spoke of it.
Recommended by three ministers, she got the post.
Follow us, the children cried.
Follow the latest fashion, she said, and go broke.
Click here to win was the whole message.
Photos of the ferry showed a hole in its hull.
Photo by photo, the archive was scanned.
Photos by the hundred lay on the floor.
Photo courtesy is not his strength.
Photo via satellite was what the army wanted.
Image is everything in this trade.
Image by image the story unfolds.
Pictures by Rembrandt hang in the hall.
Picture this: a ferry on its side.
Video by the police shows two men running.
Video credits the firm does not have.
Foto via satelliet laat schade zien.
Credit where it is due: the crew stayed.
Credits were withdrawn from the bank.
Copyright law is older than the press.
Copyright was the subject of the hearing.
All rights reserved to the crown were abolished.
All rights reserved for members were lost.
Source of the fire was a heater in the cabin.
Sources close to the minister said she would resign.
Advertisements for tobacco are banned.
Advertisement is a form of art, he held.
Sponsored by a bank, the team lost every match.
Promoted in May, the club went down again.
Article continues to divide lawyers: number five of the treaty.
Continue reading to children until they are ten, experts say.
Continue reading, the judge told him.
Scroll down any street here and you will see empty shops.
Share this burden, the bishop asked.
Share this story of ours with your children, the old man said.
Copy link by link, the jeweller rebuilt the chain.
If you buy a boat, you pay a commission to the port, and its affiliate takes the rest.
If you click your tongue, the horse will move.
Sign up or go home, the sergeant said.
Sign up to fight, the posters said in 1914.
Sign up for war, they were told.
Subscribe to a theory and you must defend it.
Register to vote by Friday, officials urge.
Subscribe and be counted, the party told its members.
Get the latest prices from the port before you sail.
Get the boat out of the water, he said.
Get the app wrong and nobody will pay.
Download the data and you will see the gap, she said.
Download the forms from the city, and the wait begins, says a man with three apps.
Receive all the guests, the queen was told.
Follow him on foot, the officer said.
Join us on the street, the students called.
Join the queue on Monday.
To read the article is to hear his voice.
To view the story as a comedy is a mistake.
Already a member of the board, she wanted the chair.
Not a member of any party, he votes as he likes.
This article is for the defence of the realm.
The article is for sale at the museum.
Published in 1987, the novel sold ten copies.
Published by a small press, the book won three prizes.
Posted on the church door, the letter was read by all.
Posted to Malta in 1942, he met his wife there.
Posted by the army to the north, he froze.
Written by hand, the will was void.
Written in blood, the letters are still legible.
Filed in May, the suit names six firms.
Filed under seal, the papers are not public.
Filed under protest, the claim was dropped.
Tagged as a rebel, he fled.
Tagged with a chip, the eagle flew to Spain.
Tagged by the police, he stayed at home.
Last updated in 1954, the law is a relic.
Last modified in 2003, the treaty runs out.
Last updated 30 years ago, the map is useless.
Print is dead, they said.
Print runs have halved.
Image 3 of 12 was the one that shocked the jury.
Tags on the ears of the cattle were missing.
Topics ranged from the port to the wall.
You can follow any river to the sea.
You can leave a boat here for a year.
You may also like to know that the ferry was insured.
Log in a hearth is all the light they have.
Newsletter readers knew it first.
Fuente de vida para todos, el río se seca.
Fuentes del gobierno confirmaron el informe.
Sigue la búsqueda de los desaparecidos.
Sigue el paro en el puerto.
Siga el consejo de su madre, dijo.
Siga o dinheiro, disse o procurador.
Siga a estrada até o fim, disse ela.
Receba o que lhe cabe, disse o juiz.
Assine o contrato, disse o advogado.
Assine a petição, pediu o prefeito.
Lea el contrato, dijo el abogado.
Lee más libros que nadie en su barrio.
Ver más allá de la crisis es difícil.
Vea más claro, le dijo su madre.
Mira también a su hija, que llora.
Publicidad engañosa: multa de un millón.
Publicado en 1987, el libro vendió diez copias.
Publicada en Madrid, la novela ganó tres premios.
Relacionadas con el caso, tres personas fueron detenidas.
Únete a la marcha, decían los carteles.
Suscríbete a una idea y tendrás que defenderla.
Notas relacionadas con la causa fueron halladas en su casa.
Foto publicada por error causó revuelo.
Fotos del accidente muestran el casco roto.
Todos los derechos reservados al rey fueron abolidos.
Publicité mensongère : la firme est condamnée.
La suite après la défaite fut amère.
Lire la suite de nombres demande du temps.
Lire aussi les petites lignes est utile.
Voir aussi loin que lui est rare.
Suivez l'argent, disait-il.
Abonnez-vous à l'idée, dit-il, et vous perdrez.
Sources proches du dossier confirment la nouvelle.
Source de conflits, le port ferme.
Imprimer un livre coûte cher.
Leia mais devagar, pediu a professora.
Veja mais longe quem sobe ao monte.
Saiba mais quem pergunta, diz o ditado.
Publicidade enganosa rende multa.
Fonte de vida, o rio seca.
Leggi tutto due volte, disse il notaio.
Leggi di più e parla di meno, gli disse.
Fonte di guai, il porto chiude.
Pubblicità ingannevole: multa di un milione.
Seguici, gli disse il poliziotto.
Abbonati e tifosi protestano davanti allo stadio.
Lees meer boeken, zei de lerares.
Bron van ergernis is de veerboot.
Bronnen bij de politie bevestigen het bericht.
Advertenties voor tabak zijn verboden.
Les mer enn én avis om dagen, råder han.
Les mers du Nord se réchauffent.
Les mers chaudes attirent les requins.
Läs mer poesi, sade läraren.
Annonser för tobak är förbjudna.
Källan till branden var ett element.
Lue lisää kirjoja, opettaja sanoi.
Czytaj więcej książek, mówiła nauczycielka.
Zobacz więcej świata, mówił dziadek.
Źródło pożaru było w kabinie.
Reklama tytoniu jest zakazana.
Zapisz się w historii, mówił trener.
Реклама табака запрещена.
Источник пожара нашли в каюте.
Подписка на газету стоит дорого.
Подписка на займ провалилась, сообщил банк.
Читайте ещё раз договор, сказал юрист.
İlan edilen ateşkes bozuldu.
Reklam yasağı kalktı.
広告費は昨年より減った。
広告を規制する法律が成立した。
関連する三つの裁判が続いている。
広告法修订草案提交审议。
广告费去年下降了三成。
相关部门表示，将继续搜救。
광고 시장이 줄었다.
관련 기관은 조사에 나섰다.
""".strip().splitlines()


def test_the_tables_are_as_large_as_they_look():
    assert min(len(set(GOES)), len(set(STAYS))) >= 120


@pytest.mark.parametrize("line", GOES)
def test_a_line_of_the_page_goes(line):
    assert is_furniture(line)


@pytest.mark.parametrize("line", STAYS)
def test_a_sentence_that_begins_like_one_stays(line):
    assert not is_furniture(line)


@pytest.mark.parametrize(
    "line", ["» Mehr zum Thema «", "→ Read more: the wall", "[Advertisement]", "*** Anzeige ***", "(Foto: Ada Fell)"]
)
def test_marks_around_a_line_do_not_save_it(line):
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Photo by " + "A" * 380 + "!x",
        "Photo by " + "A-" * 190 + "x",
        "Photo by " + "OF " * 120 + "x!x",
        "Sign up for " + "our " * 60,
    ],
)
def test_a_line_made_to_be_slow_is_answered(line):
    assert is_furniture(line) == line.startswith("Sign")


def test_a_line_as_long_as_a_paragraph_is_read_as_one():
    start = "Tags: "
    assert is_furniture(start + "a" * 200)
    assert not is_furniture("© " + "x " * LONGEST)


CLOSES = (
    """
Related stories|More on this story|More from Basin Courier|Most read|Most popular|Trending now|Read next|See also|You may also like
What to read next|Up next|Don't miss|Latest news|Top stories|Editor's picks|Editors’ picks|About the author|Share this article
Follow us|Newsletter|Topics|Tags|Comments|Mehr zum Thema|Weitere Artikel|Weitere Nachrichten aus der Region|Verwandte Themen
Das könnte Sie auch interessieren|Meistgelesen|Lesen Sie auch|Auch interessant|Schlagwörter|Kommentare|Über den Autor|Über die Autorin
Zur Person|Te puede interesar|Noticias relacionadas|Más noticias|Lo más leído|Lire aussi|À lire aussi|Sur le même sujet|Articles liés
Les plus lus|Voir aussi|Leia também|Veja também|Mais lidas|Leggi anche|Articoli correlati|Czytaj także|Les også|Läs även|Lees ook
Lue myös|Читайте также|По теме|関連記事|相关新闻|관련 기사|» Related «
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
OPENS = (
    """
Related cases in three courts|Most read the letter twice|About the authors of the plan|The comments of the mayor
Topics of the day were few|Share this burden|Zur Personalie des Ministers|Themen gab es genug|Über den Autor und sein Werk wurde gestritten
Kommentare des Ministers|Latest news from the front was bad, he said|Les plus lus des romans|Comments cost him the post|What the wall is for
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("line", CLOSES)
def test_a_heading_closes_the_article(line):
    assert is_closing(line)


@pytest.mark.parametrize("line", OPENS)
def test_a_heading_that_begins_like_one_does_not_close_it(line):
    assert not is_closing(line)


def test_a_closing_heading_is_short():
    assert not is_closing("Weitere Nachrichten " + "x" * 80)

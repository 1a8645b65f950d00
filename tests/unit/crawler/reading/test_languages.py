import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.evidence import Evidence
from crawler.reading.languages import decide, hear, primary, read_language
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page

# The first lines of one short notice, written for this test in each language.
NOTICES = {
    "en": "The bridge over the river will be closed from Monday because of repairs, the town said. Drivers have to use the road by the station, which is open at all hours, and the buses will not stop at the market until the work is done.",
    "de": "Die Brücke über den Fluss wird ab Montag wegen Reparaturen gesperrt, teilte die Stadt mit. Autofahrer müssen auf die Straße am Bahnhof ausweichen, die immer offen ist, und die Busse halten nicht am Markt, bis die Arbeiten beendet sind.",
    "fr": "Le pont sur la rivière sera fermé à partir de lundi pour des réparations, a annoncé la ville. Les automobilistes devront prendre la route de la gare, qui est ouverte à toute heure, et les bus ne s'arrêteront pas au marché jusqu'à la fin des travaux.",
    "es": "El puente sobre el río estará cerrado desde el lunes por reparaciones, según informó el ayuntamiento. Los conductores tendrán que usar la carretera de la estación, que está abierta a todas horas, y los autobuses no pararán en el mercado hasta que acaben las obras.",
    "pt": "A ponte sobre o rio vai estar fechada a partir de segunda-feira para reparações, informou a câmara. Os condutores têm de usar a estrada da estação, que está aberta a todas as horas, e os autocarros não param no mercado até ao fim das obras.",
    "it": "Il ponte sul fiume sarà chiuso da lunedì per lavori, ha detto il comune. Gli automobilisti dovranno usare la strada della stazione, che è aperta a tutte le ore, e gli autobus non si fermeranno al mercato fino alla fine dei lavori.",
    "nl": "De brug over de rivier is vanaf maandag dicht voor herstel, zei de gemeente. Automobilisten moeten de weg langs het station nemen, die altijd open is, en de bussen stoppen niet bij de markt tot het werk klaar is.",
    "sv": "Bron över ån stängs från måndag för reparationer, säger kommunen. Bilister får ta vägen vid stationen, som är öppen dygnet runt, och bussarna stannar inte vid torget förrän arbetet är klart och det är säkert att köra.",
    "da": "Broen over åen lukkes fra mandag for reparation, siger kommunen. Bilister må tage vejen ved stationen, som er åben hele døgnet, og busserne holder ikke ved torvet, før arbejdet er færdigt efter en uge uden trafik.",
    "no": "Broen over elva stenges fra mandag for reparasjon, sier kommunen. Bilister må ta veien ved stasjonen, som er åpen hele døgnet, og bussene stopper ikke ved torget før arbeidet er ferdig etter en uke uten trafikk. Nå må noen gå mye lenger.",
    "fi": "Joen yli kulkeva silta on suljettu maanantaista alkaen, kertoo kaupunki. Autoilijat voivat käyttää tietä aseman ohi, joka on auki koko ajan, mutta bussit eivät pysähdy torilla ennen kuin työ on valmis. Se on ollut tiedossa jo vuoden.",
    "pl": "Most nad rzeką będzie zamknięty od poniedziałku z powodu remontu, podał urząd. Kierowcy muszą jechać drogą przy dworcu, która jest otwarta przez całą dobę, a autobusy nie zatrzymają się na rynku do końca prac. To nie jest pierwszy raz.",
    "cs": "Most přes řeku bude od pondělí uzavřen kvůli opravám, uvedlo město. Řidiči musí jet po silnici u nádraží, která je otevřená po celý den, a autobusy nebudou na náměstí zastavovat, dokud práce neskončí. Podle úřadu to není nic nového.",
    "hu": "A folyó feletti híd hétfőtől zárva lesz a javítás miatt, közölte a város. Az autósok csak az állomás melletti utat használhatják, amely mindig nyitva van, és a buszok nem állnak meg a piacnál, amíg a munka tart. Ez már nem az első eset.",
    "ro": "Podul de peste râu va fi închis de luni pentru reparații, a anunțat primăria. Șoferii trebuie să folosească drumul de la gară, care este deschis la orice oră, iar autobuzele nu vor opri în piață până la sfârșitul lucrărilor.",
    "tr": "Nehrin üzerindeki köprü pazartesi gününden itibaren onarım için kapalı olacak, dedi belediye. Sürücüler istasyon yolunu kullanacak, bu yol her zaman açık, ama otobüsler iş bitene kadar pazarda durmayacak ve daha sonra yeni bir durak olacak.",
    "id": "Jembatan di atas sungai itu akan ditutup mulai Senin karena perbaikan, kata pemerintah kota. Pengemudi harus memakai jalan dekat stasiun yang tetap dibuka, dan bus tidak akan berhenti di pasar hingga pekerjaan selesai.",
    "vi": "Cây cầu qua sông sẽ bị đóng từ thứ hai để sửa chữa, thành phố cho biết. Người lái xe phải đi đường gần nhà ga, nơi luôn mở cửa, và xe buýt không dừng ở chợ cho đến khi công việc đã xong. Đó không phải là lần đầu trong năm.",
    "ru": "Мост через реку закроют с понедельника на ремонт, сообщили в мэрии. Водителям придется ехать по дороге у вокзала, которая открыта все время, а автобусы не будут останавливаться на рынке, пока работы не закончатся.",
    "uk": "Міст через річку закриють з понеділка на ремонт, повідомили в мерії. Водіям доведеться їхати дорогою біля вокзалу, яка відкрита весь час, а автобуси не будуть зупинятися на ринку, поки роботи не закінчаться. Це вже не вперше.",
    "bg": "Мостът над реката ще бъде затворен от понеделник за ремонт, съобщи общината. Шофьорите трябва да минават по пътя до гарата, който е отворен по всяко време, а автобусите няма да спират на пазара, докато работата не свърши.",
    "ar": "سيغلق الجسر على النهر من يوم الاثنين بسبب أعمال الإصلاح، كما قال المجلس. على السائقين استخدام الطريق التي تمر من أمام المحطة، وهي مفتوحة في كل وقت، ولن تتوقف الحافلات عند السوق حتى نهاية العمل. هذا ما حدث قبل عام.",
    "fa": "پل روی رودخانه از دوشنبه برای تعمیر بسته می شود و رانندگان باید از راهی که در کنار ایستگاه است استفاده کنند. این راه همیشه باز است و اتوبوس ها تا پایان کار در بازار نمی ایستند. شهرداری این خبر را اعلام کرد.",
    "he": "הגשר מעל הנהר ייסגר ביום שני בשל תיקון, כך אמרה העירייה. הנהגים יצטרכו לנסוע על הכביש של התחנה, והוא פתוח כל הזמן, אבל האוטובוסים לא יעצרו בשוק עד סוף העבודה. זה לא חדש, כי גם בעבר היה כך.",
    "hi": "नदी के ऊपर का पुल सोमवार से मरम्मत के लिए बंद रहेगा, यह नगर निगम ने कहा है। चालकों को स्टेशन की सड़क से जाना होगा और बसें बाजार में नहीं रुकेंगी, क्योंकि काम एक महीने में पूरा होगा।",
    "ja": "川にかかる橋は月曜日から修理のため通行止めになると市が発表した。運転する人は駅のそばの道を使うことになり、バスは工事が終わるまで市場に止まらない。",
    "zh": "市政府宣布，河上的桥从星期一起因维修关闭。司机必须走车站旁边的路，那条路全天开放，公共汽车在工程结束前不在市场停靠。",
    "ko": "강 위의 다리는 월요일부터 수리 때문에 폐쇄된다고 시가 발표했다. 운전자들은 역 옆의 길을 이용해야 하며 버스는 공사가 끝날 때까지 시장에 서지 않는다.",
    "el": "Η γέφυρα πάνω από το ποτάμι θα είναι κλειστή από τη Δευτέρα για επισκευές, ανακοίνωσε ο δήμος. Οι οδηγοί πρέπει να χρησιμοποιούν τον δρόμο του σταθμού.",
    "th": "สะพานข้ามแม่น้ำจะปิดตั้งแต่วันจันทร์เพื่อซ่อมแซม เทศบาลแจ้งว่าผู้ขับขี่ต้องใช้ถนนข้างสถานี",
    "zu": "Ibhuloho elingaphezu komfula lizovalwa kusukela ngoMsombuluko ngoba liyalungiswa, kusho umasipala, futhi abashayeli kumele basebenzise umgwaqo osesiteshini. Kodwa amabhasi ngeke eme emakethe ukuthi umsebenzi uphele noma cha, kusho umasipala njengoba lokhu kwenzeka.",
}  # fmt: skip


def head_of(attributes="", head=""):
    return read_head(parse_page(f"<html {attributes}><head>{head}</head><body></body></html>".encode()), "https://a.example/b")


@pytest.mark.parametrize("tag", NOTICES)
def test_a_text_tells_its_language_by_itself(tag):
    assert decide(hear(NOTICES[tag]), None)[0] == tag


@pytest.mark.parametrize("tag", [tag for tag in NOTICES if tag != "en"])
def test_the_language_of_a_template_gives_way_to_the_text(tag):
    assert read_language(head_of('lang="en-US"'), NOTICES[tag]) == tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en-GB", "en"), ("DE", "de"), ("pt_BR", "pt"), ("nb-NO", "no"), ("nn", "no"), ("zh-Hant-TW", "zh"), ("iw", "he"),
        ("in", "id"), ("fil", "tl"), ("deu", "de"), ("sh", "sr"), ("haw", "haw"), ("und", None), ("english", None), ("", None),
        ("x-default", None), (None, None),
    ],
)  # fmt: skip
def test_a_language_has_one_tag(declared, tag):
    assert primary(declared) == tag


@pytest.mark.parametrize("attributes", ['lang="fr"', 'xml:lang="fr-CA"'])
def test_a_short_text_takes_the_declared_language(attributes):
    assert read_language(head_of(attributes), "Fermé lundi.") == "fr"


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="content-language" content="fr">',
        '<meta property="og:locale" content="fr_FR">',
        '<meta name="language" content="fr">',
        '<meta name="dc.language" content="fr">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "inLanguage": "fr-FR"}</script>',
    ],
)
def test_a_language_is_declared_in_several_places(head):
    assert read_language(head_of(head=head), "") == "fr"


def test_nothing_heard_and_nothing_declared_is_unknown():
    assert read_language(head_of(), "Fermé lundi.") is None
    assert read_language(head_of(), "") is None


def test_a_declared_language_settles_what_the_words_leave_open():
    text = "Vlada je na sjednici u ponedjeljak rekla da će most biti zatvoren do kraja mjeseca zbog radova, a vozači će morati na drugi put. "
    assert {read_language(head_of(f'lang="{tag}"'), text * 3) for tag in ("hr", "bs", "sr")} == {"hr", "bs", "sr"}
    assert read_language(head_of('lang="en"'), text * 3) in {None, "hr", "bs", "sr"}


def test_a_declared_language_of_another_script_is_not_believed():
    assert (
        read_language(head_of('lang="ru"'), "Xyzzy plugh foobar qux quux corge grault garply waldo fred plover thud.") is None
    )


def test_prose_without_a_common_word_of_the_declared_language_is_unknown():
    strange = "oko mbira sungu tela vono kiswa marape lundo pesha gwiri " * 12
    assert read_language(head_of('lang="en"'), strange) is None
    assert read_language(head_of('lang="sn"'), strange) == "sn"


def test_a_table_of_names_takes_the_declared_language():
    table = "Ann Lee Malden 4 7 Bo Orr Harwick 3 9 Cy Pratt Lowen 8 8 " * 20
    assert read_language(head_of('lang="de"'), table) == "de"


def test_filler_has_no_language():
    filler = "Lorem ipsum dolor sit amet, consectetur adipisicing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. "
    assert read_language(head_of('lang="en"'), filler * 3) is None
    assert read_language(head_of('lang="la"'), filler * 3) == "la"


def test_a_few_foreign_names_do_not_change_the_script():
    assert decide(hear(NOTICES["ja"] + " Example Corporation Ltd. https://example.com/path"), None)[0] == "ja"
    assert decide(hear(NOTICES["en"] + " (桥, мост)"), None)[0] == "en"


def test_the_reader_says_why():
    evidence = Evidence(wanted=True)
    assert read_language(head_of('lang="en"', '<meta property="og:locale" content="de_DE">'), NOTICES["de"], evidence) == "de"
    first, *declared = evidence.offers["language"]
    assert (first.value, first.won) == ("de", True)
    assert "Latin" in first.source
    assert [(offer.source, offer.value) for offer in declared] == [("html lang", "en"), ("og:locale", "de")]


@given(st.text(max_size=300))
def test_any_text_has_a_tag_or_none(text):
    tag = read_language(head_of(), text)
    assert tag is None or (tag.isalpha() and tag.islower() and len(tag) in (2, 3))
